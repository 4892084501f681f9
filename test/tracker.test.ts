import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createTracker, type Delivery, type Tracker } from '../src/index.ts';
import type { WireEvent } from '../src/protocol/event.ts';
import { type FakePage, openPage } from './fakes/fakePage.ts';

let page: FakePage;
beforeEach(() => {
  page = openPage();
});
afterEach(() => page.close());

const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')) as {
  version: string;
};

/** The only event that arrived. */
const onlyEvent = (): WireEvent => {
  const events = page.endpoint.events();
  expect(events).toHaveLength(1);
  return events[0] as WireEvent;
};

describe('what travels', () => {
  test('a batch says where it comes from, when, and under which consent', async () => {
    page.at('https://shop.example/shoes?utm_source=mail&colour=red#size');
    page.track().track('signup', { plan: 'team' });
    await page.advance(250);

    const [request] = page.endpoint.requests;
    expect(request?.url).toBe('https://shop.example/e');
    expect(request?.batch).toMatchObject({ v: 1, site: 'shop', consent: 'granted', sentAt: request?.at });
    expect(request?.batch.sdk).toBe(`beaconry/${version}`);
    const event = onlyEvent();
    expect(event).toMatchObject({ name: 'signup', data: { plan: 'team' }, seq: 1, at: Date.UTC(2025, 5, 10, 12) });
    expect(Object.values(request?.batch.pages ?? {})).toEqual([
      { url: 'https://shop.example/shoes?utm_source=mail', title: 'Shop', referrer: '' },
    ]);
    expect(Object.keys(request?.batch.pages ?? {})).toEqual([event.page]);
  });

  test('a request needs no preflight, sends no cookies, follows no redirect and hides the address it comes from', async () => {
    page.track().track('a');
    await page.advance(250);
    const [request] = page.endpoint.requests;
    expect(request?.init).toMatchObject({
      method: 'POST',
      credentials: 'omit',
      redirect: 'manual',
      referrerPolicy: 'strict-origin',
    });
    expect(Object.fromEntries(request?.headers ?? [])).toEqual({ 'Content-Type': 'text/plain' });
    expect(request?.keepalive).toBe(false);
  });

  test('configured headers go along, and the body is JSON then', async () => {
    let calls = 0;
    page.track({ headers: () => ({ Authorization: `Bearer ${++calls}` }) }).track('a');
    await page.advance(250);
    const headers = page.endpoint.requests[0]?.headers;
    expect(headers?.get('Authorization')).toBe('Bearer 1');
    expect(headers?.get('Content-Type')).toBe('application/json');
  });

  test('ids are UUIDs of version 7, sort in the order of their making and never repeat', async () => {
    const tracker = page.track();
    for (let index = 0; index < 100; index++) tracker.track('a', { index });
    vi.setSystemTime(Date.now() - 60_000);
    for (let index = 100; index < 200; index++) tracker.track('a', { index });
    await tracker.flush();
    const ids = page.endpoint.events().map(({ id }) => id);
    expect(new Set(ids).size).toBe(200);
    expect([...ids].sort()).toEqual(ids);
    for (const id of ids) expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  });

  test('an event may have happened before', async () => {
    page.track().track('late', {}, { at: 1_700_000_000_000 });
    await page.advance(250);
    expect(onlyEvent().at).toBe(1_700_000_000_000);
  });

  test('events of one page share its description, events of the next one get their own', async () => {
    const tracker = page.track();
    tracker.track('a');
    tracker.track('b');
    page.at('https://shop.example/next');
    tracker.page();
    tracker.track('c');
    await page.advance(250);
    const [a, b, view, c] = page.endpoint.events();
    expect(a?.page).toBe(b?.page);
    expect(view?.page).toBe(c?.page);
    expect(a?.page).not.toBe(c?.page);
    const { pages } = page.endpoint.requests[0]?.batch ?? {};
    expect(pages?.[String(c?.page)]).toMatchObject({
      url: 'https://shop.example/next',
      referrer: 'https://shop.example/',
    });
    expect(view).toMatchObject({ name: 'page_view', data: { kind: 'navigation' } });
  });

  test('counts report what was accepted and dropped since the batch before', async () => {
    const tracker = page.track({ beforeSend: (event) => (event.name === 'no' ? null : event) });
    for (const name of ['a', 'no', 'no', 'b']) tracker.track(name);
    await page.advance(250);
    tracker.track('c');
    await tracker.flush();
    const counts = page.endpoint.requests.map(({ batch }) => batch.counts);
    expect(counts).toEqual([
      { accepted: 4, dropped: { filtered: 2 } },
      { accepted: 1, dropped: {} },
    ]);
  });
});

