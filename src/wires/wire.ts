import type { SendResult } from '../delivery/transport.ts';
import type { OutboxBatch } from '../outbox/outbox.ts';

/** A batch at the moment of one attempt. */
export interface WireBatch extends OutboxBatch {
  site: string;
  endpoint: string;
  /** Epoch milliseconds of this attempt. */
  sentAt: number;
}

/** How a collector wants its events: pure functions over finished events. */
export interface Wire {
  url(batch: WireBatch): string;
  contentType: string;
  encode(batch: WireBatch): string;
  /** Whether the collector knows a gzipped body by its first bytes. */
  gzip?: boolean;
  /** Most events in one request. */
  maxEvents: number;
  /** Most bytes of events in one request. */
  maxBytes: number;
  /** Reads an answer by its status at once; what its body adds may come later. `now` is in epoch milliseconds. */
  verdict(response: Response, now: number): SendResult;
}
