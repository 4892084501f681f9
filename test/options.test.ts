import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createTracker, type TrackerOptions } from '../src/index.ts';
import { type FakePage, openPage } from './fakes/fakePage.ts';

let page: FakePage;
beforeEach(() => {
  page = openPage();
});
afterEach(() => page.close());

describe('options', () => {
  test('that are right are taken without a word', async () => {
    const tracker = page.track({
      endpoint: 'https://stats.example.org/e',
      site: 'shop',
      consent: 'granted',
      privacy: 'balanced',
      capture: [],
      batch: { size: 5, intervalMs: 100 },
      session: { idleMs: 1000, maxMs: 5000 },
      beforeSend: (event) => event,
      headers: { 'X-Key': '1' },
      onError: () => {},
      debug: false,
    });
    tracker.track('a');
    await tracker.flush();
    expect(page.warnings).toEqual([]);
    expect(page.endpoint.requests[0]?.url).toBe('https://stats.example.org/e');
  });

  test('that are undefined are as if not given', async () => {
    page
      .track({ site: undefined, consent: undefined, privacy: undefined, batch: undefined, debug: undefined })
      .track('a');
    await page.advance(250);
    expect(page.warnings).toEqual([]);
    expect(page.endpoint.requests[0]?.batch).toMatchObject({ site: 'default', consent: 'cookieless' });
  });

  test('without any, nothing is kept on the device and events leave', async () => {
    const tracker = createTracker({ endpoint: '/e' });
    tracker.track('a');
    await page.advance(250);
    tracker.stop();
    expect(page.endpoint.requests[0]?.batch).toMatchObject({ site: 'default', consent: 'cookieless' });
    expect(localStorage.length).toBe(0);
  });

  const wrong: [string, unknown][] = [
    ['site', 7],
    ['site', ''],
    ['site', null],
    ['consent', 'yes'],
    ['consent', true],
    ['consent', null],
    ['privacy', 'none'],
    ['privacy', 0],
    ['capture', 'clicks'],
    ['capture', {}],
    ['outbox', 'memory'],
    ['outbox', {}],
    ['delivery', 'exactly-once'],
    ['delivery', 1],
    ['batch', 10],
    ['batch', []],
    ['batch.size', '10'],
    ['batch.size', 0],
    ['batch.size', -1],
    ['batch.size', Number.NaN],
    ['batch.intervalMs', 'soon'],
    ['batch.intervalMs', Number.NaN],
    ['batch.intervalMs', -5],
    ['session', '30m'],
    ['session.idleMs', '30'],
    ['session.maxMs', -1],
    ['beforeSend', {}],
    ['headers', 'X-Key: 1'],
    ['headers', []],
    ['wire', 'beaconry'],
    ['onError', 'log'],
    ['debug', 'yes'],
    ['debug', 1],
    ['colour', 'red'],
    ['batch.colour', 'red'],
    ['toString', () => ''],
    ['constructor', {}],
    ['hasOwnProperty', 1],
  ];
  test.each(wrong)('"%s": %j is said once, and the default holds', async (name, value) => {
    const [outer, inner] = name.split('.') as [string, string?];
    const given = { [outer]: inner ? { [inner]: value } : value } as Partial<TrackerOptions>;
    const tracker = page.track(given);
    expect(page.warnings).toHaveLength(1);
    expect(page.warnings[0]).toContain(`"${name}"`);
    for (let index = 0; index < 9; index++) tracker.track('a');
    await page.advance(150);
    // No batch of one, no interval of 0 ms.
    expect(page.endpoint.requests).toHaveLength(0);
    await page.advance(100);
    expect(page.endpoint.events()).toHaveLength(9);
    const { site, consent } = page.endpoint.requests[0]?.batch ?? {};
    expect([site, consent]).toEqual([
      name === 'site' ? 'default' : 'shop',
      name === 'consent' ? 'cookieless' : 'granted',
    ]);
    expect(page.warnings).toHaveLength(1);
  });

  test('each mistake has a warning of its own', () => {
    page.track({ site: 7, colour: 1, batch: { size: '1', shape: 2 } } as unknown as TrackerOptions);
    expect(page.warnings).toHaveLength(4);
    for (const name of ['site', 'colour', 'batch.size', 'batch.shape']) {
      expect(page.warnings.filter((text) => text.includes(`"${name}"`))).toHaveLength(1);
    }
  });

  test.each<[string, unknown]>([
    ['missing', undefined],
    ['null', null],
    ['empty', ''],
    ['a number', 7],
    ['an object', {}],
    ['without a slash', 'stats.example.org'],
    ['a script', 'javascript:alert(1)'],
    ['data', 'data:text/plain,1'],
    ['a file', 'file:///etc/passwd'],
    ['with a password', 'https://user:secret@stats.example.org/e'],
    ['broken', 'https://'],
    ['another broken one', 'http://[::1'],
  ])('an endpoint that is %s gives a tracker that does nothing', async (_, endpoint) => {
    const added = vi.spyOn(EventTarget.prototype, 'addEventListener');
    let started = 0;
    const tracker = createTracker({
      endpoint: endpoint as string,
      consent: 'granted',
      capture: [
        () => {
          started++;
          return () => {};
        },
      ],
    });
    tracker.track('a');
    tracker.page();
    tracker.identify('a');
    tracker.group('a');
    tracker.set({ a: 1 });
    tracker.reset();
    tracker.on('event', () => {})();
    expect(await tracker.flush()).toEqual({ sent: 0, pending: 0 });
    expect(tracker.stats()).toEqual({ accepted: 0, acknowledged: 0, pending: 0, dropped: {}, durable: false });
    expect(tracker.session.id).toBeUndefined();
    tracker.stop();
    page.leave();
    await page.advance(10_000);
    expect(page.endpoint.requests).toHaveLength(0);
    expect(localStorage.length).toBe(0);
    expect(started).toBe(0);
    expect(added).not.toHaveBeenCalled();
    added.mockRestore();
    expect(page.warnings.length).toBeGreaterThanOrEqual(1);
    expect(page.warnings.join()).toContain('"endpoint"');
    expect(page.warnings).toHaveLength(1);
  });

  test.each<[string, string]>([
    ['/e', 'https://shop.example/e'],
    ['/', 'https://shop.example/'],
    ['//stats.example.org/e', 'https://stats.example.org/e'],
    ['https://stats.example.org/e?key=1', 'https://stats.example.org/e?key=1'],
    ['HTTPS://Stats.example.org/e', 'https://stats.example.org/e'],
  ])('the endpoint %s is %s', async (endpoint, url) => {
    page.track({ endpoint }).track('a');
    await page.advance(250);
    expect(page.endpoint.requests.map((request) => request.url)).toEqual([url]);
  });

  test('a relative endpoint stays where it was when the app changes the address', async () => {
    page.at('https://shop.example/deep/page');
    const tracker = page.track({ endpoint: '/e' });
    tracker.track('a');
    page.at('https://shop.example/other');
    await page.advance(250);
    expect(page.endpoint.requests[0]?.url).toBe('https://shop.example/e');
  });

  test('`__proto__` in options changes no prototype and configures nothing', async () => {
    const given = JSON.parse(
      '{"__proto__": {"consent": "granted", "polluted": 1}, "batch": {"__proto__": {"size": 1}}}',
    );
    const tracker = createTracker({ endpoint: '/e', ...given });
    const direct = createTracker(
      Object.assign(JSON.parse('{"__proto__": {"consent": "granted"}}'), { endpoint: '/e2' }),
    );
    tracker.track('a');
    direct.track('a');
    await page.advance(250);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(page.endpoint.requests.map(({ batch }) => batch.consent)).toEqual(['cookieless', 'cookieless']);
    tracker.stop();
    direct.stop();
  });

  test('that change after the start change nothing', async () => {
    const options: TrackerOptions = { endpoint: '/e', site: 'mine', consent: 'cookieless', batch: { size: 10 } };
    const tracker = createTracker(options);
    options.site = 'yours';
    options.consent = 'granted';
    tracker.track('a');
    await page.advance(250);
    tracker.stop();
    expect(page.endpoint.requests[0]?.batch).toMatchObject({ site: 'mine', consent: 'cookieless' });
  });
});

describe('debug', () => {
  const said = () => {
    const debug = vi.spyOn(console, 'debug').mockImplementation(() => {});
    return {
      debug,
      topics: () =>
        debug.mock.calls.map((call) => call.find((word) => /^(session|event|delivery)$/.test(String(word)))),
    };
  };

  test('logs events and deliveries', async () => {
    const { debug, topics } = said();
    const tracker = page.track({ debug: true });
    tracker.track('a');
    await tracker.flush();
    expect(topics()).toEqual(['session', 'event', 'delivery']);
    debug.mockRestore();
  });

  test.each<[string, number]>([
    ['https://shop.example/?beaconry_debug', 3],
    ['https://shop.example/?a=1&beaconry_debug=1', 3],
    ['https://shop.example/?not_beaconry_debug', 0],
    ['https://shop.example/beaconry_debug', 0],
    ['https://shop.example/', 0],
  ])('at %s logs %i lines', async (url, lines) => {
    const { debug } = said();
    page.at(url);
    const tracker = page.track();
    tracker.track('a');
    await tracker.flush();
    expect(debug).toHaveBeenCalledTimes(lines);
    debug.mockRestore();
  });
});
