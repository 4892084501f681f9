import type { Clock } from '../../src/platform/clock.ts';

/** A clock that moves when it is told to. */
export function fakeClock(start = Date.UTC(2025, 5, 10, 12)): Clock & { advance(ms: number): void } {
  let now = start;
  return {
    now: () => now,
    elapsed: () => now - start,
    after: () => () => {},
    advance(ms) {
      now += ms;
    },
  };
}
