import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Tab } from './browser.ts';
import { engines } from './openBrowser.ts';
import { type OpenShop, openShop } from './openShop.ts';
import { waitUntil } from './waitUntil.ts';

/** How often the page is left in the same tick as a `track()`, per way. WebKit's driver makes each try slow. */
const REPETITIONS = { chromium: 20, firefox: 20, webkit: 3 };

/** What a row has to be: its name, its page's path, and what its data must hold. */
interface Expected {
  name: string;
  path: string;
  data: Record<string, unknown>;
}

// No second try: what was lost once is lost.
describe.each(engines)('a visit to the shop in %s', { retry: 0 }, (engine) => {
  let world: OpenShop;
  const expected: Expected[] = [];

  const expectEvent = (name: string, path: string, data: Record<string, unknown> = {}) =>
    expected.push({ name, path, data });
  /** All that was expected so far is on the dashboard: its number, not more and not less. */
  const arrived = () =>
    waitUntil(
      async () => (await world.shown()) === expected.length,
      `${expected.length} events on the dashboard`,
    ).catch(async (cause) => {
      throw new Error(`the dashboard shows ${await world.shown()} of ${expected.length} events`, { cause });
    });

  beforeAll(async () => {
    // As much is captured as can be foretold, event by event.
    world = await openShop(engine, { capture: 'pageViews clicks' }, { bfcache: true });
  });
  afterAll(() => world?.close());

  test('shows every click and page on the dashboard, once the visitor has agreed', async () => {
    const tab = await world.browser.newTab();
    await tab.goto(`${world.url}/`);
    expectEvent('page_view', '/', { kind: 'load' });
    await tab.click('button[slot=accept]');
    expectEvent('click', '/', { kind: 'button' });
    expectEvent('consent', '/', { purposes: { analytics: 'granted', marketing: 'granted' }, source: 'banner' });
    expectEvent('experiment', '/', { name: 'hero_words' });
    await arrived();

    await tab.click('#nav-collection');
    expectEvent('click', '/', { kind: 'link' });
    expectEvent('page_view', '/collection');
    await tab.waitFor(() => location.pathname === '/collection' && document.readyState === 'complete');
    await tab.click('a[href="/products/marsh-mug"]');
    expectEvent('click', '/collection', { kind: 'link', name: 'product' });
    expectEvent('page_view', '/products/marsh-mug');
    await tab.waitFor(() => location.pathname === '/products/marsh-mug' && document.readyState === 'complete');
    const mug = { currency: 'EUR', value: 28, items: [{ item_id: 'marsh-mug', price: 28, quantity: 1 }] };
    expectEvent('view_item', '/products/marsh-mug', mug);
    await tab.click('#add-to-cart');
    expectEvent('click', '/products/marsh-mug', { kind: 'button', name: 'add_to_cart' });
    expectEvent('add_to_cart', '/products/marsh-mug', mug);
    await tab.click('#buy-now');
    expectEvent('click', '/products/marsh-mug', { name: 'buy_now' });
    expectEvent('begin_checkout', '/products/marsh-mug', mug);
    expectEvent('page_view', '/checkout/cart', { kind: 'load' });
    expectEvent('view_cart', '/checkout/cart', { value: 56 });
    expectEvent('checkout_step', '/checkout/cart', { step: 'cart' });
    await arrived();

    await tab.click('#to-address');
    expectEvent('click', '/checkout/cart');
    expectEvent('page_view', '/checkout/address', { kind: 'navigation' });
    expectEvent('checkout_step', '/checkout/address', { step: 'address' });
    for (const field of ['name', 'street', 'city', 'email']) await tab.fill(`#${field}`, `secret-${field}@example.org`);
    await tab.click('#place-order');
    expectEvent('click', '/checkout/address', { name: 'place_order' });
    expectEvent('identify', '/checkout/address', { traits: { orders: 1 } });
    expectEvent('purchase', '/checkout/address', { value: 56, currency: 'EUR' });
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
      const tab = await world.browser.newTab();
      await tab.goto(`${world.url}/collection`);
      // WebKit's driver goes on before the scripts have run.
      await at(tab, '/collection');
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
    const rows = await world.readRows();

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

function groupBy<Item>(items: Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
