// @vitest-environment node
import { beforeEach, describe, expect, test } from 'vitest';
import { type DurableOutboxOptions, durableOutbox, type Meeting } from '../../src/outbox/durableOutbox.ts';
import type { OutboxBatch, OutboxContext, Settlement } from '../../src/outbox/outbox.ts';
import { type FakeOrigin, type FakeTab, fakeOrigin } from '../fakes/fakeOrigin.ts';
import { outboxContract } from './outboxContract.ts';

const LIMITS = { maxEvents: 500, maxBytes: 262_144 };
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** Sorts after every id of these tests. */
const LATER = 'ffffffff-ffff-7fff-bfff-ffffffffffff';

const create =
  (options?: DurableOutboxOptions) =>
  (context: OutboxContext, meeting: Meeting): ReturnType<ReturnType<typeof durableOutbox>> =>
    durableOutbox(options, meeting)(context);

outboxContract('durableOutbox', create());

let origin: FakeOrigin;
beforeEach(() => {
  origin = fakeOrigin();
});
const open = (options?: DurableOutboxOptions) => origin.open(create(options));
const idsOf = (batches: (OutboxBatch | null)[]) => batches.flatMap((batch) => batch?.events.map(({ id }) => id) ?? []);
const append = (tab: FakeTab, count: number) => Array.from({ length: count }, () => tab.append());
const claim = async (tab: FakeTab, limits = LIMITS) => {
  await origin.idle();
  const batch = await tab.outbox.claim(limits);
  await origin.idle();
  return batch;
};
/** Sends all there is to a server that takes it. */
const drain = async (tab: FakeTab, limits = LIMITS) => {
  const batches: OutboxBatch[] = [];
  for (let batch = await claim(tab, limits); batch; batch = await claim(tab, limits)) {
    batches.push(batch);
    await tab.outbox.settle(batch, { kind: 'accepted' });
  }
  await origin.idle();
  return batches;
};
const crash = async (tab: FakeTab) => {
  await origin.idle();
  tab.crash();
  await origin.idle();
};
/** As long as other tabs leave alone what a page may have sent as it left. */
const REST_MS = 10_000;
/** Leaves so many events behind, in a tab that is gone for long. */
const leaveBehind = async (count: number) => {
  const former = open();
  const ids = append(former, count);
  await crash(former);
  await origin.advance(REST_MS);
  return ids;
};
const keys = () => origin.inStore((store) => store.getAllKeys()) as Promise<string[]>;
const waitFor = (retryInMs: number, isSilent = false): Settlement => ({ kind: 'retry', retryInMs, isSilent });

describe('what is stored', () => {
  test('is there as soon as its write has committed, whatever becomes of the page', async () => {
    const ids = await leaveBehind(200);
    const later = open();
    expect(idsOf(await drain(later))).toEqual(ids);
    expect(later.counters.totals).toMatchObject({ accepted: 0, acknowledged: 0, dropped: {} });
    expect(await keys()).toEqual(['m']);
  });

  test('is opened by the first event, or after three seconds to look for a former visit', async () => {
    await leaveBehind(1);
    const later = open();
    await origin.advance(2000);
    expect(later.wakes()).toBe(0);
    await origin.advance(1001);
    expect(later.wakes()).toBe(1);
    expect(idsOf(await drain(later))).toHaveLength(1);
  });

  test('carries what a dead tab counted and never reported', async () => {
    const former = open();
    for (let i = 0; i < 2; i++) {
      former.counters.accept();
      former.counters.drop('filtered');
    }
    append(former, 3);
    await crash(former);
    await origin.advance(REST_MS);
    const batches = await drain(open());
    expect(batches.map(({ counts }) => counts)).toEqual([{ accepted: 5, dropped: { filtered: 2 } }]);
  });

  test('counts what another tab had to drop once, and beside it what this one has to report', async () => {
    const [first, second] = [open({ maxEvents: 2 }), open()];
    append(second, 3);
    await origin.idle();
    second.counters.accept();
    second.counters.drop('filtered');
    first.append();
    const batches = await drain(first);
    second.append();
    batches.push(...(await drain(second)));
    const reported = batches.map(({ counts }) => counts);
    expect(reported.reduce((sum, { accepted = 0 }) => sum + accepted, 0)).toBe(6);
    expect(reported.reduce((sum, { dropped = {} }) => sum + (dropped.filtered ?? 0), 0)).toBe(1);
    expect(reported.reduce((sum, { dropped = {} }) => sum + (dropped.evicted ?? 0), 0)).toBe(2);
    const evicted = [first, second].map((tab) => tab.counters.totals.dropped.evicted ?? 0);
    expect(evicted.reduce((sum, count) => sum + count)).toBe(2);
    expect([first, second].every((tab) => tab.isBalanced())).toBe(true);
  });

  test('comes back from a tab that died while sending, as the same batch', async () => {
    const former = open();
    append(former, 20);
    const sent = await claim(former, { ...LIMITS, maxEvents: 8 });
    former.append();
    await crash(former);
    await origin.advance(REST_MS);
    const again = await claim(open());
    expect(again).toEqual(sent);
  });

  test('goes in batches that a leaving page can send, fixed as they are written: the same whoever sends them', async () => {
    const former = open();
    append(former, 60);
    await origin.idle();
    append(former, 30);
    await origin.idle();
    const left = former.outbox.tail(60_000).reverse();
    expect(left.map(({ events }) => events.length)).toEqual([50, 40]);
    await crash(former);
    await origin.advance(REST_MS);
    const sent = await drain(open());
    expect(sent.map(({ id, counts, events }) => ({ id, counts, events }))).toEqual(
      left.map(({ id, counts, events }) => ({ id, counts, events })),
    );
  });

  test('goes together with what comes while another batch is under way', async () => {
    const tab = open();
    append(tab, 3);
    const sent = (await claim(tab)) as OutboxBatch;
    append(tab, 2);
    await tab.outbox.settle(sent, { kind: 'accepted' });
    append(tab, 4);
    expect((await drain(tab)).map(({ events }) => events.length)).toEqual([6]);
  });

  test('goes in larger batches where there is much of it, if the server takes them', async () => {
    const tab = open();
    append(tab, 600);
    for (let turn = 0; turn < 20; turn++) await origin.idle();
    expect((await claim(tab))?.events).toHaveLength(50);
    await crash(tab);
    await origin.advance(REST_MS);
    const sizes = (await drain(open(), { ...LIMITS, maxEvents: 300 })).map(({ events }) => events.length);
    expect(sizes).toEqual([50, 50, 50, 50, 300, 100]);
  });

  test('is not touched by a page that leaves but by what it adds: WebKit would carry out deletions alone', async () => {
    const tab = open();
    append(tab, 3);
    await origin.idle();
    const before = await keys();
    tab.append();
    tab.outbox.tail(60_000);
    tab.rest();
    await origin.idle();
    expect((await keys()).filter((key) => before.includes(key))).toEqual(before);
  });

  test('under one batch id is the same whenever it was claimed', async () => {
    const tab = open();
    const sent = new Map<string, string[]>();
    for (let turns = 0; turns < 8; turns++) {
      tab.append();
      await origin.idle();
      const claimed = tab.outbox.claim(LIMITS);
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      tab.append();
      const batch = (await claimed) as OutboxBatch;
      expect(sent.has(batch.id)).toBe(false);
      sent.set(batch.id, idsOf([batch]));
      await tab.outbox.settle(batch, { kind: 'accepted' });
      for (const rest of await drain(tab)) expect(sent.has(rest.id)).toBe(false);
    }
  });

  test('of a batch that was sent keeps its counts, whatever there is to report by then', async () => {
    const tab = open();
    tab.append();
    const sent = (await claim(tab)) as OutboxBatch;
    await tab.outbox.settle(sent, { kind: 'retry' });
    const [key = ''] = (await keys()).filter((key) => key.startsWith('e'));
    await origin.inStore((store) => store.put(null, key.replace(/.(\/[^/]*\/[^/]*)$/, '0$1')));
    expect((await claim(tab))?.counts).toEqual(sent.counts);
  });

  test('beyond what one look lists is sent whole, and not taken for wiped', async () => {
    const [tab, other] = [open(), open()];
    await drain(tab);
    for (let i = 0; i < 995; i++) other.append({ bytes: 360 });
    for (let turn = 0; turn < 40; turn++) await origin.idle();
    await origin.advance(1);
    const ids = append(tab, 10);
    // Nothing to send yet: what the other left rests, and of its own batch only a part is in sight.
    for (let look = 0; look < 3; look++) expect(await claim(tab)).toBeNull();
    expect(tab.counters.totals.dropped).toEqual({});
    await origin.advance(REST_MS);
    const own = (await drain(tab)).filter(({ events }) => ids.includes(events[0]?.id as string));
    expect(own.map((batch) => idsOf([batch]))).toEqual([ids]);
  });

  test('is kept in memory too as far as it may be needed there', async () => {
    const tab = open();
    for (let i = 0; i < 60; i++) tab.append({ bytes: 5000 });
    for (let turn = 0; turn < 5; turn++) await origin.idle();
    const bytes = tab.outbox.tail(10_000_000).reduce((sum, batch) => sum + batch.bytes, 0);
    expect(bytes).toBeGreaterThan(61_440);
    expect(bytes).toBeLessThanOrEqual(131_072);
    const drained = await drain(tab);
    await origin.advance(REST_MS);
    expect(idsOf([...drained, ...(await drain(tab))])).toHaveLength(60);
  });

  test('is counted as backlog, where another page accepted it', async () => {
    await leaveBehind(10);
    const tab = open();
    append(tab, 2);
    await claim(tab, { ...LIMITS, maxEvents: 4 });
    expect(tab.outbox.stats()).toEqual({ pending: 2, durable: true, backlog: 10 });
  });
});

