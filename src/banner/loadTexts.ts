import type { ConsentTexts, ResolvedConsentOptions } from '../consent/consent.ts';
import { locales } from './locales.ts';
import { english } from './texts.ts';

export interface Wording {
  locale: string;
  dir: 'ltr' | 'rtl';
  texts: ConsentTexts;
}

/**
 * The texts in the first language there is: that of the option, of the page, of the browser, English. A language that
 * does not load is English too. Where the option names a language of the owner's own texts, it is theirs.
 */
export async function loadTexts({ locale, texts }: Pick<ResolvedConsentOptions, 'locale' | 'texts'>): Promise<Wording> {
  const tags = [locale, document.documentElement.lang, ...navigator.languages, 'en'];
  const codes = tags.map((tag) => /^[a-z]{2}\b/.exec(`${tag}`.toLowerCase().replace(/^n[bn]\b/, 'no'))?.[0] ?? '');
  let code = codes.find((known) => known === 'en' || locales[known]) as string;
  const isOther = locale && codes[0] !== code;
  const isOwn = isOther && Object.keys(texts).length;
  if (isOther && !isOwn)
    console.warn(`beaconry: option "locale": no texts in "${locale}"; give them as option "texts"`);
  const loaded = await locales[code]?.().catch(() => {
    code = 'en';
  });
  const shown = isOwn ? locale : code;
  return {
    locale: shown,
    dir: /^(ar|fa|he|ur)\b/.test(shown) ? 'rtl' : 'ltr',
    texts: { ...(loaded?.default ?? english), ...texts },
  };
}
