import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { pageViews, type Tracker, visibility } from '../../src/index.ts';
import { type FakePage, openPage } from '../fakes/fakePage.ts';

let page: FakePage;
let tracker: Tracker;
beforeEach(() => {
  page = openPage();
  const start = Date.now();
  vi.spyOn(performance, 'now').mockImplementation(() => 1000 + Date.now() - start);
});
afterEach(async () => {
  await page.close();
  vi.restoreAllMocks();
});

const open = () => {
  tracker = page.track({ capture: [pageViews(), visibility()] });
};
async function seen() {
  await tracker.flush();
  return page.endpoint.named('visibility').map(({ data }) => data);
}

test('a page that is hidden and shown again says so, and how long it was what it was before', async () => {
  open();
  await page.advance(3000);
  page.hide();
  await page.advance(500);
  page.show();
  await page.advance(250);
  page.hide();
  expect(await seen()).toEqual([
    { state: 'hidden', ms: 3000 },
    { state: 'visible', ms: 500 },
    { state: 'hidden', ms: 250 },
  ]);
});

test('a page that is left was hidden by that, once', async () => {
  open();
  await page.advance(1000);
  page.leave();
  expect(await seen()).toEqual([{ state: 'hidden', ms: 1000 }]);
});

test('a page that is left says so before the browser hides it', async () => {
  open();
  await page.advance(6000);
  page.endpoint.requests.length = 0;
  window.dispatchEvent(new Event('pagehide'));
  expect(page.endpoint.requests.map(({ batch }) => batch.events.map(({ name }) => name))).toEqual([['visibility']]);
  page.hide();
  expect(await seen()).toHaveLength(1);
});

test('a page that begins in a background tab was hidden until it is shown', async () => {
  Object.defineProperty(document, 'hidden', { value: true, configurable: true });
  open();
  await page.advance(700);
  page.show();
  expect(await seen()).toEqual([{ state: 'visible', ms: 700 }]);
});

test('a page that was prepared before it was opened was never hidden', async () => {
  const show = page.prerender();
  Object.defineProperty(document, 'hidden', { value: true, configurable: true });
  open();
  await page.advance(9000);
  page.show();
  show();
  await page.advance(100);
  page.hide();
  expect(await seen()).toEqual([{ state: 'hidden', ms: 100 }]);
});

test('stopped, nothing is told', async () => {
  open();
  await page.advance(6000);
  page.endpoint.requests.length = 0;
  tracker.stop();
  await page.advance(1);
  page.hide();
  await page.advance(10_000);
  expect(page.endpoint.requests).toHaveLength(0);
});
