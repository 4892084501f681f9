import { deleteDatabase } from '../platform/deleteDatabase.ts';
import { seekLock as seekWebLock } from '../platform/locks.ts';
import type { Counts } from '../protocol/event.ts';
import { LEAVING_GRACE_MS, MAX_BATCH_BYTES, MAX_BATCH_EVENTS } from '../protocol/limits.ts';
import { addCounts } from './addCounts.ts';
import { createDatabase } from './database.ts';
import { join } from './join.ts';
import { memoryOutbox } from './memoryOutbox.ts';
import { openStore as openDatabase } from './openStore.ts';
import type { BatchLimits, DropReason, Outbox, OutboxBatch, OutboxFactory, Settlement } from './outbox.ts';
import {
  drop,
  type Gone,
  idOf,
  isWithdrawn,
  keyOf,
  type Meta,
  move,
  newBatch,
  readBatches,
  readMeta,
  SENT,
  type StoredBatch,
  type StoredEvent,
  survey,
  timeOf,
  writeMeta,
} from './storedEvents.ts';
import { createTabs } from './tabs.ts';

/** How long a tab is the sender without a word, where there are no Web Locks: a request is given up before. */
const LEASE_MS = 12_000;
/** When to look again, while another tab is sending. */
const LOOK_MS = 1000;
/** When to look what became of another tab's event: a tab that died sends nothing. */
const PATROL_MS = 15_000;
/** The events of a former visit go out even if this one has none; until then nothing is opened. */
const IDLE_MS = 3000;
/** How often a flush asks for its turn, and how many times: as long as a request may take, and a little. */
const TURN_MS = 250;
const TURNS = 48;
const SWEEP_MS = 60_000;
/** Beyond so many own events they wait in large batches; before, in such as a leaving page can send. */
const MANY = 200;
const LARGEST = { maxEvents: MAX_BATCH_EVENTS, maxBytes: MAX_BATCH_BYTES };
/** Most bytes of events kept in memory too: for a page that leaves, and for a store that fails. */
const MOST_MEMORY = 131_072;
const LONGEST_PAUSE_MS = 60 * 60_000;

export interface DurableOutboxOptions {
  /** Beyond this the oldest go, and are counted as `evicted`. @default 10_000 */
  maxEvents?: number;
  /** Of all events' texts. Beyond this the oldest go, and are counted as `evicted`. @default 5 MiB */
  maxBytes?: number;
  /** Older ones go, and are counted as `expired`. @default 7 days */
  maxAgeMs?: number;
  /** `strict` survives a power cut too, and costs several times as much. @default 'relaxed' */
  durability?: 'relaxed' | 'strict';
}

/** How the tabs of an origin meet. */
export interface Meeting {
  openStore: typeof openDatabase;
  seekLock: typeof seekWebLock;
  openChannel(name: string): Pick<BroadcastChannel, 'postMessage' | 'onmessage' | 'close'>;
}

const nameOf = (key: string) => `beaconry ${key}`;
const countsOf = ({ events }: StoredBatch) => events.reduce((sum, { counts }) => addCounts(sum, counts), {});

/**
 * Keeps events in IndexedDB from the moment they are tracked until a server has them, across reloads, crashes and tabs.
 * One tab at a time sends. Where the browser refuses to store, or no longer can, events stay in memory.
 *
 * The database is opened by the first event, or three seconds after the start to look for those of a former visit.
 */
