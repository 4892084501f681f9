// Not yet reviewed by a native speaker.
import type { ConsentTexts } from '../../consent/consent.ts';

export default {
  title: 'Dina integritetsval',
  text: 'Med ditt samtycke använder vi cookies och liknande tekniker för: {purposes}. Du kan ändra ditt val när som helst.',
  policy: 'Integritetspolicy',
  accept: 'Godkänn alla',
  reject: 'Avvisa alla',
  manage: 'Hantera val',
  preferences: 'Integritetsinställningar',
  save: 'Spara val',
  close: 'Stäng',
  always: 'Alltid på',
  signal: 'Din webbläsares avböjningssignal respekteras.',
  saved: 'Dina val har sparats.',
  blocked: 'Det här innehållet visas när du godkänner: {purpose}.',
  once: 'Visa en gång',
  necessary: 'Nödvändigt',
  necessaryText: 'Behövs för att webbplatsen ska fungera.',
  functional: 'Funktioner',
  functionalText: 'Kommer ihåg dina inställningar och möjliggör extra funktioner, som videor och kartor.',
  analytics: 'Analys',
  analyticsText: 'Visar oss hur webbplatsen används, så att vi kan förbättra den.',
  marketing: 'Marknadsföring',
  marketingText: 'Låter oss och våra partner visa dig annonser och mäta deras effekt.',
} satisfies ConsentTexts;
