import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Courier, createCourier } from '../../src/delivery/courier.ts';
import { createTransport } from '../../src/delivery/transport.ts';
import { createCounters } from '../../src/outbox/counters.ts';
import { memoryOutbox } from '../../src/outbox/memoryOutbox.ts';
import type { Outbox, OutboxBatch } from '../../src/outbox/outbox.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createIds } from '../../src/platform/createIds.ts';
import { createGuard } from '../../src/platform/guard.ts';
import { createListen } from '../../src/platform/listen.ts';
import { beaconryWire } from '../../src/wires/beaconryWire.ts';
import { type FakePage, openPage } from '../fakes/fakePage.ts';

let page: FakePage;
let outbox: Outbox;
let courier: Courier;
let counters: ReturnType<typeof createCounters>;
const problems: string[] = [];
const createId = createIds(systemClock);
beforeEach(() => {
  page = openPage();
  problems.length = 0;
  counters = createCounters(() => {});
  outbox = memoryOutbox()({
    key: 'key',
    clock: systemClock,
    createId,
    counters,
    wake: () => courier.wake(),
    onError: () => {},
  });
  courier = createCourier(
    {},
    outbox,
    beaconryWire,
    createTransport({ endpoint: 'https://shop.example/e', site: 'shop' }, beaconryWire, systemClock),
    systemClock,
    createListen(createGuard(() => {})),
    () => {},
    (problem) => problems.push(problem),
  );
  courier.start();
});
afterEach(() => page.close());

const track = () => {
  const id = createId();
  counters.accept();
  outbox.append({ id, at: 0, text: JSON.stringify({ id }), bytes: 50, head: '"consent":"granted"', page: '' });
  courier.wake();
};
const requests = () => page.endpoint.requests.length;
const DAY = 24 * 3_600_000;

test('stopped in silence, a page sends nothing more: no last word, no retry, nothing when it is left or back online', async () => {
  page.endpoint.usual = 'unreachable';
  track();
  await page.advance(200);
  const before = requests();
  expect(before).toBe(1);
  track();
  courier.stop(true);
  page.endpoint.usual = {};
  page.leave();
  page.comeBack();
  page.goOnline();
  courier.wake();
  await courier.flush();
  await page.advance(DAY);
  expect(requests()).toBe(before);
});

test('stopped in silence, requests under way are broken off, those of a leaving page too', async () => {
  page.endpoint.usual = 'hang';
  track();
  await page.advance(250);
  track();
  page.hide();
  // The one that has no answer yet goes again, beside the new one.
  expect(page.endpoint.open()).toBe(3);
  courier.stop(true);
  await page.advance(0);
  expect(page.endpoint.open()).toBe(0);
  await page.advance(DAY);
  expect([requests(), problems]).toEqual([3, []]);
});

test('stopped in silence in the tick of a flush, what that has claimed is not sent', async () => {
  track();
  const flushed = courier.flush();
  courier.stop(true);
  await flushed;
  expect(requests()).toBe(0);
});

test('otherwise the last word is sent, and nothing after it', async () => {
  track();
  courier.stop();
  expect(page.endpoint.requests.map(({ keepalive }) => keepalive)).toEqual([true]);
  track();
  page.leave();
  await page.advance(DAY);
  expect(requests()).toBe(1);
});

test('stopped in silence while it looks for what to send, it sends none of that', async () => {
  let find = (_batch: OutboxBatch | null) => {};
  outbox.claim = () =>
    new Promise((resolve) => {
      find = resolve;
    });
  track();
  await page.advance(250);
  courier.stop(true);
  const event = { id: 'e', at: 0, text: '{}', bytes: 2, head: '"consent":"granted"', page: '' };
  find({ id: 'b', events: [event], bytes: 2, counts: {} });
  await page.advance(0);
  expect(requests()).toBe(0);
});

test('the outbox is told what is claimed for a flush', async () => {
  const claims: unknown[] = [];
  const { claim } = outbox;
  outbox.claim = (limits, isFlush) => {
    claims.push(isFlush);
    return claim(limits, isFlush);
  };
  track();
  await page.advance(250);
  track();
  await courier.flush();
  expect(claims.map(Boolean)).toEqual([false, true, true]);
});
