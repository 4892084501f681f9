import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startCollector } from '../../collector/dist/index.js';
import { startShop } from '../../examples/shop/server.mjs';
import type { Browser, Tab } from './browser.ts';
import { engines, openBrowser } from './openBrowser.ts';
import { waitUntil } from './waitUntil.ts';

/** How often the page is left in the same tick as a `track()`, per way. WebKit's driver makes each try slow. */
const REPETITIONS = { chromium: 20, firefox: 20, webkit: 3 };

/** What a row has to be: its name, its page's path, and what its data must hold. */
interface Expected {
  name: string;
  path: string;
  data: Record<string, unknown>;
}

interface Row extends Expected {
  id: string;
  tab: string;
  seq: number;
  session: string;
  visitor: string;
  page: string;
  at: number;
}

describe.each(engines)('a visit to the shop in %s', (engine) => {
  let folder: string;
  let collector: Awaited<ReturnType<typeof startCollector>>;
  let shop: Awaited<ReturnType<typeof startShop>>;
  let browser: Browser;
  let dashboard: Tab;
  const expected: Expected[] = [];

  const expectEvent = (name: string, path: string, data: Record<string, unknown> = {}) =>
    expected.push({ name, path, data });
  const shown = () =>
    dashboard.evaluate(() => Number(document.querySelector<HTMLElement>('[data-metric=events]')?.dataset.value));
  /** All that was expected so far is on the dashboard: its number, not more and not less. */
  const arrived = () =>
    waitUntil(async () => (await shown()) === expected.length, `${expected.length} events on the dashboard`).catch(
      async (cause) => {
        throw new Error(`the dashboard shows ${await shown()} of ${expected.length} events`, { cause });
      },
    );

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'beaconry-shop-'));
    collector = await startCollector({ port: 0, data: join(folder, 'shop.duckdb') });
    shop = await startShop({ port: 0, collectorUrl: collector.url, endpoint: `${collector.url}/e` });
    browser = await openBrowser(engine, { bfcache: true });
    dashboard = await browser.newTab();
    await dashboard.goto(`${collector.url}/?site=shop`);
    await dashboard.waitFor(() => document.querySelector('#connection[data-state=live]'));
  });

  afterAll(async () => {
    await browser?.close();
    await shop?.close();
    await collector?.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('shows every click and page on the dashboard', async () => {
    const tab = await browser.newTab();
    await tab.goto(`${shop.url}/`);
    expectEvent('page_view', '/', { kind: 'load' });
    await tab.click('#nav-collection');
    expectEvent('click', '/', { kind: 'link' });
    expectEvent('page_view', '/collection');
    await tab.waitFor(() => location.pathname === '/collection' && document.readyState === 'complete');
    await tab.click('a[href="/products/marsh-mug"]');
    expectEvent('click', '/collection', { kind: 'link', name: 'product' });
    expectEvent('page_view', '/products/marsh-mug');
    await tab.waitFor(() => location.pathname === '/products/marsh-mug' && document.readyState === 'complete');
    await tab.click('#add-to-cart');
    expectEvent('click', '/products/marsh-mug', { kind: 'button', name: 'add_to_cart' });
    expectEvent('add_to_cart', '/products/marsh-mug', { product: 'marsh-mug', quantity: 1 });
    await tab.click('#buy-now');
    expectEvent('click', '/products/marsh-mug', { name: 'buy_now' });
    expectEvent('begin_checkout', '/products/marsh-mug', { product: 'marsh-mug' });
    expectEvent('page_view', '/checkout/cart', { kind: 'load' });
    expectEvent('checkout_step', '/checkout/cart', { step: 'cart' });
    await arrived();

    await tab.click('#to-address');
    expectEvent('click', '/checkout/cart');
    expectEvent('page_view', '/checkout/address', { kind: 'navigation' });
    expectEvent('checkout_step', '/checkout/address', { step: 'address' });
    for (const field of ['name', 'street', 'city', 'email']) await tab.fill(`#${field}`, `secret-${field}@example.org`);
    await tab.click('#place-order');
    expectEvent('click', '/checkout/address', { name: 'place_order' });
    expectEvent('purchase', '/checkout/address');
    expectEvent('page_view', '/checkout/done', { kind: 'navigation' });
    expectEvent('checkout_step', '/checkout/done', { step: 'done' });
    await arrived();
    await tab.close();
  });

  test('arrives with what was tracked in the tick the page was left', { timeout: 180_000 }, async () => {
    const leave = {
      link: () => {
        beaconry.track('left', { by: 'link' });
        document.querySelector<HTMLElement>('#nav-about')?.click();
      },
      location: () => {
        beaconry.track('left', { by: 'location' });
        location.href = '/contact';
      },
      back: () => {
        beaconry.track('left', { by: 'back' });
        history.back();
      },
      close: () => {
        beaconry.track('left', { by: 'close' });
        window.close();
      },
    };
    // The page is gone before it can answer.
    const away = (tab: Tab, by: keyof typeof leave) => tab.evaluate(leave[by]).catch(() => {});
    const at = (tab: Tab, path: string) =>
      tab.waitFor((wanted) => location.pathname === wanted && document.readyState === 'complete', path);

    for (let round = 0; round < REPETITIONS[engine]; round++) {
      const tab = await browser.newTab();
      await tab.goto(`${shop.url}/collection`);
      expectEvent('page_view', '/collection');
      await away(tab, 'link');
      expectEvent('left', '/collection', { by: 'link' });
      await at(tab, '/about');
      expectEvent('page_view', '/about');
      await away(tab, 'location');
      expectEvent('left', '/about', { by: 'location' });
      await at(tab, '/contact');
      expectEvent('page_view', '/contact');
      await away(tab, 'back');
      expectEvent('left', '/contact', { by: 'back' });
      await at(tab, '/about');
      expectEvent('page_view', '/about');
      await away(tab, 'close');
      expectEvent('left', '/about', { by: 'close' });
      await tab.close().catch(() => {});
    }
    await arrived();
  });

  test('is in the database, each event once, in order, with its page and session, and nothing else', async () => {
    await dashboard.close();
    await browser.close();
    await collector.close();
    const rows = await readRows(join(folder, 'shop.duckdb'));

    expect(expected.length).toBeGreaterThan(30);
    expect(rows.map(({ name, path }) => `${name} ${path}`)).toEqual(
      expected.map(({ name, path }) => `${name} ${path}`),
    );
    for (const [index, { data }] of expected.entries()) expect(rows[index]?.data).toMatchObject(data);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
    expect(new Set(rows.map(({ session }) => session)).size).toBe(1);
    expect(rows.every(({ visitor, page, session }) => visitor === '' && page && session)).toBe(true);
    // Numbered within each page load, without a gap. A view that waits for its title is numbered when it is known.
    for (const events of groupBy(rows, ({ tab }) => tab).values()) {
      expect(events.map(({ seq }) => seq).sort((a, b) => a - b)).toEqual(events.map((_, index) => index + 1));
    }
    // A page begins with its view, and what happens on it refers to it.
    for (const [index, row] of rows.entries()) {
      if (row.name !== 'page_view') expect(row.page).toBe(rows[index - 1]?.page);
      else expect(rows.findIndex(({ page }) => page === row.page)).toBe(index);
    }
    expect(JSON.stringify(rows)).not.toContain('secret-');
  });
});

declare const beaconry: { track(name: string, data?: object): void };

async function readRows(file: string): Promise<Row[]> {
  const instance = await DuckDBInstance.create(file, { access_mode: 'READ_ONLY' });
  const connection = await instance.connect();
  const reader = await connection.runAndReadAll(
    `SELECT event_id AS id, name, path, tab, seq, session_id AS session, visitor_id AS visitor, page_id AS page, props,
            epoch_ms(ts) AS at
     FROM events ORDER BY ts, event_id`,
  );
  const rows = reader
    .getRowObjectsJson()
    .map(({ props, ...row }) => ({ ...row, data: JSON.parse(`${props}` || '{}') }));
  connection.closeSync();
  instance.closeSync();
  return rows as unknown as Row[];
}

function groupBy<Item>(items: Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
