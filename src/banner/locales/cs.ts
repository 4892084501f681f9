// Not yet reviewed by a native speaker.
import type { ConsentTexts } from '../../consent/consent.ts';

export default {
  title: 'Vaše volby ochrany soukromí',
  text: 'S vaším souhlasem používáme soubory cookie a podobné technologie k těmto účelům: {purposes}. Svou volbu můžete kdykoli změnit.',
  policy: 'Zásady ochrany osobních údajů',
  accept: 'Přijmout vše',
  reject: 'Odmítnout vše',
  manage: 'Upravit volby',
  preferences: 'Nastavení soukromí',
  save: 'Uložit volby',
  close: 'Zavřít',
  always: 'Vždy zapnuto',
  signal: 'Signál odmítnutí z vašeho prohlížeče respektujeme.',
  saved: 'Vaše volby byly uloženy.',
  blocked: 'Tento obsah se zobrazí, jakmile přijmete: {purpose}.',
  once: 'Zobrazit jednou',
  necessary: 'Nezbytné',
  necessaryText: 'Potřebné pro fungování webu.',
  functional: 'Funkčnost',
  functionalText: 'Pamatuje si vaše nastavení a zpřístupňuje další funkce, například videa a mapy.',
  analytics: 'Analytika',
  analyticsText: 'Ukazuje nám, jak se web používá, abychom ho mohli zlepšovat.',
  marketing: 'Marketing',
  marketingText: 'Umožňuje nám a našim partnerům zobrazovat vám reklamu a měřit její účinek.',
} satisfies ConsentTexts;
