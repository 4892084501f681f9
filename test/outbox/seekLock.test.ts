import { afterEach, beforeEach, expect, test } from 'vitest';
import { createGuard } from '../../src/platform/guard.ts';
import { createListen } from '../../src/platform/listen.ts';
import { type Lock, seekLock } from '../../src/platform/locks.ts';

/** As much of a lock manager as we use: whoever asks has it at once or not at all, and the end of it takes a moment. */
function fakeLocks() {
  let isBusy = false;
  return {
    isBusy: () => isBusy,
    async request(_name: string, options: LockOptions, callback: (lock: object | null) => Promise<void> | undefined) {
      await Promise.resolve();
      // A page that waits for a lock, or could abort that, stays out of Firefox's back/forward cache.
      expect(options).toEqual({ ifAvailable: true });
      if (isBusy) return callback(null);
      isBusy = true;
      await callback({});
      await later();
      isBusy = false;
    },
  };
}

let locks: ReturnType<typeof fakeLocks> | undefined;
let returned: number;
let rested: number;
let lock: Lock;
const errors: unknown[] = [];
const listen = createListen(createGuard((error) => errors.push(error)));
const later = () => new Promise((resolve) => setTimeout(resolve));
const seek = () =>
  seekLock(
    'name',
    listen,
    () => rested++,
    () => returned++,
  );
const happens = (type: string) => {
  (/freeze|resume/.test(type) ? document : window).dispatchEvent(new Event(type));
  return later();
};

beforeEach(async () => {
  returned = rested = 0;
  locks = fakeLocks();
  Object.defineProperty(navigator, 'locks', { get: () => locks, configurable: true });
  lock = seek();
});
afterEach(() => {
  lock.release();
  Reflect.deleteProperty(navigator, 'locks');
  expect(errors).toEqual([]);
});

test('it is asked for only when it is to be used, and nobody else gets it meanwhile', async () => {
  const other = seek();
  await later();
  expect([lock.isHeld(), lock.isExclusive, locks?.isBusy()]).toEqual([false, true, false]);
  expect([await lock.take(), await other.take(), lock.isHeld(), other.isHeld()]).toEqual([true, false, true, false]);
  expect(await lock.take()).toBe(true);
  lock.letGo();
  await later();
  await later();
  expect([lock.isHeld(), await other.take()]).toEqual([false, true]);
  other.release();
});

test('it can be taken again at once', async () => {
  await lock.take();
  lock.letGo();
  expect(await lock.take()).toBe(true);
});

test.each([
  ['the back/forward cache', 'pagehide', 'pageshow'],
  ['a frozen tab', 'freeze', 'resume'],
])('%s lets it go, and does not take it until the page comes back', async (_name, leave, comeBack) => {
  await lock.take();
  await happens(leave);
  expect([lock.isHeld(), rested, await lock.take()]).toEqual([false, 1, false]);
  await happens(comeBack);
  await happens('pageshow');
  expect([returned, await lock.take()]).toEqual([1, true]);
});

test('one that is granted to a page that has gone to rest is given back', async () => {
  const taken = lock.take();
  await happens('pagehide');
  expect(await taken).toBe(false);
  await later();
  expect(locks?.isBusy()).toBe(false);
});

test('a page that is new is not one that came back', async () => {
  await happens('pageshow');
  expect(returned).toBe(0);
});

test('one that was released hears no more', async () => {
  await lock.take();
  lock.release();
  await happens('pageshow');
  expect([lock.isHeld(), returned]).toEqual([false, 0]);
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
