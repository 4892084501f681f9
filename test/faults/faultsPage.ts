import type { BatchOptions, Delivery, Tracker } from '../../src/index.ts';

export type OutboxName = 'durable' | 'careless' | 'memory';

/** What a test page is told in its query. */
export interface PageOptions {
  outbox: OutboxName;
  endpoint: string;
  site: string;
  batch?: BatchOptions;
  /**
   * What the browser refuses: `locks`, `indexedDB`, `open`, more than a `quota`, to hear of other tabs by `channel`; or
   * `prerender`, which makes the page one.
   */
  breaks?: ('locks' | 'indexedDB' | 'open' | 'quota' | 'channel' | 'prerender')[];
  /** What the owner wants of the outbox. @default 'at-least-once' */
  delivery?: 'at-least-once' | 'at-most-once';
  /** How far the visitor's clock is ahead. */
  aheadMs?: number;
  /** Which part of the back-off is waited for. @default 0.1 */
  jitter?: number;
  /** `beforeSend` throws for events with `isBad`. */
  hasBrokenHook?: boolean;
}

/** What a test page holds for the tests. */
export interface FaultsPage {
  tracker: Tracker;
  deliveries: Delivery[];
  errors: string[];
  /** Milliseconds of tasks over 50 ms; Chromium only. */
  longTasks: number[];
  /** Every database connection that was opened, unless something is broken. */
  connections: IDBDatabase[];
  /** Whether the page came out of the back/forward cache. */
  isRestored(): boolean;
  track(labels: string[], padding?: number): void;
  wipe(): Promise<void>;
  setHidden(isHidden: boolean): void;
  /** Tells the page what browsers tell one that they freeze or wake. */
  setFrozen(isFrozen: boolean): void;
}

declare global {
  interface Window {
    faults: FaultsPage;
  }
}
