/** One event as it is kept: times are epoch milliseconds, texts are '' where unknown. */
export interface EventRow {
  eventId: string;
  batchId: string;
  site: string;
  type: string;
  name: string;
  visitorId: string;
  sessionId: string;
  tab: string;
  seq: number;
  pageId: string;
  userId: string;
  /** The visitor's own clock, as sent; never altered. */
  ts: number;
  /** `ts` moved by what the visitor's clock was wrong when the batch was sent; for the reports. */
  correctedAt: number;
  receivedAt: number;
  url: string;
  path: string;
  title: string;
  referrer: string;
  refDomain: string;
  utmSource: string;
  utmMedium: string;
  utmCampaign: string;
  utmTerm: string;
  utmContent: string;
  device: string;
  screen: string;
  lang: string;
  value: number | null;
  x: number | null;
  y: number | null;
  /** The event's data as JSON text. */
  props: string;
  consent: string;
}

/** What a batch says about events that are not in it. */
export interface CountsRow {
  batchId: string;
  site: string;
  /** `ts` of the batch's earliest event, the same on every attempt; 0 when there is none. */
  firstAt: number;
  receivedAt: number;
  accepted: number;
  /** Dropped events by reason, as JSON text. */
  dropped: string;
}

/** One request's worth of rows. */
export interface BatchRows {
  events: EventRow[];
  counts: CountsRow | null;
}

/** A row of an answer. Whole numbers that a database counts in 64 bits arrive as numbers. */
export type ResultRow = Record<string, string | number | null>;

/** Bound by name; a `Date` is compared with the time columns. */
export type QueryParameters = Record<string, string | number | Date>;

/**
 * Keeps events, each exactly once.
 *
 * Promises that every implementation keeps:
 * - `insert` answers after its rows are safe from a crash of the process, all of them or none, and answers those that
 *   were new. An event is known by site, id and time, counts by site and batch id: a repeat is not stored again, whatever
 *   batch it comes in.
 * - `insert` is called once at a time; `query` at any time.
 * - `insert` and `query` throw `StoreUnavailable` when the same call may succeed later. Nothing was stored then, or all of it.
 * - `close` writes everything to its final place. Afterwards every call throws `StoreUnavailable`.
 */
export interface EventStore {
  insert(batches: BatchRows[]): Promise<EventRow[]>;
  query(sql: string, parameters?: QueryParameters): Promise<ResultRow[]>;
  close(): Promise<void>;
}

/** The store cannot work now: closed, disk full, broken. Worth another try later. */
export class StoreUnavailable extends Error {
  override name = 'StoreUnavailable';
}
