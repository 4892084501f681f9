import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type NotFoundOptions, notFound, pageViews, type Tracker } from '../../src/index.ts';
import { type FakePage, openPage } from '../fakes/fakePage.ts';

let page: FakePage;
let tracker: Tracker;
beforeEach(() => {
  page = openPage();
});
afterEach(async () => {
  history.replaceState(null, '', '/');
  vi.restoreAllMocks();
  await page.close();
});

/** The server answered with this status when it was asked for the page. */
function answered(responseStatus: number | undefined, name = 'https://shop.example/gone') {
  vi.spyOn(performance, 'getEntriesByType').mockReturnValue([{ name, responseStatus, type: 'navigate' } as never]);
}
function open(path = '/gone', options?: NotFoundOptions) {
  history.replaceState(null, '', path);
  tracker = page.track({ capture: [notFound(options), pageViews()] });
}
async function go(path: string) {
  history.pushState(null, '', path);
  await page.advance(500);
}
async function seen() {
  await page.advance(500);
  await tracker.flush();
  return page.endpoint.named('not_found').map(({ data }) => data);
}
const TOLD = { url: 'https://shop.example/gone', referrer: '' };

test.each([404, 410])('a page answered with %i is told once', async (status) => {
  answered(status);
  document.head.innerHTML = '<meta name="beaconry:status" content="404">';
  open();
  expect(await seen()).toEqual([TOLD]);
});

test.each([200, 403, 500, 0, undefined])('a page answered with %s is there', async (status) => {
  answered(status);
  open();
  expect(await seen()).toEqual([]);
});

test('the status is told before anything else could happen', async () => {
  answered(404);
  open();
  await page.advance(0);
  page.hide();
  await page.advance(1);
  expect(page.endpoint.named('not_found')).toHaveLength(1);
});

test('says from where the visitor came', async () => {
  Object.defineProperty(document, 'referrer', { value: 'https://other.example/list?q=1', configurable: true });
  answered(404);
  open('/gone#part');
  expect(await seen()).toEqual([{ ...TOLD, referrer: 'https://other.example/list' }]);
});

describe('by its mark', () => {
  test('a page says that it is none', async () => {
    document.head.innerHTML = '<meta name="beaconry:status" content="404">';
    open();
    expect(await seen()).toEqual([TOLD]);
  });

  test.each(['<meta name="beaconry:status" content="200">', '<meta name="status" content="404">'])(
    '%s says nothing of the kind',
    async (html) => {
      document.head.innerHTML = html;
      open();
      expect(await seen()).toEqual([]);
    },
  );
});

describe('by the owner’s word', () => {
  const options: NotFoundOptions = { when: (title) => title === 'Oops' };

  test('a title tells it', async () => {
    open('/gone', options);
    // The app takes a moment.
    await page.advance(100);
    document.title = 'Oops';
    expect(await seen()).toEqual([TOLD]);
  });

  test('other titles do not', async () => {
    open('/gone', options);
    expect(await seen()).toEqual([]);
  });

  test('a word that is none is a mistake of which the owner is told', async () => {
    open('/gone', { when: /oops/ as unknown as () => boolean });
    expect(page.warnings).toEqual(['beaconry: option "notFound.when" should be a function']);
    expect(await seen()).toEqual([]);
  });

  test('an error in it harms nothing', async () => {
    open('/gone', {
      when() {
        throw Error('of the owner');
      },
    });
    expect(await seen()).toEqual([]);
  });
});

describe('in a single-page app', () => {
  test('the status is that of the document, not of the next view', async () => {
    answered(404);
    open();
    await page.advance(500);
    await go('/shoes');
    await go('/boots');
    expect(await seen()).toHaveLength(1);
  });

  test('each view is asked, once it had time to show', async () => {
    open('/');
    await page.advance(500);
    history.pushState(null, '', '/gone');
    await page.advance(200);
    document.head.innerHTML = '<meta name="beaconry:status" content="404">';
    await page.advance(500);
    history.pushState(null, '', '/shoes');
    await page.advance(200);
    document.head.innerHTML = '';
    expect(await seen()).toEqual([{ ...TOLD, referrer: 'https://shop.example/' }]);
  });

  test('coming back to a page that is none counts again', async () => {
    document.head.innerHTML = '<meta name="beaconry:status" content="404">';
    open();
    await page.advance(500);
    await go('/gone/2');
    expect(await seen()).toHaveLength(2);
  });
});

test('stopped, nothing is told', async () => {
  document.head.innerHTML = '<meta name="beaconry:status" content="404">';
  open();
  await page.advance(100);
  tracker.stop();
  await page.advance(1);
  expect(vi.getTimerCount()).toBe(0);
  await page.advance(10_000);
  expect(page.endpoint.named('not_found')).toEqual([]);
});
