// @vitest-environment node
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { durableOutbox, type Meeting } from '../../src/outbox/durableOutbox.ts';
import { memoryOutbox } from '../../src/outbox/memoryOutbox.ts';
import type { OutboxBatch, OutboxContext } from '../../src/outbox/outbox.ts';
import { type FakeOrigin, type FakeTab, fakeOrigin } from '../fakes/fakeOrigin.ts';

const LIMITS = { maxEvents: 500, maxBytes: 262_144 };
const DAY = 24 * 3_600_000;

let origin: FakeOrigin;
let tab: FakeTab;
let isOnline: boolean;
beforeEach(() => {
  isOnline = true;
  vi.stubGlobal('navigator', {
    get onLine() {
      return isOnline;
    },
  });
  origin = fakeOrigin();
});
afterEach(() => vi.unstubAllGlobals());

const claim = async (from = tab, limits = LIMITS) => {
  await origin.idle();
  const batch = await from.outbox.claim(limits);
  await origin.idle();
  return batch as OutboxBatch;
};
const idsOf = (batches: (OutboxBatch | null)[]) => batches.flatMap((batch) => batch?.events.map(({ id }) => id) ?? []);
const once = (context: OutboxContext): OutboxContext => ({ ...context, delivery: 'at-most-once' });
const durable = (context: OutboxContext, meeting: Meeting) => durableOutbox({}, meeting)(once(context));

describe.each([
  ['memoryOutbox', (context: OutboxContext) => memoryOutbox()(once(context))],
  ['durableOutbox', durable],
] as const)('at most once, %s', (_name, create) => {
  beforeEach(() => {
    tab = origin.open(create);
  });

  test('what had no clear answer does not go again, and is counted', async () => {
    tab.append();
    const batch = await claim();
    await tab.outbox.settle(batch, { kind: 'retry', retryInMs: 1000, isSilent: true });
    await origin.advance(DAY);
    expect(await claim()).toBeNull();
    expect(tab.outbox.tail(60_000)).toEqual([]);
    expect(tab.counters.totals).toMatchObject({ acknowledged: 0, dropped: { unconfirmed: 1 } });
    expect(tab.isBalanced()).toBe(true);
  });

  test('what the server has clearly refused goes again, and so do halves of it', async () => {
    const ids = [tab.append(), tab.append(), tab.append()];
    await tab.outbox.settle(await claim(), { kind: 'retry', isRefused: true });
    const again = await claim();
    expect(idsOf([again])).toEqual(ids);
    await tab.outbox.settle(again, { kind: 'split', reason: 'too_large' });
    const halves: OutboxBatch[] = [];
    for (let half = await claim(); half; half = await claim()) {
      halves.push(half);
      await tab.outbox.settle(half, { kind: 'accepted' });
    }
    expect(halves.map(({ events }) => events.length).sort()).toEqual([1, 2]);
    expect(idsOf(halves)).toEqual(ids);
    expect(tab.counters.totals).toMatchObject({ acknowledged: 3, dropped: {} });
    expect(tab.isBalanced()).toBe(true);
  });

  test('a page that leaves does not repeat what is under way, and what it sends then is not sent again', async () => {
    const first = tab.append();
    const batch = await claim();
    const last = tab.append();
    await origin.idle();
    expect(idsOf(tab.outbox.tail(60_000))).toEqual([last]);
    await tab.outbox.settle(batch, { kind: 'accepted' });
    await origin.advance(30_000);
    expect(tab.outbox.tail(60_000)).toEqual([]);
    for (let look = 0; look < 3; look++) expect(await claim()).toBeNull();
    expect(idsOf([batch])).toEqual([first]);
    expect(tab.counters.totals).toMatchObject({ acknowledged: 1, dropped: {} });
    expect([tab.outbox.stats().pending, tab.isBalanced()]).toEqual([1, true]);
  });

  test.each([
    ['accepted', { kind: 'accepted' } as const, { acknowledged: 1, dropped: {} }],
    ['lost', { kind: 'retry', isSilent: true } as const, { acknowledged: 0, dropped: { unconfirmed: 1 } }],
  ])('the answer to a last word is counted: %s', async (_answer, settlement, totals) => {
    tab.append();
    await origin.idle();
    const [last] = tab.outbox.tail(60_000);
    await origin.idle();
    await tab.outbox.settle(last as OutboxBatch, settlement);
    expect(tab.counters.totals).toMatchObject(totals);
    expect([await claim(), tab.outbox.stats().pending, tab.isBalanced()]).toEqual([null, 0, true]);
  });

  test('a last word that was clearly refused goes again', async () => {
    const id = tab.append();
    await origin.idle();
    const [last] = tab.outbox.tail(60_000);
    await origin.idle();
    await tab.outbox.settle(last as OutboxBatch, { kind: 'retry', isRefused: true });
    expect(idsOf([await claim()])).toEqual([id]);
  });

  test('nothing is sent while the network is away, and so nothing lost', async () => {
    const id = tab.append();
    await origin.idle();
    isOnline = false;
    expect([await claim(), tab.outbox.tail(60_000)]).toEqual([null, []]);
    isOnline = true;
    expect(idsOf([await claim()])).toEqual([id]);
  });
});

describe('at most once, across pages', () => {
  beforeEach(() => {
    tab = origin.open(durable);
  });
  const crash = async () => {
    await origin.idle();
    tab.crash();
    await origin.advance(30_000);
  };

  test('what a tab had in hand when it died is not sent again, and the server hears of it', async () => {
    tab.append();
    tab.append();
    await claim();
    tab.append();
    await crash();
    const later = origin.open(durable);
    const first = await claim(later);
    expect(first.events).toHaveLength(1);
    await later.outbox.settle(first, { kind: 'accepted' });
    later.append();
    const next = await claim(later);
    // What the batch in hand may have reported itself is in both sums.
    expect(next.counts).toEqual({ accepted: 3, dropped: { unconfirmed: 2 } });
    expect([later.counters.totals.dropped, later.isBalanced()]).toEqual([{}, true]);
  });

  test('what was withdrawn while it was under way does not come back because it was refused', async () => {
    tab.append();
    const batch = await claim();
    await origin.advance(1);
    await tab.outbox.wipe('consent');
    await tab.outbox.settle(batch, { kind: 'retry', isRefused: true });
    expect([await claim(), await origin.inStore((store) => store.getAllKeys())]).toEqual([null, ['m']]);
  });

  test('what a page sent as it left is not sent again by the next', async () => {
    tab.append();
    await origin.idle();
    const id = tab.append();
    expect(idsOf(tab.outbox.tail(60_000))).toContain(id);
    await crash();
    const later = origin.open(durable);
    expect(await claim(later)).toBeNull();
    expect(await origin.inStore((store) => store.getAllKeys())).toEqual(['m']);
  });

  test('what it did not send stays for the next', async () => {
    const id = tab.append({ bytes: 70_000 });
    await origin.idle();
    expect(tab.outbox.tail(60_000)).toEqual([]);
    await crash();
    expect(idsOf([await claim(origin.open(durable))])).toEqual([id]);
  });
});
