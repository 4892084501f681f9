import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { pageViews, type ScrollDepthOptions, scrollDepth, type Tracker } from '../../src/index.ts';
import { type FakePage, openPage } from '../fakes/fakePage.ts';

const WINDOW = { innerWidth: 1000, innerHeight: 500 };

let page: FakePage;
let tracker: Tracker;
beforeEach(() => {
  page = openPage();
  for (const [name, value] of Object.entries(WINDOW)) vi.stubGlobal(name, value);
  lay(document.documentElement, { clientHeight: 500, clientWidth: 1000, scrollHeight: 2000, scrollTop: 0 });
});
afterEach(() => page.close());

/** Gives an element a place, which happy-dom has not; counts how often it is asked for. */
function lay(element: Element, layout: Partial<Record<(typeof SIZES)[number], number>>) {
  for (const name of SIZES) {
    if (layout[name] === undefined) continue;
    const get = () => {
      looks++;
      return layout[name];
    };
    Object.defineProperty(element, name, { get, configurable: true });
  }
}
const SIZES = ['scrollTop', 'scrollHeight', 'clientHeight', 'clientWidth'] as const;
let looks = 0;

const open = (options?: ScrollDepthOptions) => {
  tracker = page.track({ capture: [pageViews(), scrollDepth(options)] });
};
/** The visitor scrolls, the page or an element of it. */
async function scroll(scrollTop: number, element: Element = document.documentElement) {
  lay(element, { scrollTop });
  const target = element === document.documentElement ? document : element;
  target.dispatchEvent(new Event('scroll', { bubbles: target === document }));
  await page.advance(100);
}
async function seen() {
  await tracker.flush();
  return page.endpoint.named('scroll_depth').map(({ data }) => data);
}
const percents = async () => (await seen()).map((data) => data?.percent);

describe('how far a page has been seen', () => {
  test('is told by the lower edge of the window, each threshold once', async () => {
    open();
    await scroll(100);
    expect(await percents()).toEqual([25]);
    await scroll(500);
    await scroll(400);
    await scroll(510);
    expect(await percents()).toEqual([25, 50]);
  });

  test('names no container', async () => {
    open();
    await scroll(0);
    expect(await seen()).toEqual([{ percent: 25 }]);
  });

  test('is told of all the thresholds that one leap passes, in order', async () => {
    open();
    await scroll(1500);
    expect(await percents()).toEqual([25, 50, 75, 90, 100]);
  });

  test('is 100 at a bottom that is a fraction of a pixel away', async () => {
    open({ thresholds: [100] });
    await scroll(1498.9);
    expect(await percents()).toEqual([]);
    await scroll(1499.2);
    expect(await percents()).toEqual([100]);
  });

  test('is 100 at the bottom of a window that grew as the address bar went', async () => {
    vi.stubGlobal('innerHeight', 560);
    open({ thresholds: [100] });
    await scroll(1440);
    expect(await percents()).toEqual([100]);
  });

  test('stays as deep as it was when the page grows, and begins no new series', async () => {
    open();
    await scroll(1500);
    lay(document.documentElement, { scrollHeight: 4000 });
    await scroll(1600);
    await scroll(3500);
    expect(await percents()).toEqual([25, 50, 75, 90, 100]);
  });

  test('is looked at once for many scrolls, and never while one is handled', async () => {
    open();
    looks = 0;
    for (let count = 0; count < 20; count++) document.dispatchEvent(new Event('scroll'));
    expect(looks).toBe(0);
    await page.advance(100);
    expect(looks).toBeLessThan(5);
  });

  test('is told by the thresholds that the owner chose, in any order', async () => {
    open({ thresholds: [80, 10] });
    await scroll(1500);
    expect((await percents()).sort()).toEqual([10, 80]);
  });
});

describe('what shows without scrolling', () => {
  test('counts nothing while the visitor does nothing', async () => {
    open();
    await page.advance(60_000);
    expect(await percents()).toEqual([]);
  });

  test.each(['pointerdown', 'keydown'])('counts at the first %s, and costs nothing at later ones', async (type) => {
    open();
    document.body.dispatchEvent(new Event(type, { bubbles: true }));
    await page.advance(0);
    expect(await percents()).toEqual([25]);
    looks = 0;
    const timers = vi.getTimerCount();
    document.body.dispatchEvent(new Event(type, { bubbles: true }));
    expect(vi.getTimerCount()).toBe(timers);
    await page.advance(1000);
    expect(looks).toBe(0);
  });

  test('counts as the page is hidden, all of it where the window is larger', async () => {
    lay(document.documentElement, { scrollHeight: 500 });
    open();
    page.hide();
    expect(await percents()).toEqual([25, 50, 75, 90, 100]);
  });

  test('counts not for a page that was never shown', async () => {
    Object.defineProperty(document, 'hidden', { value: true, configurable: true });
    open();
    window.dispatchEvent(new Event('pagehide'));
    expect(await percents()).toEqual([]);
  });

  test('counts not in a frame without height', async () => {
    vi.stubGlobal('innerHeight', 0);
    lay(document.documentElement, { clientHeight: 0, scrollHeight: 0 });
    open();
    page.hide();
    expect(await percents()).toEqual([]);
  });
});

