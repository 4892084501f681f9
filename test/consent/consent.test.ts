import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { clicks, memoryOutbox, type OutboxFactory, pageViews } from '../../src/index.ts';
import { type FakePage, isBalanced, openPage } from '../fakes/fakePage.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let page: FakePage;
beforeEach(() => {
  page = openPage();
});
afterEach(() => page.close());

/** Counts every touch of what is kept on the device. */
function watchDevice() {
  const touched: string[] = [];
  const restore: (() => void)[] = [];
  for (const name of ['getItem', 'setItem', 'removeItem', 'clear', 'key', 'length'] as const) {
    const original = Object.getOwnPropertyDescriptor(Storage.prototype, name) as PropertyDescriptor;
    const watched = { ...original };
    if (original.value) {
      watched.value = function (this: Storage, ...args: unknown[]) {
        touched.push([name, ...args].join(' '));
        return original.value.apply(this, args);
      };
    } else watched.get = () => touched.push(name);
    Object.defineProperty(Storage.prototype, name, watched);
    restore.push(() => Object.defineProperty(Storage.prototype, name, original));
  }
  for (const [target, names] of [
    [globalThis, ['localStorage', 'sessionStorage', 'indexedDB', 'caches']],
    [document, ['cookie']],
    [navigator, ['userAgent', 'userAgentData', 'storage', 'locks']],
  ] as [object, string[]][]) {
    for (const name of names) {
      const original = Object.getOwnPropertyDescriptor(target, name);
      const value = (target as Record<string, unknown>)[name];
      Object.defineProperty(target, name, {
        configurable: true,
        get: () => {
          touched.push(name);
          return value;
        },
        set: () => touched.push(name),
      });
      restore.push(() => {
        if (original) Object.defineProperty(target, name, original);
        else Reflect.deleteProperty(target, name);
      });
    }
  }
  return {
    touched,
    restore() {
      for (const put of restore) put();
    },
  };
}

describe('cookieless', () => {
  test('touches nothing on the device, whatever is done, but looks whether the visitor objected', async () => {
    const device = watchDevice();
    const tracker = page.track({ consent: 'cookieless', privacy: 'off', capture: [pageViews(), clicks()] });
    tracker.track('a');
    tracker.page();
    tracker.identify('user-1');
    tracker.group('acme');
    tracker.set({ a: 1 });
    await page.advance(DAY);
    tracker.track('b');
    tracker.reset();
    tracker.track('c');
    void tracker.session.id;
    page.leave();
    page.comeBack();
    await tracker.flush();
    tracker.stop();
    await page.advance(MINUTE);
    device.restore();
    expect(new Set(device.touched)).toEqual(new Set(['localStorage', 'getItem beaconry.shop:out']));
    expect(page.endpoint.named('b')).toHaveLength(1);
  });

  test('the watch itself works: with consent the device is touched', async () => {
    const device = watchDevice();
    page.track({ privacy: 'balanced' }).track('a');
    await page.advance(250);
    device.restore();
    expect(device.touched).toEqual(expect.arrayContaining(['localStorage', 'userAgent']));
  });

  test.each(['strict', 'balanced', 'off'] as const)('knows nobody and little, in mode %s', async (privacy) => {
    const tracker = page.track({ consent: 'cookieless', privacy });
    tracker.track('a');
    await tracker.flush();
    const [request] = page.endpoint.requests;
    expect(request?.batch.consent).toBe('cookieless');
    expect(Object.keys(request?.batch.context ?? {}).sort()).toEqual(['language', 'viewport']);
    expect(request?.batch.context.viewport).toMatch(/^(small|medium|large)$/);
    const [event] = page.endpoint.events();
    expect(event).not.toHaveProperty('visitor');
    expect(event).not.toHaveProperty('user');
    expect(event?.session).toBe(tracker.session.id);
  });

  test('identify() is dropped, counted and told, and names nobody', async () => {
    const errors: unknown[] = [];
    const tracker = page.track({ consent: 'cookieless', onError: (error) => errors.push(error) });
    tracker.identify('user-1', { plan: 'pro' });
    tracker.track('a');
    await tracker.flush();
    expect(page.endpoint.events().map(({ name, user }) => [name, user])).toEqual([['a', undefined]]);
    expect(JSON.stringify(page.endpoint.requests)).not.toContain('user-1');
    expect(tracker.stats()).toMatchObject({ accepted: 2, acknowledged: 1, dropped: { consent: 1 } });
    expect(errors).toHaveLength(1);
  });

  test('a session is the page load’s own', async () => {
    const first = page.track({ consent: 'cookieless', site: 'one' });
    const second = page.track({ consent: 'cookieless', site: 'two' });
    first.track('a');
    second.track('a');
    expect(first.session.id).not.toBe(second.session.id);
  });

  test('a durable outbox is not used, and one warning says so', async () => {
    let built = 0;
    const durable: OutboxFactory = Object.assign(
      ((context) => {
        built++;
        return memoryOutbox()(context);
      }) as OutboxFactory,
      { isDurable: true },
    );
    const tracker = page.track({ consent: 'cookieless', outbox: durable });
    tracker.track('a');
    await tracker.flush();
    expect(built).toBe(0);
    expect(page.warnings).toHaveLength(1);
    expect(page.warnings[0]).toContain('"outbox"');
    expect(tracker.stats()).toMatchObject({ acknowledged: 1, durable: false });
  });
});

