import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { memoryOutbox, type Tracker } from '../../src/index.ts';
import type { Answer } from '../fakes/fakeEndpoint.ts';
import { type FakePage, isBalanced, openPage } from '../fakes/fakePage.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let page: FakePage;
beforeEach(() => {
  page = openPage();
});
afterEach(() => page.close());

const requests = () => page.endpoint.requests;
const trackMany = (tracker: Tracker, count: number, name = 'a') => {
  for (let index = 0; index < count; index++) tracker.track(name, { index });
};
/** The ids that were sent more than once. */
const repeated = () => {
  const ids = requests().flatMap((request) => request.ids);
  return ids.filter((id, index) => ids.indexOf(id) !== index);
};

describe('when to send', () => {
  test('the first event leaves within 250 ms, with all that came meanwhile', async () => {
    const tracker = page.track();
    tracker.track('a');
    await page.advance(100);
    tracker.track('b');
    expect(requests()).toHaveLength(0);
    await page.advance(150);
    expect(requests().map(({ ids }) => ids.length)).toEqual([2]);
  });

  test('a flush with nothing to send does not delay the first event', async () => {
    const tracker = page.track();
    await tracker.flush();
    tracker.track('a');
    await page.advance(250);
    expect(requests()).toHaveLength(1);
  });

  test('later events wait for others, the interval at most', async () => {
    const tracker = page.track();
    tracker.track('a');
    await page.advance(250);
    tracker.track('b');
    await page.advance(2000);
    tracker.track('c');
    await page.advance(2900);
    expect(requests()).toHaveLength(1);
    await page.advance(200);
    expect(requests().map(({ ids }) => ids.length)).toEqual([1, 2]);
  });

  test('a full batch goes at once', async () => {
    const tracker = page.track();
    tracker.track('a');
    await page.advance(250);
    trackMany(tracker, 9);
    await page.advance(50);
    expect(requests()).toHaveLength(1);
    tracker.track('tenth');
    await page.advance(1);
    expect(requests().map(({ ids }) => ids.length)).toEqual([1, 10]);
  });

  test('size and interval are options', async () => {
    const tracker = page.track({ batch: { size: 3, intervalMs: 1000 } });
    tracker.track('a');
    await page.advance(250);
    trackMany(tracker, 3);
    await page.advance(1);
    expect(requests()).toHaveLength(2);
    tracker.track('a');
    await page.advance(990);
    expect(requests()).toHaveLength(2);
    await page.advance(20);
    expect(requests()).toHaveLength(3);
  });

  test('a page without events makes no request', async () => {
    const tracker = page.track();
    await page.advance(HOUR);
    page.hide();
    page.goOnline();
    await tracker.flush();
    expect(requests()).toHaveLength(0);
  });

  test('one request is under way at a time', async () => {
    const tracker = page.track();
    page.endpoint.usual = 'hang';
    for (let round = 0; round < 8; round++) {
      trackMany(tracker, 15);
      await page.advance(500);
    }
    expect(page.endpoint.open()).toBe(1);
    page.endpoint.usual = {};
    page.endpoint.answerHanging({});
    await page.advance(10 * MINUTE);
    expect(page.endpoint.mostOpen()).toBe(1);
    expect(page.endpoint.events()).toHaveLength(120);
    expect(repeated()).toEqual([]);
  });

  test('events tracked while a request is under way are sent after it, and so are those that follow', async () => {
    const tracker = page.track();
    page.endpoint.script = ['hang'];
    tracker.track('a');
    await page.advance(250);
    trackMany(tracker, 12);
    await page.advance(100);
    page.endpoint.answerHanging({});
    await page.advance(6000);
    expect(page.endpoint.events()).toHaveLength(13);
    trackMany(tracker, 3);
    await page.advance(6000);
    expect(page.endpoint.events()).toHaveLength(16);
  });

  test('events arrive in their order', async () => {
    const tracker = page.track();
    trackMany(tracker, 130);
    await tracker.flush();
    expect(page.endpoint.events().map(({ seq }) => seq)).toEqual(Array.from({ length: 130 }, (_, index) => index + 1));
  });
});

