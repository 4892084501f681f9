import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type HeatmapOptions, heatmap, pageViews, type Tracker } from '../../src/index.ts';
import { type FakePage, openPage } from '../fakes/fakePage.ts';
import { hearing } from '../fakes/hearing.ts';

let page: FakePage;
let tracker: Tracker;
beforeEach(() => {
  page = openPage();
  scrolled(0);
  Object.defineProperty(document.documentElement, 'scrollHeight', { value: 3000, configurable: true });
});
afterEach(async () => {
  history.replaceState(null, '', '/');
  vi.restoreAllMocks();
  await page.close();
});

const scrolled = (top: number) => Object.defineProperty(window, 'scrollY', { value: top, configurable: true });
let hears: ReturnType<typeof hearing>;
function open(options?: HeatmapOptions) {
  document.body.innerHTML = '<button id="buy">Buy</button>';
  hears = hearing();
  tracker = page.track({ capture: [pageViews(), hears.wire(heatmap(options))], beforeSend: hears.beforeSend });
}
/** By the clock of events, which begins with the page. */
const startedAt = Date.UTC(2025, 5, 10, 12);
function say(type: string, x: number, y: number, { trusted = true, target = '#buy', detail = 1 } = {}) {
  const event = new MouseEvent(type, { bubbles: true, composed: true, detail });
  const seen = {
    isTrusted: trusted,
    timeStamp: Date.now() - startedAt,
    pageX: x,
    pageY: y + scrollY,
    clientX: x,
    clientY: y,
  };
  for (const [name, value] of Object.entries(seen)) Object.defineProperty(event, name, { value });
  (document.querySelector(target) as Element).dispatchEvent(event);
}
const move = (x: number, y: number) => say('mousemove', x, y);
const click = (x: number, y: number, more?: object) => say('click', x, y, more);
/** Puts the button somewhere in the window. */
const place = (left: number, top: number, width: number, height: number) =>
  vi
    .spyOn(document.querySelector('#buy') as Element, 'getBoundingClientRect')
    .mockReturnValue({ left, top, width, height } as DOMRect);
async function seen() {
  page.hide();
  page.show();
  await page.advance(0);
  await tracker.flush();
  return page.endpoint.named('heatmap').map(({ data }) => data);
}
const SIZE = { width: 1024, view_height: 768, height: 3000 };

describe('clicks', () => {
  test('are told by their place in the document and, in percent, in their element', async () => {
    open({ attention: false });
    place(100, 200, 80, 20);
    click(120, 205);
    await page.advance(10);
    scrolled(1000);
    place(100, 200, 80, 20);
    click(180, 220);
    await page.advance(10);
    expect(await seen()).toEqual([
      { ...SIZE, clicks: '120,205,25,25,#buy;180,1220,100,100,#buy', moves: '', attention: '' },
    ]);
  });

  test('on what is gone have no place in it', async () => {
    open({ attention: false });
    click(120, 205);
    document.body.replaceChildren();
    await page.advance(10);
    expect((await seen())[0]?.clicks).toBe('120,205,,,#buy');
  });

  test('of scripts and keys do not count', async () => {
    open({ attention: false });
    click(1, 2, { trusted: false });
    click(1, 2, { detail: 0 });
    expect(await seen()).toEqual([]);
  });

  test('are told of a page that is left at once', async () => {
    open({ attention: false });
    click(1, 2);
    expect((await seen())[0]).toMatchObject({ ...SIZE, clicks: '1,2,,,#buy' });
  });
});

describe('moves', () => {
  test('are told five times a second at most', async () => {
    open({ attention: false });
    for (let x = 0; x < 100; x++) {
      move(x, 10);
      await page.advance(10);
    }
    expect((await seen())[0]?.moves).toBe('0,10;20,10;40,10;60,10;80,10');
  });

  test('are told every half minute, and never too many', async () => {
    open({ attention: false });
    for (let x = 0; x < 400; x++) {
      move(x, 10);
      await page.advance(200);
    }
    const told = (await seen()).map((data) => String(data?.moves).split(';').length);
    expect(told).toHaveLength(3);
    expect(Math.max(...told)).toBeLessThanOrEqual(150);
  });

  test('never lay out the page', async () => {
    open({ attention: false });
    const layout = vi.fn(() => 0);
    for (const name of ['scrollY', 'innerWidth', 'innerHeight'])
      Object.defineProperty(window, name, { get: layout, configurable: true });
    Object.defineProperty(document.documentElement, 'scrollHeight', { get: layout, configurable: true });
    const event = new MouseEvent('mousemove', { bubbles: true });
    (document.querySelector('#buy') as Element).dispatchEvent(event);
    (document.querySelector('#buy') as Element).dispatchEvent(new Event('scroll', { bubbles: true }));
    expect(layout).not.toHaveBeenCalled();
    for (const [name, value] of [
      ['innerWidth', 1024],
      ['innerHeight', 768],
    ] as const)
      Object.defineProperty(window, name, { value, configurable: true, writable: true });
  });
});

