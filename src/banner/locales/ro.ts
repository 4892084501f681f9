// Not yet reviewed by a native speaker.
import type { ConsentTexts } from '../../consent/consent.ts';

export default {
  title: 'Opțiunile dumneavoastră de confidențialitate',
  text: 'Cu consimțământul dumneavoastră, folosim cookie-uri și tehnologii similare pentru: {purposes}. Vă puteți schimba alegerea oricând.',
  policy: 'Politica de confidențialitate',
  accept: 'Acceptați tot',
  reject: 'Respingeți tot',
  manage: 'Gestionați opțiunile',
  preferences: 'Preferințe de confidențialitate',
  save: 'Salvați opțiunile',
  close: 'Închideți',
  always: 'Mereu activ',
  signal: 'Semnalul de refuz al browserului dumneavoastră este respectat.',
  saved: 'Opțiunile dumneavoastră au fost salvate.',
  blocked: 'Acest conținut este afișat după ce acceptați: {purpose}.',
  once: 'Afișați o dată',
  necessary: 'Necesar',
  necessaryText: 'Necesar pentru funcționarea site-ului.',
  functional: 'Funcționalitate',
  functionalText: 'Reține setările dumneavoastră și activează funcții suplimentare, precum videoclipuri și hărți.',
  analytics: 'Analiză',
  analyticsText: 'Ne arată cum este folosit site-ul, ca să îl putem îmbunătăți.',
  marketing: 'Marketing',
  marketingText: 'Ne permite nouă și partenerilor noștri să vă afișăm reclame și să le măsurăm efectul.',
} satisfies ConsentTexts;