describe('seq', () => {
  test('counts from 1 without gaps, whatever was filtered on the way', async () => {
    const tracker = page.track({ beforeSend: (event) => (event.name === 'no' ? null : event) });
    for (const name of ['a', 'no', 'b', '', 'c', 'no', 'd']) tracker.track(name);
    tracker.track('big', { a: Array(100).fill('x'.repeat(8000)) });
    tracker.track('e');
    await tracker.flush();
    expect(page.endpoint.events().map(({ name, seq }) => [name, seq])).toEqual([
      ['a', 1],
      ['b', 2],
      ['c', 3],
      ['d', 4],
      ['e', 5],
    ]);
  });

  test('begins anew with a new session', async () => {
    const tracker = page.track();
    tracker.track('a');
    tracker.track('b');
    tracker.reset();
    tracker.track('c');
    await tracker.flush();
    const [a, b, c] = page.endpoint.events();
    expect([a?.seq, b?.seq, c?.seq]).toEqual([1, 2, 1]);
    expect(a?.session).toBe(b?.session);
    expect(a?.session).not.toBe(c?.session);
    expect(a?.tab).toBe(c?.tab);
  });
});

describe('identify, group, set and reset', () => {
  test('the visitor is named from identify() on, until reset()', async () => {
    const tracker = page.track();
    tracker.track('before');
    tracker.identify('user-1', { plan: 'pro' });
    tracker.track('after');
    tracker.reset();
    tracker.track('anonymous');
    await tracker.flush();
    expect(page.endpoint.events().map(({ name, user }) => [name, user])).toEqual([
      ['before', undefined],
      ['identify', 'user-1'],
      ['after', 'user-1'],
      ['anonymous', undefined],
    ]);
    expect(page.endpoint.named('identify')[0]?.data).toEqual({ traits: { plan: 'pro' } });
  });

  test('a visitor may be a number', async () => {
    const tracker = page.track();
    tracker.identify(7);
    await tracker.flush();
    expect(onlyEvent().user).toBe('7');
  });

  test('the group and what was set go with every later event, until removed or reset', async () => {
    const tracker = page.track();
    tracker.group('acme', { size: 12 });
    tracker.set({ theme: 'dark', beta: true });
    tracker.track('a', { beta: false });
    tracker.set({ theme: undefined });
    tracker.track('b');
    tracker.reset();
    tracker.track('c');
    await tracker.flush();
    const data = Object.fromEntries(page.endpoint.events().map((event) => [event.name, event.data]));
    expect(data).toMatchObject({ a: { group: 'acme', theme: 'dark', beta: false }, b: { group: 'acme', beta: true } });
    expect(data.b).not.toHaveProperty('theme');
    expect(data.c ?? {}).toEqual({});
    expect(data.group).toMatchObject({ group: 'acme', traits: { size: 12 } });
  });

  test('what was set is copied at each event, so later changes do not reach back', async () => {
    const tracker = page.track();
    const data = { count: 1 };
    tracker.track('a', data);
    data.count = 2;
    await tracker.flush();
    expect(onlyEvent().data).toEqual({ count: 1 });
  });
});

