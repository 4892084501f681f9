import { readdirSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { budgets } from '../scripts/budgets.mjs';
import {
  bundlers,
  type Measured,
  measureBudgets,
  type PackedPackage,
  packPackage,
  sizesIn,
  sizeTable,
} from '../scripts/measure.mjs';

/**
 * What a page may leave out, and a text that is in its code and nowhere else. A text that has moved shows at once: it
 * must be there when the export is imported.
 */
const optional: Record<string, { sentinel: string; brings?: string[] }> = {
  clicks: { sentinel: 'clicks.selector' },
  consentFrom: { sentinel: 'of consentFrom()' },
  cookiebot: { sentinel: 'CookiebotOnConsentReady' },
  copy: { sentinel: 'selectionEnd' },
  cta: { sentinel: 'cta_click' },
  createConsent: { sentinel: 'trackingConsentChanged' },
  durableOutbox: { sentinel: 'QuotaExceededError' },
  errors: { sentinel: 'securitypolicyviolation' },
  frustration: { sentinel: 'dead_click' },
  gateTags: { sentinel: 'data-consent-ran' },
  googleConsentMode: { sentinel: 'wait_for_update' },
  heatmap: { sentinel: 'view_height' },
  media: { sentinel: 'media.progress' },
  microsoftConsent: { sentinel: 'consentv2' },
  notFound: { sentinel: 'beaconry:status' },
  oneTrust: { sentinel: 'OneTrustGroupsUpdated' },
  pageViews: { sentinel: 'bfcache' },
  purchase: { sentinel: 'ISO 4217' },
  replay: { sentinel: 'blockSelector' },
  requests: { sentinel: 'requests.own' },
  search: { sentinel: 'search.parameters' },
  sessionStart: { sentinel: 'session_start' },
  tcf: { sentinel: 'useractioncomplete' },
  usercentrics: { sentinel: 'UC_UI_INITIALIZED' },
  vitalsWithAttribution: { sentinel: 'generateTarget', brings: ['webVitals'] },
  webVitals: { sentinel: 'web_vital' },
};

/** What no file of the package may hold. */
const harmful: [what: string, pattern: RegExp, example: string, allowed?: RegExp][] = [
  ['a listener for unload', /["'`](before)?unload["'`]|\bon(before)?unload\b/, 'addEventListener("beforeunload", x)'],
  ['eval', /\beval\s*\(/, 'eval("1")'],
  ['new Function', /\bnew\s+Function\b|\bFunction\s*\(\s*["'`]/, 'new Function("return 1")'],
  ['raw HTML', /\b(inner|outer)HTML\b|insertAdjacentHTML/, 'element.innerHTML = "<p>"'],
  ['document.write', /document\s*\.\s*write/, 'document.write("<p>")'],
  [
    'a script element, but where the owner names the script',
    /createElement\(\s*["'`]script["'`]/,
    'document.createElement("script")',
    /createScript|could not be loaded/,
  ],
  ['sendBeacon, whose yes acknowledges nothing', /\bsendBeacon\b/, 'navigator.sendBeacon("/e")'],
  ['an address of somebody’s', /["'`](https?:)?\/\/[\w-]+\.\w/, 'fetch("https://stats.example.org/e")'],
];

let packed: PackedPackage;
let measured: Measured[];
beforeAll(async () => {
  packed = await packPackage();
  measured = await measureBudgets(packed);
});
afterAll(() => packed?.remove());

describe('each import stays inside its budget', () => {
  test.each(budgets.map(({ name, limit }) => [name, limit] as const))('%s', (name, limit) => {
    const size = measured.find((entry) => entry.name === name)?.size;
    expect(size).toBeGreaterThan(0);
    expect(size).toBeLessThanOrEqual(limit);
  });

  test('the README gives these numbers (else: npm run size -- --write)', () => {
    const readme = readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8');
    expect(sizesIn(readme)).toBe(sizeTable(measured));
  });
});

describe.each(Object.entries(bundlers))('%s ships what is imported, and no more', (_name, bundle) => {
  test('the tracker alone', async () => {
    expect(sentinelsIn(await bundle(packed, ['createTracker']))).toEqual([]);
  });

  test.each(Object.entries(optional))('with %s', async (name, { brings = [] }) => {
    expect(sentinelsIn(await bundle(packed, ['createTracker', name]))).toEqual([name, ...brings].sort());
  });
});

describe('no file of the package holds', () => {
  test.each(harmful)('%s', (_what, pattern, example, allowed) => {
    expect(example).toMatch(pattern);
    const files = codeFiles();
    expect(files.length).toBeGreaterThan(2);
    const found = files.filter(({ text }) => pattern.test(text) && !allowed?.test(text));
    expect(found.map(({ name }) => name)).toEqual([]);
  });
});

test('every source map holds its sources, and every file that names one has it', () => {
  const dist = join(packed.home, 'dist');
  const files = codeFiles().filter(({ text }) => /\/\/# sourceMappingURL=/.test(text));
  expect(files.length).toBeGreaterThan(2);
  for (const { name, text } of files) {
    const [, map = ''] = /\/\/# sourceMappingURL=(\S+)\s*$/.exec(text) ?? [];
    const { file, sources, sourcesContent } = JSON.parse(readFileSync(join(dist, dirname(name), map), 'utf8'));
    expect(sourcesContent, name).toHaveLength(sources.length);
    // Nothing of the machine that it was built on.
    for (const path of [file ?? '', ...sources]) expect(isAbsolute(path), `${name} ${path}`).toBe(false);
    for (const content of sourcesContent) expect(content, name).toEqual(expect.any(String));
  }
});

function sentinelsIn(code: string): string[] {
  return Object.keys(optional)
    .filter((name) => code.includes(optional[name]?.sentinel ?? ''))
    .sort();
}

function codeFiles() {
  const dist = join(packed.home, 'dist');
  return readdirSync(dist, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.c?js$/.test(name))
    .map((name) => ({ name, text: readFileSync(join(dist, name), 'utf8') }));
}
