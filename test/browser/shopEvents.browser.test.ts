import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Tracker } from '../../src/index.ts';
import type { Tab } from './openBrowser.ts';
import { type OpenShop, openShop, type ShopRow } from './openShop.ts';
import { waitUntil } from './waitUntil.ts';

/** Everything that is captured or helped with, and two events of the shop's own. */
const EVENTS = [
  ...[
    'session_start',
    'page_view',
    'page_leave',
    'visibility',
    'scroll_depth',
    'section_view',
    'heatmap',
    'web_vital',
    'not_found',
  ],
  ...['click', 'cta_click', 'rage_click', 'dead_click', 'error_click', 'error', 'request', 'search', 'copy', 'media'],
  ...['form_start', 'form_invalid', 'form_abandon', 'form_submit'],
  ...['view_item', 'add_to_cart', 'remove_from_cart', 'view_cart', 'begin_checkout', 'purchase', 'conversion'],
  ...['experiment', 'identify', 'group', 'consent'],
  ...['checkout_step', 'contact_request'],
];

/** How long it may take until a click is known to be dead, and until clicks belong together no more. */
const DEAD_MS = 5000;
const BURST_MS = 1100;

declare const beaconry: Pick<Tracker, 'on'>;

describe.each(['chromium', 'firefox'] as const)('the whole shop in %s', (engine) => {
  let world: OpenShop;
  let tab: Tab;
  let rows: ShopRow[];

  beforeAll(async () => {
    world = await openShop(engine, {}, { bfcache: true });
    // The feed shows a hundred lines: each is noted when it comes.
    await world.dashboard.evaluate(() => {
      const lines: Record<string, string> = {};
      Object.assign(window, { lines });
      const feed = document.querySelector('#feed') as HTMLElement;
      new MutationObserver(() => {
        for (const { dataset, textContent } of feed.children as unknown as HTMLElement[])
          lines[dataset.name as string] ??= textContent as string;
      }).observe(feed, { childList: true });
    });
    tab = await world.browser.newTab();
  });
  afterAll(() => world?.close());

  const at = (path: string) =>
    tab.waitFor((wanted) => location.pathname === wanted && document.readyState === 'complete', path);
  const go = async (selector: string, path: string) => {
    await tab.click(selector);
    await at(path);
  };
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  /** By the keyboard: what a driver puts into a field is, in Firefox, not the visitor's doing. */
  const type = async (selector: string, text: string) => {
    await tab.click(selector);
    await tab.page?.keyboard.type(text);
  };
  const fill = async (...fields: string[]) => {
    for (const field of fields) await type(`#${field}`, `secret-${field}@example.org`);
  };

  /** Rings the bell until that is found to be in vain: what scrolls, or what the browser fetches by itself, looks like an answer. */
  const ring = async () => {
    await tab.evaluate(() => {
      beaconry.on('event', ({ name }) => {
        if (name === 'dead_click') document.documentElement.dataset.dead = '';
      });
    });
    for (let attempt = 0; attempt < 4; attempt++) {
      await tab.click('#ring-bell');
      const isDead = () => document.documentElement.matches('[data-dead]');
      if (await tab.waitFor(isDead, null, { timeoutMs: DEAD_MS }).catch(() => false)) return;
    }
  };

  test('is walked through', { timeout: 120_000 }, async () => {
    await tab.goto(`${world.url}/?utm_source=letter&utm_medium=email`);
    await tab.click('button[slot=accept]');
    await tab.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    await tab.waitFor(() => scrollY > 0);

    await go('#nav-collection', '/collection');
    await type('#search-for', 'mug');
    await tab.click('#search-go');
    await tab.waitFor(() => location.search === '?q=mug' && document.readyState === 'complete');
    await go('a[href="/products/marsh-mug"]', '/products/marsh-mug');
    await tab.waitFor(() => document.querySelector('#stock')?.textContent);
    await tab.click('#add-to-cart');
    await tab.evaluate(() => getSelection()?.selectAllChildren(document.querySelector('h1') as Node));
    await tab.press('Control+c');

    await go('#nav-about', '/about');
    await ring();
    await tab.evaluate(() => void document.querySelector('audio')?.play());
    await tab.click('#read-kiln');
    await pause(BURST_MS);
    await tab.evaluate(() => document.querySelector('audio')?.pause());
    await tab.page?.click('#ring-bell', { clickCount: 4 });
    await go('#to-seconds', '/seconds');

    await go('#nav-contact', '/contact');
    await fill('name');
    await go('#nav-about', '/about');
    await go('#nav-contact', '/contact');
    await fill('name');
    await tab.click('#contact-send');
    await fill('email', 'message');
    await go('#contact-send', '/contact/thanks');
    await fill('letter-mail');
    await tab.click('#letter-send');
    await tab.waitFor(() => document.querySelector('#letter-said')?.textContent?.includes('TIDE10'));

    await tab.goto(`${world.url}/products/heron-vase`);
    await go('#buy-now', '/checkout/cart');
    await tab.click('[aria-label="Remove Marsh mug"]');
    await tab.click('#to-address');
    await fill('name', 'street', 'city', 'email');
    await tab.click('#trade');
    await tab.click('#place-order');
    await tab.waitFor(() => document.querySelector('#order-id')?.textContent?.startsWith('S-'));
    // Half a minute of a heatmap, or the end of the visit.
    await tab.close();
  });

  test('every event there is arrives, and none is lost', async () => {
    const names = async () =>
      ((await world.report('events', 'limit=100')).rows as { name: string }[]).map((row) => row.name);
    const missing = async () => {
      const arrived = await names();
      return EVENTS.filter((name) => !arrived.includes(name));
    };
    await waitUntil(async () => !(await missing()).length, 'every event').catch(() => {});
    expect(await missing()).toEqual([]);
    expect((await names()).filter((name) => !EVENTS.includes(name))).toEqual([]);
    await waitUntil(async () => (await world.report('loss')).lost === 0, 'what the pages counted').catch(() => {});
    expect(await world.report('loss')).toMatchObject({ lost: 0, dropped: {} });
  });

  test('the live feed has a line for each, with words of its own', async () => {
    const lines = () => world.dashboard.evaluate(() => (window as unknown as { lines: Record<string, string> }).lines);
    await waitUntil(async () => Object.keys(await lines()).length === EVENTS.length, 'all lines').catch(() => {});
    const shown = await lines();
    expect(Object.keys(shown).sort()).toEqual([...EVENTS].sort());
    for (const [name, line] of Object.entries(shown)) {
      expect(line).toContain(name);
      expect(line).not.toMatch(/undefined|object Object|NaN/);
    }
    expect(shown.search).toContain('“mug”');
    expect(shown.error).toContain('The thermometer of the kiln does not answer');
    expect(shown.purchase).toContain('€64.00');
  });

  test('what is in the database says what happened, and nothing that was typed', async () => {
    rows = await world.readRows();
    const dataOf = (name: string) => rows.find((row) => row.name === name)?.data;
    expect(dataOf('purchase')).toMatchObject({
      currency: 'EUR',
      value: 64,
      items: [{ item_id: 'heron-vase', price: 64, quantity: 1 }],
      group: 'trade',
    });
    expect(dataOf('remove_from_cart')).toMatchObject({ value: 28, items: [{ item_id: 'marsh-mug' }] });
    expect(dataOf('search')).toMatchObject({ term: 'mug' });
    expect(dataOf('media')).toMatchObject({ action: 'play', name: 'tide' });
    expect(dataOf('conversion')).toMatchObject({ type: 'newsletter' });
    expect(dataOf('not_found')).toMatchObject({ url: `${world.url}/seconds` });
    expect(dataOf('cta_click')).toMatchObject({ kind: 'link', label: 'Heron vase', id: 'buy-now' });
    expect(dataOf('dead_click')).toMatchObject({ name: 'ring_bell' });
    expect(dataOf('rage_click')).toMatchObject({ name: 'ring_bell' });
    expect(dataOf('error_click')).toMatchObject({ name: 'read_kiln' });
    expect(dataOf('form_abandon')).toMatchObject({ form: 'contact', fields: ['name'] });
    expect(new Set(rows.map(({ session }) => session)).size).toBe(1);
    // On all of its pages.
    expect(rows.filter(({ name }) => name === 'session_start')).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain('secret-');
    // A view is known by the title of its own page.
    const titles = rows.filter(({ name }) => name === 'page_view').map(({ path, title }) => `${path} ${title}`);
    expect(titles).toContain('/checkout/address Where to? · Saltmarsh');
    expect(titles).toContain('/checkout/done Thank you · Saltmarsh');
  });
});
