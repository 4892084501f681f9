// Not yet reviewed by a native speaker.
import type { ConsentTexts } from '../../consent/consent.ts';

export default {
  title: 'Jūsų privatumo pasirinkimai',
  text: 'Jums sutikus, naudojame slapukus ir panašias technologijas šiais tikslais: {purposes}. Savo pasirinkimą galite bet kada pakeisti.',
  policy: 'Privatumo politika',
  accept: 'Priimti visus',
  reject: 'Atmesti visus',
  manage: 'Tvarkyti pasirinkimus',
  preferences: 'Privatumo nuostatos',
  save: 'Išsaugoti pasirinkimus',
  close: 'Uždaryti',
  always: 'Visada įjungta',
  signal: 'Jūsų naršyklės atsisakymo signalo paisoma.',
  saved: 'Jūsų pasirinkimai išsaugoti.',
  blocked: 'Šis turinys rodomas, kai priimate: {purpose}.',
  once: 'Rodyti vieną kartą',
  necessary: 'Būtina',
  necessaryText: 'Reikalinga, kad svetainė veiktų.',
  functional: 'Funkcijos',
  functionalText: 'Įsimena jūsų nustatymus ir įjungia papildomas funkcijas, pavyzdžiui, vaizdo įrašus ir žemėlapius.',
  analytics: 'Analizė',
  analyticsText: 'Parodo mums, kaip naudojamasi svetaine, kad galėtume ją tobulinti.',
  marketing: 'Rinkodara',
  marketingText: 'Leidžia mums ir mūsų partneriams rodyti jums reklamą ir matuoti jos poveikį.',
} satisfies ConsentTexts;
