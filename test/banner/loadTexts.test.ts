import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { loadTexts } from '../../src/banner/loadTexts.ts';
import german from '../../src/banner/locales/de.ts';
import norwegian from '../../src/banner/locales/no.ts';
import { locales } from '../../src/banner/locales.ts';
import { english } from '../../src/banner/texts.ts';

const speak = (...languages: string[]) => vi.spyOn(navigator, 'languages', 'get').mockReturnValue(languages);

beforeEach(() => {
  document.documentElement.lang = '';
  speak();
});
afterEach(() => vi.restoreAllMocks());

describe('the texts', () => {
  test('are English where nothing else is wanted', async () => {
    expect(await loadTexts({ texts: {} })).toEqual({ locale: 'en', dir: 'ltr', texts: english });
  });

  test('are in the language of the option, before that of the page and of the browser', async () => {
    document.documentElement.lang = 'fr';
    speak('es');
    expect(await loadTexts({ locale: 'de', texts: {} })).toEqual({ locale: 'de', dir: 'ltr', texts: german });
  });

  test('are in the language of the page, before that of the browser', async () => {
    document.documentElement.lang = 'DE-at';
    speak('es');
    expect(await loadTexts({ texts: {} })).toMatchObject({ locale: 'de', texts: german });
  });

  test('are in the first language of the browser that there is', async () => {
    document.documentElement.lang = 'ja';
    speak('ja-JP', 'fil', 'constructor', 'de-CH', 'fr');
    expect(await loadTexts({ texts: {} })).toMatchObject({ locale: 'de', texts: german });
  });

  test('are English for who reads English first', async () => {
    speak('en-GB', 'de');
    expect(await loadTexts({ texts: {} })).toMatchObject({ locale: 'en', texts: english });
  });

  test('are Norwegian in either of its forms', async () => {
    for (const tag of ['nb-NO', 'nn', 'no']) {
      document.documentElement.lang = tag;
      expect((await loadTexts({ texts: {} })).texts).toEqual(norwegian);
    }
  });

  test('run from right to left where the language does', async () => {
    for (const locale of ['ar', 'he-IL']) expect((await loadTexts({ locale, texts: {} })).dir).toBe('rtl');
  });

  test('give way to the owner’s, one by one', async () => {
    const { texts } = await loadTexts({ locale: 'de', texts: { accept: 'Ja', reject: 'Nein' } });
    expect(texts).toEqual({ ...german, accept: 'Ja', reject: 'Nein' });
  });

  test('may be the owner’s in a language that is not here', async () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue();
    const wording = await loadTexts({ locale: 'fa', texts: { title: 'انتخاب شما' } });
    expect(wording).toEqual({ locale: 'fa', dir: 'rtl', texts: { ...english, title: 'انتخاب شما' } });
    expect(warn).not.toHaveBeenCalled();
  });

  test('tell the owner of a language that is not here', async () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue();
    expect(await loadTexts({ locale: 'ja', texts: {} })).toMatchObject({ texts: english });
    expect(warn.mock.calls).toEqual([[expect.stringMatching(/option "locale".*"ja".*option "texts"/)]]);
  });

  test('are English when their file does not arrive', async () => {
    const { de } = locales;
    locales.de = () => Promise.reject(new Error('404'));
    expect(await loadTexts({ locale: 'de', texts: { accept: 'Ja' } })).toEqual({
      locale: 'en',
      dir: 'ltr',
      texts: { ...english, accept: 'Ja' },
    });
    locales.de = de as NonNullable<typeof de>;
  });
});
