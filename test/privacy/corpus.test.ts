import { beforeEach, describe, expect, test } from 'vitest';
import { plainJson } from '../../src/privacy/plainJson.ts';
import { scrubText } from '../../src/privacy/scrubText.ts';
import { scrubUrl } from '../../src/privacy/scrubUrl.ts';
import { addresses, type Case, ownerData, queries, routes, texts } from './corpus.ts';

const SITE = 'https://shop.example';

beforeEach(() => {
  (window as unknown as { happyDOM: { setURL(url: string): void } }).happyDOM.setURL(`${SITE}/here/page`);
});

const onSite = (path: string) => (path.startsWith('/') ? SITE + path : path);
const all = (groups: Record<string, readonly Case[]>) => Object.values(groups).flat();

test('the corpus holds some six hundred cases', () => {
  const cases = [...all(addresses), ...all(queries), ...routes, ...all(texts), ...ownerData];
  expect(cases.length).toBeGreaterThan(550);
});

describe.each(Object.entries(addresses))('addresses: %s', (_, cases) => {
  test.each(cases.map(([raw, expected = raw]) => [raw, expected]))('%s → %s', (raw, expected) => {
    const scrubbed = scrubUrl(raw);
    expect(scrubbed).toBe(onSite(expected));
    if (/^http/.test(scrubbed)) expect(scrubUrl(scrubbed)).toBe(scrubbed);
  });
});

describe.each(Object.entries(queries))('queries: %s', (_, cases) => {
  test.each(cases.map(([raw, expected = raw]) => [raw, expected]))('%s → %s', (raw, expected) => {
    const scrubbed = scrubUrl(raw, true);
    expect(scrubbed).toBe(onSite(expected));
    expect(scrubUrl(scrubbed, true)).toBe(scrubbed);
    // In strict mode there is no query to speak of.
    expect(scrubUrl(raw)).toBe(`${SITE}/`);
  });
});

describe('routes', () => {
  test.each(routes.map(([raw, expected = raw]) => [raw, expected]))('%s → %s', (fragment, expected) => {
    expect(scrubUrl(`${SITE}/app${fragment}`, false, true)).toBe(`${SITE}/app${expected}`);
    expect(scrubUrl(`${SITE}/app${fragment}`)).toBe(`${SITE}/app`);
  });
});

describe.each(Object.entries(texts))('texts: %s', (_, cases) => {
  test.each(cases.map(([raw, expected = raw]) => [raw, expected]))('%s → %s', (raw, expected) => {
    expect(scrubText(raw)).toBe(expected);
    expect(scrubText(expected)).toBe(expected);
  });
});

describe('the owner’s own data', () => {
  test.each(ownerData.map(([what, data, expected = data]) => [what, data, expected] as const))(
    '%s',
    (_, data, expected) => {
      const scrubbed = JSON.parse(plainJson(data));
      expect(scrubbed).toEqual(expected);
      expect(JSON.parse(plainJson(scrubbed))).toEqual(scrubbed);
    },
  );
});