describe('what other tabs left', () => {
  test('rests for ten seconds, as they may have sent it leaving, and is looked for then', async () => {
    const former = open();
    former.append();
    await crash(former);
    await origin.advance(4000);
    const tab = open();
    tab.append();
    await drain(tab);
    const wakes = tab.wakes();
    await origin.advance(5999);
    expect(tab.wakes()).toBe(wakes);
    await origin.advance(1);
    expect(tab.wakes()).toBe(wakes + 1);
    expect(await drain(tab)).toHaveLength(1);
  });

  test('rests though it was tracked long before it was stored', async () => {
    const former = open();
    const id = former.append();
    await drain(former);
    await origin.advance(MINUTE);
    former.append({ id });
    await crash(former);
    const tab = open();
    expect(await claim(tab)).toBeNull();
    await origin.advance(REST_MS);
    expect(idsOf(await drain(tab))).toEqual([id]);
  });

  test('does not rest again in the halves that are left of it when the server refuses it', async () => {
    const ids = await leaveBehind(4);
    const tab = open();
    const sent: string[] = [];
    for (let batch = await claim(tab); batch; batch = await claim(tab)) {
      const isTaken = batch.events.length < 2;
      if (isTaken) sent.push(...idsOf([batch]));
      await tab.outbox.settle(batch, isTaken ? { kind: 'accepted' } : { kind: 'split', reason: 'too_large' });
    }
    expect(sent.sort()).toEqual(ids);
  });

  test('is looked for although something else is claimed', async () => {
    await leaveBehind(2);
    const former = open();
    append(former, 3);
    await crash(former);
    await origin.advance(6000);
    const tab = open();
    expect((await claim(tab))?.events).toHaveLength(2);
    const wakes = tab.wakes();
    await origin.advance(4000);
    expect(tab.wakes()).toBe(wakes + 1);
  });

  test('is backlog, event by event, once it may go', async () => {
    for (const count of [7, 5]) {
      const former = open();
      append(former, count);
      await crash(former);
    }
    const tab = open();
    tab.append();
    await claim(tab);
    expect(tab.outbox.stats()).toMatchObject({ pending: 1, backlog: 0 });
    await origin.advance(REST_MS);
    await claim(tab);
    expect(tab.outbox.stats()).toMatchObject({ pending: 1, backlog: 12 });
    await drain(tab);
    expect(tab.outbox.stats()).toMatchObject({ pending: 0, backlog: 0 });
  });

  test('does not rest longer because the clock was set back', async () => {
    const id = '0fffffff-ffff-7fff-bfff-000000000001';
    await origin.inStore((store) =>
      store.put({ id, at: 0, text: '{}', bytes: 2, head: '', page: '' }, `e1/batch/${id}/tab/2`),
    );
    expect(idsOf(await drain(open()))).toEqual([id]);
  });
});

