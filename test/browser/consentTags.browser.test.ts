import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { googleConsentMode } from '../../src/consent/bridges/googleConsentMode.ts';
import type { ConsentApi } from '../../src/consent/consent.ts';
import type { createConsent } from '../../src/consent/createConsent.ts';
import type { gateTags } from '../../src/consent/gateTags.ts';
import { type Browser, engines, openBrowser, type Tab } from './openBrowser.ts';
import { type Server, serve } from './serve.ts';
import { waitUntil } from './waitUntil.ts';

/** What the pages have on `window`. */
interface ConsentPage {
  beaconry: {
    createConsent: typeof createConsent;
    gateTags: typeof gateTags;
    googleConsentMode: typeof googleConsentMode;
  };
  consent: ConsentApi;
  /** What ran, in order. */
  ran: string[];
  violations: string[];
  warnings: string[];
  dataLayer: unknown[];
  /** How often frames said that they are alive. */
  alive: number;
}

const SOURCE = `
  export { createConsent } from './createConsent.ts';
  export { gateTags } from './gateTags.ts';
  export { googleConsentMode } from './bridges/googleConsentMode.ts';`;

// Runs in each page before all else.
const prepare = () => {
  const page = window as unknown as ConsentPage;
  page.ran = [];
  page.violations = [];
  page.warnings = [];
  page.alive = 0;
  document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sample }) => {
    page.violations.push(`${violatedDirective} ${blockedURI} ${sample}`);
  });
  addEventListener('message', () => page.alive++);
  const { warn } = console;
  console.warn = (...words) => {
    page.warnings.push(words.join(' '));
    warn(...words);
  };
};

// Runs in the page after that, unless a test has another.
const gate = () => {
  const page = window as unknown as ConsentPage;
  page.consent = page.beaconry.createConsent({
    purposes: ['analytics', 'marketing', 'functional'],
    banner: false,
    integrations: [page.beaconry.gateTags()],
  });
};

const js = (body: string) => ({ headers: { 'content-type': 'text/javascript' }, body });

let tags: Server;
let pages: Server;
let start: () => void;
let headers: Record<string, string>;
let axe: string;
beforeAll(async () => {
  axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  const bundle = await build({
    stdin: { contents: SOURCE, resolveDir: fileURLToPath(new URL('../../src/consent', import.meta.url)) },
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'beaconry',
    target: 'es2020',
  });
  tags = await serve({
    '/gone.js': { status: 404 },
    '/frame.html': '<title>frame</title><p>a map</p><script>setInterval(() => parent.postMessage(1, "*"), 20)</script>',
    '/*': async ({ path, query }) => {
      await new Promise((resolve) => setTimeout(resolve, Number(query.get('ms'))));
      return path.endsWith('.js') ? js(`ran.push('${path.slice(1, -3)}')`) : { headers: {}, body: '' };
    },
  });
  pages = await serve({
    '/consent.js': js(bundle.outputFiles[0]?.text ?? ''),
    '/start.js': () => js(`(${prepare})();(${start})();`),
    '/page.css': {
      headers: { 'content-type': 'text/css' },
      body: 'body { font: 16px/1.5 sans-serif } iframe { border: 0 } .wide { width: 100%; height: 180px }',
    },
    '/*': async ({ path }) => {
      const file = new URL(`../pages${path}.html`, import.meta.url);
      const body = (await readFile(file, 'utf8').catch(() => '')).replaceAll('%tags%', tags.url);
      return body ? { headers: { 'content-type': 'text/html; charset=utf-8', ...headers }, body } : { status: 404 };
    },
  });
});
afterAll(async () => {
  await pages?.close();
  await tags?.close();
});

