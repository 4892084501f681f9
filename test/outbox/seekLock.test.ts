import { afterEach, beforeEach, expect, test } from 'vitest';
import { createGuard } from '../../src/platform/guard.ts';
import { createListen } from '../../src/platform/listen.ts';
import { type Lock, seekLock } from '../../src/platform/locks.ts';

/** As much of a lock manager as we use: one holder at a time, in order of asking. */
function fakeLocks() {
  const queue: (() => Promise<void>)[] = [];
  let isBusy = false;
  const next = async () => {
    const grant = isBusy ? undefined : queue.shift();
    if (!grant) return;
    isBusy = true;
    await grant();
    isBusy = false;
    void next();
  };
  return {
    /** Other tabs that want it. */
    waiting: () => queue.length,
    request: (_name: string, { signal }: { signal?: AbortSignal }, callback: () => Promise<void>) =>
      new Promise<void>((resolve, reject) => {
        const grant = () => callback().then(resolve);
        queue.push(grant);
        signal?.addEventListener('abort', () => {
          const index = queue.indexOf(grant);
          if (index >= 0) queue.splice(index, 1);
          reject(signal.reason);
        });
        void Promise.resolve().then(next);
      }),
  };
}

let locks: ReturnType<typeof fakeLocks> | undefined;
let held: number;
let rested: number;
let lock: Lock;
const errors: unknown[] = [];
const listen = createListen(createGuard((error) => errors.push(error)));
const later = () => new Promise((resolve) => setTimeout(resolve));
const seek = () =>
  seekLock(
    'name',
    listen,
    () => held++,
    () => rested++,
  );
const happens = (type: string) => {
  (/freeze|resume/.test(type) ? document : window).dispatchEvent(new Event(type));
  return later();
};

beforeEach(async () => {
  held = rested = 0;
  locks = fakeLocks();
  Object.defineProperty(navigator, 'locks', { get: () => locks, configurable: true });
  lock = seek();
  await later();
});
afterEach(() => {
  lock.release();
  Reflect.deleteProperty(navigator, 'locks');
  expect(errors).toEqual([]);
});

test('it is held for the life of the page, and nobody else gets it', async () => {
  expect([lock.isHeld(), lock.isExclusive, held]).toEqual([true, true, 1]);
  const other = seek();
  await later();
  expect(other.isHeld()).toBe(false);
  lock.release();
  await later();
  expect([lock.isHeld(), other.isHeld()]).toEqual([false, true]);
  other.release();
});

test.each([
  ['the back/forward cache', 'pagehide', 'pageshow'],
  ['a frozen tab', 'freeze', 'resume'],
])('%s lets it go, and asks again when the page comes back', async (_name, leave, comeBack) => {
  await happens(leave);
  expect([lock.isHeld(), rested]).toEqual([false, 1]);
  await happens(comeBack);
  await happens('pageshow');
  expect([lock.isHeld(), held]).toEqual([true, 2]);
});

test('a page that waits for it and goes to rest waits no longer', async () => {
  const other = seek();
  await later();
  expect(locks?.waiting()).toBe(1);
  await happens('pagehide');
  expect(locks?.waiting()).toBe(0);
  expect([lock.isHeld(), other.isHeld()]).toEqual([false, false]);
  other.release();
});

test('one that was released asks no more', async () => {
  lock.release();
  await happens('pageshow');
  expect(lock.isHeld()).toBe(false);
});

test('without Web Locks every page holds it, and says that this keeps nobody out', () => {
  lock.release();
  locks = undefined;
  lock = seek();
  const other = seek();
  expect([lock, other].map((one) => [one.isHeld(), one.isExclusive])).toEqual([
    [true, false],
    [true, false],
  ]);
  other.release();
});
