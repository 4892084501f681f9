import type { BatchLimits, Outbox, OutboxBatch, Settlement } from '../outbox/outbox.ts';
import type { Clock } from '../platform/clock.ts';
import type { Listen } from '../platform/listen.ts';
import { MAX_LEAVING_BYTES } from '../protocol/limits.ts';
import { backoffMs, LONGEST_MS } from './backoff.ts';
import type { SendResult, Transport } from './transport.ts';

/** So soon that a bounced visit counts, so late that the events of a page load share a request. */
const FIRST_MS = 200;

/** What the courier is at; a stronger state is never left for a weaker one but by its own end. */
const IDLE = 0;
/** A timer runs until a request is made, with more events by then. */
const WAITING = 1;
/** As many events wait as go at once. */
const DUE = 2;
const SENDING = 3;
/** A request failed: it is tried again later, or when the network comes back. */
const BACKOFF = 4;
/** The server asked for a pause. */
const PAUSED = 5;
const STOPPED = 6;

export interface BatchOptions {
  /** Events that wait before a request is made at once. @default 10 */
  size?: number;
  /** The longest an event waits for others, in milliseconds. @default 5000 */
  intervalMs?: number;
}

/** Decides when to send. */
export interface Courier {
  /** Listens for the page's leaving and the network's return; after those who emit on leaving have begun to listen. */
  start(): void;
  /** Tells that there is something to send; `isSoon`, that it was in vain to wait for it. Cheap: call it for every event. */
  wake(isSoon?: boolean): void;
  /** Sends everything now, unless the server asked for a pause. Resolves when done or failed; never rejects. */
  flush(): Promise<void>;
  /** Sends what this page holds and makes no further plans; `isSilent`, sends nothing more and breaks off what is under way. */
  stop(isSilent?: boolean): void;
}

/** What became of one attempt to send. */
export interface Delivery {
  /** Id of the batch. */
  id: string;
  /** How many events it holds. */
  count: number;
  kind: SendResult['kind'];
  /** Milliseconds until the next attempt, after `retry`. */
  retryInMs?: number;
}

/** `onProblem` is told what only the owner can mend, each time it shows. */
export function createCourier(
  { size = 10, intervalMs = 5000 }: BatchOptions,
  outbox: Outbox,
  limits: BatchLimits,
  send: Transport,
  clock: Clock,
  listen: Listen,
  onDelivery: (delivery: Delivery, result: SendResult) => void,
  onProblem: (problem: string) => void,
): Courier {
  let state = STOPPED;
  let running: Promise<void> | undefined;
  let failures = 0;
  let waitMs = FIRST_MS;
  let leavingBytes = 0;
  let cancelTimer = () => {};

  const plan = (next: number, ms: number) => {
    cancelTimer();
    state = next;
    cancelTimer = clock.after(ms, run);
  };

  /** Events of this page and, in a durable outbox, of others. */
  const waiting = () => {
    const { pending, backlog = 0 } = outbox.stats();
    return pending + backlog;
  };

  const wake = (isSoon?: boolean) => {
    const next = waiting() < size ? WAITING : DUE;
    if (next > state) plan(next, next === DUE ? 0 : waitMs);
    else if (isSoon && state === WAITING) plan(WAITING, FIRST_MS);
  };

  const deliver = async (batch: OutboxBatch, leaving?: boolean): Promise<boolean> => {
    const { id, bytes, events } = batch;
    waitMs = intervalMs;
    if (leaving) leavingBytes += bytes;
    const result = await send(batch, leaving);
    if (leaving) leavingBytes -= bytes;
    const { kind } = result;
    // What the server found too large once it will not like better the next time.
    if (kind === 'split' && result.reason === 'too_large')
      limits = { ...limits, maxEvents: Math.max(1, events.length >> 1) };
    let retryInMs: number | undefined;
    if (kind === 'retry') {
      const { afterMs, problem } = result;
      failures++;
      if (problem || (failures === 3 && state < STOPPED && navigator.onLine)) onProblem(problem ?? 'cannot be reached');
      retryInMs = afterMs ?? (problem ? LONGEST_MS : backoffMs(failures));
      const next = afterMs ? PAUSED : BACKOFF;
      if (next >= state) plan(next, retryInMs);
    } else failures = 0;
    // The time stands there for a retry alone.
    await outbox.settle(batch, { ...result, retryInMs } as Settlement);
    onDelivery({ id, count: events.length, kind, retryInMs }, result);
    return kind !== 'retry';
  };

  /** One request at a time, until what is left can wait for more or, with `isFlush`, to the end. */
  const work = async (isFlush?: boolean) => {
    let batch: OutboxBatch | null;
    do batch = await outbox.claim(limits, isFlush);
    while (batch && state < STOPPED && (await deliver(batch)) && state < STOPPED && (isFlush || waiting() >= size));
    running = undefined;
    if (state === SENDING) {
      state = IDLE;
      // With nothing to claim another tab is the sender, or what there is rests: no hurry.
      if (waiting()) plan(WAITING, batch ? waitMs : intervalMs);
    }
  };
  const run = (isFlush?: boolean) => {
    // Also when a request is under way: a pause that has ended meanwhile is none any more.
    cancelTimer();
    state = SENDING;
    running = running ?? work(isFlush);
    return running;
  };

  const leave = () => {
    // Stopped; or the server asked for peace, and nothing is lost by it.
    if (state === STOPPED || (state === PAUSED && outbox.stats().durable)) return;
    for (const batch of outbox.tail(MAX_LEAVING_BYTES - leavingBytes)) void deliver(batch, true);
  };

  return {
    start() {
      state = IDLE;
      // On phones the last event that a page can count on. It comes with every switch of tabs, too.
      listen(document, 'visibilitychange', () => document.hidden && leave());
      listen(window, 'pagehide', leave);
      listen(window, 'online', () => state === BACKOFF && run());
      if (waiting()) wake();
    },
    wake,
    async flush() {
      await running;
      if (state < PAUSED) await run(true);
    },
    stop(isSilent) {
      if (isSilent) send.abort();
      else leave();
      cancelTimer();
      state = STOPPED;
    },
  };
}
