import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { EVERYTHING, type Memory, openVisitor, PASSING_LISTENERS } from './clickAround.ts';
import { type CountedPage, countLeft } from './countLeft.ts';
import { type Browser, openBrowser } from './openBrowser.ts';
import { openTrackedSite, type TrackedSite, type VisitOptions } from './trackedSite.ts';

/** Another one is another visit: `SEED=2 npx vitest …`. */
const SEED = Number(process.env.SEED ?? 1);
/** Until everything has happened once that is kept for good: compiled code, the store, what is measured per document. */
const WARM_UP = 1000;
const ACTIONS = 2000;
/** What V8 keeps of code that it compiles again as it runs more often. A hundred bytes per action would be more. */
const CODE_BYTES = 150_000;
/** Of web-vitals, for as long as the document lives. */
const METRICS_LISTENERS = 12;
/** What such a visit has to tell of, at the least. */
const TOLD =
  'page_view page_leave click scroll_depth form_start form_submit form_abandon form_invalid section_view rage_click dead_click web_vital error error_click request search copy not_found media heatmap replay'.split(
    ' ',
  );
const TIMEOUT_MS = 240_000;

let site: TrackedSite;
let browser: Browser;
beforeAll(async () => {
  site = await openTrackedSite();
});
afterAll(() => site.close());
// A process of its own for each visit: what the one before has left does not count.
beforeEach(async () => {
  browser = await openBrowser('chromium');
});
afterEach(() => browser?.close());

const open = async (options: VisitOptions) => {
  const visit = site.visit({ isIdle: true, ...options });
  const { page } = await browser.newTab();
  if (!page) throw Error('no Chromium');
  return { visit, page, visitor: await openVisitor(page, visit, SEED) };
};

describe(`a visitor who clicks at random, seed ${SEED}`, () => {
  /** What the page holds: as it was loaded, after a while, after a long time, and after the end of the tracker. */
  const visitWith = async (captures: [string, object?][], [warmUp, actions]: [number, number]) => {
    const { visit, visitor } = await open({ captures });
    const loaded = await visitor.measure(0);
    if (captures.length) await visitor.begin();
    await visitor.act(warmUp);
    const before = await visitor.measure();
    await visitor.act(actions);
    const after = await visitor.measure();
    await visitor.stop();
    const stopped = await visitor.measure();
    return { visit, loaded, before, after, stopped };
  };
  const dom = ({ nodes, listeners }: Memory) => ({ nodes, listeners });
  let bare: Awaited<ReturnType<typeof visitWith>>;

  test(
    'leaves an app as it was that is not tracked',
    async () => {
      bare = await visitWith([], [100, 500]);
      expect([bare.before, bare.after, bare.stopped].map(dom)).toEqual(Array(3).fill(dom(bare.loaded)));
    },
    TIMEOUT_MS,
  );

  test(
    'has every capture on, and no node, listener or memory is held for it',
    async () => {
      const { visit, loaded, before, after, stopped } = await visitWith(EVERYTHING, [WARM_UP, ACTIONS]);
      expect(after.nodes).toBe(bare.loaded.nodes);
      expect(Math.abs(after.listeners - before.listeners)).toBeLessThanOrEqual(PASSING_LISTENERS);
      expect(after.heapBytes - before.heapBytes).toBeLessThan(CODE_BYTES);
      // It was about something.
      const told = visit.events().map(({ name }) => name);
      expect(TOLD.filter((name) => !told.includes(name))).toEqual([]);
      expect(told.length).toBeGreaterThan(ACTIONS / 2);
      expect(stopped.nodes).toBe(loaded.nodes);
      // Which those are says the last test.
      const most = loaded.listeners + METRICS_LISTENERS + PASSING_LISTENERS;
      expect(stopped.listeners).toBeLessThanOrEqual(most);
      expect(after.listeners).toBeGreaterThan(most + 50);
    },
    TIMEOUT_MS,
  );

  test(
    'is noticed where a capture keeps what was clicked',
    async () => {
      const { before, after, stopped } = await visitWith([...EVERYTHING, ['keeps']], [100, 400]);
      expect(after.nodes - before.nodes).toBeGreaterThan(1000);
      expect(after.heapBytes - before.heapBytes).toBeGreaterThan(CODE_BYTES);
      expect(stopped.nodes).toBe(bare.loaded.nodes);
    },
    TIMEOUT_MS,
  );
});

describe('after stop() there is no listener, timer, observer or patch', () => {
  const leftOf = async (captures: [string, object?][], before = countLeft) => {
    const { page, visitor } = await open({ captures, before });
    const left = () => page.evaluate(() => (window as unknown as CountedPage).left());
    await visitor.begin();
    await visitor.act(200);
    const during = await left();
    await visitor.stop();
    return [during, await left()] as const;
  };
  const NOTHING = { listeners: [], timers: 0, observers: [], patched: [] };

  test.each([
    ['as the browser tells of navigations', countLeft],
    [
      'by the history patch',
      `() => { Object.defineProperty(window, 'navigation', { value: undefined }); (${countLeft})(); }` as unknown as () => void,
    ],
  ])('%s', async (_, before) => {
    const [during, left] = await leftOf(
      EVERYTHING.filter(([name]) => name !== 'webVitals'),
      before,
    );
    expect(during.listeners.length).toBeGreaterThan(50);
    expect(during.observers).toEqual(expect.arrayContaining(['MutationObserver', 'PerformanceObserver']));
    expect(during.patched).toEqual(expect.arrayContaining(['fetch', 'XMLHttpRequest.open', 'registry']));
    expect(left).toEqual(NOTHING);
  });

  test('but what measures the metrics: that lives as long as the document', async () => {
    const [, alone] = await leftOf([['webVitals']]);
    const [, left] = await leftOf(EVERYTHING);
    expect(left).toEqual(alone);
    expect(left.listeners).toHaveLength(METRICS_LISTENERS);
  });
});