describe('tabs', () => {
  test('one sends at a time, for all, and each learns what became of its events', async () => {
    const [first, second] = [open(), open()];
    append(first, 2);
    append(second, 3);
    await origin.idle();
    await origin.advance(REST_MS);
    const sent = (await claim(first)) as OutboxBatch;
    expect(await claim(second)).toBeNull();
    await first.outbox.settle(sent, { kind: 'accepted' });
    expect(idsOf([sent, ...(await drain(first))])).toHaveLength(5);
    expect([first, second].map((tab) => tab.counters.totals.acknowledged)).toEqual([2, 3]);
    expect([first, second].every((tab) => tab.isBalanced() && tab.outbox.stats().pending === 0)).toBe(true);
  });

  test('one that was hidden does not add to the batch that it sent then', async () => {
    const tab = open();
    const ids = [tab.append()];
    await origin.idle();
    const [first] = tab.outbox.tail(60_000);
    ids.push(tab.append());
    await origin.idle();
    const [second] = tab.outbox.tail(60_000);
    expect([idsOf([first ?? null]), idsOf([second ?? null])]).toEqual([[ids[0]], [ids[1]]]);
  });

  test('one that found another sending looks again: after its answer, or after a second if that tab dies', async () => {
    const [first, second] = [open(), open()];
    append(first, 2);
    const sent = (await claim(first)) as OutboxBatch;
    expect(await claim(second)).toBeNull();
    await first.outbox.settle(sent, { kind: 'accepted' });
    await origin.idle();
    expect(second.wakes()).toBe(1);
    append(first, 2);
    await claim(first);
    const id = second.append();
    expect(await claim(second)).toBeNull();
    await crash(first);
    await origin.advance(1000);
    expect(second.wakes()).toBe(2);
    expect(idsOf(await drain(second))).toEqual([id]);
    // What the dead tab had in hand.
    await origin.advance(REST_MS);
    expect(idsOf(await drain(second))).toHaveLength(2);
  });

  test('one that has nothing itself looks after what another stored, in case that died', async () => {
    const [first, second] = [open(), open()];
    await drain(second);
    await origin.advance(3001);
    const wakes = second.wakes();
    append(first, 2);
    await crash(first);
    await origin.advance(15_001);
    expect(second.wakes()).toBe(wakes + 1);
    expect(idsOf(await drain(second))).toHaveLength(2);
  });

  test('nobody holds the lock but to send', async () => {
    const tab = open();
    tab.append();
    await origin.idle();
    expect(origin.isLocked()).toBe(false);
    const batch = (await claim(tab)) as OutboxBatch;
    expect(origin.isLocked()).toBe(true);
    await tab.outbox.settle(batch, waitFor(1000));
    expect(origin.isLocked()).toBe(false);
    await drain(tab);
    expect(origin.isLocked()).toBe(false);
  });

  test('one that leaves sends what nobody has in hand, and the others give it ten seconds', async () => {
    const [first, second] = [open(), open()];
    first.append();
    await drain(first);
    const id = second.append();
    await origin.idle();
    const tail = second.outbox.tail(60_000);
    expect(idsOf(tail)).toEqual([id]);
    await crash(second);
    expect(await claim(first)).toBeNull();
    await origin.advance(REST_MS);
    expect(await claim(first)).toMatchObject({ id: tail[0]?.id, counts: tail[0]?.counts as object });
  });

  test('a batch that another has taken over is neither sent by the tab it came from nor added to', async () => {
    const [first, second] = [open(), open()];
    first.append();
    await origin.idle();
    await origin.advance(REST_MS);
    const taken = (await claim(second)) as OutboxBatch;
    expect(taken.events).toHaveLength(1);
    expect(first.outbox.tail(60_000)).toEqual([]);
    const id = first.append();
    expect(first.outbox.tail(60_000).map((batch) => [batch.id === taken.id, idsOf([batch])])).toEqual([[false, [id]]]);
  });

  test('one that is told to flush waits for its turn, and then sends its events at once', async () => {
    const [first, second] = [open(), open()];
    first.append();
    const sent = (await claim(first)) as OutboxBatch;
    const id = second.append();
    await origin.idle();
    let claimed: OutboxBatch | null | undefined;
    void second.outbox.claim(LIMITS, true).then((batch) => {
      claimed = batch;
    });
    await origin.advance(2000);
    expect(claimed).toBeUndefined();
    await first.outbox.settle(sent, { kind: 'accepted' });
    await origin.advance(250);
    expect(idsOf([claimed ?? null])).toEqual([id]);
  });

  test('nor does it wait for longer than a request may take, or when it is closed', async () => {
    const [first, second, third] = [open(), open(), open()];
    first.append();
    await claim(first);
    const ended: string[] = [];
    void second.outbox.claim(LIMITS, true).then((batch) => ended.push(`second ${batch}`));
    void third.outbox.claim(LIMITS, true).then((batch) => ended.push(`third ${batch}`));
    await origin.idle();
    await origin.advance(1000);
    third.outbox.close();
    await origin.advance(1000);
    expect(ended).toEqual(['third null']);
    await origin.advance(10_001);
    expect(ended).toEqual(['third null', 'second null']);
  });

  test("a flush goes before another tab's back-off has ended, and not before the server's pause has", async () => {
    const [first, second] = [open(), open()];
    const isSent = async (settlement: Settlement) => {
      first.append();
      await first.outbox.settle((await claim(first)) as OutboxBatch, settlement);
      const id = second.append();
      expect(await claim(second)).toBeNull();
      const batch = await second.outbox.claim(LIMITS, true);
      if (batch) await second.outbox.settle(batch, { kind: 'accepted' });
      await drain(first);
      return idsOf([batch]).includes(id);
    };
    expect(await isSent(waitFor(MINUTE))).toBe(true);
    expect(await isSent({ kind: 'retry', retryInMs: MINUTE, afterMs: MINUTE })).toBe(false);
  });

  test('a page that leaves before there is a store sends what it has', async () => {
    const tab = open();
    const id = tab.append();
    expect(idsOf(tab.outbox.tail(60_000))).toEqual([id]);
  });

  test('what another tab has in hand is not sent by a leaving page that became the sender', async () => {
    const [first, second] = [open(), open()];
    const id = second.append();
    await origin.idle();
    await origin.advance(REST_MS);
    expect(idsOf([await claim(first)])).toEqual([id]);
    await crash(first);
    expect(second.outbox.tail(60_000)).toEqual([]);
    expect(idsOf([await claim(second)])).toEqual([id]);
  });
});

