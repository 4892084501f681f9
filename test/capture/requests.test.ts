import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { pageViews, type RequestsOptions, requests, type Tracker } from '../../src/index.ts';
import { type FakePage, openPage } from '../fakes/fakePage.ts';
import { type Entry, fakeTimeline } from '../fakes/fakeTimeline.ts';

let page: FakePage;
let tracker: Tracker;
let timeline: ReturnType<typeof fakeTimeline>;
beforeEach(() => {
  page = openPage();
  timeline = fakeTimeline();
  vi.spyOn(performance, 'now').mockImplementation(() => Date.now());
});
afterEach(async () => {
  vi.restoreAllMocks();
  history.replaceState(null, '', '/');
  await page.close();
});

function open(options?: RequestsOptions) {
  tracker = page.track({ capture: [pageViews(), requests(options)] });
}
const answered = (name: string, more: Partial<Entry> = {}) =>
  timeline.report('resource', { name, initiatorType: 'fetch', duration: 12.6, responseStatus: 200, ...more });
async function seen() {
  await tracker.flush();
  return page.endpoint.named('request').map(({ data }) => data);
}
const urls = async () => (await seen()).map((data) => data?.url);

describe('by Resource Timing', () => {
  test('requests of scripts to the own origin are told, and nothing else', async () => {
    open();
    answered('https://shop.example/api/cart?session=s3cret');
    answered('https://shop.example/api/stock', { initiatorType: 'xmlhttprequest' });
    answered('https://shop.example/logo.png', { initiatorType: 'img' });
    answered('https://shop.example/e', { initiatorType: 'beacon' });
    answered('https://shop.example/app.js', { initiatorType: 'script' });
    answered('https://other.example/api/cart');
    answered('https://shop.example.evil.example/api');
    expect(await seen()).toEqual([
      { url: 'https://shop.example/api/cart', status: 200, ms: 13, failed: false },
      { url: 'https://shop.example/api/stock', status: 200, ms: 13, failed: false },
    ]);
  });

  test('our own requests are not told', async () => {
    open();
    answered('https://shop.example/e');
    answered('https://shop.example/e?retry=1');
    expect(await seen()).toEqual([]);
  });

  test.each([
    [200, { status: 200, failed: false }],
    [304, { status: 304, failed: false }],
    [404, { status: 404, failed: true }],
    [500, { status: 500, failed: true }],
    // No answer.
    [0, { failed: true }],
    // A browser that does not say.
    [undefined, {}],
  ])('a status of %s', async (responseStatus, expected) => {
    open();
    answered('https://shop.example/api', { responseStatus });
    expect(await seen()).toEqual([{ url: 'https://shop.example/api', ms: 13, ...expected }]);
  });

  test.each([
    ['/api/orders/4711', '/api/orders/:id'],
    ['/api/orders/4711/items/8.json', '/api/orders/:id/items/:id.json'],
    ['/api/v2/orders', '/api/v2/orders'],
    ['/api/users/018f3c2e-7b1a-7c3d-9e4f-0123456789ab', '/api/users/:id'],
    ['/api/users/507f1f77bcf86cd799439011/cart', '/api/users/:id/cart'],
    ['/api/users/jo@example.org', '/api/users/:email'],
    ['/api/oauth2/callback', '/api/oauth2/callback'],
    ['/api/recommendations-for-you', '/api/recommendations-for-you'],
    ['/api/search?q=private', '/api/search'],
    ['/api/1/2/3', '/api/:id/:id/:id'],
  ])('%s is one of %s', async (address, pattern) => {
    open();
    answered(`https://shop.example${address}`);
    expect(await urls()).toEqual([`https://shop.example${pattern}`]);
  });

  test('which addresses are own is for the owner to say', async () => {
    open({ own: ['/api/', 'https://api.example', 'http://127.0.0.1:3000/', /\/graphql$/g] });
    answered('http://127.0.0.1:3000/cart/1');
    answered('https://shop.example/api/cart');
    answered('https://shop.example/other');
    answered('https://api.example/cart');
    for (let times = 0; times < 2; times++) answered('https://other.example/graphql');
    expect(await urls()).toEqual([
      'http://127.0.0.1:3000/cart/:id',
      'https://shop.example/api/cart',
      'https://api.example/cart',
      'https://other.example/graphql',
      'https://other.example/graphql',
    ]);
  });

  test.each<[string, unknown]>([
    ['a text', '/api'],
    ['a list with a number', [1]],
    ['a list with what is no address', ['http://[']],
  ])('%s for a list is a mistake of which the owner is told', async (_, own) => {
    open({ own: own as string[] });
    expect(page.warnings).toEqual(['beaconry: option "requests.own" should be a list of addresses and patterns']);
    answered('https://shop.example/api');
    expect(await urls()).toEqual(['https://shop.example/api']);
  });

  test('a page tells of a hundred, the next one of a hundred more', async () => {
    open();
    for (let times = 0; times < 150; times++) answered('https://shop.example/api');
    expect(await seen()).toHaveLength(100);
    history.pushState(null, '', '/next');
    for (let times = 0; times < 150; times++) answered('https://shop.example/api');
    expect(await seen()).toHaveLength(200);
  });

  test('stopped, it listens no more', async () => {
    open();
    expect(timeline.listening()).toBe(1);
    tracker.stop();
    await page.advance(1);
    expect(timeline.listening()).toBe(0);
  });
});

