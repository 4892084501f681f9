import type { Clock } from '../platform/clock.ts';
import type { Counts } from '../protocol/event.ts';

/** An event in its final form. The text that is stored is the text that is sent. */
export interface SealedEvent {
  id: string;
  /** Epoch milliseconds; orders and ages events. */
  at: number;
  /** The event as JSON. */
  text: string;
  /** Length of the text in UTF-8. */
  bytes: number;
  /** The members of the batch that all its events share: consent and context, as JSON text without braces. */
  head: string;
  /** The event's entry in the batch's `pages`, as JSON text; '' when the event carries its page itself. */
  page: string;
}

/** Events that travel together. Frozen: a repeat has the same id, events and counts. */
export interface OutboxBatch {
  id: string;
  events: SealedEvent[];
  /** Of the events in a request body. */
  bytes: number;
  counts: Counts;
}

export type DropReason =
  | 'blocked'
  | 'consent'
  | 'corrupt'
  | 'evicted'
  | 'expired'
  | 'filtered'
  | 'hook_error'
  | 'invalid_name'
  | 'rejected'
  | 'stopped'
  | 'too_large'
  | 'unconfirmed'
  | 'unserialisable'
  | 'wiped';

/**
 * What became of a batch.
 * `accepted`: every event is the server's now. `retry`: keep it whole; with when the next attempt is due, whether the
 * server has named that time, whether there was no answer at all, for other pages and tabs to know, and whether the server
 * has said that it took nothing, without which at-most-once drops it. `split`: keep it in halves, or, if it is one
 * event, drop that for the reason. `rejected`: drop all for the reason.
 */
export type Settlement =
  | { kind: 'accepted' }
  | { kind: 'retry'; retryInMs?: number; afterMs?: number; isSilent?: boolean; isRefused?: boolean }
  | { kind: 'split'; reason: DropReason }
  | { kind: 'rejected'; reason: DropReason };

export interface BatchLimits {
  maxEvents: number;
  /** Of the events' texts together. A single larger event still travels alone. */
  maxBytes: number;
}

/**
 * Keeps events from `append` until they are settled as accepted or rejected, oldest first.
 *
 * Promises: an event leaves only by its id, never by its place in a list; a claimed batch comes back unchanged from the
 * next `claim` until it is settled; what cannot be kept is counted with its reason; nothing throws or rejects.
 */
export interface Outbox {
  /** Takes an event; synchronous for the caller, who may be about to leave the page. */
  append(event: SealedEvent): void;
  /** Gives the next batch, or `null`: nothing due, or another tab is the sender. With `isFlush` it waits for that, a while. */
  claim(limits: BatchLimits, isFlush?: boolean): Promise<OutboxBatch | null>;
  settle(batch: OutboxBatch, settlement: Settlement): Promise<void>;
  /**
   * What this page holds and has not seen acknowledged, in batches of `LEAVING_BATCH`, the newest that fit into
   * `maxBytes`; synchronous, for a page that leaves. They are not claimed again for `LEAVING_GRACE_MS`, so that an
   * answer can come.
   */
  tail(maxBytes: number): OutboxBatch[];
  /** Forgets everything at once (withdrawn consent) and counts it as dropped. */
  wipe(reason: DropReason): Promise<void>;
  stats(): OutboxStats;
  /** Lets go of connections and locks; what is stored stays. */
  close(): void;
}

export interface OutboxStats {
  /** This page's events that are kept and not yet settled. */
  pending: number;
  /** Events of other tabs and former visits, as of the last claim. */
  backlog?: number;
  /** Whether they survive the page. */
  durable: boolean;
}

/**
 * What a server is to expect: events again that it may have, known by their ids; or none twice, and now and then none at
 * all, counted as `unconfirmed`.
 */
export type DeliveryPromise = 'at-least-once' | 'at-most-once';

/** What an outbox is given to live on. */
export interface OutboxContext {
  /** Names the endpoint and site; two trackers with different keys never share events. */
  key: string;
  clock: Clock;
  createId: () => string;
  /** @default 'at-least-once' */
  delivery?: DeliveryPromise;
  /** The tracker's totals. An outbox adds to them what it drops and acknowledges, and takes from them what a batch reports. */
  counters: Counters;
  /** To be called when there is something to claim that was not there before. */
  wake(): void;
  /** To be called when another tab may have withdrawn consent: where it has, the outbox is wiped within the call. */
  refresh?(): void;
  /** Reports what went wrong; never throws. */
  onError(error: unknown): void;
}

/** Builds the outbox once the tracker is ready for it. One that is durable writes to the device, and needs consent. */
export type OutboxFactory = ((context: OutboxContext) => Outbox) & {
  isDurable?: boolean;
  /** Removes from the device whatever outboxes of that key have left there; after they were wiped and closed. */
  remove?(key: string): void;
};

/** Where a tracker's events are counted. */
export interface Counters {
  accept(): void;
  acknowledge(count: number): void;
  drop(reason: DropReason, count?: number): void;
  /** The changes since the last call; for a batch that is being frozen. */
  take(): Counts;
}