describe('the back/forward cache', () => {
  test('a page in it hears nothing, so that nothing throws it out, and on return counts what others sent', async () => {
    const [first, second] = [open(), open()];
    const ids = append(first, 3);
    await claim(first, { ...LIMITS, maxEvents: 1 });
    first.rest();
    await origin.advance(REST_MS);
    expect(idsOf(await drain(second, { ...LIMITS, maxEvents: 2 }))).toEqual(ids);
    expect(first.isEvicted()).toBe(false);
    expect(first.outbox.stats().pending).toBe(3);
    const wakes = first.wakes();
    first.comeBack();
    await origin.idle();
    expect(first.wakes()).toBeGreaterThan(wakes);
    expect(await claim(first)).toBeNull();
    expect(first.counters.totals).toMatchObject({ accepted: 3, acknowledged: 3, dropped: {} });
    expect(first.outbox.stats().pending).toBe(0);
    second.append();
    await second.outbox.wipe('consent');
    first.append();
    await origin.idle();
    expect(first.isBalanced()).toBe(true);
  });

  test('what is still stored stays pending, in a batch or not, and so does what is not yet written', async () => {
    const [first, second] = [open(), open()];
    append(first, 3);
    await claim(first, { ...LIMITS, maxEvents: 1 });
    first.rest();
    await origin.advance(REST_MS);
    await claim(second);
    first.comeBack();
    // Not written yet when it looks.
    first.append();
    await first.outbox.claim(LIMITS);
    await origin.idle();
    expect(first.outbox.stats().pending).toBe(4);
    expect(first.isBalanced()).toBe(true);
  });

  test('a withdrawal meanwhile is learnt on return', async () => {
    const [first, second] = [open(), open()];
    append(first, 2);
    await origin.idle();
    first.rest();
    await origin.advance(1);
    await second.outbox.wipe('consent');
    await origin.idle();
    first.comeBack();
    expect(first.outbox.tail(60_000)).toEqual([]);
    expect(await claim(first)).toBeNull();
    expect(first.counters.totals).toMatchObject({ acknowledged: 0, dropped: { consent: 2 } });
  });

  test('a page in it leaves the store alone: it notes an answer when it returns', async () => {
    const tab = open();
    tab.append();
    const batch = (await claim(tab)) as OutboxBatch;
    tab.rest();
    void tab.outbox.settle(batch, { kind: 'accepted' });
    await origin.idle();
    expect(await keys()).toHaveLength(2);
    tab.comeBack();
    await origin.idle();
    expect(await keys()).toEqual(['m']);
    expect(tab.counters.totals.acknowledged).toBe(1);
  });

  test('a page that goes to rest while it claims does not send', async () => {
    const tab = open();
    tab.append();
    await origin.idle();
    const claimed = tab.outbox.claim(LIMITS);
    await Promise.resolve();
    await Promise.resolve();
    await Promise.resolve();
    tab.rest();
    expect(await claimed).toBeNull();
  });

  test('nor does one that goes to rest when it has found what to send, and on return it sends it', async () => {
    let hasEnded = false;
    for (let turns = 0; !hasEnded; turns++) {
      const tab = open();
      const id = tab.append();
      await origin.idle();
      const claimed = tab.outbox.claim(LIMITS).finally(() => {
        hasEnded = true;
      });
      for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
      const isFound: boolean = hasEnded;
      tab.rest();
      expect((await claimed)?.events.length).toBe(isFound ? 1 : undefined);
      hasEnded = isFound;
      if (!isFound) {
        expect(origin.isLocked()).toBe(false);
        tab.comeBack();
        expect(idsOf(await drain(tab))).toEqual([id]);
      }
      await crash(tab);
    }
  });
});

describe('without Web Locks', () => {
  beforeEach(() => {
    origin = fakeOrigin({ hasLocks: false });
  });

  test('a lease of 12 seconds decides who sends, and a crash delays the next by no more', async () => {
    const [first, second] = [open(), open()];
    append(first, 2);
    expect(await claim(first)).not.toBeNull();
    expect(await claim(second)).toBeNull();
    await crash(first);
    await origin.advance(11_000);
    expect(await claim(second)).toBeNull();
    const wakes = second.wakes();
    await origin.advance(1001);
    expect(second.wakes()).toBe(wakes + 1);
    expect(idsOf([await claim(second)])).toHaveLength(2);
  });

  test('it ends with the answer', async () => {
    const [first, second] = [open(), open()];
    first.append();
    const id = second.append();
    const sent = (await claim(first)) as OutboxBatch;
    await claim(second);
    await first.outbox.settle(sent, { kind: 'accepted' });
    await origin.idle();
    expect(second.wakes()).toBe(1);
    expect(idsOf([await claim(second)])).toEqual([id]);
  });

  test("it does not end with the answer to another tab's last words", async () => {
    const [first, second, third] = [open(), open(), open()];
    first.append();
    await claim(first);
    second.append();
    for (const batch of second.outbox.tail(60_000)) await second.outbox.settle(batch, { kind: 'accepted' });
    third.append();
    expect(await claim(third)).toBeNull();
  });

  test('a flush waits for it', async () => {
    const [first, second] = [open(), open()];
    first.append();
    const sent = (await claim(first)) as OutboxBatch;
    const id = second.append();
    await origin.idle();
    const claimed = second.outbox.claim(LIMITS, true);
    await origin.advance(1000);
    await first.outbox.settle(sent, { kind: 'accepted' });
    await origin.advance(250);
    expect(idsOf([await claimed])).toEqual([id]);
  });

  test('a page that leaves when its lease has lapsed sends what it holds', async () => {
    const tab = open();
    tab.append();
    await claim(tab);
    const id = tab.append();
    await origin.advance(31_000);
    expect(idsOf(tab.outbox.tail(60_000))).toContain(id);
  });

  test('a lease from before the clock was set back does not count', async () => {
    const pause = { self: 'gone', until: origin.clock.now() + DAY, isLease: true };
    await origin.inStore((store) => store.put({ pause }, 'm'));
    const tab = open();
    tab.append();
    expect(await claim(tab)).not.toBeNull();
  });
});

