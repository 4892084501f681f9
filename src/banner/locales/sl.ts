// Not yet reviewed by a native speaker.
import type { ConsentTexts } from '../../consent/consent.ts';

export default {
  title: 'Vaše izbire glede zasebnosti',
  text: 'Z vašo privolitvijo uporabljamo piškotke in podobne tehnologije za te namene: {purposes}. Svojo izbiro lahko kadar koli spremenite.',
  policy: 'Pravilnik o zasebnosti',
  accept: 'Sprejmi vse',
  reject: 'Zavrni vse',
  manage: 'Uredi izbire',
  preferences: 'Nastavitve zasebnosti',
  save: 'Shrani izbire',
  close: 'Zapri',
  always: 'Vedno vklopljeno',
  signal: 'Signal vašega brskalnika za zavrnitev se upošteva.',
  saved: 'Vaše izbire so shranjene.',
  blocked: 'Ta vsebina se prikaže, ko sprejmete: {purpose}.',
  once: 'Prikaži enkrat',
  necessary: 'Nujno',
  necessaryText: 'Potrebno za delovanje spletnega mesta.',
  functional: 'Funkcionalnost',
  functionalText: 'Zapomni si vaše nastavitve in omogoča dodatne funkcije, na primer videoposnetke in zemljevide.',
  analytics: 'Analitika',
  analyticsText: 'Pokaže nam, kako se spletno mesto uporablja, da ga lahko izboljšamo.',
  marketing: 'Trženje',
  marketingText: 'Nam in našim partnerjem omogoča, da vam prikazujemo oglase in merimo njihov učinek.',
} satisfies ConsentTexts;
