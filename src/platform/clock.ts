/** Time, replaceable in tests. */
export interface Clock {
  /** Epoch milliseconds; jumps when the visitor sets the clock. */
  now(): number;
  /** Milliseconds since the page began, for durations: never jumps. Whether it goes on while the computer sleeps differs. */
  elapsed(): number;
  /** Runs `task` once after at least `ms`, unaffected by the wall clock. Returns its undo. */
  after(ms: number, task: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after(ms, task) {
    // Timers overflow beyond 24 days, and then fire at once.
    const timer = setTimeout(task, Math.min(ms, 2 ** 31 - 1));
    return () => clearTimeout(timer);
  },
};
