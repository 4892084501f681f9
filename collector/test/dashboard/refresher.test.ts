import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createRefresher } from '../../dashboard/refresher.ts';

const GAP_MS = 1000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A task that takes a while; `starts` holds when its runs began. */
function makeTask(lengthMs: number) {
  const starts: number[] = [];
  const signals: AbortSignal[] = [];
  const begin = performance.now();
  const task = (signal: AbortSignal) => {
    starts.push(performance.now() - begin);
    signals.push(signal);
    return new Promise<void>((resolve) => setTimeout(resolve, lengthMs));
  };
  return { task, starts, signals };
}

test('however often it is asked, it runs once per gap', async () => {
  const { task, starts } = makeTask(10);
  const { request } = createRefresher(task, GAP_MS);
  for (let at = 0; at < 2500; at += 50) {
    request();
    await vi.advanceTimersByTimeAsync(50);
  }
  expect(starts).toEqual([0, 1000, 2000]);
});

test('a slow task rests for four times its length', async () => {
  const { task, starts } = makeTask(500);
  const { request } = createRefresher(task, GAP_MS);
  for (let at = 0; at < 6000; at += 50) {
    request();
    await vi.advanceTimersByTimeAsync(50);
  }
  expect(starts).toEqual([0, 2500, 5000]);
});

test('a restart waits for nothing, and drops what is under way', async () => {
  const { task, starts, signals } = makeTask(500);
  const { request, restart } = createRefresher(task, GAP_MS);
  request();
  await vi.advanceTimersByTimeAsync(100);
  restart();
  expect(starts).toEqual([0, 100]);
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
});
