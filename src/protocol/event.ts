/** A value that survives JSON unchanged. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** The page (or the view of a single-page app) an event happened on. */
export interface Page {
  /** UUIDv7, new with every page view; in memory only. */
  id: string;
  /** Scrubbed address. */
  url: string;
  title: string;
  /** Scrubbed; within a single-page app the address of the view before this one. '' when there is none. */
  referrer: string;
}

/** What happened, where and when: all that may be known before consent. */
export interface StampedEvent {
  /** UUIDv7, monotonic within a tab; a captured page view's is that of its page. Repeats of an event carry the same id. */
  id: string;
  /** snake_case, 1 to 200 characters. */
  name: string;
  /** Epoch milliseconds of the visitor's clock. */
  at: number;
  /** Id of the tab's current page load; in memory only. */
  tab: string;
  page: Page;
  data: Record<string, unknown>;
}

/** A stamped event that knows its visit; what `beforeSend` sees. */
export interface BeaconEvent extends StampedEvent {
  session: string;
  /** Random, first party; only where the privacy mode and consent allow it. */
  visitor?: string;
  /** As given to `identify()`; never in cookieless mode. */
  user?: string;
}

/** An event as it travels: `page` names an entry of the batch's `pages`, or is the page itself. */
export interface WireEvent extends Omit<BeaconEvent, 'page' | 'data'> {
  /** Counts up per tab and session from 1 without gaps: a gap is a loss. */
  seq: number;
  page: string | Page;
  data?: Record<string, Json>;
}

/** What was known about device and reader. Fields absent where the privacy mode withholds them. */
export interface Context {
  language: string;
  /** `small` (< 640), `medium` (< 1024) or `large`; `1280x720` (CSS pixels) in the fuller privacy modes. */
  viewport: string;
  screen?: string;
  /** IANA name. */
  timeZone?: string;
  userAgent?: string;
}

/** Changes since the counts that the last frozen batch carried. */
export interface Counts {
  accepted?: number;
  /** Events that will never arrive, by reason. */
  dropped?: Record<string, number>;
}

/** One request body. `id` and the events are frozen with it; a repeat differs in `sentAt` alone. */
export interface Batch {
  v: 1;
  id: string;
  site: string;
  /** Epoch milliseconds of this attempt. */
  sentAt: number;
  /** Name and version, `beaconry/0.1.0`. */
  sdk: string;
  /** Under which consent these events were taken. */
  consent: ConsentState;
  counts: Counts;
  context: Context;
  pages: Record<string, Omit<Page, 'id'>>;
  events: WireEvent[];
}

export type ConsentState = 'granted' | 'cookieless';

/** A collector's answer to a batch. */
export interface Receipt {
  accepted: number;
  /** Events that the collector will never take; the rest of the batch is stored. */
  rejected: Rejection[];
}

export interface Rejection {
  id: string;
  reason: string;
}
