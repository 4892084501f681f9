import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Browser, engines, openBrowser, type Tab } from './openBrowser.ts';
import { openTrackedSite, type SeenEvent, type TrackedPage, type TrackedSite, type Visit } from './trackedSite.ts';

const ALL = [25, 50, 75, 90, 100];

let site: TrackedSite;
beforeAll(async () => {
  site = await openTrackedSite();
});
afterAll(() => site.close());

describe.each(engines)('scroll depth in %s', (engine) => {
  let browser: Browser;
  let tab: Tab;
  beforeAll(async () => {
    browser = await openBrowser(engine);
    tab = await browser.newTab();
  });
  afterAll(() => browser?.close());

  const open = async (name = 'long', options: Parameters<TrackedSite['visit']>[0] = {}) => {
    const visit = site.visit({ pageViews: {}, clicks: false, captures: [['scrollDepth']], ...options });
    await tab.goto(visit.url(name));
    return visit;
  };
  /** Once nothing scrolls any more, and what had come so far has been looked at. */
  const settle = () =>
    tab.evaluate(async () => {
      const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
      const place = () => [...document.querySelectorAll('html,main')].map((element) => element.scrollTop).join();
      for (let before = ''; before !== place(); await wait(150)) before = place();
      await wait(150);
    });
  const press = async (key: string) => {
    const place = () =>
      tab.evaluate(() => [...document.querySelectorAll('html,main')].map((one) => one.scrollTop).join());
    const before = await place();
    await tab.press(key);
    // It may begin late; where there is nothing to scroll it never does.
    await expect
      .poll(place, { timeout: 1500 })
      .not.toBe(before)
      .catch(() => {});
    await settle();
  };
  /** Which thresholds the lower edge of the window has passed. */
  const passed = () =>
    tab.evaluate(
      (all) => all.filter((percent) => percent <= ((scrollY + innerHeight + 1) / document.body.scrollHeight) * 100),
      ALL,
    );
  const told = (events: SeenEvent[]) =>
    events
      .filter(({ name }) => name === 'scroll_depth')
      .map(({ data: { percent, container } }) => (container ? `${container} ${percent}` : percent));
  const percents = async (visit: Visit) => {
    await tab.evaluate(async () => void (await (window as unknown as TrackedPage).tracker?.flush()));
    return told(visit.events());
  };

  test('each threshold is told once, as the visitor comes to it', async () => {
    const visit = await open();
    await press('PageDown');
    const first = await passed();
    expect(first.length).toBeGreaterThan(0);
    expect(first.length).toBeLessThan(5);
    expect(await percents(visit)).toEqual(first);
    await press('End');
    await press('Home');
    await press('End');
    expect(await percents(visit)).toEqual(ALL);
  });

  test.skipIf(engine === 'webkit')('the wheel scrolls as keys do', async () => {
    // WebKitWebDriver turns no wheel.
    const visit = await open();
    await tab.page?.mouse.move(600, 400);
    for (let count = 0; count < 3; count++) {
      await tab.page?.mouse.wheel(0, 500);
      await settle();
    }
    expect(await tab.evaluate(() => scrollY)).toBe(1500);
    expect(await percents(visit)).toEqual(await passed());
    expect(await passed()).toEqual([25, 50]);
  });

  test.each(['1.13', '0.77'])(
    'the bottom is 100 at a zoom of %s, wherever between two pixels it lies',
    async (zoom) => {
      const visit = await open();
      await tab.evaluate((wanted) => {
        document.documentElement.style.setProperty('zoom', wanted);
      }, zoom);
      await press('End');
      expect(await percents(visit)).toEqual(ALL);
    },
  );

  test.skipIf(engine !== 'chromium')('the bottom is 100 on a screen of fractional pixels', async () => {
    const page = tab.page;
    const session = await page?.context().newCDPSession(page);
    const metrics = { width: 1021, height: 657, deviceScaleFactor: 1.3, mobile: false };
    await session?.send('Emulation.setDeviceMetricsOverride', metrics);
    const visit = await open();
    await tab.evaluate(() => document.querySelector('main')?.setAttribute('style', 'height: 4000.37px'));
    await press('End');
    expect(await percents(visit)).toEqual(ALL);
    await session?.send('Emulation.clearDeviceMetricsOverride');
  });

  test('a page that grows as it is read tells of each threshold once', async () => {
    const visit = await open('long', {
      before: () => {
        addEventListener('scroll', () => {
          if (scrollY + innerHeight > document.documentElement.scrollHeight - 10 && scrollY < 15_000)
            document.body.append(Object.assign(document.createElement('p'), { style: 'height: 3000px; margin: 0' }));
        });
      },
    });
    for (let count = 0; count < 5; count++) await press('End');
    expect(await tab.evaluate(() => document.documentElement.scrollHeight)).toBeGreaterThan(12_000);
    expect(await percents(visit)).toEqual(ALL);
  });

  test('a page that needs no scrolling is told of when the visitor does something, once', async () => {
    const visit = await open('plain');
    await tab.evaluate(() => new Promise((resolve) => setTimeout(resolve, 300)));
    expect(await percents(visit)).toEqual([]);
    await tab.press('Shift');
    await settle();
    await tab.click('p');
    await settle();
    expect(await percents(visit)).toEqual(ALL);
  });

  test('and else when the visitor leaves', async () => {
    const visit = await open('plain');
    await visit.arrived(1, 0);
    await tab.goto(visit.url('blank'));
    const events = await visit.arrived(7);
    expect(told(events.filter(({ page }) => page.url === '/plain'))).toEqual(ALL);
    expect(told(events.filter(({ page }) => page.url === '/blank'))).toEqual([]);
  });

  test('who leaves in the middle of a scroll is told of that depth, on that page', async () => {
    const visit = await open();
    await visit.arrived(1, 0);
    await tab.evaluate(() => {
      scrollTo(0, 1500);
      addEventListener('scroll', () => document.querySelector<HTMLElement>('#next')?.click());
    });
    await tab.waitFor(() => document.title === 'plain');
    const events = await visit.arrived(4);
    expect(events.map(({ name, page }) => `${name} ${page.url}`)).toEqual([
      'page_view /long',
      'scroll_depth /long',
      'scroll_depth /long',
      'page_view /plain',
    ]);
  });

  test('an element that fills the window counts by its name, a small one not at all', async () => {
    const visit = await open('app');
    await tab.evaluate(() => document.querySelector('main')?.focus());
    await press('End');
    // The page itself needs no scrolling.
    expect(await percents(visit)).toEqual([...ALL, ...ALL.map((percent) => `article ${percent}`)]);

    const other = await open();
    await tab.evaluate(() => document.querySelector<HTMLElement>('#ribbon')?.focus());
    await tab.press('PageDown');
    await tab.waitFor(() => (document.querySelector('#ribbon') as Element).scrollTop > 0);
    await settle();
    expect(await percents(other)).toEqual(await passed());
  });

  test('a small one that the owner chose counts', async () => {
    const visit = await open('long', { captures: [['scrollDepth', { containers: '#ribbon', thresholds: [100] }]] });
    await tab.evaluate(() => document.querySelector<HTMLElement>('#ribbon')?.focus());
    await press('End');
    await tab.waitFor(() => (document.querySelector('#ribbon') as Element).scrollTop > 0);
    await settle();
    expect(await percents(visit)).toEqual(['#ribbon 100']);
  });

  test('a new view begins anew at the top', async () => {
    const visit = await open();
    await press('End');
    await tab.evaluate(() => {
      history.pushState(null, '', 'next');
      document.querySelector('main')?.setAttribute('style', 'height: 8000px');
      scrollTo(0, 0);
    });
    await settle();
    await press('PageDown');
    await press('PageDown');
    const here = await passed();
    expect(here.length).toBeLessThan(5);
    const events = await visit.arrivedFrom(tab);
    expect(told(events.filter(({ page }) => page.url === '/long'))).toEqual(ALL);
    expect(told(events.filter(({ page }) => page.url === '/next'))).toEqual(here);
  });

  test('stop() ends it', async () => {
    const visit = await open();
    await visit.arrived(1, 0);
    await tab.evaluate(() => (window as unknown as TrackedPage).tracker?.stop());
    await press('End');
    await tab.goto(visit.url('blank'));
    expect(told(await visit.arrived(2))).toEqual([]);
  });
});
