export interface Refresher {
  /** Asks for a run soon: at once when the last one is long enough ago, else as soon as it is. */
  request(): void;
  /** Drops a run under way and starts anew: what it would have shown is no longer wanted. */
  restart(): void;
}

/** How many times its own length a run rests: a large database must not be busy with our questions alone. */
const REST = 4;

/** Runs a task at most once per `gapMs` and never twice at a time, however often it is asked for; a slow one less often. */
export function createRefresher(task: (signal: AbortSignal) => Promise<void>, gapMs: number): Refresher {
  let running: AbortController | undefined;
  let asked = false;
  let nextAt = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const run = async () => {
    clearTimeout(timer);
    timer = undefined;
    asked = false;
    const startedAt = performance.now();
    nextAt = startedAt + gapMs;
    const controller = new AbortController();
    running = controller;
    await task(controller.signal);
    if (running !== controller) return;
    running = undefined;
    const endedAt = performance.now();
    nextAt = Math.max(nextAt, endedAt + REST * (endedAt - startedAt));
    if (asked) request();
  };

  const request = () => {
    asked = true;
    if (running || timer) return;
    const waitMs = nextAt - performance.now();
    if (waitMs <= 0) void run();
    else timer = setTimeout(run, waitMs);
  };

  return {
    request,
    restart() {
      running?.abort();
      void run();
    },
  };
}