describe('with patches', () => {
  /** What the page's `fetch` does, below ours. */
  let answer: (input: RequestInfo | URL, init?: RequestInit) => Promise<Response>;
  /** The page's own function, which lets what goes to the endpoint through. */
  let own: typeof fetch;
  beforeEach(() => {
    const toEndpoint = window.fetch;
    answer = async () => new Response('fine');
    own = (input, init) => (String(input).endsWith('/e') ? toEndpoint(input, init) : answer(input, init));
    window.fetch = own;
  });

  test('the method is known, and the answer is the page’s', async () => {
    open({ patch: true });
    answered('https://shop.example/api');
    const response = await fetch('/api/orders/1', { method: 'post' });
    expect(await response.text()).toBe('fine');
    await fetch(new URL('https://shop.example/api/b'));
    await fetch(new Request('https://shop.example/api/c', { method: 'DELETE' }));
    await fetch('https://other.example/d');
    expect(await seen()).toEqual([
      { method: 'POST', url: 'https://shop.example/api/orders/:id', status: 200, ms: 0, failed: false },
      { method: 'GET', url: 'https://shop.example/api/b', status: 200, ms: 0, failed: false },
      { method: 'DELETE', url: 'https://shop.example/api/c', status: 200, ms: 0, failed: false },
    ]);
  });

  test('failures are known, and the page’s own to handle; what the page breaks off is none', async () => {
    open({ patch: true });
    const broken = new TypeError('Failed to fetch');
    answer = () => Promise.reject(broken);
    await expect(fetch('/api/a')).rejects.toBe(broken);
    answer = () => Promise.reject(new DOMException('aborted', 'AbortError'));
    await expect(fetch('/api/b')).rejects.toThrow('aborted');
    answer = async () => new Response('', { status: 503 });
    expect((await fetch('/api/c')).status).toBe(503);
    // No-cors: answered, but nobody may say how.
    answer = async () => Object.defineProperty(new Response(''), 'status', { value: 0 }) as Response;
    await fetch('/api/d');
    expect(await seen()).toEqual([
      { method: 'GET', url: 'https://shop.example/api/a', ms: 0, failed: true },
      { method: 'GET', url: 'https://shop.example/api/c', status: 503, ms: 0, failed: true },
      { method: 'GET', url: 'https://shop.example/api/d', ms: 0, failed: false },
    ]);
  });

  test('arguments and `this` reach what was there as they were given', async () => {
    const calls: unknown[][] = [];
    answer = async (...args) => {
      calls.push(args);
      return new Response();
    };
    open({ patch: true });
    const init = { headers: { a: 'b' } };
    await fetch('/api', init);
    // Nonsense is for the browser to refuse.
    await fetch(undefined as unknown as string);
    expect(calls[0]).toEqual(['/api', init]);
    expect(calls[0]?.[1]).toBe(init);
    expect(calls[1]).toEqual([undefined, undefined]);
  });

  test('are taken back', async () => {
    const { open: openRequest } = XMLHttpRequest.prototype;
    open({ patch: true });
    expect(window.fetch).not.toBe(own);
    expect(XMLHttpRequest.prototype.open).not.toBe(openRequest);
    tracker.stop();
    await page.advance(1);
    expect(window.fetch).toBe(own);
    expect(XMLHttpRequest.prototype.open).toBe(openRequest);
  });

  test('of others over ours stay, and ours goes silent below', async () => {
    open({ patch: true });
    const ours = window.fetch;
    const theirs: typeof fetch = (...args) => ours(...args);
    window.fetch = theirs;
    await fetch('/api');
    expect(await seen()).toHaveLength(1);
    tracker.stop();
    await page.advance(1);
    expect(window.fetch).toBe(theirs);
    await fetch('/api');
    await page.advance(10_000);
    expect(page.endpoint.named('request')).toHaveLength(1);
  });

  test('of ours that cannot be taken back are silent, also when ours begins again above', async () => {
    const emitted: unknown[] = [];
    const context = {
      guard: (callback: unknown) => callback,
      clock: { elapsed: () => 0 },
      pages: { current: () => ({}) },
      scrubUrl: (url: string) => url,
      emit: (...event: unknown[]) => emitted.push(event),
      endpoint: 'https://shop.example/e',
    };
    const start = () => requests({ patch: true })(context as unknown as Parameters<ReturnType<typeof requests>>[0]);
    const stop = start();
    const ours = window.fetch;
    window.fetch = (...args) => ours(...args);
    stop();
    const stopAgain = start();
    await fetch('/api');
    stopAgain();
    expect(emitted).toHaveLength(1);
  });

  test('know requests of the older kind', async () => {
    const original = XMLHttpRequest.prototype.open;
    // What happy-dom would ask of the network.
    const opened = vi.fn();
    XMLHttpRequest.prototype.open = opened;
    open({ patch: true });
    const request = new XMLHttpRequest();
    request.open('put', '/api/orders/1');
    expect(opened).toHaveBeenCalledWith('put', '/api/orders/1');
    expect(opened.mock.contexts[0]).toBe(request);
    await page.advance(25);
    Object.defineProperty(request, 'status', { value: 201, configurable: true });
    request.dispatchEvent(new Event('load'));
    const failing = new XMLHttpRequest();
    failing.open('get', '/api/orders/2');
    failing.dispatchEvent(new Event('error'));
    const aborted = new XMLHttpRequest();
    aborted.open('get', '/api/orders/3');
    aborted.dispatchEvent(new Event('abort'));
    const told = await seen();
    tracker.stop();
    await page.advance(1);
    XMLHttpRequest.prototype.open = original;
    expect(told).toMatchObject([
      { method: 'PUT', url: 'https://shop.example/api/orders/:id', status: 201, ms: 25, failed: false },
      { method: 'GET', url: 'https://shop.example/api/orders/:id', failed: true },
    ]);
  });
});
