import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Browser, engines, openBrowser, type Tab } from './openBrowser.ts';
import { openTrackedSite, type SeenEvent, type TrackedSite } from './trackedSite.ts';

let site: TrackedSite;
beforeAll(async () => {
  site = await openTrackedSite();
});
afterAll(() => site.close());

/** How many beginnings each session has. */
function startsOf(events: SeenEvent[]) {
  const starts: Record<string, number> = {};
  for (const { name, session } of events) starts[session] = (starts[session] ?? 0) + +(name === 'session_start');
  return Object.values(starts);
}

describe.each(engines)('sessions in %s', (engine) => {
  let browser: Browser;
  let tab: Tab;
  let other: Tab;
  beforeAll(async () => {
    browser = await openBrowser(engine);
    tab = await browser.newTab();
    other = await browser.newTab();
  });
  afterAll(() => browser?.close());

  test('begin once, whatever is opened and loaded again', async () => {
    // A name of its own: sessions are shared by all pages of a site.
    const tracker = { site: `once-${engine}` };
    const visit = site.visit({ tracker, clicks: false, captures: [['sessionStart']] });
    await tab.goto(visit.url('plain'));
    await visit.arrived(2, 0);
    await other.goto(visit.url('plain'));
    await tab.reload();
    await other.reload();
    const events = await visit.arrived(5);
    expect(events.map(({ name }) => name).sort()).toEqual([
      'page_view',
      'page_view',
      'page_view',
      'page_view',
      'session_start',
    ]);
    expect(startsOf(events)).toEqual([1]);
    expect(events[0]?.at).toBe(events[1]?.at);
  });

  test('begin once each where two tabs are opened in the same moment', async () => {
    for (let round = 0; round < 5; round++) {
      const tracker = { site: `race-${engine}-${round}` };
      const visit = site.visit({ tracker, clicks: false, captures: [['sessionStart']] });
      await Promise.all([tab.goto(visit.url('plain')), other.goto(visit.url('plain'))]);
      await visit.arrived(3, 0);
      // By now they have agreed on one session.
      await tab.reload();
      await other.reload();
      // As many more as there were sessions.
      const events = await visit.arrived(5);
      expect(events.filter(({ name }) => name === 'page_view')).toHaveLength(4);
      for (const count of startsOf(events)) expect(count).toBe(1);
    }
  });
});
