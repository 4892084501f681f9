import { promisifyRequest } from 'idb-keyval';
import type { Counts } from '../protocol/event.ts';
import { MAX_BATCH_EVENTS } from '../protocol/limits.ts';
import { addCounts } from './addCounts.ts';
import { join } from './join.ts';
import type { BatchLimits, DropReason, OutboxBatch, SealedEvent } from './outbox.ts';

// What lies in the store: one record per event, under `e1/<its batch>/<its id>/<its tab>/<its bytes>` (`s1/…` once it was
// sent and may not go again), and one of `Meta`.
// All that is decided is decided by keys. Which events travel together is fixed as they are written, so that whoever
// sends them, and however often, sends the same batch.

const META = 'm';
/** The kind of an event's record, with the version of its form. Other versions are left alone until they expire. */
const WAITING = 'e1';
export const SENT = 's1';
const DAY_MS = 24 * 60 * 60_000;
/** An endpoint that has not answered for a day, nor ever before, is probably blocked: no reason to fill the disk. */
const BLOCKED_LIMIT = 200;
/** Most events that one transaction lists or drops: a few milliseconds of work, and more than any batch has. */
const MOST_EVENTS = 2 * MAX_BATCH_EVENTS;

/** What senders know and leave to the next. */
export interface Meta {
  /** Events of tabs whose name sorts before this are withdrawn. */
  wipe?: string;
  /** What became of events that nobody has reported yet. */
  counts?: Counts;
  /** Until when others leave the endpoint to that tab: it is sending, or the server or its back-off wants a pause. */
  pause?: { self: string; until: number; isLease?: boolean; isBackoff?: boolean };
  /** Since when the endpoint has been silent; 0 once it has answered. */
  silentSince?: number;
}

export interface StoredEvent extends SealedEvent {
  /** What its tab has to report up to here; only in the first event of each write. */
  counts?: Counts;
}

/** A batch, and the keys of its events. */
export interface StoredBatch extends OutboxBatch {
  events: StoredEvent[];
  keys: string[];
}

export interface StoreLimits {
  maxEvents: number;
  maxBytes: number;
  maxAgeMs: number;
}

/** Events that were dropped. */
export type Gone = [ids: string[], reason: DropReason][];

export const keyOf = ({ id, bytes }: SealedEvent, tab: string, batch: string) =>
  [WAITING, batch, id, tab, bytes].join('/');
/** Whether the event under that key is of a time before that wipe. */
export const isWithdrawn = (key = '', wipe = '') => (key.split('/')[3] as string) < wipe;
/** When that id, a UUIDv7, was made. */
export const timeOf = (id: string) => parseInt(id.replace('-', ''), 16);
export const idOf = (key: string) => key.split('/')[2] as string;

export const readMeta = async (store: IDBObjectStore): Promise<Meta> => ({
  ...(await promisifyRequest(store.get(META))),
});
export const writeMeta = (store: IDBObjectStore, meta: Meta) => store.put(meta, META);

const isSound = (event: unknown): event is StoredEvent => typeof (event as StoredEvent | null)?.text === 'string';
const rangeOf = (start: string) => IDBKeyRange.bound(start, `${start}~`);

/** Deletes events, and keeps what they had to report. */
export async function drop(
  store: IDBObjectStore,
  meta: Meta,
  keys: string[],
  reason: DropReason,
  gone?: Gone,
): Promise<void> {
  const ids: string[] = [];
  const counts = meta.counts ?? {};
  meta.counts = counts;
  await Promise.all(
    keys.map(async (key) => {
      const event: unknown = await promisifyRequest(store.get(key));
      // Another tab was quicker.
      if (event === undefined) return;
      store.delete(key);
      ids.push(idOf(key));
      if (isSound(event)) addCounts(counts, event.counts);
    }),
  );
  addCounts(counts, { dropped: { [reason]: ids.length } });
  if (ids[0]) gone?.push([ids, reason]);
}

