import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Browser, engines, openBrowser, type Tab } from './openBrowser.ts';
import {
  openTrackedSite,
  type SeenEvent,
  type TrackedPage,
  type TrackedSite,
  type VisitOptions,
} from './trackedSite.ts';

const ALL = [25, 50, 75, 90, 100];

let site: TrackedSite;
beforeAll(async () => {
  site = await openTrackedSite();
});
afterAll(() => site.close());

/** `name path`, and what is worth saying of it. */
const lineOf = ({ name, page, data }: SeenEvent) => {
  const said: Record<string, unknown[]> = {
    page_view: [data.kind, `"${page.title}"`, 'from', page.referrer || 'nowhere'],
    click: [data.name, data.selector, data.href],
    scroll_depth: [data.percent, data.container],
  };
  return [name, page.url, ...(said[name] ?? [])].filter((part) => part !== undefined).join(' ');
};
const depths = (path: string, container?: string) =>
  ALL.map((percent) => ['scroll_depth', path, percent, container].filter(Boolean).join(' '));

// Exact lists: what is missing is wrong, and what is too much is, too.
describe.each(engines)('in %s', (engine) => {
  let browser: Browser;
  let tab: Tab;
  beforeAll(async () => {
    browser = await openBrowser(engine);
    tab = await browser.newTab();
  });
  afterAll(() => browser?.close());

  const open = async (name: string, options: VisitOptions = {}) => {
    const visit = site.visit({ tracker: { batch: { size: 5 } }, ...options });
    await tab.goto(visit.url(name));
    return visit;
  };
  const all = async (visit: ReturnType<TrackedSite['visit']>) => (await visit.arrivedFrom(tab)).map(lineOf);
  const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  /** Once nothing moves any more, and what had come so far has been looked at. */
  const settle = () =>
    tab.evaluate(async () => {
      const place = () =>
        [document.documentElement, ...document.querySelectorAll('div')]
          .map(({ scrollTop, scrollHeight }) => `${scrollTop} ${scrollHeight}`)
          .join();
      for (let before = ''; before !== place(); await new Promise((resolve) => setTimeout(resolve, 200)))
        before = place();
    });

  test('a hash router is read as its visitor reads it', async () => {
    const visit = await open('hash-router', { pageViews: { hash: true } });
    for (const id of ['to-terms', 'to-cart', 'to-pay', 'done']) {
      await tab.click(`#${id}`);
      // The title of each view is waited for.
      await wait(150);
    }
    await tab.back();
    await wait(150);
    expect(await all(visit)).toEqual([
      'page_view /hash-router load "shop" from nowhere',
      'click /hash-router link #to-terms /hash-router',
      'click /hash-router link #to-cart /hash-router#/cart',
      'page_view /hash-router#/cart navigation "cart" from /hash-router',
      'click /hash-router#/cart link #to-pay /hash-router#/pay',
      'page_view /hash-router#/pay navigation "pay" from /hash-router#/cart',
      'click /hash-router#/pay button #done',
      'page_view /hash-router#/cart navigation "cart" from /hash-router#/pay',
      'page_view /hash-router#/pay navigation "pay" from /hash-router#/cart',
    ]);
  });

  test('a view transition to another document, and one within, are each one view', async ({ skip }) => {
    const visit = await open('moving');
    if (!(await tab.evaluate(() => 'startViewTransition' in document))) skip('no view transitions here');
    await tab.click('#out');
    await tab.waitFor(() => document.title === 'moved' && document.readyState === 'complete');
    const hasMoved = await tab.evaluate(() => (window as { hasMoved?: boolean }).hasMoved);
    if (engine === 'chromium') expect(hasMoved).toBe(true);
    await wait(400);
    await tab.click('#back');
    await tab.waitFor(() => document.title === 'moving' && document.readyState === 'complete');
    await wait(400);
    await tab.click('#within');
    await tab.waitFor(() => document.title === 'within');
    await wait(150);
    expect(await all(visit)).toEqual([
      'page_view /moving load "moving" from nowhere',
      'click /moving link #out /moved',
      'page_view /moved load "moved" from /moving',
      'click /moved link #back /moving',
      'page_view /moving load "moving" from /moved',
      'click /moving link #within /within',
      'page_view /within navigation "within" from /moving',
    ]);
  });

  test('a frame has its own tracker, and its clicks are its own', async () => {
    const visit = await open('framing');
    await visit.arrived(2, 0);
    for (const id of ['own', 'tracked', 'silent', 'own']) await tab.click(`#${id}`);
    await tab.evaluate(() =>
      (
        document.querySelector('#tracked') as HTMLIFrameElement & { contentWindow: { tracker: TrackedPage['tracker'] } }
      ).contentWindow.tracker?.flush(),
    );
    const events = await visit.arrivedFrom(tab);
    const of = (path: string) => events.filter(({ page }) => page.url === path).map(lineOf);
    expect(of('/framing')).toEqual([
      'page_view /framing load "framing" from nowhere',
      'click /framing button #own',
      'click /framing button #own',
    ]);
    expect(of('/framed')).toEqual(['page_view /framed load "framed" from /framing', 'click /framed button #inside']);
    expect(events).toHaveLength(5);
    // One visitor, one visit, two pages that count on their own.
    expect(new Set(events.map(({ session }) => session)).size).toBe(1);
    expect(new Set(events.map(({ tab }) => tab)).size).toBe(2);
  });

  test('an endless feed tells of each depth once, and of what is clicked far down in it', async () => {
    const visit = await open('feed', { captures: [['scrollDepth']] });
    for (let count = 0; count < 6; count++) {
      await tab.press('End');
      await settle();
    }
    expect(await tab.evaluate(() => document.querySelectorAll('article').length)).toBe(40);
    await tab.click('[data-track=article-39]');
    await settle();
    const lines = await all(visit);
    expect(lines).toEqual([
      'page_view /feed load "feed" from nowhere',
      ...depths('/feed'),
      'click /feed article-39 body>main>article:nth-of-type(40)>a /feed',
    ]);
  });

  test('scrollers within scrollers are told apart, and small ones not at all', async () => {
    const visit = await open('nested', { captures: [['scrollDepth']] });
    for (const id of ['list', 'small', 'pane']) {
      await tab.evaluate((id) => document.getElementById(id)?.focus({ preventScroll: true }), id);
      await tab.press('End');
      await settle();
      await tab.waitFor((id) => (document.getElementById(id)?.scrollTop ?? 0) > 0, id);
      await settle();
    }
    const lines = await all(visit);
    expect(lines.filter((line) => !line.includes('#') && !line.includes('messages'))).toEqual([
      'page_view /nested load "nested" from nowhere',
      // The window shows all of itself from the beginning.
      ...depths('/nested'),
    ]);
    expect(lines.filter((line) => line.includes('messages'))).toEqual(depths('/nested', 'messages'));
    expect(lines.filter((line) => line.includes('#'))).toEqual(depths('/nested', '#pane'));
  });

  test('an open shadow root is looked into, a closed one is its host', async () => {
    const visit = await open('shadows');
    for (const selector of ['#open', '#deep', '#closed', '#marked', '#around x-closed']) {
      if (engine !== 'webkit') await tab.click(selector);
      else {
        // Its driver clicks on no element that has a shadow root.
        await tab.evaluate((selector) => document.querySelector<HTMLElement>(selector)?.focus(), selector);
        await tab.press('Enter');
      }
    }
    expect(await all(visit)).toEqual([
      'page_view /shadows load "shadows" from nowhere',
      'click /shadows button #in-open',
      'click /shadows button #in-open',
      // Of a closed one nobody outside knows what was clicked: it counts where its host does.
      'click /shadows player #marked',
      'click /shadows link #around /shadows',
    ]);
  });
});
