import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ConsentApi, Tracker } from '../src/index.ts';
import { openCookieJar } from './fakes/cookieJar.ts';
import { type FakePage, openPage } from './fakes/fakePage.ts';

let page: FakePage;
const site = window as { beaconry?: unknown };
beforeEach(() => {
  page = openPage();
});
afterEach(async () => {
  (site.beaconry as Tracker | undefined)?.stop?.();
  await page.advance(1);
  delete site.beaconry;
  Reflect.deleteProperty(document, 'currentScript');
  await page.close();
});

/** Runs the script as the browser runs `<script src="beaconry.js" …attributes>`. */
async function run(attributes = 'data-endpoint="/e" data-site="shop" data-consent="granted"') {
  const box = document.createElement('div');
  box.innerHTML = `<script ${attributes}></script>`;
  Object.defineProperty(document, 'currentScript', { value: box.firstElementChild, configurable: true });
  vi.resetModules();
  await import('../src/script.ts');
  return site.beaconry as Tracker;
}
const stub = (...q: unknown[]) => {
  site.beaconry = { q };
};
const arrived = async () => {
  await page.advance(6000);
  return page.endpoint.events();
};

describe('the script tag', () => {
  test('with an endpoint is enough: the page is viewed, and `beaconry` tracks', async () => {
    const tracker = await run();
    tracker.track('signup', { plan: 'team' });
    expect((await arrived()).map(({ name, data }) => [name, data])).toEqual([
      ['page_view', { kind: 'load' }],
      ['signup', { plan: 'team' }],
    ]);
    expect(page.endpoint.requests[0]).toMatchObject({
      url: 'https://shop.example/e',
      batch: { site: 'shop', consent: 'granted' },
    });
    expect(page.warnings).toEqual([]);
  });

  test('hears clicks', async () => {
    await run();
    const button = document.body.appendChild(document.createElement('button'));
    const event = new MouseEvent('click', { bubbles: true, composed: true });
    Object.defineProperty(event, 'isTrusted', { value: true });
    button.dispatchEvent(event);
    await arrived();
    expect(page.endpoint.named('click')).toHaveLength(1);
  });

  test('an experiment is told once per session', async () => {
    const tracker = await run('data-endpoint="/e" data-consent="granted" data-capture="pageViews"');
    for (const variant of ['a', 'a', 'b']) tracker.track('experiment', { name: 'words', variant });
    await arrived();
    expect(page.endpoint.named('experiment').map(({ data }) => data?.variant)).toEqual(['a', 'b']);
    expect(tracker.stats().dropped).toEqual({ filtered: 1 });
  });

  test('data-capture says what is watched', async () => {
    await run('src="https://cdn.example/b/beaconry.js" data-endpoint="/e" data-capture="pageViews"');
    await arrived();
    page.hide();
    await arrived();
    expect(page.endpoint.events().map(({ name }) => name)).toEqual(['page_view']);
  });

  test('data-consent="ask" asks, holds what happens, and answers to the old calls too', async () => {
    const jar = openCookieJar();
    const tracker = (await run('data-endpoint="/e" data-consent="ask" data-privacy-policy-url="/data"')) as Tracker & {
      consent: ConsentApi;
    };
    tracker.track('a');
    await page.advance(3000);
    expect(page.endpoint.requests).toHaveLength(0);
    const { UserTracker } = window as unknown as {
      UserTracker: { consent: ConsentApi; track(name: string): void; getSessionId(): string | undefined };
    };
    UserTracker.consent.give(true);
    expect([UserTracker.consent.hasConsent(), tracker.consent.get('analytics')]).toEqual([true, 'granted']);
    UserTracker.track('b');
    expect(UserTracker.getSessionId()).toBe(tracker.session.id);
    await arrived();
    expect(page.endpoint.events().map(({ name }) => name)).toEqual(['page_view', 'a', 'consent', 'b']);
    UserTracker.consent.revoke();
    expect([UserTracker.consent.hasConsent(), UserTracker.getSessionId()]).toEqual([false, undefined]);
    expect(page.warnings).toEqual([]);
    delete (window as { UserTracker?: unknown }).UserTracker;
    jar.close();
  });

  test.each([
    ['', 'auto'],
    ['data-banner="manual"', 'manual'],
    ['data-banner="false"', false],
  ])('data-consent="ask" %s has the banner %j', async (attribute, banner) => {
    const policy = 'data-privacy-policy-url="/data"';
    const { consent } = (await run(`data-endpoint="/e" data-consent="ask" ${policy} ${attribute}`)) as Tracker & {
      consent: ConsentApi;
    };
    expect([consent.options.banner, page.warnings]).toEqual([banner, []]);
    delete (window as { UserTracker?: unknown }).UserTracker;
  });

  test('without attributes but the endpoint keeps nothing on the device', async () => {
    await run('data-endpoint="/e"');
    await arrived();
    expect(page.endpoint.requests[0]?.batch).toMatchObject({ site: 'default', consent: 'cookieless' });
    expect(localStorage.length).toBe(0);
    expect(page.warnings).toEqual([]);
  });

  test.each(['', 'data-site="shop"', 'data-endpoint=""'])(
    'without an endpoint (%s) does nothing, and says so once',
    async (attributes) => {
      const tracker = await run(attributes);
      expect(() => tracker.track('a')).not.toThrow();
      await page.advance(6000);
      expect(page.endpoint.requests).toHaveLength(0);
      expect(page.warnings).toHaveLength(1);
      expect(page.warnings[0]).toContain('"endpoint"');
    },
  );

  test('takes every scalar option', async () => {
    const debug = vi.spyOn(console, 'debug').mockImplementation(() => {});
    page.at('https://shop.example/#/route');
    const tracker = await run(
      'data-endpoint="/e" data-site="s" data-consent="granted" data-privacy="balanced" data-debug data-hash data-text ' +
        'data-batch-size="3" data-batch-interval="700" data-session-idle="60000" data-session-max="90000"',
    );
    expect(page.warnings).toEqual([]);
    await page.advance(250);
    tracker.track('a');
    tracker.track('b');
    await page.advance(600);
    expect(page.endpoint.requests).toHaveLength(1);
    await page.advance(150);
    expect(page.endpoint.requests).toHaveLength(2);
    for (const name of ['c', 'd', 'e']) tracker.track(name);
    await page.advance(2);
    expect(page.endpoint.requests).toHaveLength(3);
    const { id } = tracker.session;
    await page.advance(61_000);
    tracker.track('late');
    expect(tracker.session.id).not.toBe(id);
    const [view] = page.endpoint.named('page_view');
    expect(page.endpoint.requests[0]?.batch.pages[String(view?.page)]?.url).toBe('https://shop.example/#/route');
    expect(view?.visitor).toBeTruthy();
    expect(debug).toHaveBeenCalled();
    debug.mockRestore();
  });

  test.each(['data-debug="false"', ''])('%s is silent', async (attribute) => {
    const debug = vi.spyOn(console, 'debug').mockImplementation(() => {});
    await run(`data-endpoint="/e" ${attribute}`);
    await arrived();
    expect(debug).not.toHaveBeenCalled();
    debug.mockRestore();
  });

  test.each([
    ['data-batch-size="many"', 'batch.size'],
    ['data-batch-interval="-1"', 'batch.intervalMs'],
    ['data-session-idle="0"', 'session.idleMs'],
    ['data-consent="yes"', 'consent'],
    ['data-privacy="none"', 'privacy'],
    ['data-delivery="once"', 'delivery'],
    ['data-site=""', 'site'],
  ])('%s is said once, and the default holds', async (attribute, name) => {
    await run(`data-endpoint="/e" ${attribute}`);
    expect(page.warnings).toHaveLength(1);
    expect(page.warnings[0]).toContain(`"${name}"`);
    await page.advance(250);
    expect(page.endpoint.events()).toHaveLength(1);
  });

  test('twice on a page is one tracker and one view', async () => {
    await run();
    const second = await run();
    await arrived();
    expect(page.endpoint.named('page_view')).toHaveLength(1);
    second.track('a');
    await arrived();
    expect(page.endpoint.named('a')).toHaveLength(1);
    expect(page.warnings).toEqual([]);
  });

  test('bundled into a module, where no script is current, does nothing', async () => {
    vi.resetModules();
    await import('../src/script.ts');
    await page.advance(6000);
    expect(site.beaconry).toBeUndefined();
    expect(page.endpoint.requests).toHaveLength(0);
  });
});

