import { LEAVING_GRACE_MS } from '../protocol/limits.ts';
import { addCounts } from './addCounts.ts';
import { join } from './join.ts';
import type { DropReason, OutboxBatch, OutboxFactory, SealedEvent } from './outbox.ts';

export interface MemoryOutboxOptions {
  /** Beyond this the oldest batch of events is dropped and counted as `evicted`. @default 1000 */
  maxEvents?: number;
}

/** Keeps events in memory: nothing is written to the device, and nothing survives the page but what it sends leaving. */
export function memoryOutbox({ maxEvents = 1000 }: MemoryOutboxOptions = {}): OutboxFactory {
  return ({ clock, createId, counters, delivery }) => {
    const isOnce = delivery === 'at-most-once';
    /** Oldest first, each with the time until which it rests. */
    const batches = new Map<OutboxBatch, number>();
    /** The newest batch, while it takes more events. */
    let open: OutboxBatch | undefined;
    let pending = 0;
    /** What batches that never arrived would have reported. */
    let owed = {};

    const add = (events: SealedEvent[], bytes: number, counts = {}) => {
      const batch = { id: createId(), events, bytes, counts };
      batches.set(batch, 0);
      pending += events.length;
      return batch;
    };
    /** Lists what may be sent now, and closes it to further events. */
    const due = () => {
      if (open) {
        open.counts = addCounts(counters.take(), owed);
        owed = {};
      }
      open = undefined;
      // What is sent while the network is away and may not go again is lost.
      if (isOnce && !navigator.onLine) return [];
      return [...batches.keys()].filter((batch) => (batches.get(batch) as number) <= clock.now());
    };
    const remove = (batch: OutboxBatch) => {
      const { length } = batch.events;
      batches.delete(batch);
      pending -= length;
      return length;
    };
    const drop = (batch: OutboxBatch, reason: DropReason) => {
      owed = addCounts(batch.counts, owed);
      counters.drop(reason, remove(batch));
    };
    /** Goes on in halves; the counts, which the server did not take either, with the first. */
    const halve = (batch: OutboxBatch) => {
      const { events, bytes, counts } = batch;
      const middle = remove(batch) >> 1;
      add(events.slice(0, middle), bytes >> 1, counts);
      add(events.slice(middle), bytes >> 1);
    };

    return {
      append(event) {
        if (!open || !join(open, event)) {
          due();
          open = add([], 0);
          join(open, event);
        }
        pending++;
        if (pending > maxEvents) {
          due();
          drop([...batches.keys()][0] as OutboxBatch, 'evicted');
        }
      },
      async claim(limits) {
        let [batch] = due();
        while (batch && batch.events.length > limits.maxEvents) {
          halve(batch);
          [batch] = due();
        }
        if (batch && isOnce) batches.set(batch, Infinity);
        return batch ?? null;
      },
      async settle(batch, settlement) {
        // A batch that was sent twice, by a page that left, is settled twice.
        if (!batches.has(batch)) return;
        const { kind } = settlement;
        if (kind === 'accepted') counters.acknowledge(remove(batch));
        else if (kind === 'retry') {
          if (settlement.isRefused) batches.set(batch, 0);
          else if (isOnce) drop(batch, 'unconfirmed');
        } else if (kind === 'split' && batch.events[1]) halve(batch);
        else drop(batch, settlement.reason);
      },
      tail: (maxBytes) =>
        due()
          .reverse()
          .filter((batch) => {
            maxBytes -= batch.bytes;
            return maxBytes >= 0 && batches.set(batch, isOnce ? Infinity : clock.now() + LEAVING_GRACE_MS);
          }),
      async wipe(reason) {
        due();
        for (const batch of batches.keys()) counters.drop(reason, remove(batch));
      },
      stats: () => ({ pending, durable: false }),
      close() {},
    };
  };
}