describe('a new page view', () => {
  test('begins anew', async () => {
    open();
    await scroll(1500);
    history.pushState({}, '', '/next');
    await scroll(0);
    await scroll(500);
    expect(await percents()).toEqual([25, 50, 75, 90, 100, 25, 50]);
    const [first, next] = ['load', 'navigation'].map(
      (kind) => page.endpoint.named('page_view').find(({ data }) => data?.kind === kind)?.page,
    );
    expect(page.endpoint.named('scroll_depth').map((event) => event.page)).toEqual([
      ...Array(5).fill(first),
      next,
      next,
    ]);
  });

  test('inherits no scroll that was on its way', async () => {
    open();
    await scroll(0);
    lay(document.documentElement, { scrollTop: 1500 });
    document.dispatchEvent(new Event('scroll'));
    history.pushState({}, '', '/next');
    await page.advance(1000);
    expect(await percents()).toEqual([25]);
  });

  test('takes what was on its way when the visitor leaves for another document', async () => {
    open();
    lay(document.documentElement, { scrollTop: 500 });
    document.dispatchEvent(new Event('scroll'));
    page.leave();
    expect(await percents()).toEqual([25, 50]);
  });
});

describe('an element that scrolls by itself', () => {
  const LARGE = { clientHeight: 400, clientWidth: 800, scrollHeight: 1600, scrollTop: 0 };
  const add = (html: string, layout: Parameters<typeof lay>[1]) => {
    document.body.innerHTML = html;
    const element = document.body.firstElementChild as Element;
    lay(element, layout);
    return element;
  };
  beforeEach(() => lay(document.documentElement, { scrollHeight: 20_000 }));

  test('counts when it takes up half of the window, by its name or its place', async () => {
    open();
    await scroll(400, add('<main data-track="article"></main>', LARGE));
    await scroll(100, add('<main></main>', LARGE));
    expect(await seen()).toEqual([
      { percent: 25, container: 'article' },
      { percent: 50, container: 'article' },
      { percent: 25, container: 'html>body>main' },
    ]);
  });

  test.each([
    ['a small one', { ...LARGE, clientWidth: 300 }],
    ['one that scrolls sideways only', { ...LARGE, scrollHeight: 400 }],
  ])('counts not: %s', async (_, layout) => {
    open();
    await scroll(1200, add('<main></main>', layout));
    expect(await seen()).toEqual([]);
  });

  test('is not looked at again as others scroll', async () => {
    open();
    await scroll(400, add('<main></main>', LARGE));
    lay(document.documentElement, { scrollHeight: 2000 });
    looks = 0;
    await scroll(10);
    // Three measures of one element.
    expect(looks).toBe(3);
  });

  test('that ends where it begins, as a chat does, counts upwards', async () => {
    open();
    await scroll(-1200, add('<main data-track="chat"></main>', LARGE));
    expect(await percents()).toEqual([25, 50, 75, 90, 100]);
  });

  test('counts if the owner chose it, however small, and others do not', async () => {
    open({ containers: '.mine' });
    await scroll(1200, add('<div></div>', LARGE));
    await scroll(150, add('<div class="mine"></div>', { clientHeight: 50, clientWidth: 50, scrollHeight: 400 }));
    expect(await seen()).toEqual([
      { percent: 25, container: 'html>body>div' },
      { percent: 50, container: 'html>body>div' },
    ]);
  });
});

describe('a mistake of the owner', () => {
  test.each<[string, object, string]>([
    ['a threshold of 0', { thresholds: [0, 50] }, '"scrollDepth.thresholds" should be numbers above 0, up to 100'],
    ['a threshold of 101', { thresholds: [101] }, '"scrollDepth.thresholds" should be numbers above 0, up to 100'],
    ['no list', { thresholds: 50 }, '"scrollDepth.thresholds" should be numbers above 0, up to 100'],
    ['null', { thresholds: null }, '"scrollDepth.thresholds" should be numbers above 0, up to 100'],
    ['no selector', { containers: ':::' }, '"scrollDepth.containers" should be a selector'],
  ])('is told once, and the default holds: %s', async (_, options, words) => {
    open(options);
    await scroll(500);
    expect(page.warnings).toEqual([expect.stringContaining(words)]);
    expect(await percents()).toEqual([25, 50]);
  });
});

test('stopped, no scroll counts, nor one that was on its way', async () => {
  open();
  await tracker.flush();
  page.endpoint.requests.length = 0;
  lay(document.documentElement, { scrollTop: 1500 });
  document.dispatchEvent(new Event('scroll'));
  tracker.stop();
  await page.advance(0);
  expect(vi.getTimerCount()).toBe(0);
  await scroll(1500);
  page.hide();
  await page.advance(10_000);
  expect(page.endpoint.requests).toHaveLength(0);
});
