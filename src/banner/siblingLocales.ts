import type { ConsentTexts } from '../consent/consent.ts';

// In the place of `locales.ts` in the script tag's file, whose languages lie beside it, wherever it came from. Only while
// a classic script runs does the document know which one it is.
const base = (globalThis.document?.currentScript as HTMLScriptElement | null)?.src;

const load = (code: string) => (): Promise<{ default: ConsentTexts }> =>
  import(`${new URL(`locales/${code}.js`, base)}`);

export const locales = Object.fromEntries(
  'ar bg cs da de el es et fi fr ga he hr hu is it lt lv mt nl no pl pt ro sk sl sv tr uk'
    .split(' ')
    .map((code) => [code, load(code)]),
);
