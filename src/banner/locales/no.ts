// Not yet reviewed by a native speaker.
import type { ConsentTexts } from '../../consent/consent.ts';

export default {
  title: 'Dine personvernvalg',
  text: 'Med ditt samtykke bruker vi informasjonskapsler og lignende teknologi til: {purposes}. Du kan når som helst endre valget ditt.',
  policy: 'Personvernerklæring',
  accept: 'Godta alle',
  reject: 'Avvis alle',
  manage: 'Administrer valg',
  preferences: 'Personverninnstillinger',
  save: 'Lagre valg',
  close: 'Lukk',
  always: 'Alltid på',
  signal: 'Reservasjonssignalet fra nettleseren din respekteres.',
  saved: 'Valgene dine er lagret.',
  blocked: 'Dette innholdet vises når du godtar: {purpose}.',
  once: 'Vis én gang',
  necessary: 'Nødvendig',
  necessaryText: 'Kreves for at nettstedet skal fungere.',
  functional: 'Funksjoner',
  functionalText: 'Husker innstillingene dine og gir tilgang til ekstra funksjoner, som videoer og kart.',
  analytics: 'Analyse',
  analyticsText: 'Viser oss hvordan nettstedet brukes, slik at vi kan forbedre det.',
  marketing: 'Markedsføring',
  marketingText: 'Lar oss og våre partnere vise deg annonser og måle effekten av dem.',
} satisfies ConsentTexts;
