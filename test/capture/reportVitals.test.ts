import { afterEach, beforeEach, expect, test } from 'vitest';
import { reportVitals } from '../../src/capture/reportVitals.ts';
import { type Capture, pageViews, type Tracker } from '../../src/index.ts';
import { type FakePage, openPage } from '../fakes/fakePage.ts';

type Metric = Parameters<Parameters<Parameters<typeof reportVitals>[0][0] & object>[0]>[0];
/** What measures tell it to. */
let reports: ((metric: Metric) => void)[];
let page: FakePage;
let tracker: Tracker;
beforeEach(() => {
  page = openPage();
  reports = [];
});
afterEach(async () => {
  history.replaceState(null, '', '/');
  await page.close();
});

/** A browser that measures what the test says. */
const measuring = (describe?: (metric: Metric) => object) =>
  reportVitals<Metric>([(report) => reports.push(report)], describe);
function open(capture: Capture = measuring()) {
  tracker = page.track({ capture: [capture, pageViews()] });
}
const measured = (name: Metric['name'], value: number, more: Partial<Metric> = {}) => {
  for (const report of reports)
    report({ name, value, rating: 'good', navigationType: 'navigate', navigationStartTime: 0, ...more } as Metric);
};
async function seen() {
  await tracker.flush();
  return page.endpoint.named('web_vital').map(({ data }) => data);
}

test('a metric is told with its rating and kind of navigation', async () => {
  open();
  measured('LCP', 1234.5678, { rating: 'needs-improvement' });
  measured('CLS', 0.123456789);
  measured('INP', 0);
  expect(await seen()).toEqual([
    { metric: 'LCP', value: 1234.6, rating: 'needs-improvement', navigation_type: 'navigate' },
    { metric: 'CLS', value: 0.12346, rating: 'good', navigation_type: 'navigate' },
    { metric: 'INP', value: 0, rating: 'good', navigation_type: 'navigate' },
  ]);
});

test('a metric is told once for each page: what it becomes after the page was hidden is not', async () => {
  open();
  measured('CLS', 0.1);
  measured('CLS', 0.2);
  measured('INP', 100);
  measured('CLS', 0.3, { navigationStartTime: 5000, navigationType: 'soft-navigation' });
  expect((await seen()).map((data) => [data?.metric, data?.value])).toEqual([
    ['CLS', 0.1],
    ['INP', 100],
    ['CLS', 0.3],
  ]);
});

test('it belongs to the page that it is about, though that may be gone when it is known', async () => {
  open();
  measured('TTFB', 100);
  history.pushState(null, '', '/next');
  await page.advance(200);
  const soft = { navigationType: 'soft-navigation', navigationStartTime: 5000 } as const;
  measured('TTFB', 0, soft);
  measured('LCP', 1000);
  history.pushState(null, '', '/last');
  await page.advance(200);
  measured('LCP', 200, soft);
  await tracker.flush();
  const views = page.endpoint.named('page_view').map((event) => event.page);
  expect(
    page.endpoint.named('web_vital').map(({ data, page }) => [data?.metric, data?.value, views.indexOf(page)]),
  ).toEqual([
    ['TTFB', 100, 0],
    ['LCP', 1000, 0],
    ['LCP', 200, 1],
  ]);
});

test('the time to the first byte is told only where bytes were asked for', async () => {
  open();
  measured('TTFB', 0, { navigationType: 'back-forward-cache', navigationStartTime: 3000 });
  measured('TTFB', 0, { navigationType: 'soft-navigation', navigationStartTime: 5000 });
  measured('TTFB', 50);
  expect((await seen()).map((data) => data?.value)).toEqual([50]);
});

test('more may be told of a metric', async () => {
  open(measuring(({ name }) => ({ more: `of ${name}` })));
  measured('FCP', 1);
  expect(await seen()).toMatchObject([{ more: 'of FCP' }]);
});

test('stopped, it tells nothing, though measuring cannot be stopped', async () => {
  open();
  tracker.stop();
  await page.advance(1);
  measured('LCP', 1);
  await page.advance(10_000);
  expect(page.endpoint.named('web_vital')).toEqual([]);
});

test('begun again for the same tracker, it measures once and goes on where it was', async () => {
  const capture = measuring();
  const emitted: unknown[] = [];
  const pages = { current: () => ({}), enter: () => ({}), readTitle() {} };
  const context = { guard: (callback: unknown) => callback, pages, emit: (...event: unknown[]) => emitted.push(event) };
  const start = () => capture(context as unknown as Parameters<Capture>[0]);
  const stop = start();
  measured('FCP', 1);
  stop();
  measured('LCP', 2);
  start();
  measured('FCP', 1);
  measured('CLS', 3);
  expect(reports).toHaveLength(1);
  expect(emitted.map((event) => (event as [string, { metric: string }])[1].metric)).toEqual(['FCP', 'CLS']);
});

test('two trackers are told of the same metrics', async () => {
  const capture = measuring();
  open(capture);
  page.track({ site: 'other', capture: [capture] });
  measured('FCP', 1);
  await page.advance(10_000);
  expect(page.endpoint.named('web_vital')).toHaveLength(2);
});