describe('limits', () => {
  test('the oldest go first, counted, and the server hears of them', async () => {
    const tab = open({ maxEvents: 4 });
    const ids = append(tab, 6);
    const batches = await drain(tab);
    expect(idsOf(batches)).toEqual(ids.slice(2));
    expect(batches.map(({ counts }) => counts)).toEqual([{ accepted: 6, dropped: { evicted: 2 } }]);
    expect(tab.counters.totals.dropped).toEqual({ evicted: 2 });
    expect(tab.isBalanced()).toBe(true);
  });

  test('bytes are limited too', async () => {
    const tab = open({ maxBytes: 2500 });
    const ids = Array.from({ length: 4 }, () => tab.append({ bytes: 1000 }));
    expect(idsOf(await drain(tab))).toEqual(ids.slice(2));
    expect(tab.counters.totals.dropped).toEqual({ evicted: 2 });
  });

  test('events expire after seven days, in a batch or not', async () => {
    const former = open();
    append(former, 3);
    await claim(former, { ...LIMITS, maxEvents: 1 });
    await crash(former);
    await origin.advance(7 * DAY + 1);
    const tab = open();
    const id = tab.append();
    const batches = await drain(tab);
    expect(idsOf(batches)).toEqual([id]);
    expect(batches[0]?.counts).toEqual({ accepted: 4, dropped: { expired: 3 } });
    expect(tab.counters.totals.dropped).toEqual({});
  });

  test('an endpoint that never answered gets 200 events of disk after a day, one that once did the usual', async () => {
    const fill = async (first: Settlement) => {
      origin = fakeOrigin();
      const tab = open();
      tab.append();
      await tab.outbox.settle((await claim(tab)) as OutboxBatch, first);
      append(tab, 300);
      await origin.advance(DAY + MINUTE);
      const batch = (await claim(tab)) as OutboxBatch;
      await tab.outbox.settle(batch, waitFor(1000, true));
      return tab.counters.totals.dropped;
    };
    expect(await fill(waitFor(1000, true))).toEqual({ blocked: 101 });
    expect(await fill({ kind: 'accepted' })).toEqual({});
  });

  test('what other tabs left counts too, by events and by bytes, and the server hears of it once', async () => {
    for (const limits of [{ maxEvents: 20 }, { maxBytes: 2000 }]) {
      origin = fakeOrigin();
      for (let page = 0; page < 8; page++) {
        const tab = open();
        for (let i = 0; i < 5; i++) tab.append({ bytes: 100 });
        await crash(tab);
        await origin.advance(1);
      }
      const last = open(limits);
      await origin.advance(REST_MS);
      const batches = await drain(last);
      expect(batches.map(({ events }) => events.length)).toEqual([5, 5, 5, 5]);
      expect(batches[0]?.counts).toEqual({ accepted: 5, dropped: {} });
      expect((await claim(last)) ?? (await keys())).toEqual(['m']);
      last.append();
      expect((await claim(last))?.counts).toEqual({ accepted: 21, dropped: { evicted: 20 } });
    }
  });

  test('full, with nothing but what is in hand: the oldest of that makes room', async () => {
    const tab = open();
    append(tab, 10);
    const sent = (await claim(tab)) as OutboxBatch;
    tab.refuse('QuotaExceededError', 1);
    tab.append();
    await origin.idle();
    expect(tab.counters.totals.dropped).toEqual({ evicted: 1 });
    await tab.outbox.settle(sent, { kind: 'accepted' });
    await drain(tab);
    expect(tab.counters.totals).toMatchObject({ acknowledged: 10, dropped: { evicted: 1 } });
    expect(tab.isBalanced()).toBe(true);
  });

  test('a pause holds for the pages after, until it ends', async () => {
    const former = open();
    former.append();
    await former.outbox.settle((await claim(former)) as OutboxBatch, waitFor(MINUTE));
    await crash(former);
    const tab = open();
    tab.append();
    expect(await claim(tab)).toBeNull();
    const wakes = tab.wakes();
    await origin.advance(MINUTE);
    expect(tab.wakes()).toBe(wakes + 1);
    expect(idsOf(await drain(tab))).toHaveLength(2);
  });
});

describe('options that make no sense', () => {
  const junk = (options: unknown) => open(options as DurableOutboxOptions);

  test.each([
    null,
    7,
    { durability: 'junk' },
    { maxEvents: -1, maxBytes: 0, maxAgeMs: Number.NaN },
    { maxEvents: '2', maxBytes: '2', maxAgeMs: '2' },
    { maxEvents: null, maxBytes: {}, maxAgeMs: true },
  ])('%j: the usual', async (options) => {
    const tab = junk(options);
    const ids = append(tab, 5);
    await origin.idle();
    await origin.advance(MINUTE);
    expect(idsOf(await drain(tab))).toEqual(ids);
    expect([tab.outbox.stats().durable, tab.errors, tab.counters.totals.dropped]).toEqual([true, [], {}]);
  });
});

describe('withdrawal', () => {
  test('reaches the other tabs and the store', async () => {
    const [first, second] = [open(), open()];
    append(first, 2);
    append(second, 3);
    await origin.idle();
    await first.outbox.wipe('consent');
    await origin.idle();
    expect([first, second].map((tab) => tab.counters.totals.dropped)).toEqual([{ consent: 2 }, { consent: 3 }]);
    expect(await keys()).toEqual(['m']);
    const id = second.append();
    expect(idsOf([...(await drain(first)), ...(await drain(second))])).toEqual([id]);
  });

  test('a batch that is being claimed in that moment is not sent', async () => {
    const tab = open();
    tab.append();
    await origin.idle();
    const claimed = tab.outbox.claim(LIMITS);
    await tab.outbox.wipe('consent');
    expect(await claimed).toBeNull();
  });

  test('nor one that was found in that moment', async () => {
    let hasEnded = false;
    for (let turns = 0; !hasEnded; turns++) {
      const tab = open();
      tab.append();
      await origin.idle();
      const claimed = tab.outbox.claim(LIMITS).finally(() => {
        hasEnded = true;
      });
      for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
      const isFound: boolean = hasEnded;
      const wiped = tab.outbox.wipe('consent');
      expect((await claimed)?.events.length).toBe(isFound ? 1 : undefined);
      hasEnded = isFound;
      await wiped;
      await crash(tab);
      // The next tab is of a time after this.
      await origin.advance(1);
    }
  });

  test('leaves nothing to report', async () => {
    const tab = open();
    append(tab, 2);
    await origin.idle();
    // Not written yet.
    append(tab, 3);
    await tab.outbox.wipe('consent');
    tab.append();
    expect((await claim(tab))?.counts).toEqual({ accepted: 1, dropped: {} });
  });

  test('what an old tab stores that was not told is discarded, and the tab learns of it before it sends', async () => {
    const old = open();
    old.append();
    await origin.idle();
    const wipe = LATER;
    await origin.inStore((store) => store.put({ wipe }, 'm'));
    old.append();
    await origin.idle();
    expect(await claim(old)).toBeNull();
    expect(old.counters.totals.dropped).toEqual({ consent: 2 });
    const id = old.append();
    expect(idsOf(await drain(old))).toEqual([id]);
  });
});

