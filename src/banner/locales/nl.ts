// Not yet reviewed by a native speaker.
import type { ConsentTexts } from '../../consent/consent.ts';

export default {
  title: 'Uw privacykeuzes',
  text: 'Met uw toestemming gebruiken wij cookies en vergelijkbare technieken voor: {purposes}. U kunt uw keuze op elk moment wijzigen.',
  policy: 'Privacybeleid',
  accept: 'Alles accepteren',
  reject: 'Alles weigeren',
  manage: 'Keuzes beheren',
  preferences: 'Privacyvoorkeuren',
  save: 'Keuzes opslaan',
  close: 'Sluiten',
  always: 'Altijd aan',
  signal: 'Het afmeldsignaal van uw browser wordt gerespecteerd.',
  saved: 'Uw keuzes zijn opgeslagen.',
  blocked: 'Deze inhoud wordt getoond zodra u het volgende accepteert: {purpose}.',
  once: 'Eén keer tonen',
  necessary: 'Noodzakelijk',
  necessaryText: 'Nodig om de site te laten werken.',
  functional: 'Functionaliteit',
  functionalText: 'Onthoudt uw instellingen en maakt extra functies mogelijk, zoals video’s en kaarten.',
  analytics: 'Analyse',
  analyticsText: 'Laat ons zien hoe de site wordt gebruikt, zodat wij deze kunnen verbeteren.',
  marketing: 'Marketing',
  marketingText: 'Stelt ons en onze partners in staat u advertenties te tonen en het effect ervan te meten.',
} satisfies ConsentTexts;
