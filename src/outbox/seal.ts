import type { BeaconEvent, Page } from '../protocol/event.ts';
import type { SealedEvent } from './outbox.ts';

/**
 * Writes an event down once, in the form that is stored and sent. `page` goes to the batch's `pages`; without it the
 * event carries its page itself.
 */
export function seal(event: BeaconEvent & { seq: number }, head: string, page?: Page): SealedEvent {
  const { id, at } = event;
  const text = JSON.stringify(page ? { ...event, page: page.id } : event);
  return {
    id,
    at,
    text,
    // Nearly all events are plain ASCII, where counting characters is enough.
    bytes: /[^ -~]/.test(text) ? new Blob([text]).size : text.length,
    head,
    page: page ? `"${page.id}":${JSON.stringify({ ...page, id: undefined })}` : '',
  };
}
