import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type PageViewsOptions, pageViews } from '../../src/index.ts';
import type { Page } from '../../src/protocol/event.ts';
import { type FakePage, openPage } from '../fakes/fakePage.ts';

let page: FakePage;
beforeEach(() => {
  page = openPage('https://shop.example/start');
});
afterEach(() => page.close());

const open = (options?: PageViewsOptions) => page.track({ capture: [pageViews(options)] });
/** The page views so far, each with the page it speaks of. */
async function views() {
  await page.advance(6000);
  const pages: Record<string, Omit<Page, 'id'>> = Object.assign(
    {},
    ...page.endpoint.requests.map(({ batch }) => batch.pages),
  );
  return page.endpoint.named('page_view').map((event) => ({
    kind: event.data?.kind,
    at: event.at,
    id: String(event.page),
    ...(pages[String(event.page)] as Omit<Page, 'id'>),
  }));
}
const urls = async () => (await views()).map(({ url }) => url.replace('https://shop.example', ''));
const referFrom = (url: string) => Object.defineProperty(document, 'referrer', { value: url, configurable: true });
const loadedBy = (type: string) =>
  vi.spyOn(performance, 'getEntriesByType').mockReturnValue([{ type }] as unknown as PerformanceNavigationTiming[]);

describe('a page load', () => {
  test('is one view, and leaves within 250 ms', async () => {
    open();
    await page.advance(250);
    expect(page.endpoint.named('page_view')).toHaveLength(1);
    expect(await views()).toMatchObject([{ kind: 'load', title: 'Shop', url: 'https://shop.example/start' }]);
  });

  test('says where the visitor came from, scrubbed', async () => {
    referFrom('https://search.example/find?q=secret&utm_source=a#x');
    open();
    expect(await views()).toMatchObject([{ referrer: 'https://search.example/find?utm_source=a' }]);
  });

  test('without a referrer came from nowhere', async () => {
    open();
    expect(await views()).toMatchObject([{ referrer: '' }]);
  });

  test.each([
    ['navigate', 'load'],
    ['reload', 'load'],
    ['back_forward', 'back_forward'],
  ])('by %s is of kind %s', async (type, kind) => {
    const spy = loadedBy(type);
    open();
    spy.mockRestore();
    expect(await views()).toMatchObject([{ kind }]);
  });

  test('whose title has not been parsed yet waits for it', async () => {
    Object.defineProperty(document, 'readyState', { value: 'loading', configurable: true });
    document.title = '';
    open();
    await page.advance(100);
    document.title = 'Parsed';
    document.dispatchEvent(new Event('DOMContentLoaded'));
    expect(await views()).toMatchObject([{ title: 'Parsed', at: Date.UTC(2025, 5, 10, 12) }]);
  });

  test('loses what is personal in its title', async () => {
    document.title = 'Account of jo@example.org';
    open();
    expect(await views()).toMatchObject([{ title: 'Account of :email' }]);
  });

  test('events that follow happen on its page', async () => {
    const tracker = open();
    tracker.track('a');
    const [view] = await views();
    expect(page.endpoint.named('a')[0]?.page).toBe(view?.id);
  });
});

