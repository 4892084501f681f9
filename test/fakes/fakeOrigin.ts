import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { createCounters, type Totals } from '../../src/outbox/counters.ts';
import type { Meeting } from '../../src/outbox/durableOutbox.ts';
import { openStore } from '../../src/outbox/openStore.ts';
import type { Counters, Outbox, OutboxContext, SealedEvent } from '../../src/outbox/outbox.ts';
import type { Clock } from '../../src/platform/clock.ts';
import { createIds } from '../../src/platform/createIds.ts';
import type { Lock } from '../../src/platform/locks.ts';

/** A page of a fake origin. */
export interface FakeTab {
  outbox: Outbox;
  counters: Counters & { totals: Totals };
  errors: unknown[];
  /** Calls a listener with every drop and every error. */
  hear(listener: () => void): void;
  /** Calls a listener when the tracker is to look at the consent. */
  onRefresh(listener: () => void): void;
  /** How often it was told that there is something to claim. */
  wakes(): number;
  /** Counts and appends an event, and answers with its id. */
  append(event?: Partial<SealedEvent>): string;
  /** As the page goes into the back/forward cache, or is frozen. */
  rest(): void;
  comeBack(): void;
  /** Ends it at once: what it has not committed is lost, and nothing of it runs on. */
  crash(): void;
  /** Whether a message came while it rested: Chromium throws such a page out of the back/forward cache. */
  isEvicted(): boolean;
  /** The browser closes its connection. */
  loseConnection(): void;
  /** How many connections to the database are open. */
  connections(): number;
  /** The browser answers what it was asked while it was told to `refuse('silently')`. */
  answer(): void;
  /**
   * So many transactions fail with that error, or, with 'open', every attempt to open the database; with 'silently' those
   * have no answer.
   */
  refuse(error: string, times?: number): void;
  /** Whether accepted = acknowledged + pending + the sum of dropped. */
  isBalanced(): boolean;
}

/** Tabs over one database, with the locks, channels and time of a browser. */
export interface FakeOrigin {
  clock: Clock;
  open(create: (context: OutboxContext, meeting: Meeting) => Outbox): FakeTab;
  /** Whether some tab has the lock. */
  isLocked(): boolean;
  advance(ms: number): Promise<void>;
  /** Until whatever was begun has ended. */
  idle(): Promise<void>;
  /** Reads or changes the database beside all tabs. */
  inStore<Result>(work: (store: IDBObjectStore) => IDBRequest<Result>): Promise<Result>;
}

