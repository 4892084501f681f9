import { LEAVING_BATCH, LEAVING_GRACE_MS } from '../protocol/limits.ts';
import { addCounts } from './addCounts.ts';
import type { DropReason, OutboxBatch, OutboxFactory, SealedEvent } from './outbox.ts';

export interface MemoryOutboxOptions {
  /** Beyond this the oldest batch of events is dropped and counted as `evicted`. @default 1000 */
  maxEvents?: number;
}

/** Keeps events in memory: nothing is written to the device, and nothing survives the page but what it sends leaving. */
export function memoryOutbox({ maxEvents = 1000 }: MemoryOutboxOptions = {}): OutboxFactory {
  return ({ clock, createId, counters }) => {
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
      return [...batches.keys()].filter((batch) => (batches.get(batch) as number) <= clock.now());
    };
    /** Answers with how many events went; none for a batch that was sent twice, by a page that left, and settled twice. */
    const remove = (batch: OutboxBatch) => {
      const count = batches.delete(batch) ? batch.events.length : 0;
      pending -= count;
      return count;
    };
    const drop = (batch: OutboxBatch, reason: DropReason, count: number) => {
      if (count) owed = addCounts(batch.counts, owed);
      counters.drop(reason, count);
    };

    return {
      append(event) {
        const last = open?.events.slice(-1)[0];
        const bytes = event.bytes + (last?.page === event.page ? 0 : event.page.length);
        // Never larger than a leaving page may send, so that a batch can go again as it is.
        const { maxEvents: most, maxBytes } = LEAVING_BATCH;
        if (open && last?.head === event.head && open.events.length < most && open.bytes + bytes <= maxBytes) {
          open.events.push(event);
          open.bytes += bytes;
          pending++;
        } else {
          due();
          open = add([event], bytes);
        }
        if (pending > maxEvents) {
          due();
          const oldest = [...batches.keys()][0] as OutboxBatch;
          drop(oldest, 'evicted', remove(oldest));
        }
      },
      claim: async () => due()[0] ?? null,
      async settle(batch, settlement) {
        if (settlement.kind === 'retry') return;
        const { events, bytes, counts } = batch;
        const count = remove(batch);
        if (settlement.kind === 'accepted') counters.acknowledge(count);
        else if (settlement.kind === 'rejected' || count < 2) drop(batch, settlement.reason, count);
        else {
          // Refused as a whole, so its counts were not taken either: they go on with the first half.
          add(events.slice(0, count >> 1), bytes >> 1, counts);
          add(events.slice(count >> 1), bytes >> 1);
        }
      },
      tail: (maxBytes) =>
        due()
          .reverse()
          .filter((batch) => {
            maxBytes -= batch.bytes;
            return maxBytes >= 0 && batches.set(batch, clock.now() + LEAVING_GRACE_MS);
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
