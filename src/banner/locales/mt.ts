// Not yet reviewed by a native speaker.
import type { ConsentTexts } from '../../consent/consent.ts';

export default {
  title: 'L-għażliet tiegħek dwar il-privatezza',
  text: 'Bil-kunsens tiegħek, nużaw cookies u teknoloġiji simili għal: {purposes}. Tista’ tibdel l-għażla tiegħek fi kwalunkwe ħin.',
  policy: 'Politika tal-privatezza',
  accept: 'Aċċetta kollox',
  reject: 'Irrifjuta kollox',
  manage: 'Immaniġġja l-għażliet',
  preferences: 'Preferenzi tal-privatezza',
  save: 'Issejvja l-għażliet',
  close: 'Agħlaq',
  always: 'Dejjem attiv',
  signal: 'Is-sinjal ta’ rifjut tal-brawżer tiegħek huwa rrispettat.',
  saved: 'L-għażliet tiegħek ġew issejvjati.',
  blocked: 'Dan il-kontenut jintwera meta taċċetta: {purpose}.',
  once: 'Uri darba',
  necessary: 'Neċessarju',
  necessaryText: 'Meħtieġ biex is-sit jaħdem.',
  functional: 'Funzjonalità',
  functionalText: 'Tiftakar is-settings tiegħek u tippermetti karatteristiċi addizzjonali, bħal vidjows u mapep.',
  analytics: 'Analitika',
  analyticsText: 'Turina kif jintuża s-sit, biex inkunu nistgħu ntejbuh.',
  marketing: 'Marketing',
  marketingText: 'Jippermetti lilna u lis-sħab tagħna nuruk reklami u nkejlu l-effett tagħhom.',
} satisfies ConsentTexts;
