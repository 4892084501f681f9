export interface Refresher {
  /** Asks for a run soon: at once when the last one is long enough ago, else as soon as it is. */
  request(): void;
  /** Drops a run under way and starts anew: what it would have shown is no longer wanted. */
  restart(): void;
}

/** Runs a task at most once per `gapMs` and never twice at a time, however often it is asked for. */
export function createRefresher(task: (signal: AbortSignal) => Promise<void>, gapMs: number): Refresher {
  let running: AbortController | undefined;
  let asked = false;
  let startedAt = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const run = async () => {
    clearTimeout(timer);
    timer = undefined;
    asked = false;
    startedAt = performance.now();
    const controller = new AbortController();
    running = controller;
    await task(controller.signal);
    if (running !== controller) return;
    running = undefined;
    if (asked) request();
  };

  const request = () => {
    asked = true;
    if (running || timer) return;
    const waitMs = startedAt + gapMs - performance.now();
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
