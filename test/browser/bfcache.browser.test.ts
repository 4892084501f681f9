import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Tracker } from '../../src/index.ts';
import { type Browser, type EngineName, openBrowser, type Tab } from './openBrowser.ts';
import { openTrackedSite, type TrackedPage, type TrackedSite, type Visit } from './trackedSite.ts';
import { waitUntil } from './waitUntil.ts';

let site: TrackedSite;
beforeAll(async () => {
  site = await openTrackedSite();
});
afterAll(() => site.close());

// Runs in the page.
const start = ([endpoint, intervalMs]: [string, number]) => {
  const page = window as unknown as TrackedPage & { wasKept?: boolean };
  page.wasKept = false;
  addEventListener('pageshow', ({ persisted }) => {
    page.wasKept = persisted;
  });
  const { createTracker, durableOutbox, pageViews } = page.beaconry;
  page.tracker = createTracker({
    endpoint,
    site: 'pages',
    consent: 'granted',
    outbox: durableOutbox(),
    capture: [pageViews()],
    batch: { intervalMs },
  });
};

// WebKitGTK keeps no page under automation.
describe.each<EngineName>(['chromium', 'firefox'])('the back/forward cache of %s', (engine) => {
  let browser: Browser;
  let tab: Tab;
  beforeAll(async () => {
    browser = await openBrowser(engine, { bfcache: true });
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    tab = await browser.newTab();
  });
  afterEach(() => tab?.close());

  const open = async (visit: Visit, name: string, intervalMs = 300) => {
    await tab.goto(visit.url(name));
    await tab.evaluate(start, [visit.endpoint, intervalMs]);
  };
  const stats = async () =>
    (await tab.evaluate(() => (window as unknown as TrackedPage).tracker?.stats())) as ReturnType<Tracker['stats']>;
  const answered = () => waitUntil(async () => (await stats()).pending === 0, 'the answer');
  /** Goes back to a page that was kept, and says so. */
  const goBack = async () => {
    await tab.back();
    return tab.waitFor(() => (window as { wasKept?: boolean }).wasKept);
  };

  test('keeps a page with a durable outbox while the next page sends, and on return its totals are right', async () => {
    const visit = site.visit({ isIdle: true });
    await open(visit, 'spa');
    await visit.arrived(1);
    await answered();
    await open(visit, 'plain');
    await visit.arrived(2);
    await answered();
    expect(await goBack()).toBe(true);
    expect(await visit.arrived(3)).toHaveLength(3);
    await answered();
    expect(await stats()).toMatchObject({ accepted: 2, acknowledged: 2, dropped: {} });
  });

  test.each(['waits', 'is tracked in that moment'])('keeps a page that leaves with an event which %s', async (when) => {
    const visit = site.visit({ isIdle: true });
    await open(visit, 'spa');
    await visit.arrived(1);
    await answered();
    await tab.evaluate((when) => {
      const track = () => (window as unknown as TrackedPage).tracker?.track('last');
      if (when === 'waits') track();
      else addEventListener('pagehide', track, { capture: true });
    }, when);
    await open(visit, 'plain');
    expect(await visit.arrived(3)).toHaveLength(3);
    expect(await goBack()).toBe(true);
    expect(await visit.arrived(4)).toHaveLength(4);
    expect((await stats()).accepted).toBe(3);
  });
});
