import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Browser, engines, openBrowser, type Tab } from './openBrowser.ts';
import { openTrackedSite, type TrackedPage, type TrackedSite, type Visit } from './trackedSite.ts';

/** Has the store, in whatever the tracker does with it next, busy for as long as the page lives, and leaves the page. */
const leaveBusy = () => {
  const { get } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.get = function (...args) {
    IDBObjectStore.prototype.get = get;
    const again = () => {
      get.call(this, 'nothing').onsuccess = again;
    };
    again();
    setTimeout(() => document.querySelector<HTMLElement>('#next')?.click(), 50);
    return get.apply(this, args);
  };
};

// WebKit keeps such a page for the way back with its transaction open, and nobody else gets at the store.
describe.each(engines)('a page that is left while it reads its store, in %s,', (engine) => {
  let site: TrackedSite;
  let browser: Browser;
  beforeAll(async () => {
    site = await openTrackedSite();
    browser = await openBrowser(engine, { bfcache: true });
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });

  const start = (tab: Tab, { endpoint }: Visit) =>
    tab.evaluate((endpoint) => {
      const page = window as unknown as TrackedPage;
      const { createTracker, durableOutbox } = page.beaconry;
      page.tracker = createTracker({ endpoint, site: 'pages', consent: 'granted', outbox: durableOutbox() });
    }, endpoint);

  test('does not hold up the next, and its own events arrive', async () => {
    const visit = site.visit({ isIdle: true });
    const tab = await browser.newTab();
    await tab.goto(visit.url('plain'));
    await start(tab, visit);
    await tab.evaluate(leaveBusy);
    await tab.evaluate((url) => {
      document.body.append(Object.assign(document.createElement('a'), { id: 'next', href: url, textContent: 'next' }));
      (window as unknown as TrackedPage).tracker?.track('before');
    }, visit.url('spa'));
    await tab.waitFor(() => location.pathname.endsWith('/spa') && document.readyState === 'complete');
    await start(tab, visit);
    await tab.evaluate(() => (window as unknown as TrackedPage).tracker?.track('after'));
    expect((await visit.arrived(2)).map(({ name }) => name)).toEqual(['before', 'after']);
    await tab.close();
  });
});