describe('granted', () => {
  test('in strict mode keeps a session and nobody’s name, and reports little', async () => {
    const tracker = page.track();
    tracker.track('a');
    await tracker.flush();
    expect(localStorage.length).toBe(1);
    const stored = JSON.parse(localStorage.getItem(localStorage.key(0) as string) as string);
    expect(stored.id).toBe(tracker.session.id);
    expect(stored).not.toHaveProperty('visitor');
    expect(page.endpoint.events()[0]).not.toHaveProperty('visitor');
    expect(Object.keys(page.endpoint.requests[0]?.batch.context ?? {}).sort()).toEqual(['language', 'viewport']);
  });

  test('nothing is written before the first event', async () => {
    const tracker = page.track({ privacy: 'balanced' });
    await page.advance(MINUTE);
    expect(localStorage.length).toBe(0);
    expect(tracker.session.id).toBeUndefined();
  });

  test('two sites of one origin keep sessions of their own', () => {
    const one = page.track({ site: 'one' });
    const two = page.track({ site: 'two' });
    one.track('a');
    two.track('a');
    expect(one.session.id).not.toBe(two.session.id);
  });

  test.each(['balanced', 'off'] as const)(
    'in mode %s a visitor is known again, and the context is whole',
    async (privacy) => {
      const visit = async () => {
        const tracker = page.track({ privacy });
        tracker.track('a');
        await tracker.flush();
        tracker.stop();
        await page.advance(1);
        return page.endpoint.events().at(-1);
      };
      const first = await visit();
      await page.advance(10 * DAY);
      const second = await visit();
      expect(first?.visitor).toMatch(/^[\da-f-]{36}$/);
      expect(second?.visitor).toBe(first?.visitor);
      expect(second?.session).not.toBe(first?.session);
      expect(page.endpoint.requests[0]?.batch.context).toMatchObject({
        language: expect.any(String),
        viewport: expect.stringMatching(/^\d+x\d+$/),
        screen: expect.stringMatching(/^\d+x\d+$/),
        timeZone: expect.any(String),
        userAgent: expect.any(String),
      });
    },
  );

  test('a visitor is forgotten after 365 days, however often they returned', async () => {
    const visitors: (string | undefined)[] = [];
    for (let visit = 0; visit < 14; visit++) {
      const tracker = page.track({ privacy: 'balanced' });
      tracker.track('a');
      await tracker.flush();
      tracker.stop();
      await page.advance(30 * DAY);
      visitors.push(page.endpoint.events().at(-1)?.visitor);
    }
    // Visits at day 0, 30, … 360 belong to one, the one of day 390 to another.
    expect(new Set(visitors.slice(0, 13)).size).toBe(1);
    expect(visitors[13]).not.toBe(visitors[0]);
    expect(visitors[13]).toBeTruthy();
  });

  test('a visitor who stays over the 365 days is forgotten with the next session', async () => {
    const tracker = page.track({ privacy: 'balanced' });
    const visitors = new Set<string | undefined>();
    for (let day = 0; day < 400; day += 20) {
      tracker.track('a');
      await tracker.flush();
      visitors.add(page.endpoint.events().at(-1)?.visitor);
      await page.advance(20 * DAY);
    }
    expect(visitors.size).toBe(2);
  });

  test('a stricter mode forgets the visitor that a fuller one kept', async () => {
    const full = page.track({ privacy: 'balanced' });
    full.track('a');
    full.stop();
    await page.advance(1);
    const strict = page.track({ privacy: 'strict' });
    strict.track('b');
    await strict.flush();
    expect(page.endpoint.named('b')[0]).not.toHaveProperty('visitor');
  });

  test('a fuller mode knows the visitor although a session is under way', async () => {
    const strict = page.track({ privacy: 'strict' });
    strict.track('a');
    strict.stop();
    await page.advance(1);
    const full = page.track({ privacy: 'balanced' });
    full.track('b');
    await full.flush();
    expect(page.endpoint.named('b')[0]?.visitor).toBeTruthy();
  });

  test('reset() makes a new visitor', async () => {
    const tracker = page.track({ privacy: 'balanced' });
    tracker.track('a');
    tracker.reset();
    tracker.track('b');
    await tracker.flush();
    const [a, b] = page.endpoint.events();
    expect(a?.visitor).toBeTruthy();
    expect(b?.visitor).toBeTruthy();
    expect(b?.visitor).not.toBe(a?.visitor);
  });
});

