import type { DropReason, OutboxBatch } from '../outbox/outbox.ts';
import type { Clock } from '../platform/clock.ts';
import type { Rejection } from '../protocol/event.ts';
import type { Wire } from '../wires/wire.ts';

const TIMEOUT_MS = 10_000;
/** Shorter bodies gain nothing. */
const GZIP_FROM = 1024;

/** Without a `Content-Encoding`, which would cost a preflight: the server knows gzip by its first bytes. */
const gzip = (body: string): string | Promise<ArrayBuffer> =>
  'CompressionStream' in globalThis
    ? new Response((new Response(body).body as ReadableStream).pipeThrough(new CompressionStream('gzip'))).arrayBuffer()
    : body;

/** What an attempt to send came to. */
export type SendResult =
  /** The server has the batch, but for those it lists later. */
  | { kind: 'accepted'; rejected?: Promise<Rejection[]> }
  /**
   * Not now. `afterMs` is the server's wish; `problem` says what only the owner can mend; `isSilent` that no answer came;
   * `isRefused` that the server has surely taken nothing.
   */
  | { kind: 'retry'; afterMs?: number; problem?: string; isSilent?: boolean; isRefused?: boolean }
  /** Too much, or something in it is bad: try it in halves. */
  | { kind: 'split'; reason: DropReason }
  | { kind: 'rejected'; reason: DropReason };

/** Makes attempts to send. */
export interface Transport {
  /** One attempt to send a batch; `leaving` for a page that may be gone before the answer. Never rejects. */
  (batch: OutboxBatch, leaving?: boolean): Promise<SendResult>;
  /** Breaks off the attempts under way; further ones are refused. */
  abort(): void;
}

/** Extra request headers. They cost a preflight on requests to another origin. */
export type RequestHeaders = Record<string, string> | (() => Record<string, string>);

/** `refresh` is called before each attempt, and may abort it. */
export function createTransport(
  { endpoint, site, headers }: { endpoint: string; site: string; headers?: RequestHeaders },
  wire: Wire,
  clock: Clock,
  refresh = () => {},
): Transport {
  const attempts = new Set<AbortController>();
  let isAborted = false;
  const send = async (batch: OutboxBatch, leaving?: boolean): Promise<SendResult> => {
    refresh();
    if (isAborted) return { kind: 'rejected', reason: 'consent' };
    let extra: Record<string, string> | undefined;
    try {
      extra = typeof headers === 'function' ? headers() : headers;
    } catch (error) {
      return { kind: 'retry', problem: `is not asked: option "headers" failed with ${error}`, isRefused: true };
    }
    const controller = new AbortController();
    attempts.add(controller);
    const cancelTimeout = clock.after(TIMEOUT_MS, () => controller.abort());
    try {
      const attempt = { ...batch, endpoint, site, sentAt: clock.now() };
      const body = wire.encode(attempt);
      const response = await fetch(wire.url(attempt), {
        method: 'POST',
        // A leaving page has no time to compress.
        body: wire.gzip && !leaving && body.length > GZIP_FROM ? await gzip(body) : body,
        headers: {
          'Content-Type': headers ? 'application/json' : wire.contentType,
          ...extra,
        },
        keepalive: leaving,
        credentials: 'omit',
        // Followed, a redirect turns the POST into a GET whose 200 would pass for an acknowledgement.
        redirect: 'manual',
        // The page's address may hold what the scrubber takes out.
        referrerPolicy: 'strict-origin',
        signal: controller.signal,
      });
      const result = wire.verdict(response, attempt.sentAt);
      if (result.kind === 'retry') result.isRefused = /4..|503/.test(`${response.status}`);
      // Chromium never gives an unread body's share of the keepalive quota back.
      if (!response.bodyUsed) void response.body?.cancel();
      return result;
    } catch {
      // Offline, refused, timed out or blocked: the browser does not say which.
      return { kind: 'retry', isSilent: true };
    } finally {
      cancelTimeout();
      attempts.delete(controller);
    }
  };
  send.abort = () => {
    isAborted = true;
    for (const controller of attempts) controller.abort();
  };
  return send;
}
