// Not yet reviewed by a native speaker.
import type { ConsentTexts } from '../../consent/consent.ts';

export default {
  title: 'Vaši odabiri privatnosti',
  text: 'Uz vašu privolu koristimo kolačiće i slične tehnologije u ove svrhe: {purposes}. Svoj odabir možete promijeniti u bilo kojem trenutku.',
  policy: 'Pravila o privatnosti',
  accept: 'Prihvati sve',
  reject: 'Odbij sve',
  manage: 'Uredi odabir',
  preferences: 'Postavke privatnosti',
  save: 'Spremi odabir',
  close: 'Zatvori',
  always: 'Uvijek uključeno',
  signal: 'Signal odbijanja iz vašeg preglednika poštuje se.',
  saved: 'Vaš je odabir spremljen.',
  blocked: 'Ovaj se sadržaj prikazuje nakon što prihvatite: {purpose}.',
  once: 'Prikaži jednom',
  necessary: 'Nužno',
  necessaryText: 'Potrebno za rad web-mjesta.',
  functional: 'Funkcionalnost',
  functionalText: 'Pamti vaše postavke i omogućuje dodatne značajke, poput videozapisa i karata.',
  analytics: 'Analitika',
  analyticsText: 'Pokazuje nam kako se web-mjesto upotrebljava kako bismo ga mogli poboljšati.',
  marketing: 'Marketing',
  marketingText: 'Omogućuje nama i našim partnerima da vam prikazujemo oglase i mjerimo njihov učinak.',
} satisfies ConsentTexts;