describe('storage that fails', () => {
  const failures: [string, () => () => void][] = [
    [
      'a store that may not even be mentioned',
      () => {
        const original = Object.getOwnPropertyDescriptor(globalThis, 'localStorage') as PropertyDescriptor;
        Object.defineProperty(globalThis, 'localStorage', {
          configurable: true,
          get() {
            throw new DOMException('denied', 'SecurityError');
          },
        });
        return () => Object.defineProperty(globalThis, 'localStorage', original);
      },
    ],
    [
      'a store that is null',
      () => {
        const original = Object.getOwnPropertyDescriptor(globalThis, 'localStorage') as PropertyDescriptor;
        Object.defineProperty(globalThis, 'localStorage', { configurable: true, value: null });
        return () => Object.defineProperty(globalThis, 'localStorage', original);
      },
    ],
    [
      'a store without methods',
      () => {
        const original = Object.getOwnPropertyDescriptor(globalThis, 'localStorage') as PropertyDescriptor;
        Object.defineProperty(globalThis, 'localStorage', { configurable: true, value: {} });
        return () => Object.defineProperty(globalThis, 'localStorage', original);
      },
    ],
    [
      'a full store',
      () => {
        const spy = vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
          throw new DOMException('full', 'QuotaExceededError');
        });
        return () => spy.mockRestore();
      },
    ],
    [
      'a store that cannot be read',
      () => {
        const spy = vi.spyOn(Storage.prototype, 'getItem').mockImplementation(() => {
          throw Error('broken');
        });
        return () => spy.mockRestore();
      },
    ],
  ];
  test.each(failures)('%s: the session lives on in memory', async (_, breakStore) => {
    const restore = breakStore();
    const tracker = page.track({ privacy: 'balanced' });
    tracker.track('a');
    await page.advance(MINUTE);
    tracker.track('b');
    tracker.reset();
    tracker.track('c');
    await tracker.flush();
    restore();
    const [a, b, c] = page.endpoint.events();
    expect([a?.session, a?.visitor]).toEqual([b?.session, b?.visitor]);
    expect(c?.session).not.toBe(a?.session);
    expect(tracker.stats()).toMatchObject({ acknowledged: 3, dropped: {} });
  });

  test.each([
    '',
    '{',
    'null',
    '7',
    '"text"',
    '[]',
    '{}',
    '{"id":1}',
    '{"id":"x"}',
    '{"id":"x","lastAt":"soon","startedAt":1}',
    `{"id":"x","lastAt":${Date.UTC(2025, 5, 10, 12)}}`,
    `{"id":{},"lastAt":${Date.UTC(2025, 5, 10, 12)},"startedAt":${Date.UTC(2025, 5, 10, 12)}}`,
  ])('a record that reads %s is as if there were none', async (text) => {
    const probe = page.track();
    probe.track('a');
    probe.stop();
    await page.advance(1);
    const key = localStorage.key(0) as string;
    localStorage.setItem(key, text);
    const tracker = page.track();
    tracker.track('b');
    await tracker.flush();
    expect(page.endpoint.named('b')[0]?.session).toMatch(/^[\da-f-]{36}$/);
    expect(JSON.parse(localStorage.getItem(key) as string).id).toBe(tracker.session.id);
  });
});

describe('a prerendered page', () => {
  test('sends and keeps nothing until it is shown, and then what happened meanwhile, in order', async () => {
    const activate = page.prerender();
    const tracker = page.track();
    tracker.track('a', { before: true });
    tracker.track('b');
    await page.advance(MINUTE);
    page.hide();
    page.show();
    expect(page.endpoint.requests).toHaveLength(0);
    expect(localStorage.length).toBe(0);
    expect(tracker.session.id).toBeUndefined();
    activate();
    tracker.track('c');
    await page.advance(250);
    expect(page.endpoint.events().map(({ name, seq }) => [name, seq])).toEqual([
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ]);
    expect(page.endpoint.events()[0]?.at).toBe(Date.UTC(2025, 5, 10, 12));
  });

  test('copies the data at once', async () => {
    const activate = page.prerender();
    const tracker = page.track();
    const data = { count: 1 };
    tracker.track('a', data);
    data.count = 2;
    activate();
    await page.advance(250);
    expect(page.endpoint.events()[0]?.data).toEqual({ count: 1 });
  });

  test('is told of mistakes once', async () => {
    const activate = page.prerender();
    const tracker = page.track();
    tracker.track('');
    tracker.track('a');
    activate();
    await page.advance(250);
    expect(tracker.stats()).toMatchObject({ accepted: 2, acknowledged: 1, dropped: { invalid_name: 1 } });
  });

  test('holds a bounded number of events', async () => {
    const activate = page.prerender();
    const tracker = page.track();
    for (let index = 0; index < 5000; index++) tracker.track('a', { index });
    expect(tracker.stats().pending).toBeLessThanOrEqual(1000);
    activate();
    await page.advance(MINUTE);
    expect(isBalanced(tracker)).toBe(true);
    expect(page.endpoint.events().at(-1)?.data).toEqual({ index: 4999 });
  });

  test('that is stopped before it was shown leaves nothing behind', async () => {
    const activate = page.prerender();
    const tracker = page.track({ capture: [pageViews()] });
    tracker.track('a');
    tracker.stop();
    await page.advance(1);
    activate();
    await page.advance(MINUTE);
    expect(page.endpoint.requests).toHaveLength(0);
    expect(vi.getTimerCount()).toBe(0);
    expect(isBalanced(tracker)).toBe(true);
  });
});
