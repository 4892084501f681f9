import type { BatchLimits, OutboxBatch, SealedEvent } from './outbox.ts';

/** The events at the front that may travel together: the same head, within the limits, but one whatever its size. */
export function takeBatch(
  events: SealedEvent[],
  { maxEvents, maxBytes }: BatchLimits,
): Pick<OutboxBatch, 'events' | 'bytes'> {
  let count = 0;
  let bytes = 0;
  for (const { head, page, bytes: own } of events) {
    const former = events[count - 1];
    const sum = bytes + own + (former?.page === page ? 0 : page.length);
    if (former && (head !== former.head || count >= maxEvents || sum > maxBytes)) break;
    bytes = sum;
    count++;
  }
  return { events: events.slice(0, count), bytes };
}