describe('beforeSend', () => {
  test('changes an event, and what it changes on the page travels with that event alone', async () => {
    const tracker = page.track({
      beforeSend(event) {
        if (event.name !== 'a') return event;
        return { ...event, name: 'renamed', data: { mine: 1 }, page: { ...event.page, title: 'hidden' } };
      },
    });
    tracker.track('a');
    tracker.track('b');
    await tracker.flush();
    const [a, b] = page.endpoint.events();
    expect(a).toMatchObject({ name: 'renamed', data: { mine: 1 }, page: { title: 'hidden' } });
    expect(b).toMatchObject({ name: 'b', page: { title: 'Shop', url: 'https://shop.example/' } });
  });

  test('cannot touch the envelope', async () => {
    const told: string[] = [];
    const tracker = page.track({
      beforeSend(event) {
        told.push(event.id, event.session, event.tab);
        const { at } = event;
        Object.assign(event, { id: 'x', at: 1, session: 'y', tab: 'z', seq: 99 });
        return Object.assign(event, { was: at });
      },
    });
    tracker.track('a');
    await tracker.flush();
    const { id, at, session, tab, seq } = onlyEvent();
    expect([id, session, tab]).toEqual(told);
    expect([at, seq]).toEqual([Date.UTC(2025, 5, 10, 12), 1]);
    expect(session).toBe(tracker.session.id);
  });

  test('that changes the page in place changes no other event', async () => {
    const tracker = page.track({
      beforeSend(event) {
        if (event.name === 'a') event.page.title = 'changed';
        return event;
      },
    });
    tracker.track('a');
    tracker.track('b');
    await tracker.flush();
    const [a, b] = page.endpoint.events();
    expect(a?.page).toMatchObject({ title: 'changed' });
    expect(b?.page).toMatchObject({ title: 'Shop' });
  });

  test('drops an event with null', async () => {
    const tracker = page.track({ beforeSend: () => null });
    tracker.track('a');
    await tracker.flush();
    expect(page.endpoint.requests).toHaveLength(0);
    expect(tracker.stats()).toMatchObject({ accepted: 1, pending: 0, dropped: { filtered: 1 } });
  });

  test('that throws costs its event alone, and is told', async () => {
    const errors: unknown[] = [];
    const tracker = page.track({
      onError: (error) => errors.push(error),
      beforeSend(event) {
        if (event.name === 'bad') throw Error('mine');
        return event;
      },
    });
    for (const name of ['a', 'bad', 'b']) tracker.track(name);
    await tracker.flush();
    expect(page.endpoint.events().map(({ name }) => name)).toEqual(['a', 'b']);
    expect(tracker.stats().dropped).toEqual({ hook_error: 1 });
    expect(errors.map(String)).toEqual(['Error: mine']);
  });

  test.each<[string, unknown]>([
    ['a number', 7],
    ['a text', 'event'],
    ['an event without a name', { name: undefined }],
    ['an event with a name too long', { name: 'x'.repeat(300) }],
    ['an event with a cycle', { name: 'a', data: cycle() }],
    ['a promise', Promise.resolve()],
  ])('that answers with %s harms neither the page nor the next event', async (_, answer) => {
    let calls = 0;
    const tracker = page.track({ beforeSend: (event) => (calls++ ? event : (answer as never)) });
    expect(() => tracker.track('a')).not.toThrow();
    tracker.track('b');
    await tracker.flush();
    expect(page.endpoint.named('b')).toHaveLength(1);
    for (const { name } of page.endpoint.events()) {
      expect(typeof name).toBe('string');
      expect(name.length).toBeLessThanOrEqual(200);
    }
    const { accepted, acknowledged, pending, dropped } = tracker.stats();
    expect(accepted).toBe(acknowledged + pending + Object.values(dropped).reduce((sum, count) => sum + count, 0));
  });
});

