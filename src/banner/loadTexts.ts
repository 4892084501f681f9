import type { ConsentTexts, ResolvedConsentOptions } from '../consent/consent.ts';
import { locales } from './locales.ts';
import { english } from './texts.ts';

/** A language, and what is said in it. */
export interface Wording {
  locale: string;
  dir: 'ltr' | 'rtl';
  texts: ConsentTexts;
}

/**
 * The texts in the language of the option, else in the first there is of the page's and the browser's, else in English.
 * A language that does not load is English too. The option may also name that of the owner's own texts.
 */
export async function loadTexts({ locale, texts }: Pick<ResolvedConsentOptions, 'locale' | 'texts'>): Promise<Wording> {
  const tags = locale ? [locale] : [document.documentElement.lang, ...navigator.languages];
  const codes = tags.map((tag) => /^[a-z]{2}\b/.exec(tag.toLowerCase())?.[0] ?? '');
  const code = codes.find((known) => known === 'en' || locales[known]) ?? '';
  let language = locale ?? (code || 'en');
  if (!code && locale && !texts.title)
    console.warn(`beaconry: option "locale": there is no "${locale}"; add option "texts"`);
  const loaded = await locales[code]?.().catch(() => {
    language = 'en';
  });
  return {
    locale: language,
    dir: /^(ar|fa|he|ur)/.test(language) ? 'rtl' : 'ltr',
    texts: { ...(loaded?.default ?? english), ...texts },
  };
}
