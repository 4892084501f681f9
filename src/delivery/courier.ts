import type { BatchLimits, Outbox, OutboxBatch } from '../outbox/outbox.ts';
import type { Clock } from '../platform/clock.ts';
import type { Listen } from '../platform/listen.ts';
import { MAX_LEAVING_BYTES } from '../protocol/limits.ts';
import { backoffMs, LONGEST_MS } from './backoff.ts';
import type { SendResult, Transport } from './transport.ts';

/** So soon that a bounced visit counts, so late that the events of a page load share a request. */
const FIRST_MS = 200;

/** Reasons to wait, by strength: our own patience, the server's wish, the end. */
const BACKOFF = 1;
const WISH = 2;
const STOPPED = 3;

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
  /** Tells that there is something to send. Cheap: call it for every event. */
  wake(): void;
  /** Sends everything now, unless the server asked for a pause. Resolves when done or failed; never rejects. */
  flush(): Promise<void>;
  /** Sends what this page holds, as it may be going away. Synchronous. */
  leave(): void;
  stop(): void;
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

export function createCourier({
  outbox,
  send,
  clock,
  listen,
  limits,
  size = 10,
  intervalMs = 5000,
  onDelivery,
  onProblem,
}: BatchOptions & {
  outbox: Outbox;
  send: Transport;
  clock: Clock;
  listen: Listen;
  limits: BatchLimits;
  onDelivery(delivery: Delivery, result: SendResult): void;
  onProblem(problem: string): void;
}): Courier {
  let running: Promise<void> | undefined;
  let failures = 0;
  let isFirst = true;
  let leavingBytes = 0;
  /** What holds a run back until the timer ends; the stronger reason stands. */
  let pause = STOPPED;
  let timerMs = Infinity;
  let cancelTimer = () => {};

  /** Sees to it that a run begins within `ms`, or, for a reason, not before. A shorter wait stands. */
  const plan = (ms: number, reason = 0) => {
    if (pause > reason || (!reason && ms >= timerMs)) return;
    cancelTimer();
    timerMs = ms;
    pause = reason;
    cancelTimer = clock.after(ms, run);
  };

  const deliver = async (batch: OutboxBatch, leaving?: boolean): Promise<boolean> => {
    const result = await send(batch, leaving);
    await outbox.settle(batch, result);
    const isRetry = result.kind === 'retry';
    let retryInMs: number | undefined;
    if (isRetry) {
      const { afterMs, problem } = result;
      failures++;
      if (problem || (failures === 3 && navigator.onLine)) onProblem(problem ?? 'cannot be reached');
      retryInMs = afterMs ?? (problem ? LONGEST_MS : backoffMs(failures));
      plan(retryInMs, afterMs ? WISH : BACKOFF);
    } else failures = 0;
    onDelivery({ id: batch.id, count: batch.events.length, kind: result.kind, retryInMs }, result);
    return !isRetry;
  };

  /** One request at a time, until what is left can wait for more or, with `isFlush`, to the end. */
  const run = (isFlush?: boolean): Promise<void> => {
    const work = async () => {
      cancelTimer();
      timerMs = Infinity;
      pause = 0;
      isFirst = false;
      let batch: OutboxBatch | null;
      do batch = await outbox.claim(limits);
      while (batch && (await deliver(batch)) && (isFlush || outbox.stats().pending >= size));
      running = undefined;
      if (outbox.stats().pending) plan(intervalMs);
    };
    running ??= work();
    return running;
  };

  const wake = () => plan(outbox.stats().pending >= size ? 0 : isFirst ? FIRST_MS : intervalMs);

  const leave = () => {
    for (const batch of outbox.tail(MAX_LEAVING_BYTES - leavingBytes)) {
      const { bytes } = batch;
      leavingBytes += bytes;
      void deliver(batch, true).then(() => {
        leavingBytes -= bytes;
      });
    }
  };

  let undo: (() => void)[] = [];
  return {
    start() {
      pause = 0;
      undo = [
        // On phones the last event that a page can count on. It comes with every switch of tabs, too.
        listen(document, 'visibilitychange', () => document.hidden && leave()),
        listen(window, 'pagehide', leave),
        listen(window, 'online', () => pause === BACKOFF && run()),
      ];
      if (outbox.stats().pending) wake();
    },
    wake,
    async flush() {
      await running;
      if (pause < WISH) await run(true);
    },
    leave,
    stop() {
      cancelTimer();
      pause = STOPPED;
      for (const end of undo) end();
    },
  };
}
