import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { engines, type Tab } from './openBrowser.ts';
import { type OpenShop, openShop } from './openShop.ts';
import { waitUntil } from './waitUntil.ts';

/** A moment in which whatever was wrongly on its way would arrive. */
const QUIET_MS = 1500;

interface ConsentReport {
  choices: number;
  visitors: number;
  granted: number;
  denied: number;
  partial: number;
  sources: { source: string; visitors: number }[];
  erasures: number;
}

/** One visit after another, all in one browser; a new visitor is one whose choice is not known any more. */
describe.each(engines)('consent in the shop in %s', (engine) => {
  let world: OpenShop;
  let tab: Tab;

  beforeAll(async () => {
    world = await openShop(engine);
    tab = await world.browser.newTab();
  });
  afterAll(() => world?.close());

  const open = async (path: string, base = world.url) => {
    await tab.goto(base + path);
    await tab.waitFor((wanted) => location.pathname === wanted && document.readyState === 'complete', path);
  };
  const text = (selector: string) =>
    tab.evaluate((selector) => document.querySelector(selector)?.textContent, selector);
  const asked = () => tab.waitFor(() => !!document.querySelector('beaconry-consent[layout]'));
  const isAsked = () => tab.evaluate(() => !!document.querySelector('beaconry-consent[layout]'));
  const quiet = () => new Promise((resolve) => setTimeout(resolve, QUIET_MS));
  const consent = async () => (await world.report('consent')) as unknown as ConsentReport;
  const events = async () => Number((await world.report('summary')).events);
  /** What of ours, and of the shop, is on the device. */
  const kept = () =>
    tab.evaluate(async () => ({
      cookies: document.cookie
        .split('; ')
        .filter(Boolean)
        .map((cookie) => cookie.split('=')[0] as string),
      local: Object.keys(localStorage),
      databases: (await indexedDB.databases()).map(({ name }) => `${name}`),
    }));
  /** What the present page has asked others for than its own host. */
  const asksOfOthers = () =>
    tab.evaluate(() =>
      performance
        .getEntriesByType('resource')
        .map(({ name }) => name)
        .filter((name) => new URL(name).origin !== location.origin),
    );
  /** What the dashboard says of those who chose. */
  const panel = () =>
    world.dashboard.evaluate(() => {
      const text = (selector: string) => document.querySelector(selector)?.textContent ?? '';
      return {
        count: text('#consent-count'),
        granted: text('[data-outcome=granted]'),
        denied: text('[data-outcome=denied]'),
      };
    });
  const forget = () =>
    tab.evaluate(() => {
      // biome-ignore lint/suspicious/noDocumentCookie: all browsers have it
      document.cookie = 'user_tracking_consent=;Path=/;Max-Age=0';
      localStorage.clear();
    });

  test('a first visit is asked, and until it answers nothing is kept and nothing arrives', async () => {
    await open('/');
    await asked();
    expect(await text('beaconry-consent h2')).toBe('Your privacy choices');
    await tab.click('#nav-collection');
    await tab.waitFor(() => location.pathname === '/collection' && document.readyState === 'complete');
    await asked();
    await open('/checkout/cart');
    await asked();
    await quiet();
    expect(await kept()).toEqual({ cookies: [], local: [], databases: [] });
    expect(await asksOfOthers()).toEqual([]);
    expect(await events()).toBe(0);
    expect(await consent()).toMatchObject({ choices: 0 });
  });

  test('a refusal is recorded, shown on the dashboard, and all that ever arrives', async () => {
    await open('/');
    await tab.click('button[slot=reject]');
    await waitUntil(async () => (await consent()).choices === 1, 'the record of the refusal');
    expect(await consent()).toMatchObject({ visitors: 1, granted: 0, denied: 1, partial: 0 });
    await waitUntil(async () => (await panel()).count !== '', 'the refusal on the dashboard');
    expect(await panel()).toEqual({ count: '1 visitor chose', granted: '0 %', denied: '100 %' });

    await open('/contact');
    await tab.waitFor(() => document.querySelector('beaconry-embed button'));
    expect(await tab.evaluate(() => document.querySelector<HTMLIFrameElement>('#map')?.getAttribute('src'))).toBe(null);
    await open('/products/marsh-mug');
    await tab.click('#add-to-cart');
    await tab.click('#buy-now');
    await tab.waitFor(() => document.querySelector('#to-address'));
    await quiet();
    expect(await isAsked()).toBe(false);
    expect(await kept()).toEqual({ cookies: ['user_tracking_consent'], local: ['saltmarsh-cart'], databases: [] });
    expect(await asksOfOthers()).toEqual([]);
    expect(await events()).toBe(0);
    expect(await consent()).toMatchObject({ choices: 1 });
  });

  test('a new visitor who accepts is seen, from the first page on, and counts for half of the choices', async () => {
    await forget();
    await open('/contact');
    await asked();
    await tab.click('button[slot=accept]');
    await tab.waitFor(() => document.querySelector<HTMLIFrameElement>('#map')?.src.endsWith('/embed/map'));
    await waitUntil(async () => (await world.shown()) > 0, 'events on the dashboard');
    await waitUntil(async () => (await panel()).granted === '50 %', 'both choices on the dashboard');
    expect(await panel()).toEqual({ count: '2 visitors chose', granted: '50 %', denied: '50 %' });
    const feed = () =>
      world.dashboard.evaluate(() =>
        [...document.querySelectorAll<HTMLElement>('#feed li')].map(({ dataset }) => dataset.name),
      );
    await waitUntil(async () => (await feed()).includes('consent'), 'the grant in the live feed');
    // What happened before the choice waited for it.
    expect(await feed()).toContain('page_view');
    expect((await kept()).local).toContain('beaconry.shop');
  });

  test('a withdrawal in the other half of the shop, by its footer, erases the whole visit', async () => {
    await open('/products/heron-vase');
    await tab.click('#buy-now');
    await tab.waitFor(() => document.querySelector('#to-address'));
    await waitUntil(
      async () =>
        ((await world.report('events')).rows as { name: string }[]).some(({ name }) => name === 'checkout_step'),
      'events of the checkout',
    );
    expect(await isAsked()).toBe(false);

    await tab.click('#foot-choices');
    await tab.click('button[slot=reject-2]');
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(await kept()).toEqual({ cookies: ['user_tracking_consent'], local: ['saltmarsh-cart'], databases: [] });
    await waitUntil(async () => (await events()) === 0, 'the erasure', { timeoutMs: 10_000 });
    await waitUntil(async () => (await consent()).choices === 3, 'the record of the withdrawal');
    expect(await consent()).toMatchObject({ visitors: 2, granted: 0, denied: 2, erasures: 1 });
    await waitUntil(async () => (await panel()).denied === '100 %', 'the withdrawal on the dashboard');
    await world.dashboard.waitFor(() => !document.querySelector('#feed li'));

    await tab.click('#to-address');
    await open('/about');
    await quiet();
    expect(await isAsked()).toBe(false);
    expect(await events()).toBe(0);
  });

  test('whoever prefers German is asked in German, in both halves of the shop', async () => {
    const german = await world.openAnother({ locale: 'de' });
    await forget();
    await open('/', german);
    await asked();
    expect(await text('beaconry-consent h2')).toBe('Ihre Auswahl zum Datenschutz');
    expect(await text('button[slot=reject]')).toBe('Alle ablehnen');
    // The script tag's file has none but English in it.
    const files = () => tab.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
    expect(await files()).toContain(`${german}/locales/de.js`);
    await open('/checkout/cart', german);
    await asked();
    expect(await text('button[slot=accept]')).toBe('Alle akzeptieren');
  });

  test('has left nothing in the database but the proof', async () => {
    expect(await world.readRows()).toEqual([]);
  });
});

test('the shop asks in a language that the browser prefers, and else in English', async () => {
  const { startShop } = await import('../../examples/shop/server.mjs');
  const shop = await startShop({ port: 0, collectorUrl: 'http://127.0.0.1:9', endpoint: 'http://127.0.0.1:9/e' });
  const localeFor = async (language: string) => {
    const response = await fetch(shop.url, { headers: { 'accept-language': language } });
    return /data-locale="(.*?)"/.exec(await response.text())?.[1];
  };
  expect(await localeFor('de-AT,de;q=0.9,en;q=0.8')).toBe('de');
  expect(await localeFor('ja,fr;q=0.8')).toBe('fr');
  expect(await localeFor('ja')).toBe('en');
  await shop.close();
});
