import { beforeEach, describe, expect, test } from 'vitest';
import type { Meeting } from '../../src/outbox/durableOutbox.ts';
import type { Outbox, OutboxBatch, OutboxContext } from '../../src/outbox/outbox.ts';
import { type FakeOrigin, type FakeTab, fakeOrigin } from '../fakes/fakeOrigin.ts';

const LIMITS = { maxEvents: 500, maxBytes: 262_144 };

/** What every outbox promises. */
export function outboxContract(name: string, create: (context: OutboxContext, meeting: Meeting) => Outbox): void {
  describe(`${name} keeps the promises of an outbox`, () => {
    let origin: FakeOrigin;
    let tab: FakeTab;
    beforeEach(() => {
      origin = fakeOrigin();
      tab = origin.open(create);
    });
    const claim = async (): Promise<OutboxBatch> => {
      await origin.idle();
      const batch = await tab.outbox.claim(LIMITS);
      if (!batch) throw new Error('nothing to claim');
      return batch;
    };
    const idsOf = (batch: OutboxBatch) => batch.events.map(({ id }) => id);

    test('what was appended is claimed, oldest first, with the texts as they were and the counts of it', async () => {
      const ids = [tab.append({ text: '{"a":1.0}' }), tab.append(), tab.append()];
      const batch = await claim();
      expect(idsOf(batch)).toEqual(ids);
      expect(batch.events[0]?.text).toBe('{"a":1.0}');
      expect(batch.counts.accepted).toBe(3);
    });

    test('an unsettled batch comes back unchanged, whatever was appended meanwhile', async () => {
      tab.append();
      const first = await claim();
      tab.append();
      await tab.outbox.settle(first, { kind: 'retry' });
      const again = await claim();
      expect(again.id).toBe(first.id);
      expect(idsOf(again)).toEqual(idsOf(first));
      expect(again.counts).toEqual(first.counts);
    });

    test('accepted events are gone, and counted as acknowledged once', async () => {
      tab.append();
      const batch = await claim();
      await tab.outbox.settle(batch, { kind: 'accepted' });
      await tab.outbox.settle(batch, { kind: 'accepted' });
      expect(await tab.outbox.claim(LIMITS)).toBeNull();
      expect(tab.counters.totals).toMatchObject({ accepted: 1, acknowledged: 1 });
      expect(tab.outbox.stats().pending).toBe(0);
    });

    test('a refused batch goes on in halves with its counts, and a refused event is dropped', async () => {
      const ids = [tab.append(), tab.append(), tab.append()];
      const refused: OutboxBatch[] = [];
      const taken: OutboxBatch[] = [];
      for (let batch: OutboxBatch | null = await claim(); batch; batch = await tab.outbox.claim(LIMITS)) {
        const isRefused = idsOf(batch).includes(ids[0] as string);
        (isRefused ? refused : taken).push(batch);
        await tab.outbox.settle(batch, isRefused ? { kind: 'split', reason: 'too_large' } : { kind: 'accepted' });
      }
      expect(refused.map(idsOf).slice(-1)).toEqual([[ids[0]]]);
      expect(new Set([...refused, ...taken].map(({ id }) => id)).size).toBe(refused.length + taken.length);
      // Never taken, so it was carried by each that still had the first event.
      expect(refused.map(({ counts }) => counts.accepted)).toEqual(refused.map(() => 3));
      expect(taken.flatMap(idsOf).sort()).toEqual(ids.slice(1));
      expect(tab.counters.totals).toMatchObject({ acknowledged: 2, dropped: { too_large: 1 } });
      tab.append();
      const reported = [...taken, await claim()].reduce((sum, { counts }) => sum + (counts.accepted ?? 0), 0);
      expect(reported).toBe(4);
      expect(tab.isBalanced()).toBe(true);
    });

    test('no batch has more events than was asked for', async () => {
      const ids = Array.from({ length: 7 }, () => tab.append());
      await origin.idle();
      const sizes: number[] = [];
      const claimed: string[] = [];
      let accepted = 0;
      for (let batch = await tab.outbox.claim({ ...LIMITS, maxEvents: 3 }); batch; ) {
        sizes.push(batch.events.length);
        claimed.push(...idsOf(batch));
        accepted += batch.counts.accepted ?? 0;
        await tab.outbox.settle(batch, { kind: 'accepted' });
        batch = await tab.outbox.claim({ ...LIMITS, maxEvents: 3 });
      }
      expect(Math.max(...sizes)).toBeLessThanOrEqual(3);
      expect(claimed.sort()).toEqual(ids);
      expect(accepted).toBe(7);
    });

    test('rejected events are dropped', async () => {
      tab.append();
      await tab.outbox.settle(await claim(), { kind: 'rejected', reason: 'rejected' });
      expect(tab.counters.totals.dropped).toEqual({ rejected: 1 });
      expect(await tab.outbox.claim(LIMITS)).toBeNull();
    });

    test('events with different heads travel in different batches', async () => {
      const ids = ['a', 'b'].map((head) => tab.append({ head }));
      const first = await claim();
      await tab.outbox.settle(first, { kind: 'accepted' });
      expect([idsOf(first), idsOf(await claim())]).toEqual([[ids[0]], [ids[1]]]);
    });

    test('a leaving page takes the newest that fit, in batches it may send, and they rest for ten seconds', async () => {
      for (let i = 0; i < 10; i++) tab.append({ bytes: 10_000, text: 'x' });
      await origin.idle();
      const tail = tab.outbox.tail(60_000);
      expect(tail.length).toBeGreaterThan(3);
      expect(tail.every(({ bytes }) => bytes <= 16_384)).toBe(true);
      expect(tail.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(60_000);
      await origin.idle();
      const sent = new Set(tail.flatMap(idsOf));
      const rest = await claim();
      expect(idsOf(rest).filter((id) => sent.has(id))).toEqual([]);
      expect(
        tab.outbox
          .tail(60_000)
          .flatMap(idsOf)
          .filter((id) => sent.has(id)),
      ).toEqual([]);
    });

    test('what a leaving page sent and nobody answered is claimed again as it was', async () => {
      tab.append();
      await origin.idle();
      const [sent] = tab.outbox.tail(60_000);
      await origin.idle();
      expect(await tab.outbox.claim(LIMITS)).toBeNull();
      await origin.advance(10_001);
      const again = await claim();
      expect(again.id).toBe(sent?.id);
      expect(again.counts).toEqual(sent?.counts);
    });

    test('withdrawal forgets everything at once and counts it', async () => {
      tab.append();
      await claim();
      tab.append();
      const wiped = tab.outbox.wipe('consent');
      expect(tab.outbox.tail(60_000)).toEqual([]);
      expect(tab.counters.totals.dropped).toEqual({ consent: 2 });
      await wiped;
      expect(await tab.outbox.claim(LIMITS)).toBeNull();
      expect(tab.isBalanced()).toBe(true);
    });
  });
}
