import { LEAVING_BATCH } from '../protocol/limits.ts';
import type { BatchLimits, OutboxBatch, SealedEvent } from './outbox.ts';

/**
 * Adds the event to the batch if they may travel together, and answers whether it did. Without other limits a batch stays
 * such as a leaving page may send, so that it can go again as it is.
 */
export function join(
  batch: OutboxBatch,
  event: SealedEvent,
  { maxEvents, maxBytes }: BatchLimits = LEAVING_BATCH,
): boolean {
  const { events } = batch;
  const last = events[events.length - 1];
  const bytes = batch.bytes + event.bytes + (last?.page === event.page ? 0 : event.page.length);
  if (last && (last.head !== event.head || events.length >= maxEvents || bytes > maxBytes)) return false;
  events.push(event);
  batch.bytes = bytes;
  return true;
}