describe('an app that changes the address', () => {
  test('views a page with each new path, coming from the one before', async () => {
    open();
    await page.advance(1000);
    history.pushState({}, '', '/one');
    await page.advance(1000);
    history.replaceState({}, '', '/two');
    expect(await views()).toMatchObject([
      { kind: 'load', url: 'https://shop.example/start' },
      { kind: 'navigation', url: 'https://shop.example/one', referrer: 'https://shop.example/start' },
      { kind: 'navigation', url: 'https://shop.example/two', referrer: 'https://shop.example/one' },
    ]);
  });

  test.each<[string, () => void]>([
    ['a changed query', () => history.replaceState({}, '', '?page=2')],
    ['a pushed query', () => history.pushState({}, '', '?page=2')],
    ['a fragment', () => history.pushState({}, '', '#section')],
    ['a hash route, unless asked for', () => history.pushState({}, '', '#/route')],
    ['new state under the same address', () => history.pushState({ step: 2 }, '')],
    ['the same path again', () => history.pushState({}, '', '/start')],
    ['the back button without another path', () => window.dispatchEvent(new Event('popstate'))],
  ])('%s is no new page', async (_, change) => {
    open();
    await page.advance(1000);
    change();
    expect(await urls()).toEqual(['/start']);
  });

  test('back and forward are views', async () => {
    open();
    history.pushState({}, '', '/one');
    await page.advance(1000);
    page.at('https://shop.example/start');
    window.dispatchEvent(new Event('popstate'));
    expect(await urls()).toEqual(['/start', '/one', '/start']);
  });

  test('that pushes and redirects at once views each, or the last, and ends where the visitor is', async () => {
    open();
    await page.advance(1000);
    history.pushState({}, '', '/old');
    history.replaceState({}, '', '/new');
    const seen = await urls();
    expect(seen.at(-1)).toBe('/new');
    expect(new Set(seen).size).toBe(seen.length);
  });

  test('and then the title: the view waits for it, and keeps its own time', async () => {
    open();
    await page.advance(1000);
    history.pushState({}, '', '/one');
    const at = Date.now();
    await page.advance(5);
    document.title = 'One';
    expect((await views())[1]).toMatchObject({ title: 'One', at });
  });

  test('and sets no title: the view does not wait for long', async () => {
    open();
    await page.advance(1000);
    history.pushState({}, '', '/one');
    await page.advance(301);
    page.leave();
    expect(page.endpoint.requests.flatMap(({ batch }) => batch.events.map(({ name }) => name))).toEqual([
      'page_view',
      'page_view',
    ]);
  });

  test('an event that happens while the title is awaited happens on the new page, after its view', async () => {
    const tracker = open();
    await page.advance(1000);
    history.pushState({}, '', '/one');
    tracker.track('a');
    await page.advance(5);
    document.title = 'One';
    const [, view] = await views();
    const [event] = page.endpoint.named('a');
    expect(event?.page).toBe(view?.id);
    expect(view?.title).toBe('One');
    const ids = page.endpoint.events().map(({ id, name }) => [id, name]);
    expect(ids.sort().map(([, name]) => name)).toEqual(['page_view', 'page_view', 'a']);
  });

  test('and is left before the title came: the view is sent all the same', async () => {
    open();
    await page.advance(1000);
    history.pushState({}, '', '/one');
    page.leave();
    expect(page.endpoint.requests.at(-1)?.keepalive).toBe(true);
    expect(page.endpoint.requests.at(-1)?.batch.events).toMatchObject([
      { name: 'page_view', data: { kind: 'navigation' } },
    ]);
  });

  test('twice in a row: each view has its own page and time', async () => {
    open();
    await page.advance(1000);
    history.pushState({}, '', '/one');
    history.pushState({}, '', '/two');
    const seen = await views();
    expect(seen.map(({ url }) => url)).toEqual([
      'https://shop.example/start',
      'https://shop.example/one',
      'https://shop.example/two',
    ]);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(3);
  });

  test('with a title in which nothing but the navigation’s own view changes, no view is counted twice', async () => {
    open();
    await page.advance(1000);
    history.pushState({}, '', '/one');
    await page.advance(5);
    document.title = 'One';
    await page.advance(5);
    document.title = 'One (2)';
    await page.advance(1000);
    expect(await urls()).toEqual(['/start', '/one']);
  });

  test('what it passes to history arrives, and what history throws comes back', () => {
    open();
    history.pushState({ mine: 1 }, '', '/one');
    expect(history.state).toEqual({ mine: 1 });
    expect(() => history.pushState({}, '', 'http://[broken')).toThrow();
  });
});

