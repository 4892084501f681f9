// Not yet reviewed by a native speaker.
import type { ConsentTexts } from '../../consent/consent.ts';

export default {
  title: 'Dine privatlivsvalg',
  text: 'Med dit samtykke bruger vi cookies og lignende teknologier til: {purposes}. Du kan til enhver tid ændre dit valg.',
  policy: 'Privatlivspolitik',
  accept: 'Accepter alle',
  reject: 'Afvis alle',
  manage: 'Administrer valg',
  preferences: 'Privatlivsindstillinger',
  save: 'Gem valg',
  close: 'Luk',
  always: 'Altid til',
  signal: 'Fravalgssignalet fra din browser respekteres.',
  saved: 'Dine valg er gemt.',
  blocked: 'Dette indhold vises, når du accepterer: {purpose}.',
  once: 'Vis én gang',
  necessary: 'Nødvendigt',
  necessaryText: 'Kræves, for at webstedet kan fungere.',
  functional: 'Funktioner',
  functionalText: 'Husker dine indstillinger og muliggør ekstra funktioner som videoer og kort.',
  analytics: 'Statistik',
  analyticsText: 'Viser os, hvordan webstedet bruges, så vi kan forbedre det.',
  marketing: 'Markedsføring',
  marketingText: 'Gør det muligt for os og vores partnere at vise dig annoncer og måle deres effekt.',
} satisfies ConsentTexts;