describe('leaving', () => {
  test.each(['hide', 'leave'] as const)(
    'a page that is left (%s) sends at once, in a request that outlives it',
    (how) => {
      const tracker = page.track();
      tracker.track('a');
      page[how]();
      expect(requests()).toHaveLength(1);
      expect(requests()[0]).toMatchObject({ keepalive: true, ids: [expect.any(String)] });
      expect(tracker.stats().pending).toBe(1);
    },
  );

  test('pagehide alone is enough', () => {
    page.track().track('a');
    window.dispatchEvent(new Event('pagehide'));
    expect(requests().map(({ keepalive }) => keepalive)).toEqual([true]);
  });

  test('what is under way is sent again, under the same ids and batch id, in the same bytes but for the time', async () => {
    const tracker = page.track();
    page.endpoint.script = ['hang'];
    tracker.track('a', { text: 'é' });
    await page.advance(1200);
    page.leave();
    const [first, second] = requests();
    expect(requests()).toHaveLength(2);
    expect(first?.keepalive).toBe(false);
    expect(second?.keepalive).toBe(true);
    expect(second?.batch.sentAt).toBe((first?.at ?? 0) + 1000);
    expect({ ...second?.batch, sentAt: 0 }).toEqual({ ...first?.batch, sentAt: 0 });
    page.endpoint.answerHanging({});
    await page.advance(10);
    expect(tracker.stats()).toMatchObject({ accepted: 1, acknowledged: 1, pending: 0 });
  });

  test('what was sent leaving is not sent again for 10 s, and then once, as it was', async () => {
    const tracker = page.track();
    page.endpoint.script = ['unreachable'];
    tracker.track('a');
    page.hide();
    await page.advance(9900);
    page.show();
    page.hide();
    await page.advance(50);
    expect(requests()).toHaveLength(1);
    await page.advance(MINUTE);
    expect(requests()).toHaveLength(2);
    expect(requests()[1]?.batch.id).toBe(requests()[0]?.batch.id);
    expect(page.endpoint.events()).toHaveLength(1);
    expect(tracker.stats()).toMatchObject({ acknowledged: 1, pending: 0 });
  });

  test('what was acknowledged leaving is not sent again when the visitor comes back', async () => {
    const tracker = page.track();
    tracker.track('a');
    page.leave();
    await page.advance(20);
    page.comeBack();
    tracker.track('b');
    await page.advance(MINUTE);
    expect(repeated()).toEqual([]);
    expect(page.endpoint.events().map(({ name }) => name)).toEqual(['a', 'b']);
  });

  test('a page full of events sends the newest of them, in requests that the browser allows', async () => {
    const tracker = page.track();
    page.endpoint.usual = 'hang';
    for (let index = 0; index < 100; index++) tracker.track('a', { index, text: 'x'.repeat(1500) });
    page.leave();
    const sizes = requests().map(({ init }) => new Blob([init.body as string]).size);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(64 * 1024);
    expect(requests().every(({ keepalive, ids }) => keepalive && ids.length <= 50)).toBe(true);
    expect(requests().flatMap(({ batch }) => batch.events.map(({ data }) => data?.index))).toContain(99);
    page.endpoint.usual = {};
    page.endpoint.answerHanging({});
    page.comeBack();
    await page.advance(MINUTE);
    expect(page.endpoint.events()).toHaveLength(100);
    expect(tracker.stats()).toMatchObject({ acknowledged: 100, pending: 0 });
  });

  test('a page that hides and shows in turns stays within the browser’s allowance while nothing answers', async () => {
    const tracker = page.track();
    page.endpoint.usual = 'hang';
    for (let round = 0; round < 8; round++) {
      for (let index = 0; index < 10; index++) tracker.track('a', { text: 'x'.repeat(1500) });
      page.hide();
      page.show();
    }
    const open = requests().filter(({ keepalive }) => keepalive);
    expect(open.reduce((sum, { init }) => sum + new Blob([init.body as string]).size, 0)).toBeLessThan(64 * 1024);
  });

  test('text that is not ASCII counts by its bytes', () => {
    const tracker = page.track();
    page.endpoint.usual = 'hang';
    for (let index = 0; index < 60; index++) tracker.track('a', { text: '語'.repeat(1000) });
    page.leave();
    const sizes = requests().map(({ init }) => new Blob([init.body as string]).size);
    expect(sizes.length).toBeGreaterThan(1);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(64 * 1024);
  });
});