describe('hash routes', () => {
  test('are pages where the owner says so', async () => {
    open({ hash: true });
    await page.advance(1000);
    history.pushState({}, '', '#/one');
    await page.advance(1000);
    page.at('https://shop.example/start#!/two');
    window.dispatchEvent(new Event('hashchange'));
    await page.advance(1000);
    history.pushState({}, '', '#section');
    expect((await urls()).slice(0, 3)).toEqual(['/start', '/start#/one', '/start#!/two']);
  });

  test('a changed query within a route is no new page', async () => {
    page.at('https://shop.example/start#/one?page=1');
    open({ hash: true });
    await page.advance(1000);
    history.pushState({}, '', '#/one?page=2');
    expect(await urls()).toEqual(['/start#/one']);
  });

  test('lose their secrets', async () => {
    page.at('https://shop.example/start#/reset/abc123');
    open({ hash: true });
    expect(await urls()).toEqual(['/start#/reset/:token']);
  });
});

describe('coming back', () => {
  test('from the back/forward cache is a view of its own, from where the page was opened', async () => {
    referFrom('https://search.example/');
    open();
    await page.advance(1000);
    page.leave();
    await page.advance(60_000);
    page.comeBack();
    expect(await views()).toMatchObject([
      { kind: 'load', referrer: 'https://search.example/' },
      { kind: 'bfcache', url: 'https://shop.example/start', at: Date.UTC(2025, 5, 10, 12) + 61_000 },
    ]);
  });

  test('to a tab that was hidden is none', async () => {
    open();
    await page.advance(1000);
    page.hide();
    page.show();
    expect(await urls()).toEqual(['/start']);
  });

  test('the first pageshow of a load is none', async () => {
    open();
    window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: false }));
    expect(await urls()).toEqual(['/start']);
  });
});

describe('a prerendered page', () => {
  test('is viewed when it is shown, as of then, once', async () => {
    const activate = page.prerender();
    open();
    await page.advance(60_000);
    expect(page.endpoint.requests).toHaveLength(0);
    document.title = 'Ready';
    activate();
    expect(await views()).toMatchObject([
      { kind: 'prerender', title: 'Ready', at: Date.UTC(2025, 5, 10, 12) + 60_000 },
    ]);
  });

  test('that is never shown is never viewed', async () => {
    page.prerender();
    open();
    await page.advance(60_000);
    page.leave();
    await page.advance(60_000);
    expect(page.endpoint.requests).toHaveLength(0);
  });
});

describe('stopped', () => {
  test('history is as it was, and nothing is viewed any more', async () => {
    const { pushState, replaceState } = history;
    const tracker = open();
    expect(history.pushState).not.toBe(pushState);
    tracker.stop();
    await page.advance(1);
    expect([history.pushState, history.replaceState]).toEqual([pushState, replaceState]);
    expect(history.pushState).toBe(pushState);
    const { length } = page.endpoint.requests;
    history.pushState({}, '', '/one');
    window.dispatchEvent(new Event('popstate'));
    page.comeBack();
    await page.advance(60_000);
    expect(page.endpoint.requests).toHaveLength(length);
  });

  test('two sites on one page share the patch, and the last takes it off', async () => {
    const { pushState } = history;
    const one = page.track({ site: 'one', capture: [pageViews()] });
    const two = page.track({ site: 'two', capture: [pageViews()] });
    one.stop();
    await page.advance(1);
    history.pushState({}, '', '/one');
    await page.advance(1000);
    await two.flush();
    expect(page.endpoint.requests.filter(({ batch }) => batch.site === 'two').flatMap(({ ids }) => ids)).toHaveLength(
      2,
    );
    two.stop();
    await page.advance(1);
    expect(history.pushState).toBe(pushState);
  });

  test('a browser with the Navigation API keeps its history as it is', async () => {
    const { pushState } = history;
    const navigation = new EventTarget();
    Object.assign(window, { navigation });
    open();
    await page.advance(1000);
    expect(history.pushState).toBe(pushState);
    history.pushState({}, '', '/one');
    navigation.dispatchEvent(new Event('currententrychange'));
    const seen = await urls();
    Reflect.deleteProperty(window, 'navigation');
    expect(seen).toEqual(['/start', '/one']);
  });
});
