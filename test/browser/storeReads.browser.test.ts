import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EVERYTHING } from './clickAround.ts';
import { type Browser, engines, openBrowser, type Tab } from './openBrowser.ts';
import { openTrackedSite, type TrackedPage, type TrackedSite } from './trackedSite.ts';

/** What the page has on `window` after `countAsks`. */
interface CountedPage extends TrackedPage {
  /** How often a store or the cookies were asked or written. */
  asks: number;
}

// Runs in the page, before our script.
const countAsks = () => {
  const page = window as unknown as CountedPage;
  page.asks = 0;
  const count = (prototype: object, name: string) => {
    const described = Object.getOwnPropertyDescriptor(prototype, name) as PropertyDescriptor;
    const method = (described.get ?? described.value) as (...args: unknown[]) => unknown;
    Object.defineProperty(prototype, name, {
      ...described,
      [described.get ? 'get' : 'value'](this: unknown, ...args: unknown[]) {
        page.asks++;
        return method.apply(this, args);
      },
    });
  };
  for (const name of ['getItem', 'setItem', 'removeItem', 'key', 'length']) count(Storage.prototype, name);
  count(Document.prototype, 'cookie');
};

let site: TrackedSite;
beforeAll(async () => {
  site = await openTrackedSite();
});
afterAll(() => site.close());

describe.each(engines)('the stores in %s', (engine) => {
  let browser: Browser;
  let tab: Tab;
  beforeAll(async () => {
    browser = await openBrowser(engine);
    tab = await browser.newTab();
  });
  afterAll(() => browser?.close());

  test('are not asked at each event', async () => {
    const visit = site.visit({ before: countAsks, pageViews: false, clicks: false, captures: EVERYTHING });
    await tab.goto(visit.url('clicks'));
    const asks = () => tab.evaluate(() => (window as unknown as CountedPage).asks);
    await tab.click('#button');
    const before = await asks();
    for (let round = 0; round < 10; round++) {
      for (const id of ['button', 'tracked', 'role', 'text']) await tab.click(`#${id}`);
      await tab.evaluate((to) => scrollTo(0, to), 300 * round);
    }
    const asked = (await asks()) - before;
    const events = await visit.arrivedFrom(tab);
    expect(events.length).toBeGreaterThan(30);
    // A session is written every five seconds at most.
    expect(asked).toBeLessThan(events.length / 2);
  });
});
