import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Capture, type EngagementOptions, engagement, pageViews, type Tracker } from '../../src/index.ts';
import { type FakePage, openPage } from '../fakes/fakePage.ts';

let page: FakePage;
let tracker: Tracker;
let hasFocus: boolean;
beforeEach(() => {
  page = openPage();
  const start = Date.now();
  vi.spyOn(performance, 'now').mockImplementation(() => 1000 + Date.now() - start);
  hasFocus = true;
  vi.spyOn(document, 'hasFocus').mockImplementation(() => hasFocus);
  lay({ scrollTop: 0, scrollHeight: 2000, clientHeight: 500 });
  vi.stubGlobal('innerHeight', 500);
});
afterEach(async () => {
  await page.close();
  vi.restoreAllMocks();
});
const lay = (layout: object) => {
  for (const [name, value] of Object.entries(layout))
    Object.defineProperty(document.documentElement, name, { value, configurable: true });
};

async function open(options?: EngagementOptions, captures = [pageViews(), engagement(options)]) {
  tracker = page.track({ capture: captures });
  await page.advance(0);
}
const act = (type = 'pointermove') => document.body.dispatchEvent(new Event(type, { bubbles: true }));
function setFocus(given: boolean) {
  hasFocus = given;
  window.dispatchEvent(new Event(given ? 'focus' : 'blur'));
}
/** The computer sleeps: time passes, and no timer runs. */
const sleep = (ms: number) => vi.setSystemTime(Date.now() + ms);
async function seen() {
  await tracker.flush();
  return page.endpoint.named('page_leave').map(({ data }) => data);
}
/** Leaves, and says for how long the visitor was there. */
async function times() {
  page.leave();
  return (await seen()).map((data) => [data?.engaged_ms, data?.total_ms]);
}

describe('a visitor', () => {
  test('who looks at a page and leaves was engaged all the time', async () => {
    await open();
    await page.advance(12_345);
    expect(await times()).toEqual([[12_345, 12_345]]);
  });

  test('who does nothing any more counts as gone after a minute', async () => {
    await open();
    await page.advance(10 * 60_000);
    expect(await times()).toEqual([[60_000, 600_000]]);
  });

  test.each(['pointerdown', 'pointermove', 'keydown', 'wheel'])('who comes back by %s counts again', async (type) => {
    await open();
    await page.advance(10 * 60_000);
    act(type);
    await page.advance(5000);
    expect(await times()).toEqual([[65_000, 605_000]]);
  });

  test('who does something now and then is never gone', async () => {
    await open();
    for (let count = 0; count < 10; count++) {
      await page.advance(50_000);
      act();
    }
    expect(await times()).toEqual([[500_000, 500_000]]);
  });

  test('is gone sooner if the owner says so', async () => {
    await open({ idleMs: 500 });
    await page.advance(3000);
    act();
    await page.advance(3000);
    expect(await times()).toEqual([[1000, 6000]]);
  });

  test('who looks at another tab is not engaged', async () => {
    await open();
    await page.advance(3000);
    page.hide();
    await page.advance(30_000);
    page.show();
    await page.advance(2000);
    expect(await times()).toEqual([[5000, 35_000]]);
  });

  test('who works in another window beside it is not engaged', async () => {
    await open();
    await page.advance(3500);
    setFocus(false);
    await page.advance(30_000);
    setFocus(true);
    await page.advance(2500);
    expect(await times()).toEqual([[6000, 36_000]]);
  });

  test('who never saw the page was never engaged, and saw nothing of it', async () => {
    Object.defineProperty(document, 'hidden', { value: true, configurable: true });
    await open();
    await page.advance(30_000);
    window.dispatchEvent(new Event('pagehide'));
    expect(await seen()).toEqual([{ engaged_ms: 0, total_ms: 30_000 }]);
  });

  test('whose computer slept was not engaged meanwhile', async () => {
    await open();
    await page.advance(10_000);
    sleep(8 * 60 * 60_000);
    act();
    await page.advance(10_000);
    const [[engaged] = []] = await times();
    expect(engaged).toBeGreaterThanOrEqual(20_000);
    expect(engaged).toBeLessThanOrEqual(24_000);
  });

  test('who is gone does not come back with a timer that is late', async () => {
    await open({ idleMs: 500 });
    sleep(1500);
    await page.advance(2000);
    expect(await times()).toEqual([[500, 3500]]);
  });

  test('is told to the millisecond, however the timers come', async () => {
    await open();
    for (let count = 0; count < 30; count++) {
      await page.advance(700);
      // A busy page: timers come late.
      sleep(300);
    }
    expect(await times()).toEqual([[30_000, 30_000]]);
  });
});