describe('attention', () => {
  test('is how long which part of the page was to be seen', async () => {
    open();
    await page.advance(3000);
    scrolled(612);
    await page.advance(2000);
    scrolled(0);
    await page.advance(1000);
    expect(await seen()).toEqual([{ ...SIZE, clicks: '', moves: '', attention: '0,4;600,2' }]);
  });

  test('ends half a minute after the last sign of the visitor, and begins again with the next', async () => {
    open();
    await page.advance(20_000);
    document.body.dispatchEvent(new Event('scroll', { bubbles: true }));
    await page.advance(600_000);
    document.body.dispatchEvent(new Event('keydown', { bubbles: true }));
    await page.advance(3000);
    const seconds = (await seen()).map((data) => Number(String(data?.attention).split(',')[1]));
    expect(seconds.reduce((sum, more) => sum + more, 0)).toBe(20 + 30 + 3);
  });

  test('is none while the page is hidden', async () => {
    open();
    await page.advance(1000);
    page.hide();
    await page.advance(60_000);
    page.show();
    await page.advance(1000);
    expect((await seen()).map((data) => data?.attention)).toEqual(['0,1', '0,1']);
  });

  test('is none of a page that nobody has seen yet', async () => {
    Object.defineProperty(document, 'hidden', { value: true, configurable: true, writable: true });
    open();
    await page.advance(60_000);
    page.show();
    await page.advance(2000);
    expect((await seen()).map((data) => data?.attention)).toEqual(['0,2']);
  });

  test('costs nothing when nobody is there', async () => {
    open();
    await page.advance(60_000);
    expect(vi.getTimerCount()).toBe(0);
  });
});

test('each page has its own', async () => {
  open({ attention: false });
  click(1, 2);
  await page.advance(1000);
  history.pushState(null, '', '/next');
  click(3, 4);
  await page.advance(1000);
  await seen();
  const views = page.endpoint.named('page_view').map((event) => event.page);
  expect(page.endpoint.named('heatmap').map(({ data, page }) => [data?.clicks, page])).toEqual([
    [expect.stringContaining('1,2'), views[0]],
    [expect.stringContaining('3,4'), views[1]],
  ]);
});

describe('what is not wanted is not told', () => {
  test.each<[HeatmapOptions, object]>([
    [{ click: false }, { clicks: '', moves: '5,6', attention: '0,1' }],
    [{ move: false }, { clicks: '5,6,,,#buy', moves: '', attention: '0,1' }],
    [{ attention: false }, { clicks: '5,6,,,#buy', moves: '5,6', attention: '' }],
  ])('%j', async (options, expected) => {
    open(options);
    move(5, 6);
    click(5, 6);
    await page.advance(1000);
    expect(await seen()).toMatchObject([expected]);
  });
});

describe('of a share of sessions', () => {
  const shareOf = async (sample: number) => {
    let told = 0;
    for (let session = 0; session < 40; session++) {
      localStorage.clear();
      open({ sample });
      await page.advance(0);
      click(1, 2);
      told = (await seen()).length;
      tracker.stop();
      await page.advance(1);
    }
    return told;
  };

  test('none', async () => expect(await shareOf(0)).toBe(0));
  test('all', async () => expect(await shareOf(1)).toBe(40));
  test('some', async () => {
    const told = await shareOf(0.5);
    expect(told).toBeGreaterThan(4);
    expect(told).toBeLessThan(36);
  });

  test('a session is in it on each of its pages, or on none', async () => {
    const isIn = new Set<boolean>();
    for (let load = 0; load < 10; load++) {
      open({ sample: 0.5 });
      await page.advance(0);
      click(1, 2);
      const before = page.endpoint.named('heatmap').length;
      isIn.add((await seen()).length > before);
      tracker.stop();
      await page.advance(1);
    }
    expect(isIn.size).toBe(1);
  });

  test.each([-1, 2, 'half', Number.NaN])('a share of %s is none, and the owner is told', async (sample) => {
    open({ sample: sample as number });
    expect(page.warnings).toEqual(['beaconry: option "heatmap.sample" should be a share from 0 to 1']);
    click(1, 2);
    expect(await seen()).toHaveLength(1);
  });
});

test('stopped, it tells what it has, and is gone', async () => {
  open();
  click(1, 2);
  tracker.stop();
  await page.advance(1);
  click(3, 4);
  move(3, 4);
  await page.advance(60_000);
  expect(page.endpoint.named('heatmap').map(({ data }) => data?.clicks)).toEqual(['1,2,,,#buy']);
  expect([hears.count(), vi.getTimerCount()]).toEqual([0, 0]);
});
