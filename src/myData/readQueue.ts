import type { StoredBatch, StoredEvent } from '../outbox/storedEvents.ts';
import { readDatabase } from '../platform/databases.ts';
import type { Page } from '../protocol/event.ts';
import { parse, toBag, toIso } from './words.ts';

/** An event as it will be sent, with its page and what its batch says of all its events. */
export interface MyDataEvent {
  endpoint: string;
  site: string;
  id: string;
  at: string;
  name: string;
  page: Partial<Page>;
  [member: string]: unknown;
}

/** What lies in a durable outbox. */
export interface Queue {
  /** Oldest first. */
  events: MyDataEvent[];
  /** Everything that is no event: what senders know and leave to the next. */
  notes: Record<string, unknown>;
}

export const byTime = (one: MyDataEvent, other: MyDataEvent): number => Date.parse(one.at) - Date.parse(other.at);

/** Puts an event together again from the parts in which it is stored. */
function readEvent({ id, at, text, head, page }: StoredEvent, endpoint: string, site: string): MyDataEvent {
  const event = toBag(parse(text));
  const pageId = event.page;
  return {
    ...toBag(parse(`{${head}}`)),
    ...event,
    endpoint,
    site,
    id,
    name: `${event.name ?? text}`,
    at: toIso(at) ?? '',
    page: typeof pageId === 'string' ? { id: pageId, ...toBag(toBag(parse(`{${page}}`))[pageId]) } : toBag(pageId),
  };
}

/**
 * Reads the database of a durable outbox, by its name: `beaconry <endpoint> <site>`. `null`: there is none. `undefined`: it
 * cannot be read.
 */
export async function readQueue(name: string): Promise<Queue | null | undefined> {
  const records = await readDatabase(name);
  if (!records) return records;
  const [, endpoint = '', ...site] = name.split(' ');
  const queue: Queue = { events: [], notes: {} };
  for (const [key, value] of records) {
    const { events, text } = toBag(value) as Partial<StoredBatch & StoredEvent>;
    if (Array.isArray(events) || typeof text === 'string')
      for (const event of events ?? [value as StoredEvent])
        queue.events.push(readEvent(event, endpoint, site.join(' ')));
    else queue.notes[key] = value;
  }
  queue.events.sort(byTime);
  return queue;
}
