import type { Counts } from '../protocol/event.ts';
import { addCounts } from './addCounts.ts';
import type { BatchLimits, OutboxBatch, SealedEvent } from './outbox.ts';

/** An event as it lies in the store. */
export interface StoredEvent extends SealedEvent {
  /** What its tab has to report up to here; only in the first event of each write. */
  counts?: Counts;
}

/** A frozen batch, as it lies in the store and as it is handed out. It holds its events: each lies in one place only. */
export interface StoredBatch extends OutboxBatch {
  events: StoredEvent[];
  key: string;
  /** Until then nobody sends it: a leaving page has. */
  until: number;
}

/** Moves the first entries that may travel together, by either limits, into an empty batch. Answers with their keys. */
export function gather(
  entries: Map<string, StoredEvent>,
  batch: StoredBatch,
  one: BatchLimits,
  other: BatchLimits,
): string[] {
  const maxEvents = Math.min(one.maxEvents, other.maxEvents);
  const maxBytes = Math.min(one.maxBytes, other.maxBytes);
  const keys: string[] = [];
  let last: StoredEvent | undefined;
  for (const [key, event] of entries) {
    if (last && last.head !== event.head) continue;
    const bytes = batch.bytes + event.bytes + (last?.page === event.page ? 0 : event.page.length);
    if (last && (keys.length >= maxEvents || bytes > maxBytes)) break;
    last = event;
    batch.bytes = bytes;
    addCounts(batch.counts, event.counts);
    entries.delete(key);
    keys.push(key);
    batch.events.push(event);
  }
  return keys;
}
