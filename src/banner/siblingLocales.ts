import type { ConsentTexts } from '../consent/consent.ts';
import { fetchBeside } from '../platform/fetchBeside.ts';

// In the place of `locales.ts` in the script tag's file, whose languages lie beside it.
const load = (code: string) => () => fetchBeside<{ default: ConsentTexts }>(`locales/${code}.js`);

export const locales = Object.fromEntries(
  'ar bg cs da de el es et fi fr ga he hr hu is it lt lv mt nl no pl pt ro sk sl sv tr uk'
    .split(' ')
    .map((code) => [code, load(code)]),
);