describe('withdrawal for good: wiped, closed and removed', () => {
  const remove = () => durableOutbox().remove?.('key');
  const databases = async () => (await indexedDB.databases()).map(({ name }) => name);
  const withdraw = async (tab: FakeTab) => {
    await tab.outbox.wipe('consent');
    tab.outbox.close();
    remove();
    await origin.idle();
  };

  test('nothing is left on the device, and removing what is not there makes nothing', async () => {
    remove();
    await origin.idle();
    expect(await databases()).toEqual([]);
    const tab = open();
    append(tab, 3);
    await origin.idle();
    expect(await databases()).toEqual(['beaconry key']);
    await withdraw(tab);
    expect(await databases()).toEqual([]);
    expect([tab.errors, tab.isBalanced()]).toEqual([[], true]);
  });

  test('nor what this tab had no time to write', async () => {
    const tab = open();
    append(tab, 3);
    void tab.outbox.wipe('consent');
    tab.outbox.close();
    remove();
    await origin.idle();
    expect([await databases(), tab.connections(), tab.errors]).toEqual([[], 0, []]);
  });

  test('an answer that comes later does not make a database again', async () => {
    const tab = open();
    append(tab, 3);
    const sent = (await claim(tab)) as OutboxBatch;
    tab.append();
    await origin.idle();
    const last = tab.outbox.tail(60_000);
    expect(last).not.toEqual([]);
    await withdraw(tab);
    for (const batch of [sent, ...last]) await tab.outbox.settle(batch, waitFor(1000, true));
    await tab.outbox.settle(sent, { kind: 'accepted' });
    await origin.advance(DAY);
    expect(await databases()).toEqual([]);
    expect(tab.counters.totals).toMatchObject({ acknowledged: 0, dropped: { consent: 4 } });
  });

  test('nor does a write that fails only then', async () => {
    const tab = open();
    tab.append();
    await origin.idle();
    tab.refuse('UnknownError', 1);
    tab.append();
    await Promise.resolve();
    void tab.outbox.wipe('consent');
    tab.outbox.close();
    remove();
    await origin.idle();
    expect([await databases(), tab.connections()]).toEqual([[], 0]);
  });

  test('what was on its way to the store as another tab withdrew does not arrive in a new one', async () => {
    let hear = (_message: object) => {};
    const tab = origin.open((context, meeting) =>
      durableOutbox(
        {},
        {
          ...meeting,
          openChannel(name) {
            const channel = meeting.openChannel(name);
            hear = (data) => channel.onmessage?.call(channel as BroadcastChannel, { data } as MessageEvent);
            return channel;
          },
        },
      )(context),
    );
    tab.append();
    await origin.idle();
    tab.loseConnection();
    remove();
    tab.append();
    await Promise.resolve();
    hear({ wipe: LATER, reason: 'consent' });
    expect([await claim(tab), await keys()]).toEqual([null, ['m']]);
    expect([tab.counters.totals.dropped, tab.isBalanced()]).toEqual([{ consent: 2 }, true]);
  });

  test('a storage that is refused does no harm', () => {
    const { indexedDB } = globalThis;
    Object.defineProperty(globalThis, 'indexedDB', {
      configurable: true,
      get() {
        throw new DOMException('refused', 'SecurityError');
      },
    });
    expect(remove).not.toThrow();
    Object.defineProperty(globalThis, 'indexedDB', { value: indexedDB, configurable: true, writable: true });
  });

  test('another tab stands in nobody’s way, and neither keeps nor sends what it had', async () => {
    const [first, second] = [open(), open()];
    append(second, 3);
    await claim(second, { ...LIMITS, maxEvents: 1 });
    append(second, 2);
    await origin.idle();
    // Not written yet, and about to be.
    append(second, 2);
    await withdraw(first);
    expect(await databases()).toEqual([]);
    expect(second.outbox.tail(60_000)).toEqual([]);
    expect(second.counters.totals.dropped).toEqual({ consent: 7 });
    const id = second.append();
    expect(idsOf(await drain(second))).toEqual([id]);
    expect([second.outbox.stats().pending, second.errors, second.isBalanced()]).toEqual([0, [], true]);
  });

  test('nor does one that is not told but by its database', async () => {
    const [tab, other] = [open(), open()];
    append(tab, 3);
    const sent = (await claim(tab, { ...LIMITS, maxEvents: 1 })) as OutboxBatch;
    append(tab, 2);
    await origin.idle();
    append(tab, 2);
    remove();
    await origin.idle();
    expect(tab.outbox.tail(60_000)).toEqual([]);
    await tab.outbox.settle(sent, { kind: 'retry', retryInMs: 1000 });
    expect([tab.counters.totals.dropped, tab.errors]).toEqual([{ wiped: 7 }, []]);
    // It goes on in a new one, with what comes now.
    const id = tab.append();
    expect(idsOf([...(await drain(other)), ...(await drain(tab))])).toEqual([id]);
    expect([tab.outbox.stats().pending, tab.isBalanced()]).toEqual([0, true]);
  });

  describe('has other tabs’ trackers look at the consent, who wipe too', () => {
    /** A tab whose tracker obeys. */
    const openObedient = () => {
      const tab = open();
      const looks: string[][] = [];
      tab.onRefresh(() => {
        looks.push(idsOf(tab.outbox.tail(60_000)));
        if (looks.length > 1) return;
        void tab.outbox.wipe('consent');
        tab.outbox.close();
        remove();
      });
      return { tab, looks };
    };
    const countOpened = () => {
      const { open } = indexedDB;
      let count = 0;
      indexedDB.open = (...args) => {
        count++;
        return open.apply(indexedDB, args);
      };
      return () => count;
    };

    test('at once, and nothing is made again by those who go on tracking until then', async () => {
      const first = open();
      const { tab, looks } = openObedient();
      first.append();
      append(tab, 2);
      await origin.idle();
      append(tab, 2);
      const opened = countOpened();
      await withdraw(first);
      tab.append();
      await origin.advance(DAY);
      expect([looks[0], await databases(), opened(), tab.errors]).toEqual([[], [], 0, []]);
      expect(tab.counters.totals.dropped).toEqual({ consent: 4 });
    });

    test('also those who have not tracked, and have not opened it', async () => {
      const first = open();
      const { tab, looks } = openObedient();
      first.append();
      await origin.idle();
      await withdraw(first);
      await origin.advance(DAY);
      expect([looks.length > 0, await databases(), tab.connections()]).toEqual([true, [], 0]);
    });

    test('those who are not told but by their database', async () => {
      const { tab, looks } = openObedient();
      append(tab, 2);
      await origin.idle();
      const opened = countOpened();
      remove();
      await origin.idle();
      tab.append();
      await origin.advance(DAY);
      expect([looks[0], await databases(), opened(), tab.errors]).toEqual([[], [], 0, []]);
    });

    test('those who rested, as they run again', async () => {
      const first = open();
      const { tab, looks } = openObedient();
      append(tab, 2);
      await origin.idle();
      tab.rest();
      first.append();
      await first.outbox.wipe('consent');
      expect(looks).toEqual([]);
      tab.comeBack();
      expect(looks).toHaveLength(1);
      await origin.advance(DAY);
      expect([await databases(), tab.isEvicted(), tab.isBalanced()]).toEqual([[], false, true]);
    });
  });

  test('where the browser refuses a channel to other tabs, events stay in memory', async () => {
    const tab = origin.open((context, meeting) =>
      durableOutbox(
        {},
        {
          ...meeting,
          openChannel() {
            throw new ReferenceError('BroadcastChannel is not defined');
          },
        },
      )(context),
    );
    tab.append();
    await origin.idle();
    expect([tab.outbox.stats().durable, await databases(), tab.errors.length]).toEqual([false, [], 1]);
    expect(await claim(tab)).not.toBeNull();
  });

  test('a batch that is being claimed as the database is deleted is not sent', async () => {
    const tab = open();
    tab.append();
    await origin.idle();
    const claimed = tab.outbox.claim(LIMITS);
    remove();
    expect(await claimed).toBeNull();
    await origin.idle();
    const id = tab.append();
    expect(idsOf(await drain(tab))).toEqual([id]);
    expect(tab.isBalanced()).toBe(true);
  });
});