describe('failures', () => {
  const failing: [string, Answer][] = [
    ['503', { status: 503 }],
    ['500', { status: 500 }],
    ['429', { status: 429 }],
    ['408', { status: 408 }],
    ['no connection', 'unreachable'],
  ];
  test.each(failing)('after %s the same batch goes again', async (_, answer) => {
    const tracker = page.track();
    page.endpoint.script = [answer];
    tracker.track('a');
    await page.advance(250);
    await page.advance(10_000);
    expect(requests()).toHaveLength(2);
    const [first, second] = requests();
    expect(second?.batch).toEqual({ ...first?.batch, sentAt: second?.at });
    expect(tracker.stats()).toMatchObject({ accepted: 1, acknowledged: 1, pending: 0 });
  });

  test('a server that is down is asked less and less, every 5 minutes at most on average', async () => {
    const tracker = page.track();
    page.endpoint.usual = { status: 503 };
    tracker.track('a');
    vi.spyOn(Math, 'random').mockReturnValue(1);
    await page.advance(2 * HOUR);
    vi.mocked(Math.random).mockRestore();
    const times = requests().map(({ at }) => at);
    const waits = times.slice(1).map((at, index) => Math.round((at - (times[index] as number)) / 1000));
    expect(waits.slice(0, 11)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
    expect(tracker.stats()).toMatchObject({ pending: 1 });
  });

  test('new events do not shorten the wait of a server that is down', async () => {
    const tracker = page.track();
    page.endpoint.usual = { status: 503 };
    vi.spyOn(Math, 'random').mockReturnValue(1);
    tracker.track('a');
    await page.advance(5000);
    const before = requests().length;
    trackMany(tracker, 100);
    await page.advance(2000);
    vi.mocked(Math.random).mockRestore();
    expect(requests().length).toBe(before);
  });

  test('a request without an answer is given up after 10 s', async () => {
    const tracker = page.track();
    page.endpoint.script = ['hang'];
    tracker.track('a');
    await page.advance(250);
    await page.advance(9000);
    expect(page.endpoint.open()).toBe(1);
    await page.advance(5000);
    expect(page.endpoint.events()).toHaveLength(1);
    expect(page.endpoint.open()).toBe(0);
  });

  test('Retry-After in seconds is obeyed, also by flush() and when the network comes back', async () => {
    const tracker = page.track();
    page.endpoint.script = [{ status: 429, headers: { 'Retry-After': '120' } }];
    tracker.track('a');
    await page.advance(250);
    trackMany(tracker, 20);
    await page.advance(60_000);
    page.goOnline();
    await tracker.flush();
    await page.advance(59_000);
    expect(requests()).toHaveLength(1);
    await page.advance(2000);
    expect(page.endpoint.events()).toHaveLength(21);
  });

  test('Retry-After as a date is obeyed', async () => {
    const tracker = page.track();
    const date = new Date(Date.now() + 120_000).toUTCString();
    page.endpoint.script = [{ status: 503, headers: { 'Retry-After': date } }];
    tracker.track('a');
    await page.advance(119_000);
    expect(requests()).toHaveLength(1);
    await page.advance(3000);
    expect(requests()).toHaveLength(2);
  });

  test('Retry-After of a day is an hour', async () => {
    const tracker = page.track();
    page.endpoint.script = [{ status: 503, headers: { 'Retry-After': '86400' } }];
    tracker.track('a');
    await page.advance(HOUR - 5000);
    expect(requests()).toHaveLength(1);
    await page.advance(6000);
    expect(requests()).toHaveLength(2);
  });

  test.each(['0', '-5', 'soon', '', '1e-9', '0.0001', 'Thu, 01 Jan 1970 00:00:00 GMT'])(
    'Retry-After "%s" does not make us hammer',
    async (wish) => {
      const tracker = page.track();
      page.endpoint.usual = { status: 503, headers: { 'Retry-After': wish } };
      tracker.track('a');
      await page.advance(MINUTE);
      expect(requests().length).toBeLessThan(30);
      expect(tracker.stats().pending).toBe(1);
    },
  );

  test('when the network comes back it is tried at once', async () => {
    const tracker = page.track();
    vi.spyOn(Math, 'random').mockReturnValue(1);
    page.endpoint.script = ['unreachable', 'unreachable', 'unreachable', 'unreachable', 'unreachable', 'unreachable'];
    tracker.track('a');
    await page.advance(40_000);
    const before = requests().length;
    expect(before).toBe(6);
    page.goOnline();
    await page.advance(1);
    vi.mocked(Math.random).mockRestore();
    expect(requests()).toHaveLength(before + 1);
    expect(tracker.stats()).toMatchObject({ acknowledged: 1, pending: 0 });
  });

  test('413 halves a batch until it fits', async () => {
    const tracker = page.track();
    page.endpoint.usual = ({ ids }) => (ids.length > 3 ? { status: 413 } : {});
    trackMany(tracker, 20);
    await tracker.flush();
    expect(page.endpoint.events()).toHaveLength(20);
    expect(tracker.stats()).toMatchObject({ acknowledged: 20, pending: 0, dropped: {} });
  });

  test('413 for a single event drops it as too large', async () => {
    const tracker = page.track();
    page.endpoint.usual = { status: 413 };
    trackMany(tracker, 2);
    await tracker.flush();
    expect(tracker.stats()).toMatchObject({ pending: 0, dropped: { too_large: 2 } });
  });

  test.each([400, 422])('%s finds the one bad event; the others arrive', async (status) => {
    const tracker = page.track();
    page.endpoint.usual = ({ batch }) => (batch.events.some(({ name }) => name === 'bad') ? { status } : {});
    trackMany(tracker, 17);
    tracker.track('bad');
    trackMany(tracker, 16);
    await tracker.flush();
    expect(page.endpoint.named('a')).toHaveLength(33);
    expect(tracker.stats()).toMatchObject({ acknowledged: 33, pending: 0, dropped: { rejected: 1 } });
  });

  test('the counts of a batch that was split arrive once', async () => {
    const tracker = page.track();
    page.endpoint.usual = ({ ids }) => (ids.length > 3 ? { status: 413 } : {});
    trackMany(tracker, 10);
    await tracker.flush();
    const stored = requests().filter(({ ids }) => ids.length <= 3);
    expect(new Set(stored.map(({ batch }) => batch.id)).size).toBe(stored.length);
    expect(stored.reduce((sum, { batch }) => sum + (batch.counts.accepted ?? 0), 0)).toBe(10);
  });

  test('what the receipt rejects is counted, and is not sent again', async () => {
    const tracker = page.track();
    page.endpoint.usual = ({ ids }) => ({
      body: { accepted: ids.length - 1, rejected: [{ id: ids[0], reason: 'no' }] },
    });
    trackMany(tracker, 5);
    await tracker.flush();
    await page.advance(MINUTE);
    expect(requests()).toHaveLength(1);
    expect(tracker.stats()).toMatchObject({ accepted: 5, acknowledged: 4, pending: 0, dropped: { rejected: 1 } });
  });

  test.each<[string, Answer]>([
    ['204 without a body', { status: 204 }],
    ['a text', { body: 'ok' }],
    ['an empty object', { body: {} }],
    ['null', { body: 'null' }],
    ['a list of nulls', { body: { rejected: null } }],
    ['a number', { body: '7' }],
  ])('a receipt that is %s means that all was taken', async (_, answer) => {
    const tracker = page.track();
    const errors: unknown[] = [];
    tracker.on('error', (error) => errors.push(error));
    page.endpoint.usual = answer;
    trackMany(tracker, 3);
    await tracker.flush();
    await page.advance(10);
    expect(tracker.stats()).toMatchObject({ accepted: 3, acknowledged: 3, pending: 0, dropped: {} });
    expect(errors).toEqual([]);
  });

  test.each<[string, unknown]>([
    ['a text', 'all'],
    ['more than was sent', Array.from({ length: 9 }, () => ({ id: 'unknown', reason: 'no' }))],
    ['the same event twice', 'twice'],
  ])('a receipt whose rejections are %s never counts more than was sent', async (_, rejected) => {
    const tracker = page.track();
    page.endpoint.usual = ({ ids }) => {
      const one = { id: ids[0], reason: 'no' };
      return { body: { rejected: rejected === 'twice' ? [one, one, one, one] : rejected } };
    };
    trackMany(tracker, 3);
    await tracker.flush();
    await page.advance(10);
    expect(isBalanced(tracker)).toBe(true);
    expect(tracker.stats().acknowledged).toBeGreaterThanOrEqual(0);
    expect(tracker.stats().dropped.rejected ?? 0).toBeLessThanOrEqual(3);
  });

  test.each<[string, Answer]>([
    ['401', { status: 401 }],
    ['403', { status: 403 }],
    ['404', { status: 404 }],
    ['405', { status: 405 }],
    ['a redirect', 'redirect'],
    ['304', { status: 304 }],
  ])('%s keeps the events, tells the owner once, and asks seldom', async (_, answer) => {
    const tracker = page.track();
    page.endpoint.usual = answer;
    trackMany(tracker, 3);
    await page.advance(HOUR);
    expect(page.warnings).toHaveLength(1);
    expect(page.warnings[0]).toContain('https://shop.example/e');
    expect(tracker.stats()).toMatchObject({ pending: 3, dropped: {} });
    expect(requests().length).toBeGreaterThan(3);
    expect(requests().length).toBeLessThan(30);
    page.endpoint.usual = {};
    await page.advance(10 * MINUTE);
    expect(page.endpoint.events()).toHaveLength(3);
  });

  test('an endpoint that cannot be reached is said once, however long', async () => {
    page.endpoint.usual = 'unreachable';
    page.track().track('a');
    await page.advance(3 * HOUR);
    expect(page.warnings).toHaveLength(1);
    expect(page.warnings[0]).toMatch(/cannot be reached/);
  });

  test('a fetch that throws at once (a blocker’s replacement) is a failure like any other', async () => {
    const tracker = page.track();
    const blocked = vi.spyOn(globalThis, 'fetch').mockImplementation(() => {
      throw Error('blocked');
    });
    tracker.track('a');
    expect(() => page.leave()).not.toThrow();
    await page.advance(250);
    blocked.mockRestore();
    await page.advance(MINUTE);
    expect(tracker.stats()).toMatchObject({ acknowledged: 1, pending: 0 });
  });

  test('headers that throw keep the events', async () => {
    let isBroken = true;
    const tracker = page.track({
      headers() {
        if (isBroken) throw Error('no token yet');
        return { 'X-Key': '1' };
      },
    });
    tracker.track('a');
    await page.advance(MINUTE);
    expect(tracker.stats().pending).toBe(1);
    isBroken = false;
    await page.advance(10 * MINUTE);
    expect(tracker.stats()).toMatchObject({ acknowledged: 1, pending: 0 });
  });
});

describe('the memory outbox', () => {
  test('is bounded: the oldest events go, and are counted', async () => {
    const tracker = page.track({ outbox: memoryOutbox({ maxEvents: 20 }) });
    page.endpoint.usual = 'unreachable';
    trackMany(tracker, 50);
    const { pending, dropped } = tracker.stats();
    expect(pending).toBeLessThanOrEqual(20);
    expect(pending + (dropped.evicted ?? 0)).toBe(50);
    page.endpoint.usual = {};
    await tracker.flush();
    const kept = Array.from({ length: pending }, (_, index) => 50 - pending + index);
    expect(page.endpoint.events().map(({ data }) => data?.index)).toEqual(kept);
    expect(kept).toContain(49);
    expect(tracker.stats().pending).toBe(0);
  });

  test('stays bounded while the server is down for a day', async () => {
    const tracker = page.track();
    page.endpoint.usual = 'unreachable';
    for (let hour = 0; hour < 24; hour++) {
      trackMany(tracker, 100);
      await page.advance(HOUR);
    }
    expect(tracker.stats().pending).toBeLessThanOrEqual(1000);
    expect(isBalanced(tracker)).toBe(true);
  });
});

describe('whatever happens', () => {
  const answer = fc.constantFrom<Answer>(
    {},
    { status: 204 },
    { status: 503 },
    { status: 429, headers: { 'Retry-After': '3' } },
    { status: 400 },
    { status: 413 },
    { status: 404 },
    'unreachable',
    'hang',
    'hang',
    'hang',
    'hang',
    'redirect',
  );
  const step = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({ kind: fc.constant('track' as const), count: fc.integer({ min: 1, max: 15 }) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('mistake' as const) }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('answer' as const), answer }) },
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(1, 300, 2000, 6000, 20_000) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('leave' as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('comeBack' as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('flush' as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('online' as const) }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('answerHanging' as const), answer }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('reset' as const) }) },
  );

  test('every event is accounted for at every moment, repeats are repeats, and in the end all is delivered or counted', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
        await page.close();
        page = openPage();
        const tracker = page.track({ beforeSend: (event) => (event.data.index === 7 ? null : event) });
        const tally = { accepted: 0, dropped: 0 };
        tracker.on('drop', ({ count }) => {
          tally.dropped += count;
        });
        for (const now of steps) {
          if (now.kind === 'track') trackMany(tracker, now.count);
          else if (now.kind === 'mistake') tracker.track('');
          else if (now.kind === 'answer') page.endpoint.script.push(now.answer);
          else if (now.kind === 'wait') await page.advance(now.ms);
          else if (now.kind === 'leave') page.leave();
          else if (now.kind === 'comeBack') page.comeBack();
          else if (now.kind === 'flush') void tracker.flush();
          else if (now.kind === 'online') page.goOnline();
          else if (now.kind === 'answerHanging') page.endpoint.answerHanging(now.answer);
          else tracker.reset();
          tally.accepted += now.kind === 'track' ? now.count : now.kind === 'mistake' ? 1 : 0;
          expect(isBalanced(tracker)).toBe(true);
          expect(tracker.stats().accepted).toBe(tally.accepted);
        }
        page.endpoint.script = [];
        page.endpoint.answerHanging({});
        await page.advance(MINUTE);
        tracker.track('last');
        await page.advance(2 * HOUR);

        const { acknowledged, pending, dropped } = tracker.stats();
        expect(isBalanced(tracker)).toBe(true);
        expect(pending).toBe(0);
        expect(Object.values(dropped).reduce((sum, count) => sum + count, 0)).toBe(tally.dropped);
        // A batch may have been stored although its answer was lost, so the server may know more than we do.
        expect(page.endpoint.events().length).toBeGreaterThanOrEqual(acknowledged);

        // A batch id stands for one body, and an event for one text.
        const bodies = new Map<string, string>();
        for (const { batch } of page.endpoint.requests) {
          const body = JSON.stringify({ ...batch, sentAt: 0 });
          expect(bodies.get(batch.id) ?? body).toBe(body);
          bodies.set(batch.id, body);
        }
        // Numbers count up without gaps within a session, over all that was ever sent.
        const sent = new Map(
          page.endpoint.requests.flatMap(({ batch }) => batch.events.map((event) => [event.id, event])),
        );
        const sessions = new Map<string, number[]>();
        for (const { session, seq } of sent.values()) sessions.set(session, [...(sessions.get(session) ?? []), seq]);
        for (const numbers of sessions.values()) {
          expect(numbers.sort((one, other) => one - other)).toEqual(numbers.map((_, index) => index + 1));
        }
      }),
      { numRuns: 200 },
    );
  }, 60_000);
});
