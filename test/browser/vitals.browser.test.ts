import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Browser, engines, openBrowser, type Tab } from './openBrowser.ts';
import { openTrackedSite, type SeenEvent, type TrackedPage, type TrackedSite, type Visit } from './trackedSite.ts';

let site: TrackedSite;
beforeAll(async () => {
  site = await openTrackedSite();
});
afterAll(() => site.close());

/** What each engine measures. */
const MEASURED = {
  chromium: ['CLS', 'FCP', 'INP', 'LCP', 'TTFB'],
  firefox: ['FCP', 'INP', 'LCP', 'TTFB'],
  webkit: ['FCP', 'TTFB'],
};

describe.each(engines)('web vitals in %s', (engine) => {
  let browser: Browser;
  let tab: Tab;
  beforeAll(async () => {
    browser = await openBrowser(engine, { bfcache: true });
    tab = await browser.newTab();
  });
  afterAll(() => browser?.close());

  const open = async (capture = 'webVitals') => {
    const visit = site.visit({ clicks: false, captures: [[capture]] });
    await tab.goto(visit.url('vitals'));
    return visit;
  };
  const wait = (ms: number) => tab.evaluate((forMs) => new Promise<void>((resolve) => setTimeout(resolve, forMs)), ms);
  const leave = () => tab.goto(site.visit({ isIdle: true }).url('blank'));
  const vitals = async (visit: Visit, count: number) =>
    (await visit.arrived(count + 1)).filter(({ name }) => name === 'web_vital');
  const metrics = (events: SeenEvent[]) => events.map(({ data }) => data.metric).sort();

  /** What was told, as `navigation metric path`, sorted. */
  const lines = async (visit: Visit, count: number) =>
    (await vitals(visit, count)).map(({ data, page }) => `${data.navigation_type} ${data.metric} ${page.url}`).sort();

  /** Loads, shifts, is slow to answer a click, and is at rest again. */
  const visitPage = async () => {
    await wait(600);
    await tab.click('#slow');
    await wait(1200);
  };

  test('each metric that the engine knows is told once, with its rating', async () => {
    const visit = await open();
    await visitPage();
    await leave();
    const events = await vitals(visit, MEASURED[engine].length);
    expect(metrics(events)).toEqual(MEASURED[engine]);
    for (const { data, page } of events) {
      const { metric, value, rating, navigation_type, ...more } = data;
      expect(navigation_type).toBe('navigate');
      expect(page.url).toBe('/vitals');
      expect(more).toEqual({});
      if (metric === 'INP') expect([Number(value) > 200, rating]).toEqual([true, expect.stringMatching(/poor|needs/)]);
      if (metric === 'CLS') expect(value).toBeGreaterThan(0);
    }
  });

  test('what made a metric what it is is told on request', async () => {
    const visit = await open('vitalsWithAttribution');
    await visitPage();
    await leave();
    const events = await vitals(visit, MEASURED[engine].length);
    expect(metrics(events)).toEqual(MEASURED[engine]);
    const parts = Object.fromEntries(events.map(({ data }) => [data.metric, data]));
    expect(parts.TTFB).toMatchObject({ request_duration: expect.any(Number), connection_duration: expect.any(Number) });
    expect(parts.FCP).toMatchObject({ time_to_first_byte: expect.any(Number), load_state: expect.any(String) });
    if (parts.LCP) expect(parts.LCP).toMatchObject({ target: '#heading', element_render_delay: expect.any(Number) });
    if (parts.INP) expect(parts.INP).toMatchObject({ interaction_target: '#slow', interaction_type: 'pointer' });
    if (parts.CLS) expect(parts.CLS).toMatchObject({ largest_shift_target: '#pushed' });
  });

  test.skipIf(engine !== 'chromium')('a new view of a single-page app has metrics of its own', async () => {
    const visit = await open();
    await visitPage();
    await tab.click('#next');
    await wait(1500);
    await leave();
    expect(await lines(visit, 8)).toEqual([
      ...MEASURED[engine].map((metric) => `navigate ${metric} /vitals`),
      ...['CLS', 'FCP', 'LCP'].map((metric) => `soft-navigation ${metric} /next`),
    ]);
  });

  test('a page out of the back/forward cache has metrics of its own', async () => {
    const visit = await open();
    await visitPage();
    await leave();
    await tab.back();
    await wait(1000);
    await leave();
    const again = MEASURED[engine].filter((metric) => /CLS|FCP|LCP/.test(metric));
    expect(await lines(visit, MEASURED[engine].length + again.length + 1)).toEqual([
      ...again.map((metric) => `back-forward-cache ${metric} /vitals`),
      ...MEASURED[engine].map((metric) => `navigate ${metric} /vitals`),
    ]);
    const views = visit.events().filter(({ name }) => name === 'page_view');
    const pages = visit
      .events()
      .map(({ data, page }) => [data.navigation_type, views.findIndex((view) => view.page.id === page.id)]);
    expect(new Set(pages.filter(([type]) => type).map(String))).toEqual(
      new Set(['navigate,0', 'back-forward-cache,1']),
    );
  });

  test('a tracker that has stopped tells nothing more', async () => {
    const visit = await open();
    await wait(600);
    await tab.evaluate(() => (window as unknown as TrackedPage).tracker?.stop());
    await wait(50);
    const before = visit.events().length;
    await tab.click('#slow');
    await wait(1200);
    await leave();
    const after = await visit.arrived(before);
    expect(metrics(after.filter(({ name }) => name === 'web_vital'))).toEqual(['FCP', 'TTFB']);
  });
});