describe('calls made before the file arrived', () => {
  test('are made up for, in order, as of their own time', async () => {
    const at = Date.now();
    stub(['track', at - 3000, 'a', { n: 1 }], ['identify', at - 2000, 'user-1'], ['track', at - 1000, 'b']);
    const tracker = await run();
    tracker.track('c');
    const events = (await arrived()).filter(({ name }) => name !== 'page_view');
    expect(events.map((event) => [event.name, event.at, event.user])).toEqual([
      ['a', at - 3000, undefined],
      ['identify', at - 2000, 'user-1'],
      ['b', at - 1000, 'user-1'],
      ['c', at, 'user-1'],
    ]);
    expect(events[0]?.data).toEqual({ n: 1 });
  });

  test('of every method', async () => {
    const at = Date.now() - 500;
    stub(
      ['set', at, { theme: 'dark' }],
      ['group', at, 'acme', { size: 3 }],
      ['page', at, { section: 'x' }],
      ['track', at, 'a'],
    );
    await run();
    const events = await arrived();
    expect(events.find(({ name }) => name === 'a')?.data).toEqual({ theme: 'dark', group: 'acme' });
    expect(events.find(({ name }) => name === 'group')?.data).toMatchObject({ traits: { size: 3 } });
    expect(events.find(({ name, data }) => name === 'page_view' && data?.section === 'x')?.at).toBe(at);
  });

  test('keep a time that the caller gave', async () => {
    stub(['track', Date.now(), 'a', {}, { at: 1_700_000_000_000 }]);
    await run();
    await arrived();
    expect(page.endpoint.named('a')[0]?.at).toBe(1_700_000_000_000);
  });

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['a number', 7],
    ['an element of the page with that id', document.createElement('div')],
    ['no queue', {}],
    ['a queue that is none', { q: 7 }],
    ['a queue of null', { q: null }],
    ['junk in the queue', { q: [null, undefined, 7, 'track', [], {}, [7], ['nothing', 1], ['constructor', 1, 'x']] }],
    [
      'a method of objects',
      {
        q: [
          ['__proto__', 1],
          ['toString', 1],
          ['hasOwnProperty', 1, 'a'],
          ['valueOf', 1],
        ],
      },
    ],
    ['what is no method', { q: [['session', 1, 'a']] }],
    ['a track without a name', { q: [['track', 1]] }],
    [
      'a track without a time',
      {
        q: [
          ['track', undefined, 'x'],
          ['track', 'soon', 'y'],
        ],
      },
    ],
  ])('%s harms nothing: the tracker works', async (_, junk) => {
    site.beaconry = junk;
    const tracker = await run();
    tracker.track('works');
    await arrived();
    expect(page.endpoint.named('works')).toHaveLength(1);
    for (const { at } of page.endpoint.events()) expect(Number.isFinite(at)).toBe(true);
  });

  test('junk between two calls costs neither', async () => {
    stub(['track', 1000, 'a'], null, ['nothing', 1], ['track', 2000, 'b']);
    await run();
    await arrived();
    expect(page.endpoint.named('a')).toHaveLength(1);
    expect(page.endpoint.named('b')).toHaveLength(1);
  });
});