describe('on', () => {
  test('tells whether a session began or was joined', async () => {
    const heard: unknown[] = [];
    for (let load = 0; load < 2; load++) {
      const tracker = page.track();
      tracker.on('session', ({ id, isNew, at, page: { url } }) => heard.push([id, isNew, at, url]));
      tracker.track('a');
      tracker.track('b');
      if (load) tracker.reset();
      tracker.track('c');
      await tracker.flush();
      tracker.stop();
      await page.advance(1000);
    }
    const [first, , , , , last] = page.endpoint.events();
    const url = 'https://shop.example/';
    expect(heard).toEqual([
      [first?.session, true, first?.at, url],
      [first?.session, false, (first?.at ?? 0) + 1000, url],
      [last?.session, true, last?.at, url],
    ]);
  });

  test('tells of sessions, events, drops, deliveries and errors, until undone', async () => {
    const tracker = page.track();
    const heard: string[] = [];
    const undo = (['session', 'event', 'drop', 'delivery', 'error'] as const).map((topic) =>
      tracker.on(topic, () => heard.push(topic)),
    );
    tracker.track('a');
    tracker.track('');
    await tracker.flush();
    expect(heard).toEqual(['session', 'event', 'drop', 'error', 'delivery']);
    for (const end of undo) end();
    tracker.track('b');
    tracker.track('');
    tracker.reset();
    tracker.track('c');
    await tracker.flush();
    expect(heard).toHaveLength(5);
  });

  test('says what was delivered and what was dropped', async () => {
    const tracker = page.track();
    const deliveries: Delivery[] = [];
    const drops: unknown[] = [];
    tracker.on('delivery', (delivery) => deliveries.push(delivery));
    tracker.on('drop', (drop) => drops.push(drop));
    tracker.track('a');
    tracker.track('b');
    tracker.track('');
    await tracker.flush();
    expect(deliveries).toMatchObject([{ id: page.endpoint.requests[0]?.batch.id, count: 2, kind: 'accepted' }]);
    expect(drops).toEqual([{ reason: 'invalid_name', count: 1 }]);
  });

  test('a listener that throws harms neither the page nor the next listener', async () => {
    const errors: unknown[] = [];
    const heard: string[] = [];
    const tracker = page.track({ onError: (error) => errors.push(error) });
    for (const topic of ['session', 'event', 'drop', 'delivery', 'error'] as const) {
      tracker.on(topic, () => {
        throw Error(`in ${topic}`);
      });
      tracker.on(topic, () => heard.push(topic));
    }
    expect(() => {
      tracker.track('a');
      tracker.track('');
    }).not.toThrow();
    await tracker.flush();
    expect(heard).toEqual(expect.arrayContaining(['session', 'event', 'drop', 'delivery', 'error']));
    expect(page.endpoint.named('a')).toHaveLength(1);
    expect(errors.map(String)).toEqual(expect.arrayContaining(['Error: in session', 'Error: in delivery']));
  });

  test('an onError that throws never comes back to the page', async () => {
    const tracker = page.track({
      onError() {
        throw Error('again');
      },
    });
    expect(() => tracker.track('')).not.toThrow();
    tracker.track('a');
    await tracker.flush();
    expect(page.endpoint.named('a')).toHaveLength(1);
  });

  test('an onError that makes the same mistake again is not called for ever', () => {
    let calls = 0;
    const tracker: Tracker = page.track({
      onError() {
        // Bounded here, so that a failure is a failure and no endless loop.
        if (++calls < 50) tracker.track('');
      },
    });
    tracker.track('');
    expect(calls).toBeLessThan(5);
  });
});

