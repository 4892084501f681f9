import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Browser, engines, openBrowser, type Tab } from './openBrowser.ts';
import { openTrackedSite, type SeenEvent, type TrackedSite, type Visit } from './trackedSite.ts';

let site: TrackedSite;
beforeAll(async () => {
  site = await openTrackedSite();
});
afterAll(() => site.close());

/** As long as a click may be answered, and a little. */
const ANSWER_MS = 1100;
/** As long as a request that may have answered it is waited for. */
const REQUEST_MS = 3100;

describe.each(engines)('frustration in %s', (engine) => {
  let browser: Browser;
  let tab: Tab;
  beforeAll(async () => {
    browser = await openBrowser(engine);
    tab = await browser.newTab();
  });
  afterAll(() => browser?.close());

  const open = async (options: object = {}) => {
    const visit = site.visit({ pageViews: false, clicks: false, captures: [['frustration', options]] });
    await tab.goto(visit.url('frustration'));
    return visit;
  };
  const wait = (ms: number) => tab.evaluate((forMs) => new Promise<void>((resolve) => setTimeout(resolve, forMs)), ms);
  /** Clicks as fast as the driver can. */
  const clicks = async (selector: string, count: number) => {
    for (let done = 0; done < count; done++) await tab.click(selector);
  };
  /** What was told, as `name selector`. */
  const lines = async (visit: Visit, waitMs = ANSWER_MS + REQUEST_MS) => {
    await wait(waitMs);
    return (await visit.arrivedFrom(tab)).map(({ name, data }: SeenEvent) => `${name} ${data.selector}`);
  };

  test('what nothing answers is dead, what a page answers in any way is not', async () => {
    const visit = await open();
    const dead = ['dead', 'inside', 'dead-shadow'];
    const answered = [
      ...['down', 'live-shadow', 'asks-slowly', 'scrolls', 'focuses', 'pops', 'shows'],
      ...['navigates', 'picks', 'incomplete', 'sends', 'plays'],
    ];
    for (const id of [...dead, ...answered]) {
      await tab.click(`#${id}`);
      await wait(ANSWER_MS);
    }
    expect(await lines(visit)).toEqual(['dead_click #dead', 'dead_click #dead-role', 'dead_click #dead-shadow']);
  });

  test('what is no button is never dead', async () => {
    const visit = await open({ error: false });
    for (const id of ['link', 'download', 'range', 'editable', 'video', 'summary']) {
      await tab.click(`#${id}`);
      await wait(ANSWER_MS);
    }
    expect(await lines(visit)).toEqual([]);
  });

  test('a burst of clicks is told once: as rage, and where nothing answered as dead', async () => {
    const visit = await open();
    await clicks('#plain', 3);
    await wait(ANSWER_MS);
    await clicks('#adds', 4);
    await wait(ANSWER_MS);
    await clicks('#dead', 5);
    await wait(ANSWER_MS + REQUEST_MS);
    const events = await visit.arrivedFrom(tab);
    expect(events.map(({ name, data: { x, y, wait_ms, ...data } }) => ({ ...data, event: name }))).toEqual([
      { event: 'rage_click', count: 3, kind: 'element', name: 'element', selector: '#plain' },
      { event: 'rage_click', count: 4, kind: 'button', name: 'button', selector: '#adds' },
      { event: 'rage_click', count: 5, kind: 'button', name: 'coupon', selector: '#dead' },
      { event: 'dead_click', kind: 'button', name: 'coupon', selector: '#dead' },
    ]);
    const [plain] = events;
    const { left, top } = await tab.evaluate(() => {
      const rect = document.querySelector('#plain')?.getBoundingClientRect() as DOMRect;
      return { left: rect.left + rect.width / 2 + scrollX, top: rect.top + rect.height / 2 + scrollY };
    });
    expect(Math.abs(Number(plain?.data.x) - left)).toBeLessThanOrEqual(1);
    expect(Math.abs(Number(plain?.data.y) - top)).toBeLessThanOrEqual(1);
  });

  test('quick clicks that are meant are no rage', async () => {
    // WebKit's own player fails in the open when it has nothing to play.
    const visit = await open({ dead: false, error: false });
    for (const id of ['number', 'range', 'check', 'editable', 'canvas', 'video', 'plus']) await clicks(`#${id}`, 3);
    // Who looks at pictures takes a moment for each.
    for (let picture = 0; picture < 3; picture++) {
      await tab.click('#next');
      await wait(500);
    }
    await wait(ANSWER_MS);
    expect(await visit.arrivedFrom(tab)).toEqual([]);
  });

  test.skipIf(engine !== 'chromium')(
    'nor are double and triple clicks on a text, nor a key that is held down',
    async () => {
      // The other drivers count no clicks.
      const visit = await open();
      await tab.page?.dblclick('#text');
      await wait(ANSWER_MS);
      await tab.page?.click('#text', { clickCount: 3 });
      expect(await tab.evaluate(() => getSelection()?.toString())).toContain('Some words');
      await wait(ANSWER_MS);
      await tab.evaluate(() => document.getElementById('adds')?.focus());
      for (let repeat = 0; repeat < 10; repeat++) await tab.page?.keyboard.down('Enter');
      await tab.page?.keyboard.up('Enter');
      expect(await lines(visit)).toEqual([]);
    },
  );

  test('a click that ends in an error is told with its element', async () => {
    const visit = await open({ dead: false });
    for (const id of ['throws', 'throws-later', 'rejects', 'adds']) {
      await tab.click(`#${id}`);
      await wait(ANSWER_MS);
    }
    // Of an error that no click caused, nothing.
    await tab.evaluate(() => {
      setTimeout(() => {
        throw Error('on its own');
      });
    });
    expect(await lines(visit, 100)).toEqual([
      'error_click #throws',
      'error_click #throws-later',
      'error_click #rejects',
    ]);
  });

  test('the page does with its clicks what it did without us', async () => {
    await open();
    await tab.evaluate(() => {
      const seen: boolean[] = [];
      Object.assign(window, { seen });
      addEventListener('click', (event) => seen.push(event.defaultPrevented));
    });
    for (const id of ['dead', 'check', 'summary', 'link']) await tab.click(`#${id}`);
    const { seen, isChecked, isOpen } = await tab.evaluate(() => ({
      seen: (window as unknown as { seen: boolean[] }).seen,
      isChecked: (document.getElementById('check') as HTMLInputElement).checked,
      isOpen: document.querySelector('details')?.open,
    }));
    // The page itself keeps its visitors from following the link.
    expect(seen).toEqual([false, false, false, true]);
    expect([isChecked, isOpen]).toEqual([true, true]);
  });
});
