// Not yet reviewed by a native speaker.
import type { ConsentTexts } from '../../consent/consent.ts';

export default {
  title: 'Jūsu privātuma izvēle',
  text: 'Ar jūsu piekrišanu mēs izmantojam sīkdatnes un līdzīgas tehnoloģijas šādiem mērķiem: {purposes}. Savu izvēli varat mainīt jebkurā laikā.',
  policy: 'Privātuma politika',
  accept: 'Pieņemt visu',
  reject: 'Noraidīt visu',
  manage: 'Pārvaldīt izvēli',
  preferences: 'Privātuma iestatījumi',
  save: 'Saglabāt izvēli',
  close: 'Aizvērt',
  always: 'Vienmēr ieslēgts',
  signal: 'Jūsu pārlūkprogrammas atteikuma signāls tiek ievērots.',
  saved: 'Jūsu izvēle ir saglabāta.',
  blocked: 'Šis saturs tiek rādīts, kad pieņemat: {purpose}.',
  once: 'Rādīt vienreiz',
  necessary: 'Nepieciešams',
  necessaryText: 'Vajadzīgs, lai vietne darbotos.',
  functional: 'Funkcijas',
  functionalText: 'Iegaumē jūsu iestatījumus un iespējo papildu funkcijas, piemēram, video un kartes.',
  analytics: 'Analītika',
  analyticsText: 'Parāda mums, kā vietne tiek izmantota, lai mēs varētu to uzlabot.',
  marketing: 'Mārketings',
  marketingText: 'Ļauj mums un mūsu partneriem rādīt jums reklāmu un mērīt tās ietekmi.',
} satisfies ConsentTexts;
