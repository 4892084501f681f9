import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTracker, durableOutbox, memoryOutbox, type OutboxFactory, type TrackerOptions } from '../src/index.ts';
import { type FakePage, openPage } from './fakes/fakePage.ts';

let page: FakePage;
beforeEach(() => {
  page = openPage();
});
afterEach(() => page.close());

test('consent withdrawn by stop and start in one task holds from then on', async () => {
  const options: TrackerOptions = { endpoint: '/e', site: 'mine', privacy: 'balanced', consent: 'granted' };
  const granted = createTracker(options);
  granted.track('before');
  await page.advance(1000);
  granted.reset();
  granted.stop();
  const cookieless = createTracker({ ...options, consent: 'cookieless' });
  cookieless.track('after');
  await page.advance(1000);
  expect(page.warnings).toEqual([]);
  expect(page.endpoint.requests.at(-1)?.batch.consent).toBe('cookieless');
  expect(page.endpoint.named('after')[0]?.visitor).toBeUndefined();
  expect(localStorage.length).toBe(0);
  cookieless.stop();
});

test('a memory outbox of one’s own size is taken without consent, too', async () => {
  page.endpoint.usual = { status: 503 };
  const tracker = page.track({ consent: 'cookieless', outbox: memoryOutbox({ maxEvents: 3000 }) });
  for (let n = 0; n < 2000; n++) tracker.track('many');
  expect(tracker.stats()).toMatchObject({ pending: 2000, dropped: {} });
});

test('an outbox that was named and not called is said once, and memory stands in', async () => {
  // A cast: types catch this mistake, plain JavaScript makes it.
  const tracker = page.track({ consent: 'granted', outbox: durableOutbox as unknown as OutboxFactory });
  tracker.track('kept');
  await page.advance(1000);
  expect(page.warnings).toEqual([expect.stringContaining('option "outbox"')]);
  expect(page.endpoint.named('kept')).toHaveLength(1);
});

test('a list of captures with something else in it is said once', () => {
  page.track({ capture: [null] as unknown as TrackerOptions['capture'] });
  expect(page.warnings).toEqual([expect.stringContaining('option "capture"')]);
});

test('headers that fail are named, told to onError, and lose nothing', async () => {
  const errors: unknown[] = [];
  let isBroken = true;
  const headers = () => {
    if (isBroken) throw new Error('no token yet');
    return { Authorization: 'Bearer 1' };
  };
  const tracker = page.track({ headers, onError: (error) => errors.push(error) });
  tracker.track('kept');
  await page.advance(1000);
  expect(page.warnings).toEqual([expect.stringMatching(/option "headers".*no token yet/)]);
  expect(String(errors[0])).toContain('no token yet');
  expect(page.endpoint.requests).toEqual([]);
  isBroken = false;
  await tracker.flush();
  expect(page.endpoint.named('kept')).toHaveLength(1);
});

test('an endpoint that refuses is told to onError, once', async () => {
  const errors: unknown[] = [];
  page.endpoint.usual = { status: 403 };
  const tracker = page.track({ onError: (error) => errors.push(error) });
  tracker.track('kept');
  await page.advance(3_600_000);
  expect(errors.map(String)).toEqual([expect.stringMatching(/endpoint .* answers 403/)]);
  expect(tracker.stats().pending).toBe(1);
});

test('an interval for ever is no request per event', async () => {
  const tracker = page.track({ batch: { size: 100, intervalMs: Number.MAX_SAFE_INTEGER } });
  tracker.track('first');
  await page.advance(1000);
  for (let n = 0; n < 50; n++) {
    tracker.track('more');
    await page.advance(10);
  }
  expect(page.endpoint.requests).toHaveLength(1);
});

test('a text for data, a null for a moment and nobody to identify harm nothing', async () => {
  const tracker = page.track({ consent: 'granted' });
  const { track, identify, group } = tracker as unknown as Record<string, (...args: unknown[]) => void>;
  track?.('text', 'data');
  track?.('moment', {}, null);
  identify?.(undefined);
  group?.(null);
  track?.('last');
  await page.advance(1000);
  expect(page.endpoint.events().map(({ name }) => name)).toEqual(['text', 'moment', 'last']);
  expect(page.endpoint.events().every(({ data }) => !data || !Object.keys(data).length)).toBe(true);
  expect(tracker.stats().dropped).toEqual({ invalid_name: 2 });
});

test('a log-out on another page holds when this one comes back from the back/forward cache', async () => {
  const tracker = page.track({ consent: 'granted', privacy: 'balanced' });
  tracker.identify('u1');
  await page.advance(1000);
  page.leave();
  // The other page's reset().
  localStorage.clear();
  page.comeBack();
  tracker.track('next');
  await tracker.flush();
  expect(page.endpoint.named('next')[0]?.user).toBeUndefined();
  expect(JSON.stringify({ ...localStorage })).not.toContain('u1');
});

test('a capture whose teardown throws is stopped like the others', async () => {
  const tracker = page.track({
    capture: [
      () => () => {
        throw new Error('cannot stop');
      },
    ],
  });
  tracker.stop();
  await page.advance(10);
  tracker.track('after');
  await page.advance(10_000);
  expect(tracker.stats().dropped).toEqual({ stopped: 1 });
  expect(page.endpoint.requests).toEqual([]);
});

test('nobody but a capture says what an event’s id is, and nobody but identify() who the visitor is', async () => {
  const tracker = page.track();
  const track = tracker.track as unknown as (...args: unknown[]) => void;
  track('forged', {}, { id: 'button-1', page: null }, 'somebody');
  await page.advance(1000);
  const [event] = page.endpoint.named('forged');
  expect(event?.id).toMatch(/^[\da-f]{8}-/);
  expect(event?.user).toBeUndefined();
});

test('what was evicted is reported with what arrives', async () => {
  page.endpoint.usual = { status: 503 };
  const tracker = page.track({ outbox: memoryOutbox({ maxEvents: 100 }) });
  for (let n = 0; n < 300; n++) tracker.track('many');
  await page.advance(1000);
  page.endpoint.usual = {};
  await page.advance(600_000);
  const { accepted, acknowledged, dropped } = tracker.stats();
  const answered = page.endpoint.requests.filter(({ batch }) =>
    batch.events.some(({ id }) => page.endpoint.events().some((event) => event.id === id)),
  );
  const arrived = new Map(answered.map(({ batch }) => [batch.id, batch.counts]));
  const sum = (read: (counts: { accepted?: number; dropped?: Record<string, number> }) => number | undefined) =>
    [...arrived.values()].reduce((total, counts) => total + (read(counts) ?? 0), 0);
  expect(dropped.evicted).toBeGreaterThan(100);
  expect(sum((counts) => counts.accepted)).toBe(accepted);
  expect(sum((counts) => counts.dropped?.evicted)).toBe(dropped.evicted);
  expect(acknowledged + (dropped.evicted ?? 0)).toBe(300);
});

test('an object of a hundred thousand keys is cut before it costs', () => {
  const huge = Object.fromEntries(
    Array.from({ length: 100_000 }, (_, index) => [`key${index}`, { deep: 'x'.repeat(50) }]),
  );
  const tracker = page.track();
  const seen: unknown[] = [];
  tracker.on('event', ({ data }) => seen.push(data));
  tracker.track('huge', huge);
  tracker.track('nested', { huge });
  expect(seen.map((data) => JSON.stringify(data).length)).toEqual([expect.any(Number), expect.any(Number)]);
  for (const data of seen) expect(JSON.stringify(data).length).toBeLessThan(20_000);
  expect(JSON.stringify(seen[0])).toContain('…');
});