describe.each(engines)('tags that wait for consent, in %s', (engine) => {
  let browser: Browser;
  let tab: Tab;
  beforeAll(async () => {
    browser = await openBrowser(engine);
    tab = await browser.newTab();
  });
  afterAll(() => browser?.close());

  const open = async (name: string, policy = '', begin = gate) => {
    start = begin;
    headers = policy ? { 'content-security-policy': policy } : {};
    // A choice of another test is none of this one's.
    if ((await tab.url()).startsWith(pages.url)) {
      await tab.evaluate(() => {
        // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not everywhere
        document.cookie = 'user_tracking_consent=;Path=/;Max-Age=0';
      });
    }
    tags.requests.length = 0;
    await tab.goto(`${pages.url}/${name}`);
    await tab.waitFor(() => document.readyState === 'complete');
  };
  const read = <Name extends keyof ConsentPage>(name: Name): Promise<ConsentPage[Name]> =>
    tab.evaluate((key) => (window as unknown as ConsentPage)[key], name as Name) as Promise<ConsentPage[Name]>;
  const update = (choice: Record<string, boolean>) =>
    tab.evaluate((given) => (window as unknown as ConsentPage).consent.update(given), choice);
  const requested = () => tags.requests.map(({ path }) => path.slice(1));
  /** A moment in which whatever is wrongly on its way would arrive. */
  const quiet = (ms = 300) => new Promise((resolve) => setTimeout(resolve, ms));
  const until = (what: string) =>
    tab.waitFor((wanted) => (window as unknown as ConsentPage).ran.includes(wanted), what);

  test('R21 request nothing before a grant, and nothing for a refusal', async () => {
    await open('consent-tags');
    await quiet();
    await update({ analytics: false, marketing: false });
    await quiet();
    expect(requested()).toEqual([]);
    expect(await read('ran')).toEqual([]);
  });

  test('R21 run once, in the order they stand in, and only as far as granted', async () => {
    await open('consent-tags');
    await update({ analytics: true });
    await until('module true');
    await until('either');
    await quiet();
    expect(await read('warnings')).toEqual([]);
    const ran = await read('ran');
    const inOrder = ran.filter((name) => !/^(async|module|either)/.test(name));
    expect(inOrder).toEqual([
      'slow',
      'inline after slow',
      'first',
      'second',
      'templated',
      'inline in template',
      'last mine',
    ]);
    expect(ran.slice(inOrder.length).length + inOrder.length).toBe(10);
    await update({ analytics: false });
    await update({ analytics: true });
    await quiet();
    expect(await read('ran')).toEqual(ran);
    expect(requested().sort()).toEqual(
      [
        'async.js',
        'either.js',
        'first.js',
        'gone.js',
        'pixel.png',
        'second.js',
        'slow.js',
        'style.css',
        'templated.js',
      ].sort(),
    );
    await update({ marketing: true });
    await until('marketing');
    await until('both');
    await quiet();
    expect((await read('ran')).filter((name) => name === 'either')).toHaveLength(1);
    expect(requested()).toContain('frame.html');
  });

  test('in a template that names addresses openly are not held back by Firefox, which is said', async () => {
    await open('consent-leaks');
    await quiet();
    expect(await read('warnings')).toEqual([
      expect.stringContaining('Firefox requests what <template data-consent> holds'),
    ]);
    // Once Firefox requests nothing either, the warning can go, and so can what it asks for.
    expect(requested().sort()).toEqual(engine === 'firefox' ? ['pixel.png', 'templated.js'] : []);
    await update({ analytics: true });
    await until('templated');
  });

  test('run on the next page without a further choice', async () => {
    await open('consent-tags');
    await update({ analytics: true });
    await until('last mine');
    await tab.reload();
    await until('last mine');
    expect((await read('ran')).slice(0, 2)).toEqual(['slow', 'inline after slow']);
  });

  test('do not run when consent is withdrawn while they wait for another to load', async () => {
    await open('consent-tags');
    await update({ analytics: true });
    await waitUntil(() => requested().includes('slow.js'));
    await update({ analytics: false });
    await quiet(700);
    expect(await read('ran')).toEqual(['slow']);
    await update({ analytics: true });
    await until('last mine');
    expect((await read('ran')).filter((name) => /slow/.test(name))).toEqual(['slow', 'inline after slow']);
  });

  test('that come later are found in a page that is watched', async () => {
    await open('consent-tags', '', () => {
      const page = window as unknown as ConsentPage;
      const { createConsent, gateTags } = page.beaconry;
      page.consent = createConsent({ banner: false, integrations: [gateTags({ observe: true })] });
    });
    await update({ analytics: true });
    await until('last mine');
    await tab.evaluate((origin) => {
      const view = document.createElement('div');
      view.innerHTML = `<p><script type="text/plain" data-consent="analytics" src="${origin}/view.js"></script></p>`;
      document.body.append(view);
      // As frameworks do it: what was added is removed by its own node.
      setTimeout(() => view.firstElementChild?.firstElementChild?.remove(), 100);
    }, tags.url);
    await until('view');
    await quiet();
    expect((await read('ran')).filter((name) => name === 'view')).toHaveLength(1);
    expect(
      await tab.evaluate(() => document.querySelectorAll('script[type="text/plain"][src$="view.js"]').length),
    ).toBe(0);
  });

  test('R20 Google’s defaults come before its tag, the update and a gated tag in the task of the click', async () => {
    await open('consent-google', '', () => {
      const page = window as unknown as ConsentPage;
      const { createConsent, gateTags, googleConsentMode } = page.beaconry;
      // In the wrong order on purpose.
      page.consent = createConsent({ banner: false, integrations: [gateTags(), googleConsentMode()] });
      addEventListener('click', () => {
        setTimeout(() => page.dataLayer.push(['next task']));
        page.consent.give();
        page.dataLayer.push(['after give()']);
      });
    });
    await tab.click('#grant');
    await tab.waitFor(() => (window as unknown as ConsentPage).dataLayer.some((entry) => `${entry}` === 'next task'));
    const layer = await tab.evaluate(() =>
      (window as unknown as ConsentPage).dataLayer.map((entry) => [...(entry as unknown[])].slice(0, 2).join(' ')),
    );
    expect(layer).toEqual([
      'consent default',
      'js now',
      'config G-1',
      'consent update',
      'after give()',
      'event gated',
      'next task',
    ]);
    await tab.reload();
    await tab.waitFor(() => document.readyState === 'complete');
    const again = await tab.evaluate(() =>
      (window as unknown as ConsentPage).dataLayer.map((entry) => [...(entry as unknown[])].slice(0, 2).join(' ')),
    );
    expect(again).toEqual(['consent default', 'consent update', 'js now', 'config G-1', 'event gated']);
  });

  describe('R24 under a strict policy', () => {
    const strict = () =>
      `default-src 'none'; img-src 'self'; script-src 'nonce-abc'; style-src 'self'; frame-src ${tags.url}; base-uri 'none'; require-trusted-types-for 'script'`;
    const hasTrustedTypes = () => tab.evaluate(() => 'trustedTypes' in window);

    test('that allows no policy, files and frames come without a violation', async () => {
      await open('consent-strict', `${strict()}; trusted-types 'none'`);
      await update({ analytics: true, marketing: true });
      await until('three');
      await tab.waitFor(() => (window as unknown as ConsentPage).alive > 0);
      expect(await read('ran')).toEqual(['one', 'two', 'three']);
      await update({ marketing: false });
      await quiet(100);
      expect(await tab.text('beaconry-embed')).toContain('Show this once');
      expect(await read('violations')).toEqual([]);
      expect(await read('warnings')).toEqual([]);
    });

    test('that allows no policy, inline scripts do not run, and one warning says what to do', async () => {
      await open('consent-strict', `${strict()}; trusted-types 'none'`);
      await update({ functional: true });
      await quiet();
      if (await hasTrustedTypes()) {
        expect(await read('ran')).toEqual([]);
        expect(await read('warnings')).toEqual([
          expect.stringContaining('<script type="text/plain" data-consent src>'),
        ]);
      } else expect(await read('ran')).toEqual(['inline', 'inline too']);
      await update({ analytics: true });
      await until('three');
    });

    test('that allows ours, inline scripts run without a violation', async () => {
      await open('consent-strict', `${strict()}; trusted-types beaconry`);
      await update({ functional: true });
      await until('inline too');
      expect(await read('ran')).toEqual(['inline', 'inline too']);
      expect(await read('violations')).toEqual([]);
    });

    test('load() says what to do instead', async () => {
      await open('consent-strict', `${strict()}; trusted-types 'none'`);
      await update({ analytics: true });
      const said = await tab.evaluate(
        (src) => (window as unknown as ConsentPage).consent.load(src, { purpose: 'analytics' }).catch(String),
        `${tags.url}/loaded.js`,
      );
      if (await hasTrustedTypes()) expect(said).toContain('<script type="text/plain" data-consent="analytics"');
      await quiet(100);
      expect(requested()).not.toContain('loaded.js');
    });
  });

  test('load() waits for its purpose, resolves once the script has run, and rejects when it cannot be had', async () => {
    await open('consent-frames');
    const outcome = tab.evaluate(async (origin) => {
      const { consent, ran } = window as unknown as ConsentPage;
      setTimeout(() => {
        ran.push('granted');
        consent.update({ analytics: true });
      }, 200);
      await consent.load(`${origin}/loaded.js`, { purpose: 'analytics' });
      return [...ran, await consent.load(`${origin}/gone.js`, { purpose: 'analytics' }).catch(String)];
    }, tags.url);
    expect(await outcome).toEqual(['granted', 'loaded', expect.stringContaining('gone.js could not be loaded')]);
  });

  describe('frames', () => {
    const count = () => tab.evaluate(() => document.querySelectorAll('beaconry-embed').length);
    const place = () => tab.evaluate(() => document.querySelector('#end')?.getBoundingClientRect().top ?? 0);
    const press = (label: string) =>
      tab.evaluate((wanted) => {
        [...document.querySelectorAll<HTMLElement>('beaconry-embed button')]
          .find(({ textContent }) => textContent === wanted)
          ?.click();
      }, label);
    const ready = () => tab.waitFor(() => document.querySelectorAll('beaconry-embed button').length === 4);

    test('have a placeholder of their size that axe finds nothing wrong with, and nothing moves when they show', async () => {
      await open('consent-frames', '', () => {});
      const bare = await place();
      await open('consent-frames');
      await ready();
      const problems = await tab.evaluate(async (source) => {
        const script = document.createElement('script');
        script.text = source;
        document.head.append(script);
        const { axe } = window as unknown as {
          axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
        };
        const { violations } = await axe.run();
        return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html)}`);
      }, axe);
      expect(problems).toEqual([]);
      expect(Math.abs((await place()) - bare)).toBeLessThanOrEqual(1);
      const sizes = await tab.evaluate(() =>
        [...document.querySelectorAll('beaconry-embed button')].map((button) => {
          const { width, height } = button.getBoundingClientRect();
          return Math.min(width, height);
        }),
      );
      expect(Math.min(...sizes)).toBeGreaterThanOrEqual(44);
      await update({ marketing: true, functional: true });
      await tab.waitFor(() => document.querySelectorAll('iframe[src]').length === 2);
      expect(await count()).toBe(0);
      expect(Math.abs((await place()) - bare)).toBeLessThanOrEqual(1);
    });

    test('are shown once by the keyboard, which goes on within them', async () => {
      await open('consent-frames');
      await ready();
      await tab.evaluate(() => document.querySelector<HTMLElement>('#before')?.focus());
      await tab.press('Tab');
      expect(await tab.evaluate(() => document.activeElement?.textContent)).toBe('Show this once');
      await tab.press('Enter');
      await tab.waitFor(() => (window as unknown as ConsentPage).alive > 0);
      expect(await tab.evaluate(() => document.activeElement?.id)).toBe('map');
      expect(requested()).toEqual(['frame.html']);
      expect(await tab.evaluate(() => (window as unknown as ConsentPage).consent.record())).toBe(null);
      await tab.reload();
      await ready();
      expect(requested()).toEqual(['frame.html']);
    });

    test('are shown always, on the next page too, and go when consent does, out of the history as well', async () => {
      await open('consent-frames');
      await ready();
      const steps = await tab.evaluate(() => history.length);
      await press('Marketing: Always on');
      await tab.waitFor(() => (window as unknown as ConsentPage).alive > 0);
      await tab.evaluate(() => (window as unknown as ConsentPage).consent.revoke());
      await quiet(100);
      const alive = await read('alive');
      await quiet(200);
      expect(await read('alive')).toBe(alive);
      await ready();
      await update({ marketing: true });
      await tab.waitFor((before) => (window as unknown as ConsentPage).alive > before, alive);
      expect(await tab.evaluate(() => history.length)).toBe(steps);
      await tab.reload();
      await tab.waitFor(() => (window as unknown as ConsentPage).alive > 0);
      expect(await count()).toBe(1);
    });
  });
});
