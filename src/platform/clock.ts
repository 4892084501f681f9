/** Time, replaceable in tests. */
export interface Clock {
  /** Epoch milliseconds; jumps when the visitor sets the clock. */
  now(): number;
  /** Runs `task` once after at least `ms`, unaffected by the wall clock. Returns its undo. */
  after(ms: number, task: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, task) {
    const timer = setTimeout(task, ms);
    return () => clearTimeout(timer);
  },
};
