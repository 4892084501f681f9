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

/** What is known of events that are not stored: what a batch says of those not in it, and how many were erased. */
export interface CountsRow {
  /** Of an erasure: an id of its own. */
  batchId: string;
  site: string;
  /** `ts` of the batch's earliest event, the same on every attempt; 0 when there is none. */
  firstAt: number;
  receivedAt: number;
  accepted: number;
  /** Dropped events by reason, as JSON text. */
  dropped: string;
}

/** A visitor's choice as it is kept for proof. */
export interface ConsentRow {
  /** The visitor's claim to it: random, made by their browser. */
  recordId: string;
  site: string;
  /** When they chose, by their own clock. */
  updatedAt: number;
  receivedAt: number;
  revision: number;
  source: string;
  /** Of everything that was asked: all granted, all denied, or some of each. */
  outcome: 'granted' | 'denied' | 'partial';
  /** Choice by purpose, as JSON text. */
  purposes: string;
  locale: string;
  textHash: string;
}

/** Whose events go, and never come back. An erased visitor's sessions go with them. */
export interface Erasure {
  id: string;
  site: string;
  /** '' where none is named. */
  session: string;
  visitor: string;
  at: number;
}

/** One request's worth of rows. */
export interface BatchRows {
  events: EventRow[];
  counts: CountsRow | null;
  consents?: ConsentRow[];
  erasures?: Erasure[];
}

/** A row of an answer. Whole numbers that a database counts in 64 bits arrive as numbers. */
export type ResultRow = Record<string, string | number | null>;

/** Bound by name; a `Date` is compared with the time columns. */
export type QueryParameters = Record<string, string | number | Date>;

/**
 * Keeps events and choices, each exactly once.
 *
 * Promises that every implementation keeps:
 * - `insert` answers after its rows are safe from a crash of the process, all of them or none, and answers the events that
 *   were new. An event is known by site, id and time, counts by site and batch id, a choice by site, record id, time and
 *   what was chosen: a repeat is not stored again, whatever batch it comes in.
 * - An erasure holds for events that came before it, with it and later; they count as dropped, by the reason `erased`.
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