/** Moves events to another batch or kind, and answers with their new keys. */
export const move = (
  store: IDBObjectStore,
  keys: string[],
  events: StoredEvent[],
  to: string,
  kind = WAITING,
): string[] =>
  keys.map((key, i) => {
    const moved = [kind, to, ...key.split('/').slice(2)].join('/');
    store.delete(key);
    store.put(events[i], moved);
    return moved;
  });

export const newBatch = (id: string): StoredBatch => ({ id, events: [], keys: [], bytes: 0, counts: {} });

/**
 * Reads the batch of that event, drops what of it is corrupt, and shares the rest out among batches of no more than may go
 * at once: the first under that id, further ones under new ids, in the store as well.
 */
export async function readBatches(
  store: IDBObjectStore,
  meta: Meta,
  key: string,
  id: string,
  limits: BatchLimits,
  createId: () => string,
  gone?: Gone,
): Promise<StoredBatch[]> {
  const range = rangeOf(`${key.split('/', 2).join('/')}/`);
  const keys = (await promisifyRequest(store.getAllKeys(range))) as string[];
  const events: unknown[] = await promisifyRequest(store.getAll(range));
  const batches: StoredBatch[] = [];
  const corrupt: string[] = [];
  for (const [i, key] of keys.entries()) {
    const event = events[i];
    let batch = batches[batches.length - 1];
    if (!isSound(event)) corrupt.push(key);
    else {
      if (!batch || !join(batch, event, limits)) {
        batch = newBatch(batch ? createId() : id);
        batches.push(batch);
        join(batch, event);
      }
      batch.keys.push(...(key.split('/')[1] === batch.id ? [key] : move(store, [key], [event], batch.id)));
    }
  }
  if (corrupt[0]) await drop(store, meta, corrupt, 'corrupt', gone);
  return batches;
}

/**
 * Lists the keys of the oldest events by their batches, newest first, complete ones only, and says whether these are all.
 * With limits it looks at everything there is, and drops what is too old, what may not be sent again, and the oldest of
 * what is too much: more than the limits, or than a share.
 */
export async function survey(
  store: IDBObjectStore,
  meta: Meta,
  now: number,
  gone: Gone,
  limits?: StoreLimits,
  share = 0,
): Promise<[batches: Map<string, string[]>, isAll: unknown]> {
  const found = await promisifyRequest(limits ? store.getAllKeys() : store.getAllKeys(rangeOf(WAITING), MOST_EVENTS));
  const keys = (found as string[]).filter((key) => key.split('/')[4]).reverse();
  const isAll = limits || keys.length < MOST_EVENTS;
  const isBlocked = limits && meta.silentSince && now - meta.silentSince > DAY_MS;
  // Nothing is less than no number.
  const { maxEvents = NaN, maxBytes = NaN, maxAgeMs = NaN } = limits ?? {};
  let events = share ? keys.length * share : isBlocked ? BLOCKED_LIMIT : maxEvents;
  let bytes = maxBytes;
  const batches = new Map<string, string[]>();
  const doomed = new Map<DropReason, string[]>();
  const add = <Name>(lists: Map<Name, string[]>, name: Name, key: string) =>
    lists
      .set(name, lists.get(name) ?? [])
      .get(name)
      ?.push(key);
  for (const key of keys) {
    const [kind, batch = '', id = '', , size = 0] = key.split('/');
    let reason: DropReason | undefined;
    events--;
    bytes -= +size;
    if (events < 0 || bytes < 0) reason = isBlocked ? 'blocked' : 'evicted';
    if (now - timeOf(id) > maxAgeMs) reason = 'expired';
    if (kind === SENT) reason = 'unconfirmed';
    if (reason) add(doomed, reason, key);
    else if (kind === WAITING) add(batches, batch, key);
  }
  if (!isAll) batches.delete(keys[0]?.split('/')[1] as string);
  for (const [reason, some] of doomed) await drop(store, meta, some.slice(-MOST_EVENTS), reason, gone);
  return [batches, isAll];
}