export function durableOutbox(
  input?: DurableOutboxOptions,
  {
    openStore = openDatabase,
    seekLock = seekWebLock,
    openChannel = (name) => new BroadcastChannel(name),
  }: Partial<Meeting> = {},
): OutboxFactory {
  const options: DurableOutboxOptions = input ?? {};
  const above0 = (given: unknown, usual: number) => (typeof given === 'number' && given > 0 ? given : usual);
  const storeLimits = {
    maxEvents: above0(options.maxEvents, 10_000),
    maxBytes: above0(options.maxBytes, 5 * 2 ** 20),
    maxAgeMs: above0(options.maxAgeMs, 7 * 24 * 60 * 60_000),
  };
  const create: OutboxFactory = (context): Outbox => {
    const { clock, createId, counters, wake, onError } = context;
    const isOnce = context.delivery === 'at-most-once';
    const isLost = () => isOnce && !navigator.onLine;
    const name = nameOf(context.key);
    /** Names this tab for as long as it lives. */
    const self = createId();
    /** Names it in its records' keys. Each wipe makes a new one that sorts after it, so what sorts before is withdrawn. */
    let tab = self;
    /** Ids of own events that are not settled, wherever they are. */
    const own = new Set<string>();
    /** Own batches, as far as a leaving page may send them. */
    const mine = new Map<string, StoredBatch>();
    /** Batches that this page has sent, claimed or leaving, and until when they rest for it. */
    const sent = new Map<string, number>();
    /** The newest own batch, while it takes more events. */
    let open: StoredBatch | undefined;
    /** Events that were appended in this task, by key. */
    let fresh = new Map<string, StoredEvent>();
    /** Taken from the counters, and not stored yet. */
    let owed: Counts = {};
    /** Ids of own events that were not in the store when it was last looked into. */
    let missing = new Set<string>();
    /** Whether this page rested, and others may have sent its events unheard. */
    let isBehind = false;
    let backlog = 0;
    let sweptAt = -Infinity;
    /** The last wipe that this tab knows of. */
    let wiped = '';
    /** Whether it wipes because another tab does, who sees to the store. */
    let isObeying = false;
    /** Whether another tab was sending when this one wanted to. */
    let isRefused = false;
    /** The batch that was claimed and is not settled. Until then the lock is held. */
    let inHand: StoredBatch | undefined;
    /** Resolves when the page runs again. Chromium's back/forward cache keeps none that uses its store meanwhile. */
    let awake: Promise<void> | undefined;
    let wakeUp = () => {};
    let isClosed = false;
    let fallback: Outbox | undefined;
    let cancelWake = clock.after(IDLE_MS, wake);
    const wakeIn = (ms: number) => {
      cancelWake();
      cancelWake = clock.after(ms, wake);
    };

    // --- What this tab counts ---

    const takeCounts = () => {
      const counts = addCounts(counters.take(), owed);
      owed = {};
      return counts;
    };

    /** Counts what became of own events; others are passed over. To the server they are reported out of the store. */
    const forget = (ids: Iterable<string>, reason?: DropReason) => {
      const gone = new Set([...ids].filter((id) => own.delete(id)));
      for (const [id, batch] of mine) {
        const keys = batch.keys.filter((key) => !gone.has(idOf(key)));
        if (keys.length === batch.keys.length) continue;
        if (batch === open) open = undefined;
        if (keys[0]) mine.set(id, { ...batch, keys, events: batch.events.filter((event) => !gone.has(event.id)) });
        else mine.delete(id);
      }
      if (!reason) counters.acknowledge(gone.size);
      else {
        addCounts(owed, { dropped: { [reason]: -gone.size } });
        counters.drop(reason, gone.size);
      }
    };
    const settled = (ids: string[], reason?: DropReason) => {
      if (ids.length) tabs.tell({ ids, reason });
      forget(ids, reason);
    };
    const learn = (wipe: string, reason: DropReason) => {
      // Longer than the wipe's name, so it sorts after it whatever the clock says.
      tab = wipe + createId().slice(-12);
      wiped = wipe;
      fresh.clear();
      // Nor is anything to be reported of them.
      takeCounts();
      forget(own, reason);
    };
    const obey = (wipe: string, reason: DropReason) => {
      learn(wipe, reason);
      isObeying = true;
      context.refresh?.();
      isObeying = false;
    };

    // --- The store, and the other tabs ---

    const tabs = createTabs(
      name,
      seekLock,
      openChannel,
      onError,
      ({ ids, taken, wipe, reason }) => {
        if (wipe) obey(wipe, reason as DropReason);
        else if (taken) mine.delete(taken);
        else if (ids) {
          forget(ids, reason);
          if (isRefused) wake();
        } else wakeIn(PATROL_MS);
      },
      () => {
        awake = new Promise((resolve) => {
          wakeUp = resolve;
        });
        if (!isClosed) interrupt();
        // It hears nothing of what others do with its events. They are stored.
        mine.clear();
      },
      () => {
        isBehind = true;
        wakeUp();
        context.refresh?.();
        wake();
      },
    );

    const fail = (error: unknown) => {
      if (fallback) return;
      fresh.clear();
      fallback = memoryOutbox()({ ...context, counters: { ...counters, take: takeCounts } });
      for (const { events } of mine.values())
        for (const event of events) {
          own.delete(event.id);
          fallback.append(event);
        }
      mine.clear();
      const { wipe, stats, close } = outbox;
      Object.assign(outbox, fallback, { wipe, stats, close });
      // Another tab may still be able to send what is stored.
      tabs.lock()?.letGo();
      wake();
      // Last: whoever hears of it may track.
      onError(error);
    };
    const { run, isOpen, interrupt, close } = createDatabase(
      () => {
        tabs.lock();
        return openStore(name);
      },
      options.durability === 'strict' ? 'strict' : 'relaxed',
      clock,
      async () => {
        const gone: Gone = [];
        await change((store, meta) => survey(store, meta, clock.now(), gone, storeLimits, 0.9), true);
        for (const one of gone) settled(...one);
      },
      // What this tab has in memory was not meant to come back.
      () => obey(createId(), 'wiped'),
      fail,
    );

    type Change = (store: IDBObjectStore, meta: Meta) => Promise<unknown>;
    const change = (work: Change, isRepeat?: boolean) =>
      run(async (store) => {
        const meta = await readMeta(store);
        await work(store, meta);
        writeMeta(store, meta);
        return true;
      }, isRepeat);
    /** The same when the page is awake, and again if it goes to rest meanwhile. */
    const changeSurely = async (work: Change) => {
      do if (!isClosed) await awake;
      while (!(await change(work)) && !fallback && !isClosed);
    };
    /** As much as a page that is going away can do: it reads nothing any more. */
    const changeBlindly = (work: (store: IDBObjectStore) => void) =>
      run(async (store) => {
        work(store);
        store.transaction.commit();
      });

    /** Writes ahead what was appended. */
    const write = () => {
      const events = fresh;
      const [first] = events.values();
      if (!first) return;
      first.counts = takeCounts();
      fresh = new Map();
      void changeBlindly((store) => {
        // Unless they were withdrawn meanwhile.
        for (const [key, event] of events) if (own.has(event.id)) store.put(event, key);
      }).then(() => {
        if (fallback) return addCounts(owed, first.counts);
        let room = MOST_MEMORY;
        for (const { id, bytes } of [...mine.values()].reverse()) {
          room -= bytes;
          if (room < 0) mine.delete(id);
        }
        tabs.tell({});
      });
    };

    const take = (batch?: StoredBatch) => {
      inHand = batch;
      if (!batch) tabs.lock()?.letGo();
      return batch ?? null;
    };

    /** Whether that time is still to come. One too far ahead was noted before the clock was set back. */
    const isAhead = (at: number, mostMs: number) => at > clock.now() && at <= clock.now() + mostMs;

    /** What another tab says of the time until then. */
    const pauseOf = ({ pause }: Meta) =>
      pause && pause.self !== self && isAhead(pause.until, LONGEST_PAUSE_MS) ? pause : undefined;

    /** Finds the oldest batch that is due. */
    const find = async (limits: BatchLimits, isFlush?: boolean): Promise<OutboxBatch | null> => {
      isRefused = !(await tabs.lock()?.take());
      if (isRefused) {
        wakeIn(LOOK_MS);
        return null;
      }
      open = undefined;
      write();
      // What went with the page's last words is not there any more, and may be acknowledged.
      const known = isOnce && sent.size ? [] : [...own];
      let absent = new Set<string>();
      let hasSeenAll: unknown;
      let gone: Gone = [];
      let batch: StoredBatch | undefined;
      let next = Infinity;
      const isDone = await change(async (store, meta) => {
        const now = clock.now();
        const { wipe = '' } = meta;
        if (wipe > tab) obey(wipe, 'consent');
        const pause = pauseOf(meta);
        const mayClaim = !isLost() && (!pause || (isFlush && pause.isBackoff));
        isRefused = !!pause?.isLease;
        next = pause?.until ?? Infinity;
        gone = [];
        batch = undefined;
        backlog = 0;
        const isDue = !isAhead(sweptAt + SWEEP_MS, SWEEP_MS);
        const [batches, isAll] = await survey(store, meta, now, gone, isDue ? storeLimits : undefined);
        // What this sweep left, the next claim takes.
        if (isDue && !gone[0]) sweptAt = now;
        hasSeenAll = isAll;
        absent = new Set(isAll ? known : []);
        for (const [id, keys] of [...batches].reverse()) {
          for (const key of keys) absent.delete(idOf(key));
          const last = keys[0] as string;
          const isOwn = own.has(idOf(last));
          // Another tab may have sent its last events as it left. Some were tracked long before they were stored.
          const until = sent.get(id) ?? (isOwn ? 0 : Math.max(timeOf(id), timeOf(idOf(last))) + LEAVING_GRACE_MS);
          if (isWithdrawn(last, wipe)) {
            await drop(store, meta, keys, 'consent', gone);
            continue;
          }
          if (isAhead(until, LEAVING_GRACE_MS)) {
            next = Math.min(next, until);
            continue;
          }
          if (!isOwn) backlog += keys.length;
          if (batch || !mayClaim) continue;
          const parts = await readBatches(store, meta, last, id, limits, createId, gone);
          for (const part of parts) if (part.id !== id) sent.set(part.id, 0);
          [batch] = parts;
          const [first] = batch?.events ?? [];
          if (!batch || !first) continue;
          if (isOwn && meta.counts && !sent.has(id)) {
            first.counts = addCounts(meta.counts, first.counts);
            meta.counts = undefined;
            store.put(first, batch.keys[0]);
          }
          batch.counts = countsOf(batch);
          if (isOnce) batch.keys = move(store, batch.keys, batch.events, id, SENT);
          if (!tabs.lock()?.isExclusive) meta.pause = { self, until: now + LEASE_MS, isLease: true };
        }
      });
      if (fallback) return fallback.claim(limits);
      if (!isDone) return take();
      for (const one of gone) settled(...one);
      // Seen missing twice: at first another tab's word of them may have been on its way.
      forget(
        [...absent].filter((id) => isBehind || missing.has(id)),
        isBehind ? undefined : 'wiped',
      );
      missing = absent;
      isBehind &&= !hasSeenAll;
      cancelWake();
      if (next < Infinity) wakeIn(next - clock.now());
      // Withdrawn meanwhile, or gone to rest?
      if (!batch || isWithdrawn(batch.keys[0], wiped) || !tabs.lock()?.isHeld()) return take();
      tabs.tell({ taken: batch.id });
      if (mine.has(batch.id)) mine.set(batch.id, batch);
      sent.set(batch.id, 0);
      return take(batch);
    };

    const outbox: Outbox = {
      append(event) {
        const stored = { ...event };
        if (!open || !mine.has(open.id) || !join(open, stored, own.size > MANY ? LARGEST : undefined)) {
          open = newBatch(createId());
          mine.set(open.id, open);
          join(open, stored);
        }
        const key = keyOf(event, tab, open.id);
        open.keys.push(key);
        own.add(event.id);
        fresh.set(key, stored);
        if (fresh.size < 2) queueMicrotask(write);
      },

      async claim(limits, isFlush) {
        for (let turn = isFlush ? TURNS : 1; ; turn--) {
          const batch = await find(limits, isFlush);
          if (!isRefused || turn < 2 || isClosed) return batch;
          await new Promise<void>((resolve) => {
            clock.after(TURN_MS, resolve);
          });
        }
      },

      async settle(given, settlement: Settlement) {
        // Only what this outbox handed out comes back.
        const batch = given as StoredBatch;
        const { id, events, keys } = batch;
        const { kind } = settlement;
        const { retryInMs, afterMs, isSilent, isRefused } = settlement as Extract<Settlement, { kind: 'retry' }>;
        const middle = kind === 'split' && events.length > 1 ? (events.length + 1) >> 1 : 0;
        const isKept = middle || (kind === 'retry' && (!isOnce || isRefused));
        const reason = kind === 'retry' ? 'unconfirmed' : (settlement as { reason?: DropReason }).reason;
        await changeSurely(async (store, meta) => {
          const now = clock.now();
          // Another tab's lease outlives the answer to what this one sent as it left.
          if (!pauseOf(meta)?.isLease)
            meta.pause = retryInMs ? { self, until: now + retryInMs, isBackoff: !afterMs } : undefined;
          meta.silentSince = isSilent ? (meta.silentSince ?? now) : 0;
          if (middle) {
            // Of what is still there: a leaving page's repeat may have been settled first.
            const half = { maxEvents: middle, maxBytes: Infinity };
            for (const part of await readBatches(store, meta, keys[0] as string, createId(), half, createId))
              sent.set(part.id, 0);
          } else if (!isKept && reason) await drop(store, meta, keys, reason);
          else if (!isKept) for (const key of keys) store.delete(key);
          else if (isOnce) move(store, keys, events, id);
        });
        if (!isKept) settled(keys.map(idOf), reason);
        if (middle) mine.delete(id);
        if (!isKept || isOnce) sent.delete(id);
        if (batch === inHand) take();
        if (isClosed) close(!!wiped);
      },

      tail(maxBytes) {
        write();
        open = undefined;
        const until = clock.now() + LEAVING_GRACE_MS;
        if (isLost()) return [];
        const batches = [...mine.values()].reverse().filter((batch) => {
          const { id, bytes } = batch;
          if (isOnce ? sent.has(id) : isAhead(sent.get(id) ?? 0, LEAVING_GRACE_MS)) return false;
          maxBytes -= bytes;
          if (maxBytes < 0) return false;
          sent.set(id, until);
          batch.counts = countsOf(batch);
          return true;
        });
        // Deletions, not moves: WebKit carries them out when a page is left, and loses what is put.
        if (isOnce && batches[0])
          void changeBlindly((store) => {
            for (const { keys } of batches) for (const key of keys) store.delete(key);
          });
        return batches;
      },

      async wipe(reason) {
        const wipe = createId();
        tabs.lock();
        learn(wipe, reason);
        tabs.tell({ wipe, reason });
        await Promise.all([
          fallback?.wipe(reason),
          // It may be gone already, and is not made again for this.
          (isOpen() || !isObeying) &&
            changeBlindly((store) => {
              store.clear();
              writeMeta(store, { wipe });
            }),
        ]);
      },

      stats: () => ({ pending: own.size + (fallback?.stats().pending ?? 0), durable: !fallback, backlog }),

      close() {
        cancelWake();
        write();
        tabs.leave();
        isClosed = true;
        close(!!wiped);
      },
    };
    // It hears of a withdrawal from the start; but of the page's leaving after the courier, who needs it for the last words.
    queueMicrotask(() => {
      try {
        tabs.lock();
      } catch (error) {
        fail(error);
      }
    });
    return outbox;
  };
  create.isDurable = true;
  create.remove = (key) => deleteDatabase(nameOf(key));
  return create;
}