describe('flush', () => {
  test('sends all that waits and says how much', async () => {
    const tracker = page.track();
    for (let index = 0; index < 120; index++) tracker.track('a', { index });
    expect(await tracker.flush()).toEqual({ sent: 120, pending: 0 });
    expect(page.endpoint.events()).toHaveLength(120);
    expect(await tracker.flush()).toEqual({ sent: 0, pending: 0 });
  });

  test('resolves with what is left when the server cannot be reached', async () => {
    const tracker = page.track();
    page.endpoint.usual = 'unreachable';
    tracker.track('a');
    tracker.track('b');
    expect(await tracker.flush()).toEqual({ sent: 0, pending: 2 });
  });

  test('while a request is under way waits for it, and sends what came since', async () => {
    const tracker = page.track();
    page.endpoint.script = ['hang'];
    tracker.track('a');
    await page.advance(250);
    tracker.track('b');
    const flushed = tracker.flush();
    await page.advance(10);
    page.endpoint.answerHanging({});
    expect(await flushed).toEqual({ sent: 2, pending: 0 });
    expect(page.endpoint.mostOpen()).toBe(1);
  });

  test('called twice at once sends everything once', async () => {
    const tracker = page.track();
    for (let index = 0; index < 60; index++) tracker.track('a');
    await Promise.all([tracker.flush(), tracker.flush()]);
    const ids = page.endpoint.requests.flatMap((request) => request.ids);
    expect(ids).toHaveLength(60);
    expect(new Set(ids).size).toBe(60);
    expect(page.endpoint.mostOpen()).toBe(1);
  });
});

describe('delivery', () => {
  test.each([
    ['at-least-once', undefined, 2, {}],
    ['at-most-once', 'at-most-once', 1, { unconfirmed: 1 }],
  ] as const)('%s: an event whose answer was lost', async (_, delivery, requests, dropped) => {
    const tracker = page.track({ delivery });
    page.endpoint.script = ['unreachable'];
    tracker.track('a');
    await page.advance(60_000);
    expect(page.endpoint.requests).toHaveLength(requests);
    expect(tracker.stats()).toMatchObject({ accepted: 1, acknowledged: requests - 1, pending: 0, dropped });
  });
});

describe('the page is safe', () => {
  test('no method throws, whatever it is given', () => {
    const tracker = page.track() as unknown as Record<string, (...args: unknown[]) => unknown>;
    const hostile = new Proxy(
      {},
      {
        get: () => {
          throw Error('hostile');
        },
        ownKeys: () => {
          throw Error('hostile');
        },
      },
    );
    const values = [undefined, null, 7, Number.NaN, 'text', Symbol('s'), 10n, [], {}, hostile, () => 1, document.body];
    for (const method of ['track', 'page', 'identify', 'group', 'set', 'reset']) {
      for (const first of values)
        for (const second of values) expect(() => tracker[method]?.(first, second)).not.toThrow();
    }
  });

  test('what breaks at the start gives a tracker that does nothing, and one warning', async () => {
    const hostile = new Proxy({} as never, {
      ownKeys() {
        throw Error('hostile');
      },
    });
    const tracker = createTracker(hostile);
    tracker.track('a');
    expect(await tracker.flush()).toEqual({ sent: 0, pending: 0 });
    expect(page.warnings).toHaveLength(1);
  });

  test('a capture that throws at its start costs itself alone', async () => {
    const errors: unknown[] = [];
    const tracker = page.track({
      onError: (error) => errors.push(error),
      capture: [
        () => {
          throw Error('broken');
        },
        ({ emit }) => {
          emit('started', {});
          return () => {};
        },
      ],
    });
    await tracker.flush();
    expect(page.endpoint.named('started')).toHaveLength(1);
    expect(errors.map(String)).toEqual(['Error: broken']);
  });
});

function cycle() {
  const data: Record<string, unknown> = {};
  data.data = data;
  return data;
}

test('captures hear what has passed the gate, the latest of it when they begin to listen, and nothing after their end', async () => {
  const heard: string[] = [];
  const tracker = page.track({
    capture: [
      ({ emit, onEvent }) => {
        emit('first', {});
        return onEvent(({ name }) => heard.push(name));
      },
    ],
  });
  tracker.track('second');
  tracker.stop();
  await page.advance(0);
  tracker.track('third');
  expect(heard).toEqual(['first', 'second']);
});