describe('a page view', () => {
  test('has one end, whatever the browser says of it', async () => {
    await open();
    await page.advance(1000);
    page.hide();
    page.show();
    page.leave();
    window.dispatchEvent(new Event('pagehide'));
    expect(await seen()).toHaveLength(1);
  });

  test('that is left goes in the request of that moment', async () => {
    await open();
    await page.advance(6000);
    page.endpoint.requests.length = 0;
    page.leave();
    const names = page.endpoint.requests.flatMap(({ batch }) => batch.events.map(({ name }) => name));
    expect(names).toEqual(['page_leave']);
    expect(page.endpoint.requests[0]?.keepalive).toBe(true);
  });

  test.each([
    ['after who counts the pages', () => [pageViews(), engagement()]],
    ['before who counts the pages', () => [engagement(), pageViews()]],
  ])('of an app ends with the next one, for either its own time, heard %s', async (_, captures) => {
    await open({}, captures());
    await page.advance(4000);
    history.pushState({}, '', '/next');
    await page.advance(3000);
    expect(await times()).toEqual([
      [4000, 4000],
      [3000, 3000],
    ]);
    const views = page.endpoint.named('page_view').sort((one, other) => one.at - other.at);
    expect(page.endpoint.named('page_leave').map((event) => event.page)).toEqual(views.map((event) => event.page));
  });

  test('that the owner counts by hand ends when the visitor stirs on the next one', async () => {
    await open({}, [engagement()]);
    tracker.page();
    await page.advance(0);
    act();
    await page.advance(4000);
    tracker.page();
    act();
    await page.advance(3000);
    const all = await times();
    expect(all.slice(-2)).toEqual([
      [4000, 4000],
      [3000, 3000],
    ]);
  });

  test('that is hidden as it ends, and the next one that has only begun, have an end each', async () => {
    await open();
    page.hide();
    history.pushState({}, '', '/next');
    window.dispatchEvent(new Event('pagehide'));
    expect(await seen()).toHaveLength(2);
  });

  test('begins anew with a return from the back/forward cache', async () => {
    await open();
    await page.advance(4000);
    page.leave();
    await page.advance(60_000);
    page.comeBack();
    await page.advance(3000);
    expect(await times()).toEqual([
      [4000, 4000],
      [3000, 3000],
    ]);
    const ids = page.endpoint.named('page_leave').map((event) => event.page);
    expect(new Set(ids).size).toBe(2);
  });

  test('of a page that was prepared begins as it is shown', async () => {
    const show = page.prerender();
    Object.defineProperty(document, 'hidden', { value: true, configurable: true });
    await open();
    await page.advance(20_000);
    // In this order.
    page.show();
    show();
    await page.advance(3000);
    expect(await times()).toEqual([[3000, 3000]]);
  });

  test('of a page that was prepared in vain has no end', async () => {
    page.prerender();
    Object.defineProperty(document, 'hidden', { value: true, configurable: true });
    await open();
    await page.advance(20_000);
    window.dispatchEvent(new Event('pagehide'));
    expect(tracker.stats().accepted).toBe(1);
  });

  test('that ends within its first task has an end all the same', async () => {
    tracker = page.track({ capture: [pageViews(), engagement()] });
    expect(await times()).toEqual([[0, 0]]);
  });
});

describe('how far it was seen', () => {
  const depths = async () => {
    page.leave();
    return (await seen()).map((data) => data?.max_scroll);
  };
  const scroll = async (scrollTop: number) => {
    lay({ scrollTop });
    document.dispatchEvent(new Event('scroll'));
    await page.advance(100);
  };

  test('is the deepest that was on the screen', async () => {
    await open();
    await scroll(700);
    await scroll(100);
    expect(await depths()).toEqual([60]);
  });

  test('is what shows without scrolling, and what was scrolled to last', async () => {
    await open();
    expect(await depths()).toEqual([25]);
    page.comeBack();
    await page.advance(0);
    lay({ scrollTop: 1500 });
    document.dispatchEvent(new Event('scroll'));
    expect(await depths()).toEqual([25, 100]);
  });

  test('is for each view its own', async () => {
    await open();
    await scroll(1500);
    history.pushState({}, '', '/next');
    lay({ scrollTop: 0 });
    await page.advance(1000);
    expect(await depths()).toEqual([100, 25]);
  });

  test('is not known of a view that came and went without a look at it', async () => {
    await open();
    await scroll(1500);
    history.pushState({}, '', '/next');
    await page.advance(1000);
    history.pushState({}, '', '/after');
    lay({ scrollTop: 0 });
    await page.advance(1000);
    expect(await depths()).toEqual([100, undefined, 25]);
  });
});

test('a scroll on a page that the owner counts by hand is no depth of the page before', async () => {
  await open({}, [engagement()]);
  tracker.page();
  lay({ scrollTop: 1500 });
  document.dispatchEvent(new Event('scroll'));
  await page.advance(100);
  page.leave();
  expect((await seen()).map((data) => data?.max_scroll)).toEqual([undefined, 100]);
});

test.each([0, -1, Number.NaN, 'soon'])('an idleMs of %s is named, and the default holds', async (idleMs) => {
  await open({ idleMs: idleMs as number });
  await page.advance(120_000);
  expect(page.warnings).toEqual([expect.stringContaining('"engagement.idleMs" should be a number above 0')]);
  expect(await times()).toEqual([[60_000, 120_000]]);
});

test('ended before it has begun, it does not begin', async () => {
  const capture: Capture = (context) => {
    engagement()(context)();
    return () => {};
  };
  await open({}, [capture]);
  await page.advance(10_000);
  expect(vi.getTimerCount()).toBe(0);
});

test('stopped, nothing is told, no timer runs and the history is as it was', async () => {
  const { pushState } = history;
  await open({}, [engagement()]);
  expect(history.pushState).not.toBe(pushState);
  await page.advance(6000);
  page.endpoint.requests.length = 0;
  document.dispatchEvent(new Event('scroll'));
  history.pushState({}, '', '/next');
  history.pushState({}, '', '/after');
  tracker.stop();
  // Stopping takes a task.
  await page.advance(0);
  expect(vi.getTimerCount()).toBe(0);
  expect(history.pushState).toBe(pushState);
  act();
  page.leave();
  await page.advance(10_000);
  expect(page.endpoint.requests).toHaveLength(0);
});
