import type { ConsentTexts } from '../consent/consent.ts';

type Locale = () => Promise<{ default: ConsentTexts }>;

/** Spelled out, so that every bundler makes each a file of its own. */
export const locales: Record<string, Locale> = {
  ar: () => import('./locales/ar.ts'),
  bg: () => import('./locales/bg.ts'),
  cs: () => import('./locales/cs.ts'),
  da: () => import('./locales/da.ts'),
  de: () => import('./locales/de.ts'),
  el: () => import('./locales/el.ts'),
  es: () => import('./locales/es.ts'),
  et: () => import('./locales/et.ts'),
  fi: () => import('./locales/fi.ts'),
  fr: () => import('./locales/fr.ts'),
  ga: () => import('./locales/ga.ts'),
  he: () => import('./locales/he.ts'),
  hr: () => import('./locales/hr.ts'),
  hu: () => import('./locales/hu.ts'),
  is: () => import('./locales/is.ts'),
  it: () => import('./locales/it.ts'),
  lt: () => import('./locales/lt.ts'),
  lv: () => import('./locales/lv.ts'),
  mt: () => import('./locales/mt.ts'),
  nb: () => import('./locales/no.ts'),
  nl: () => import('./locales/nl.ts'),
  nn: () => import('./locales/no.ts'),
  no: () => import('./locales/no.ts'),
  pl: () => import('./locales/pl.ts'),
  pt: () => import('./locales/pt.ts'),
  ro: () => import('./locales/ro.ts'),
  sk: () => import('./locales/sk.ts'),
  sl: () => import('./locales/sl.ts'),
  sv: () => import('./locales/sv.ts'),
  tr: () => import('./locales/tr.ts'),
  uk: () => import('./locales/uk.ts'),
};
