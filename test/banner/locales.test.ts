// @vitest-environment node
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { english } from '../../src/banner/texts.ts';

type Texts = Record<string, string>;
const folder = join(import.meta.dirname, '../../src/banner/locales');
const codes = readdirSync(folder).map((file) => file.replace(/\.ts$/, ''));
const load = async (code: string): Promise<Texts> => (await import(join(folder, `${code}.ts`))).default;
const keys = Object.keys(english).sort();

const EXPECTED = 'ar bg cs da de el es et fi fr ga he hr hu is it lt lv mt nl no pl pt ro sk sl sv tr uk';
const RTL: Record<string, RegExp> = { ar: /\p{Script=Arabic}/u, he: /\p{Script=Hebrew}/u };
const OTHER_SCRIPT: Record<string, RegExp> = {
  ...RTL,
  bg: /\p{Script=Cyrillic}/u,
  uk: /\p{Script=Cyrillic}/u,
  el: /\p{Script=Greek}/u,
};
const MAX_BYTES = 600;

/** The same word in that language. */
const SAME_AS_ENGLISH = ['cs', 'de', 'es', 'fr', 'hr', 'hu', 'it', 'mt', 'nl', 'pl', 'pt', 'ro', 'sk'].map(
  (code) => `${code}.marketing`,
);

/** How words begin that push, or that make of a choice something else: experience, enjoy, better, recommended, please, continue, OK. */
const PRESSURE: Record<string, string> = {
  en: 'experience|enjoy|better|best|recommend|please|continue|personali',
  de: 'erlebnis|genieß|besser|beste|optimal|empf[eo]hl|bitte|weiter|fortfahr',
  fr: 'expérience|profite|meilleur|optimal|recommand|plaît|continue',
  es: 'experiencia|disfrut|mejor(?!ar)|recom|por favor|continu',
  pt: 'experiência|desfrut|melhor(?!ar)|recom|por favor|continu',
  it: 'esperienza|goder|miglior(?!ar)|raccomand|consiglia|per favore|continu',
  mt: 'esperjenza|aħjar|aqwa|rakkomand|jekk jogħġbok|kompli',
  nl: 'ervaring|geniet|beter|beste|aanbevolen|alstublieft|doorgaan|verdergaan',
  da: 'oplevelse|nyd|bedre|bedste|anbef|venligst|fortsæt',
  sv: 'upplevelse|njut|bättre|bästa|rekommend|vänligen|fortsätt',
  no: 'opplevelse|nyt|bedre|beste|anbef|vennligst|fortsett',
  is: 'upplifun|njót|betri|best|mælt|vinsamleg|halda áfram',
  fi: 'kokemu|nauti|paras|parempi|parha|suosit|ole hyvä|jatka',
  et: 'kogemus|naudi|parem|parim|soovita|palun|jätka',
  hu: 'élmény|élvez|jobb|legjobb|ajánl|kérjük|folytat',
  cs: 'zážit|užij|lepší|nejlepší|doporuč|prosím|pokrač',
  sk: 'zážit|užit|lepší|najlepší|odporúč|prosím|pokrač',
  pl: 'doświadcz|wrażeni|lepsz|najlepsz|zalec|proszę|kontynu',
  sl: 'izkušn|doživ|boljš|najboljš|priporoč|prosimo|nadalj',
  hr: 'iskustv|doživ|bolj|najbolj|preporuč|molimo|nastavi',
  lt: 'patirt|geresn|geriaus|rekomend|prašom|tęst',
  lv: 'pieredz|labāk|vislabāk|iesak|lūdzu|turpin',
  bg: 'изживяван|преживяван|по-добр|най-добр|препоръч|моля|продълж',
  uk: 'досвід|вражен|кращ|найкращ|рекоменд|будь ласка|продовж',
  el: 'εμπειρί|απολα|καλύτερ|προτείν|συνιστ|παρακαλ|συνέχ',
  ro: 'experienț|mai bun|cel mai|recomand|vă rugăm|continu',
  tr: 'deneyim|en iyi|daha iyi|öner|lütfen|devam',
  ga: 'taithí|is fearr|níos fearr|molta|le do thoil(?!iú)|lean ar',
  ar: 'تجرب|أفضل|استمتع|نوصي|يرجى|متابعة',
  he: 'חווי|טוב|מיטב|מומלץ|בבקשה|המש',
};
/** In Arabic and Hebrew, small words are written together with the next. */
const pressureIn = (code: string) =>
  new RegExp(`!|(?<!\\p{L})(ok|okay)(?!\\p{L})|${code in RTL ? '' : '(?<!\\p{L})'}(${PRESSURE[code]})`, 'iu');