describe('storage that fails', () => {
  const expectMemory = async (tab: FakeTab, ids: string[]) => {
    expect(tab.outbox.stats().durable).toBe(false);
    expect(tab.errors).toHaveLength(1);
    const last = tab.append();
    expect(idsOf(await drain(tab))).toEqual([...ids, last]);
    expect(tab.isBalanced()).toBe(true);
  };

  test('refused: events stay in memory, and the owner hears of it once', async () => {
    const tab = open();
    tab.refuse('open');
    const ids = append(tab, 3);
    await origin.idle();
    expect((await claim(tab))?.counts).toEqual({ accepted: 3, dropped: {} });
    await expectMemory(tab, ids);
  });

  test('in memory no more than a thousand are kept', async () => {
    const tab = open();
    tab.refuse('open');
    append(tab, 1100);
    await origin.idle();
    expect(tab.outbox.stats().pending).toBeLessThanOrEqual(1000);
    expect(tab.isBalanced()).toBe(true);
  });

  test('connection lost: it is opened again, and nothing is missing', async () => {
    const tab = open();
    const ids = append(tab, 2);
    await origin.idle();
    tab.loseConnection();
    ids.push(tab.append());
    expect(idsOf(await drain(tab))).toEqual(ids);
    expect(tab.outbox.stats().durable).toBe(true);
    expect(tab.errors).toEqual([]);
  });

  test('connection lost for good: what is in memory goes on from there', async () => {
    const tab = open();
    const ids = append(tab, 2);
    await origin.idle();
    tab.refuse('InvalidStateError');
    ids.push(tab.append());
    await origin.idle();
    await expectMemory(tab, ids);
  });

  test('full: the oldest tenth makes room', async () => {
    const tab = open();
    const ids = append(tab, 20);
    await origin.idle();
    tab.refuse('QuotaExceededError', 1);
    ids.push(tab.append());
    await origin.idle();
    expect(tab.counters.totals.dropped).toEqual({ evicted: 2 });
    expect(idsOf(await drain(tab))).toEqual(ids.slice(2));
    expect(tab.isBalanced()).toBe(true);
  });

  test('full for good: memory, and what made no room is there too', async () => {
    const tab = open();
    const ids = append(tab, 20);
    await origin.idle();
    tab.refuse('QuotaExceededError', 1);
    tab.hear(() => {
      tab.hear(() => {});
      tab.refuse('QuotaExceededError', 1);
    });
    ids.push(tab.append());
    await origin.idle();
    expect(tab.counters.totals.dropped).toEqual({ evicted: 2 });
    await expectMemory(tab, ids.slice(2));
  });

  test('wiped under the page: later events are stored again, and what is gone is counted once, as wiped', async () => {
    const [tab, other] = [open(), open()];
    append(tab, 3);
    append(other, 2);
    await origin.idle();
    await origin.inStore((store) => store.clear());
    const id = tab.append();
    expect(idsOf(await drain(tab))).toEqual([id]);
    expect(tab.outbox.tail(60_000)).toEqual([]);
    for (let look = 0; look < 3; look++) for (const one of [tab, other]) await claim(one);
    for (const one of [tab, other]) {
      expect([one.outbox.stats().pending, one.outbox.stats().durable, one.isBalanced()]).toEqual([0, true, true]);
    }
    expect(tab.counters.totals).toMatchObject({ acknowledged: 1, dropped: { wiped: 3 } });
    expect(other.counters.totals).toMatchObject({ acknowledged: 0, dropped: { wiped: 2 } });
    tab.append();
    // What was lost with its counts is no loss to the server, which never heard of it.
    expect((await claim(tab))?.counts).toEqual({ accepted: 1, dropped: {} });
  });

  test('what another tab has just sent is not taken for wiped, though the word of it comes later', async () => {
    const late: (() => void)[] = [];
    const first = origin.open((context, meeting) =>
      durableOutbox(
        {},
        {
          ...meeting,
          openChannel(name) {
            const channel = meeting.openChannel(name);
            const slow: typeof channel = { ...channel, onmessage: null };
            channel.onmessage = (message) =>
              late.push(() => slow.onmessage?.call(channel as BroadcastChannel, message));
            return slow;
          },
        },
      )(context),
    );
    const second = open();
    first.append();
    await origin.idle();
    await origin.advance(REST_MS);
    const sent = (await claim(second)) as OutboxBatch;
    await second.outbox.settle(sent, { kind: 'accepted' });
    expect(await claim(first)).toBeNull();
    for (const hear of late) hear();
    expect(await claim(first)).toBeNull();
    expect(first.counters.totals).toMatchObject({ acknowledged: 1, dropped: {} });
  });

  test('what is written while the store is looked into is not taken for wiped', async () => {
    const tab = open();
    tab.append();
    await origin.idle();
    for (let look = 0; look < 4; look++) {
      const claimed = tab.outbox.claim(LIMITS);
      for (let turn = 0; turn < look; turn++) await new Promise((resolve) => setImmediate(resolve));
      tab.append();
      const batch = await claimed;
      await origin.idle();
      if (batch) await tab.outbox.settle(batch, { kind: 'retry' });
    }
    expect(tab.counters.totals.dropped).toEqual({});
    await drain(tab);
    expect(tab.counters.totals).toMatchObject({ accepted: 5, acknowledged: 5, dropped: {} });
  });

  test('corrupt records are deleted and counted, and the rest goes on', async () => {
    const ids = await leaveBehind(2);
    const [key = ''] = (await keys()).filter((key) => key.startsWith('e'));
    await origin.inStore((store) => store.put({ text: 7, counts: 'many' }, key));
    for (const [i, value] of [null, 7, 'text', {}].entries())
      await origin.inStore((store) => store.put(value, key.replace(/.{4}(\/[^/]*\/[^/]*)$/, `000${i}$1`)));
    const tab = open();
    const batches = await drain(tab);
    expect(idsOf(batches)).toEqual(ids.slice(1));
    const id = tab.append();
    const [next] = await drain(tab);
    expect([idsOf([next ?? null]), next?.counts.dropped]).toEqual([[id], { corrupt: 5 }]);
    expect(await keys()).toEqual(['m']);
  });

  test('records of another version are kept unsent, and expire', async () => {
    const former = open();
    const id = former.append();
    await crash(former);
    await origin.inStore((store) => store.put({ future: true }, `e2/batch/${id}/tab/9`));
    const tab = open();
    await drain(tab);
    expect(await keys()).toContain(`e2/batch/${id}/tab/9`);
    await origin.advance(7 * DAY + 1);
    await claim(tab);
    expect(await keys()).not.toContain(`e2/batch/${id}/tab/9`);
  });

  test('one that does not answer within five seconds: memory, and what comes late is closed', async () => {
    const tab = open();
    tab.refuse('silently');
    const ids = append(tab, 3);
    await Promise.resolve();
    let claimed: OutboxBatch | null | undefined;
    void tab.outbox.claim(LIMITS).then((batch) => {
      claimed = batch;
    });
    await origin.advance(4999);
    expect([claimed, tab.outbox.stats().durable]).toEqual([undefined, true]);
    await origin.advance(1);
    expect(idsOf([claimed as OutboxBatch])).toEqual(ids);
    await tab.outbox.settle(claimed as unknown as OutboxBatch, { kind: 'accepted' });
    await expectMemory(tab, []);
    tab.answer();
    await origin.idle();
    expect(tab.connections()).toBe(0);
    await tab.outbox.wipe('consent');
  });

  test('the page may delete the database, and goes on in a new one', async () => {
    const tab = open();
    append(tab, 2);
    await origin.idle();
    const request = indexedDB.deleteDatabase('beaconry key');
    let isBlocked = false;
    request.onblocked = () => {
      isBlocked = true;
    };
    await origin.idle();
    expect([request.readyState, isBlocked, tab.connections()]).toEqual(['done', false, 0]);
    const id = tab.append();
    expect(idsOf(await drain(tab))).toContain(id);
    expect([tab.outbox.stats().durable, tab.errors]).toEqual([true, []]);
  });

  test('what is appended in the moment of the failure is not written as well, should the store come back', async () => {
    const tab = open();
    tab.refuse('open');
    const ids: string[] = [];
    // Each is written in a microtask; the last of them finds that the store was given up just before.
    const appending = Promise.resolve().then(async () => {
      while (tab.outbox.stats().durable) {
        ids.push(tab.append());
        await Promise.resolve();
      }
    });
    ids.push(tab.append());
    await appending;
    tab.answer();
    await origin.idle();
    expect(await keys()).toEqual([]);
    await expectMemory(tab, ids);
  });

  test('a listener that tracks when it hears of the failure loses nothing', async () => {
    const tab = open();
    const ids = append(tab, 2);
    await origin.idle();
    tab.hear(() => {
      tab.hear(() => {});
      ids.push(tab.append());
    });
    tab.refuse('InvalidStateError');
    ids.push(tab.append());
    await origin.idle();
    await expectMemory(tab, ids);
  });

  test('a listener that tracks when it hears of a drop is counted', async () => {
    const tab = open({ maxEvents: 4 });
    append(tab, 6);
    tab.hear(() => {
      tab.hear(() => {});
      tab.append();
      tab.counters.drop('filtered');
    });
    const batches = await drain(tab);
    tab.append();
    batches.push(...(await drain(tab)));
    const reported = batches.map(({ counts }) => counts);
    expect(reported.reduce((sum, { accepted = 0 }) => sum + accepted, 0)).toBe(8);
    const dropped = reported.map(({ dropped = {} }) => dropped);
    expect(dropped.filter((counts) => Object.keys(counts).length)).toEqual([{ evicted: 2 }, { filtered: 1 }]);
  });

  test('a tracker that is stopped before the database is open writes what it has, and leaves no connection', async () => {
    const tab = open();
    const id = tab.append();
    tab.outbox.close();
    await origin.idle();
    expect(tab.connections()).toBe(0);
    await origin.advance(REST_MS);
    expect(idsOf(await drain(open()))).toEqual([id]);
  });

  test('a tracker that was stopped still notes the answer to its last request', async () => {
    const tab = open();
    tab.append();
    await origin.idle();
    const [last] = tab.outbox.tail(60_000);
    tab.outbox.close();
    await tab.outbox.settle(last as OutboxBatch, { kind: 'accepted' });
    await origin.advance(11_000);
    expect(await drain(open())).toEqual([]);
  });
});
