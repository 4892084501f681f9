import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ConsentApi, Tracker } from '../../src/index.ts';
import type { Batch } from '../../src/protocol/event.ts';
import { type Browser, engines, openBrowser, type Tab } from './openBrowser.ts';
import { type Server, serve } from './serve.ts';
import { accept } from './trackedSite.ts';
import { waitUntil } from './waitUntil.ts';

/** What the pages have on `window`. */
interface StrictPage {
  beaconry: Tracker & { consent: ConsentApi };
  /** What was gated and ran. */
  ran: string[];
  violations: string[];
  warnings: string[];
}

const NONCE = 'abc123';
const POLICY = `default-src 'self'; script-src 'nonce-${NONCE}'; style-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'; report-uri /reports`;

const prepare = () => {
  const page = window as unknown as StrictPage;
  Object.assign(page, { ran: [], violations: [], warnings: [] });
  document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sample }) =>
    page.violations.push(`${violatedDirective} ${blockedURI} ${sample}`),
  );
  console.warn = (...words: unknown[]) => void page.warnings.push(words.join(' '));
};

const TAGS = {
  bundled: `<script nonce="${NONCE}" type="module" src="/strictPage.js"></script>`,
  'script tag': `<script nonce="${NONCE}" src="/dist/beaconry.js" data-endpoint="/e" data-site="strict" data-consent="ask"
    data-purposes="analytics marketing" data-privacy-policy-url="/privacy" data-capture="pageViews clicks errors"></script>`,
};

const js = (body: string) => ({ headers: { 'content-type': 'text/javascript; charset=utf-8' }, body });

let site: Server;
beforeAll(async () => {
  const bundle = await build({
    entryPoints: [fileURLToPath(new URL('strictPage.ts', import.meta.url))],
    bundle: true,
    splitting: true,
    write: false,
    outdir: '/',
    format: 'esm',
    target: 'es2020',
  });
  const files = new Map(bundle.outputFiles.map(({ path, text }) => [path.slice(path.lastIndexOf('/')), text]));
  const html = await readFile(new URL('../pages/strict.html', import.meta.url), 'utf8');
  site = await serve({
    '/page.css': { headers: { 'content-type': 'text/css' }, body: 'body { font: 16px/1.5 sans-serif }' },
    '/before.js': js(`(${prepare})()`),
    '/gated.js': js("ran.push('gated')"),
    '/templated.js': js("ran.push('templated')"),
    '/frame': '<!doctype html><title>frame</title><p>a map</p>',
    '/e': accept,
    '/record': { status: 204 },
    '/reports': { status: 204 },
    // The files that are published: `npm run build` makes them.
    '/dist/*': { folder: fileURLToPath(new URL('../../dist', import.meta.url)) },
    '/*': ({ path }) => {
      const file = files.get(path);
      if (file) return js(file);
      const tag = TAGS[decodeURIComponent(path.slice(1)) as keyof typeof TAGS];
      if (!tag) return { status: 404 };
      const body = html.replaceAll('%nonce%', NONCE).replace('<!-- tracker -->', tag);
      return {
        headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': POLICY },
        body,
      };
    },
  });
});
afterAll(() => site?.close());