test('every language of the European Union is there, and six more', () => {
  expect(codes.sort().join(' ')).toBe(EXPECTED);
});

describe.each(codes)('%s', (code) => {
  test('says everything, and nothing else', async () => {
    const texts = await load(code);
    expect(Object.keys(texts).sort()).toEqual(keys);
    for (const text of Object.values(texts)) expect(text.trim() && text).toBe(text.trim());
  });

  test('is not left in English', async () => {
    const texts = await load(code);
    const same = keys.filter((key) => texts[key] === (english as unknown as Texts)[key]);
    expect(same.map((key) => `${code}.${key}`)).toEqual(SAME_AS_ENGLISH.filter((name) => name.startsWith(`${code}.`)));
  });

  test('names the purposes where English does, and the one that is asked for', async () => {
    const texts = await load(code);
    for (const key of keys) {
      expect([key, texts[key]?.match(/\{.*?\}/g)]).toEqual([
        key,
        (english as unknown as Texts)[key]?.match(/\{.*?\}/g),
      ]);
    }
    // They are a list, and not declined: a colon comes before, and nothing but the sentence's end behind.
    expect(texts.text).toMatch(/\S(\u00a0)?: \{purposes\}\. \S/);
    expect(texts.blocked).toMatch(/: \{purpose\}\.$/);
  });

  test('is plain text, in sentences where English has them', async () => {
    const texts = await load(code);
    for (const key of keys) {
      expect(texts[key]).not.toMatch(/[<>&"'`\\\u200e\u200f]|\s\s|\.\./);
      expect([key, texts[key]?.endsWith('.')]).toEqual([key, (english as unknown as Texts)[key]?.endsWith('.')]);
    }
  });

  test('asks without pressing', async () => {
    expect(Object.values(await load(code)).join('\n')).not.toMatch(pressureIn(code));
  });

  test('gives refusing the weight of accepting', async () => {
    const { accept = '', reject = '' } = await load(code);
    expect(Math.max(accept.length, reject.length) / Math.min(accept.length, reject.length)).toBeLessThan(1.5);
    expect(accept).not.toBe(reject);
  });

  test('has different words for different things', async () => {
    const texts = Object.values(await load(code));
    expect(new Set(texts).size).toBe(texts.length);
  });

  test('is marked as unread until someone who speaks it has read it', () => {
    expect(readFileSync(join(folder, `${code}.ts`), 'utf8')).toMatch(/^\/\/ Not yet reviewed by a native speaker\.\n/);
  });

  test(`weighs no more than ${MAX_BYTES} bytes`, async () => {
    const { outputFiles } = await build({
      entryPoints: [join(folder, `${code}.ts`)],
      bundle: true,
      minify: true,
      format: 'esm',
      target: 'es2020',
      charset: 'utf8',
      write: false,
    });
    expect(brotliCompressSync(outputFiles[0]?.contents as Uint8Array).length).toBeLessThanOrEqual(MAX_BYTES);
  });
});

test.each(Object.entries(OTHER_SCRIPT))('%s is written in its own script', async (code, script) => {
  for (const text of Object.values(await load(code))) expect(text).toMatch(script);
});

test('English asks without pressing too', () => {
  expect(Object.values(english).join('\n')).not.toMatch(pressureIn('en'));
});

test('there are words to look for in every language', () => {
  expect(Object.keys(PRESSURE).sort()).toEqual([...codes, 'en'].sort());
  expect('Für ein besseres Erlebnis').toMatch(pressureIn('de'));
  expect('OK').toMatch(pressureIn('el'));
  expect('לחוויה טובה').toMatch(pressureIn('he'));
  expect('Brok').not.toMatch(pressureIn('en'));
});
