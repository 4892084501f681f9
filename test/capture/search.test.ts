import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { pageViews, type SearchOptions, search, type Tracker } from '../../src/index.ts';
import { type FakePage, openPage } from '../fakes/fakePage.ts';

let page: FakePage;
let tracker: Tracker;
beforeEach(() => {
  page = openPage();
});
afterEach(async () => {
  history.replaceState(null, '', '/');
  await page.close();
});

/** As owners write it: before page views, whose page it is nevertheless on. */
async function open(path: string, options?: SearchOptions) {
  history.replaceState(null, '', path);
  tracker = page.track({ capture: [search(options), pageViews()] });
  await page.advance(0);
}
async function go(path: string) {
  history.pushState(null, '', path);
  await page.advance(200);
}
async function seen() {
  await tracker.flush();
  return page.endpoint.named('search').map(({ data }) => data);
}
const terms = async () => (await seen()).map((data) => data?.term);

test('a page whose address says what was searched for tells it', async () => {
  await open('/find?page=2&q=red+shoes%20&sort=price');
  expect(await seen()).toEqual([{ term: 'red shoes', parameter: 'q' }]);
});

test.each(['q', 's', 'query', 'search', 'keyword'])('by default in %s', async (parameter) => {
  await open(`/?${parameter}=shoes`);
  expect(await seen()).toEqual([{ term: 'shoes', parameter }]);
});

test.each(['/', '/?q=', '/?q=%20', '/?p=1', '/#q=shoes', '/?Q=shoes'])('%s is no search', async (path) => {
  await open(path);
  expect(await seen()).toEqual([]);
});

test('of several the first in the owner’s order counts', async () => {
  await open('/?find=1&for=2', { parameters: ['for', 'find'] });
  expect(await seen()).toEqual([{ term: '2', parameter: 'for' }]);
});

test('what is empty does not count', async () => {
  await open('/?q=%20&s=shoes');
  expect(await seen()).toEqual([{ term: 'shoes', parameter: 's' }]);
});

test('what visitors should not have typed there is scrubbed, and long terms are cut', async () => {
  await open('/?q=orders+of+jo@example.org+4111111111111111');
  await go(`/a?q=${'long '.repeat(100)}`);
  const [first, second] = await terms();
  expect(first).toBe('orders of :email :card');
  expect(String(second).length).toBeLessThanOrEqual(100);
});

describe('in a single-page app', () => {
  test('each new term is told, sorting and filters are not', async () => {
    await open('/find?q=shoes');
    await go('/find?q=shoes&sort=price');
    await go('/find?q=boots');
    await go('/find?q=boots#top');
    expect(await terms()).toEqual(['shoes', 'boots']);
  });

  test('the same term on another page is told again', async () => {
    await open('/find?q=shoes');
    await go('/shoes/1');
    await go('/find?q=shoes');
    await go('/sale?q=shoes');
    expect(await terms()).toEqual(['shoes', 'shoes', 'shoes']);
  });

  test('it belongs to the page that it is on', async () => {
    await open('/find?q=shoes');
    await go('/other?q=boots');
    await tracker.flush();
    const views = page.endpoint.named('page_view').map((event) => event.page);
    expect(page.endpoint.named('search').map((event) => event.page)).toEqual(views);
  });
});

test.each<[string, unknown]>([
  ['a text', 'q'],
  ['numbers', [1]],
])('%s for parameters is a mistake of which the owner is told', async (_, parameters) => {
  await open('/?q=shoes', { parameters: parameters as string[] });
  expect(page.warnings).toEqual(['beaconry: option "search.parameters" should be names of parameters']);
  expect(await terms()).toEqual(['shoes']);
});

test('stopped, no search counts', async () => {
  await open('/');
  tracker.stop();
  await page.advance(1);
  await go('/?q=shoes');
  await page.advance(10_000);
  expect(page.endpoint.named('search')).toEqual([]);
});