export function fakeOrigin({ hasLocks = true, start = Date.UTC(2025, 5, 10) } = {}): FakeOrigin {
  globalThis.indexedDB = new IDBFactory();
  let now = start;
  const timers = new Set<{ at: number; task: () => void }>();
  const clock: Clock = {
    now: () => now,
    elapsed: () => now - start,
    after(ms, task) {
      const timer = { at: now + ms, task };
      timers.add(timer);
      return () => timers.delete(timer);
    },
  };
  const idle = async () => {
    // A transaction of fake-indexeddb takes a few turns of the event loop.
    for (let turn = 0; turn < 40; turn++) await new Promise((resolve) => setImmediate(resolve));
  };
  let holder: Lock | undefined;
  const channels = new Set<{ hear(data: unknown): void }>();
  let made = 0;

  return {
    clock,
    idle,
    isLocked: () => !!holder,
    async advance(ms) {
      const end = now + ms;
      for (;;) {
        const [next] = [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
        if (!next) break;
        timers.delete(next);
        now = Math.max(now, next.at);
        next.task();
        await idle();
      }
      now = end;
      await idle();
    },
    async inStore(work) {
      const db = await openStore('beaconry key');
      const request = work(db.transaction('outbox', 'readwrite').objectStore('outbox'));
      await idle();
      db.close();
      return request.result;
    },
    open(create) {
      let isDead = false;
      let isResting = false;
      let isEvicted = false;
      let refusal: string | undefined;
      let refusals = 0;
      let rest = () => {};
      let comeBack = () => {};
      const live = new Set<IDBTransaction>();
      const connections = new Set<IDBDatabase>();
      const errors: unknown[] = [];
      let wakes = 0;
      let answer = () => {};
      const silence = new Promise<void>((resolve) => {
        answer = resolve;
      });

      const meeting: Meeting = {
        async openStore(name) {
          if (refusal === 'open') throw new DOMException('refused', 'SecurityError');
          if (refusal === 'silently') await silence;
          const db = isDead ? undefined : await openStore(name);
          if (!db || isDead) return new Promise(() => {});
          connections.add(db);
          const { transaction, close } = db;
          db.close = () => {
            connections.delete(db);
            close.call(db);
          };
          db.transaction = (...args) => {
            if (isDead) throw new DOMException('dead', 'InvalidStateError');
            const begun = transaction.apply(db, args);
            live.add(begun);
            begun.addEventListener('complete', () => live.delete(begun));
            if (refusal) {
              const reason = refusal;
              if (--refusals < 1) refusal = undefined;
              const { abort } = begun;
              begun.commit = () => {
                begun.abort = () => {
                  throw new DOMException('committing', 'InvalidStateError');
                };
              };
              queueMicrotask(() => {
                abort.call(begun);
                Object.defineProperty(begun, 'error', { value: new DOMException('refused', reason) });
              });
            }
            return begun;
          };
          return db;
        },
        seekLock(_name, _listen, onRest, onReturn) {
          const lock: Lock = {
            isExclusive: hasLocks,
            isHeld: () => (hasLocks ? holder === lock : !isResting),
            async take() {
              await Promise.resolve();
              if (isDead) return new Promise(() => {});
              if (hasLocks && !isResting) holder ??= lock;
              return lock.isHeld();
            },
            letGo() {
              if (holder === lock) holder = undefined;
            },
            release: () => rest(),
          };
          rest = () => {
            isResting = true;
            lock.letGo();
            if (!isDead) onRest();
          };
          comeBack = () => {
            if (isDead || !isResting) return;
            isResting = false;
            onReturn();
          };
          return lock;
        },
        openChannel() {
          const channel = {
            onmessage: null as ((event: MessageEvent) => void) | null,
            hear(data: unknown) {
              if (isResting) isEvicted = true;
              channel.onmessage?.({ data } as MessageEvent);
            },
            postMessage(data: unknown) {
              if (isDead) return;
              const message = structuredClone(data);
              for (const other of channels)
                if (other !== channel) setImmediate(() => channels.has(other) && other.hear(message));
            },
            close: () => void channels.delete(channel),
          };
          channels.add(channel);
          crashChannel = () => channels.delete(channel);
          return channel;
        },
      };
      let crashChannel = () => false;
      let hear = () => {};
      let refresh = () => {};
      const counters = createCounters(() => hear());
      const createId = createIds(clock);
      const context: OutboxContext = {
        key: 'key',
        clock: { ...clock, after: (ms, task) => clock.after(ms, () => isDead || task()) },
        createId,
        counters,
        wake: () => wakes++,
        refresh: () => refresh(),
        onError(error) {
          errors.push(error);
          hear();
        },
      };
      const outbox = create(context, meeting);
      return {
        outbox,
        counters,
        errors,
        hear(listener) {
          hear = listener;
        },
        onRefresh(listener) {
          refresh = listener;
        },
        wakes: () => wakes,
        append(given) {
          const id = createId();
          const text = `{"id":"${id}","n":${++made}}`;
          counters.accept();
          outbox.append({ id, at: now, text, bytes: text.length, head: '"consent":"granted"', page: '', ...given });
          return id;
        },
        isEvicted: () => isEvicted,
        rest: () => rest(),
        comeBack: () => comeBack(),
        crash() {
          isDead = true;
          for (const transaction of live) {
            try {
              transaction.abort();
            } catch {
              // It has ended.
            }
          }
          crashChannel();
          rest();
        },
        connections: () => connections.size,
        answer() {
          refusal = undefined;
          answer();
        },
        loseConnection() {
          for (const db of connections) db.close();
          connections.clear();
        },
        refuse(error, times = Infinity) {
          refusal = error;
          refusals = times;
        },
        isBalanced() {
          const { accepted, acknowledged, dropped } = counters.totals;
          const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0);
          return accepted === acknowledged + outbox.stats().pending + lost;
        },
      };
    },
  };
}
