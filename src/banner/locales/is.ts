// Not yet reviewed by a native speaker.
import type { ConsentTexts } from '../../consent/consent.ts';

export default {
  title: 'Persónuverndarval þitt',
  text: 'Með samþykki þínu notum við vefkökur og svipaða tækni í eftirfarandi tilgangi: {purposes}. Þú getur breytt vali þínu hvenær sem er.',
  policy: 'Persónuverndarstefna',
  accept: 'Samþykkja allt',
  reject: 'Hafna öllu',
  manage: 'Stjórna vali',
  preferences: 'Persónuverndarstillingar',
  save: 'Vista val',
  close: 'Loka',
  always: 'Alltaf virkt',
  signal: 'Merki vafrans þíns um höfnun er virt.',
  saved: 'Val þitt hefur verið vistað.',
  blocked: 'Þetta efni birtist þegar þú samþykkir: {purpose}.',
  once: 'Birta einu sinni',
  necessary: 'Nauðsynlegt',
  necessaryText: 'Þarf til að vefurinn virki.',
  functional: 'Virkni',
  functionalText: 'Man stillingar þínar og virkjar viðbótareiginleika, svo sem myndbönd og kort.',
  analytics: 'Greining',
  analyticsText: 'Sýnir okkur hvernig vefurinn er notaður svo að við getum bætt hann.',
  marketing: 'Markaðssetning',
  marketingText: 'Gerir okkur og samstarfsaðilum okkar kleift að sýna þér auglýsingar og mæla áhrif þeirra.',
} satisfies ConsentTexts;
