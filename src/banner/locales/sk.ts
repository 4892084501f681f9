// Not yet reviewed by a native speaker.
import type { ConsentTexts } from '../../consent/consent.ts';

export default {
  title: 'Vaše voľby ochrany súkromia',
  text: 'S vaším súhlasom používame súbory cookie a podobné technológie na tieto účely: {purposes}. Svoju voľbu môžete kedykoľvek zmeniť.',
  policy: 'Zásady ochrany osobných údajov',
  accept: 'Prijať všetko',
  reject: 'Odmietnuť všetko',
  manage: 'Upraviť voľby',
  preferences: 'Nastavenia súkromia',
  save: 'Uložiť voľby',
  close: 'Zavrieť',
  always: 'Vždy zapnuté',
  signal: 'Signál odmietnutia z vášho prehliadača rešpektujeme.',
  saved: 'Vaše voľby boli uložené.',
  blocked: 'Tento obsah sa zobrazí, keď prijmete: {purpose}.',
  once: 'Zobraziť raz',
  necessary: 'Nevyhnutné',
  necessaryText: 'Potrebné na fungovanie webu.',
  functional: 'Funkčnosť',
  functionalText: 'Pamätá si vaše nastavenia a sprístupňuje ďalšie funkcie, napríklad videá a mapy.',
  analytics: 'Analytika',
  analyticsText: 'Ukazuje nám, ako sa web používa, aby sme ho mohli zlepšovať.',
  marketing: 'Marketing',
  marketingText: 'Umožňuje nám a našim partnerom zobrazovať vám reklamu a merať jej účinok.',
} satisfies ConsentTexts;