describe.each(engines)('R24 a whole visit under the strictest policy, in %s', (engine) => {
  let browser: Browser;
  let tab: Tab;
  beforeAll(async () => {
    browser = await openBrowser(engine);
  });
  afterAll(() => browser?.close());

  const open = async (page: keyof typeof TAGS) => {
    tab = await browser.newTab();
    await tab.goto(`${site.url}/${page}`);
    await tab.evaluate(() => {
      // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not everywhere
      document.cookie = 'user_tracking_consent=;Path=/;Max-Age=0';
    });
    site.requests.length = 0;
    await tab.reload();
    await seen('[slot=reject]');
  };
  const seen = (selector: string) =>
    tab.waitFor(
      (wanted) =>
        document
          .querySelector(`beaconry-consent > ${wanted}`)
          ?.checkVisibility({ opacityProperty: true, visibilityProperty: true }),
      selector,
    );
  const requested = () => site.requests.map(({ path }) => path);
  const names = () =>
    site.requests
      .filter(({ path }) => path === '/e')
      .flatMap(({ body }) => (JSON.parse(body) as Batch).events.map(({ name }) => name));
  const state = () => tab.evaluate(() => (window as unknown as StrictPage).beaconry.consent.get());
  /** Nothing was reported; and then something is. */
  const expectNothingReported = async () => {
    const said = () =>
      tab.evaluate(() => {
        const { violations, warnings } = window as unknown as StrictPage;
        return { violations, warnings };
      });
    expect(await said()).toEqual({ violations: [], warnings: [] });
    expect(requested()).not.toContain('/reports');
    await tab.evaluate(() => document.body.setAttribute('style', 'color:red'));
    await tab.waitFor(() => (window as unknown as StrictPage).violations.length);
    await waitUntil(() => requested().includes('/reports'), 'a report');
  };
  const choose = async () => {
    const words = await tab.evaluate(() => document.querySelector('beaconry-consent > [slot=reject]')?.textContent);
    expect(words).toBe('Alle ablehnen');
    expect(requested().filter((path) => /^\/(e|gated|templated|frame)/.test(path))).toEqual([]);
    await tab.click('[slot=manage]');
    await seen('[slot=save]');
    await tab.click('[name=analytics]');
    await tab.click('[slot=save]');
    expect(await state()).toBe('granted');
  };
  const actAndFlush = async () => {
    await tab.click('#act');
    await tab.evaluate(() => (window as unknown as StrictPage).beaconry.flush());
    await waitUntil(() => names().includes('click'), 'the events');
    expect(names()).toEqual(expect.arrayContaining(['page_view', 'consent', 'click']));
    expect(await tab.evaluate(() => (window as unknown as StrictPage).beaconry.stats().durable)).toBe(true);
  };

  test('banner, dialog, gated tags and frames, events, and a visitor’s own data report nothing', async () => {
    await open('bundled');
    await choose();
    await tab.waitFor(() => (window as unknown as StrictPage).ran.length === 2);
    expect(await tab.evaluate(() => (window as unknown as StrictPage).ran)).toEqual(['gated', 'templated']);
    expect(await tab.text('#filled')).toBe('filled');
    await actAndFlush();
    expect(requested()).not.toContain('/frame');
    await tab.click('beaconry-embed button');
    await waitUntil(() => requested().includes('/frame'), 'the frame');
    await tab.click('#download');
    // Not by the pointer: the frame that comes moves what lies below.
    await tab.evaluate(() => {
      const { shadowRoot } = document.querySelector('beaconry-my-data') as Element;
      for (const id of ['erase', 'confirm']) shadowRoot?.getElementById(id)?.click();
    });
    await tab.waitFor(() => (window as unknown as StrictPage).beaconry.consent.get() === 'denied');
    expect(requested()).toContain('/record');
    await tab.click('#open');
    await seen('[slot=save]');
    await tab.press('Escape');
    await expectNothingReported();
    await tab.close();
  });

  test('the script tag, and the files beside it, report nothing', async () => {
    await open('script tag');
    await choose();
    await tab.evaluate(() => {
      setTimeout(() => {
        throw new Error('heard by a file beside it');
      });
    });
    await actAndFlush();
    await tab.evaluate(() => (window as unknown as StrictPage).beaconry.flush());
    await waitUntil(() => names().includes('error'), 'an event of more.js');
    expect(requested()).toEqual(expect.arrayContaining(['/dist/more.js', '/dist/locales/de.js']));
    await tab.click('#open');
    await seen('[slot=reject-2]');
    await tab.click('[slot=reject-2]');
    expect(await state()).toBe('denied');
    await expectNothingReported();
    await tab.close();
  });
});
