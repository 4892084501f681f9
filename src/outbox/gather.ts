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

/** Events that go into one batch, and their keys. */
interface Gathered {
  keys: string[];
  events: StoredEvent[];
  bytes: number;
  counts: Counts;
}

/** Takes the first entries that may travel together, by either limits. */
export function gather(entries: Map<string, StoredEvent>, one: BatchLimits, other: BatchLimits): Gathered {
  const maxEvents = Math.min(one.maxEvents, other.maxEvents);
  const maxBytes = Math.min(one.maxBytes, other.maxBytes);
  const keys: string[] = [];
  const events: StoredEvent[] = [];
  const counts: Counts = {};
  let total = 0;
  let last: StoredEvent | undefined;
  for (const [key, event] of entries) {
    if (last && last.head !== event.head) continue;
    const bytes = total + event.bytes + (last?.page === event.page ? 0 : event.page.length);
    if (last && (keys.length >= maxEvents || bytes > maxBytes)) break;
    last = event;
    total = bytes;
    addCounts(counts, event.counts);
    entries.delete(key);
    keys.push(key);
    events.push(event);
  }
  return { keys, events, bytes: total, counts };
}
