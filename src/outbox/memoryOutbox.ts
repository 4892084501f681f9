import { LEAVING_BATCH, LEAVING_GRACE_MS } from '../protocol/limits.ts';
import type { OutboxBatch, OutboxFactory, SealedEvent } from './outbox.ts';
import { takeBatch } from './takeBatch.ts';

export interface MemoryOutboxOptions {
  /** Beyond this the oldest events are dropped and counted as `evicted`. @default 1000 */
  maxEvents?: number;
}

/** Keeps events in memory: nothing is written to the device, and nothing survives the page but what it sends leaving. */
export function memoryOutbox({ maxEvents = 1000 }: MemoryOutboxOptions = {}): OutboxFactory {
  return ({ clock, createId, counters }) => {
    let waiting: SealedEvent[] = [];
    /** Batches that were claimed and not settled, oldest first, each with the time until which it rests. */
    const frozen = new Map<OutboxBatch, number>();
    let pending = 0;

    /** Never larger than a leaving page may send, so that a batch can go again as it is. */
    const freeze = (from: SealedEvent[], counts = counters.take()) => {
      const batch = { id: createId(), counts, ...takeBatch(from, LEAVING_BATCH) };
      frozen.set(batch, 0);
      return batch;
    };
    const freezeNext = () => {
      const batch = freeze(waiting);
      waiting = waiting.slice(batch.events.length);
      return batch;
    };
    const due = () => [...frozen.keys()].filter((batch) => (frozen.get(batch) as number) < clock.now());
    const release = (count: number) => {
      pending -= count;
      return count;
    };

    return {
      append(event) {
        waiting.push(event);
        if (++pending > maxEvents && waiting.length > 1) counters.drop('evicted', release(waiting.splice(0, 1).length));
      },
      claim: async () => due()[0] ?? (waiting[0] ? freezeNext() : null),
      async settle(batch, settlement) {
        // A batch that was on its way when the page was left is sent twice, and settled twice.
        if (settlement.kind === 'retry' || !frozen.delete(batch)) return;
        const { events, counts } = batch;
        const { length } = events;
        if (settlement.kind === 'accepted') counters.acknowledge(release(length));
        else if (settlement.kind === 'rejected' || length < 2) counters.drop(settlement.reason, release(length));
        else {
          // Refused as a whole, so its counts were not taken either: they go on with the first half.
          freeze(events.slice(0, length >> 1), counts);
          freeze(events.slice(length >> 1), {});
        }
      },
      tail(maxBytes) {
        while (waiting[0]) freezeNext();
        return due()
          .reverse()
          .filter((batch) => {
            maxBytes -= batch.bytes;
            if (maxBytes >= 0) frozen.set(batch, clock.now() + LEAVING_GRACE_MS);
            return maxBytes >= 0;
          });
      },
      async wipe(reason) {
        counters.drop(reason, release(pending));
        waiting = [];
        frozen.clear();
      },
      stats: () => ({ pending, durable: false }),
      close() {},
    };
  };
}
