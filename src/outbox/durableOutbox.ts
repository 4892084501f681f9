import { promisifyRequest } from 'idb-keyval';
import { deleteDatabase } from '../platform/deleteDatabase.ts';
import { createGuard } from '../platform/guard.ts';
import { createListen } from '../platform/listen.ts';
import { type Lock, seekLock } from '../platform/locks.ts';
import type { Counts } from '../protocol/event.ts';
import { LEAVING_BATCH, LEAVING_GRACE_MS } from '../protocol/limits.ts';
import { addCounts } from './addCounts.ts';
import { gather, type StoredBatch, type StoredEvent } from './gather.ts';
import { memoryOutbox } from './memoryOutbox.ts';
import { openStore, transact, type Work } from './openStore.ts';
import type { BatchLimits, DropReason, Outbox, OutboxFactory, Settlement } from './outbox.ts';

/** Kinds of records, with the version of their form. Other versions are left alone until they expire. */
const EVENTS = 'e1/';
const BATCHES = 'b1/';
/** What senders know and leave to the next: `Meta`. */
const META = 'm';
/** Which tab is the sender, where there are no Web Locks. */
const LEASE = 'l';

const LEASE_MS = 30_000;
/** How long the database may take to open. */
const OPEN_MS = 5000;
/** When to look again, while another tab is sending. */
const LOOK_MS = 1000;
/** When to look what became of another tab's event: a tab that died sends nothing. */
const PATROL_MS = 15_000;
/** Longest that another tab is freezing events, unless it says so again. */
const FREEZING_MS = 1000;
/** The events of a former visit go out even if this one has none; until then nothing is opened. */
const IDLE_MS = 3000;
const SWEEP_MS = 60_000;
/** Most records that one transaction deletes: a few milliseconds of work. */
const SWEEP_LIMIT = 500;
/** Most frozen batches looked at in one claim. Those of a few pages that left at once. */
const MOST_BATCHES = 20;
/** Most written events kept in memory too: what a leaving page may send, 60 KiB of ordinary events. */
const HELD_LIMIT = 200;
const LONGEST_PAUSE_MS = 60 * 60_000;
const DAY_MS = 24 * 60 * 60_000;
/** An endpoint that has not answered for a day, nor ever before, is probably blocked: no reason to fill the disk. */
const BLOCKED_LIMIT = 200;

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

interface Meta {
  /** Records of tabs whose name sorts before this are withdrawn. */
  wipe?: string;
  /** What the next batch reports beside its own. */
  counts?: Counts;
  pause?: Claim;
  /** Since when the endpoint has been silent; 0 once it has answered. */
  silentSince?: number;
}

/** What a tab says of the time until then. */
interface Claim {
  self: string;
  until: number;
}

/** What a claim finds. */
interface Found {
  batch?: StoredBatch;
  /** Of the events that went into it now. */
  keys?: string[];
  /** When there will be more to send. */
  next?: number;
  /** How many events of others are not to be sent yet. */
  resting?: number;
}

/** Events that were dropped. */
type Gone = [ids: string[], reason: DropReason][];

interface Message {
  /** Settled events. */
  ids?: string[];
  /** Whether its sender is about to freeze events; then a leaving page cannot know which are its own to freeze. */
  isClaiming?: boolean;
  /** Keys of what its sender has in hand now, so that the tab they came from does not send them too when it leaves. */
  taken?: string[];
  reason?: DropReason;
  wipe?: string;
}

/** An event of this tab, in memory. */
interface Held extends StoredEvent {
  isWritten?: boolean;
}

/** How the tabs of an origin meet. */
export interface Meeting {
  openStore: typeof openStore;
  seekLock: typeof seekLock;
  openChannel(name: string): Pick<BroadcastChannel, 'postMessage' | 'onmessage' | 'close'>;
}

const browser: Meeting = { openStore, seekLock, openChannel: (name) => new BroadcastChannel(name) };

const nameOf = (key: string) => `beaconry ${key}`;
const rangeOf = (kind: string) => IDBKeyRange.bound(kind, `${kind}~`);
const idsOf = (events: StoredEvent[]) => events.map(({ id }) => id);
/** How many events lie under such keys: `e1/<id>/<tab>/<bytes>` is one, `b1/<id>/<tab>/<bytes>/<count>` so many. */
const countOf = (keys: string[]) =>
  keys.reduce((sum, key) => {
    const [, , , bytes, count = 1] = key.split('/');
    return bytes ? sum + +count : sum;
  }, 0);

/** Whether a record is of a time before that wipe. */
const isWithdrawn = (key: string, wipe: string) => (key.split('/')[2] as string) < wipe;
const isSound = (record?: Partial<StoredBatch & StoredEvent> | null) =>
  !!record && (!!record.events?.length || typeof record.page === 'string');

/**
 * Keeps events in IndexedDB from the moment they are tracked until a server has them, across reloads, crashes and tabs.
 * One tab at a time sends, for all. Where the browser refuses to store, or no longer can, events stay in memory.
 *
 * The database is opened by the first event, or three seconds after the start to look for those of a former visit.
 */
export function durableOutbox(
  input?: DurableOutboxOptions,
  { openStore, seekLock, openChannel } = browser,
): OutboxFactory {
  const options: DurableOutboxOptions = input ?? {};
  const limit = (given: unknown, usual: number) => (typeof given === 'number' && given > 0 ? given : usual);
  const maxEvents = limit(options.maxEvents, 10_000);
  const maxBytes = limit(options.maxBytes, 5 * 2 ** 20);
  const maxAgeMs = limit(options.maxAgeMs, 7 * DAY_MS);
  const durability = options.durability === 'strict' ? 'strict' : 'relaxed';
  const create: OutboxFactory = (context): Outbox => {
    const { clock, createId, counters, wake, onError } = context;
    const name = nameOf(context.key);
    /** Names this tab for as long as it lives. */
    const self = createId();
    /** Names it in its records' keys. Each wipe makes a new one that sorts after it, so what sorts before is withdrawn. */
    let tab = self;
    /** Ids of own events that are not settled, wherever they are. */
    const own = new Set<string>();
    /** Own events in no batch, by key: those not yet written, and as many more as a leaving page may send. */
    const held = new Map<string, Held>();
    /** Frozen batches of own events, small enough for a leaving page. */
    const mine = new Map<string, StoredBatch>();
    /** Keys of what was appended in this task. */
    let fresh: string[] = [];
    /** Taken from the counters, and not stored yet. */
    let owed: Counts = {};
    let backlog = 0;
    /** The last wipe that this tab knows of. */
    let wiped = '';
    let isClaiming = false;
    let othersClaimUntil = 0;
    /** Whether another tab was sending when this one wanted to. */
    let isRefused = false;
    /** Key of the batch that was claimed and is not settled. Until then the lock is held. */
    let inHand: string | undefined;
    /** Resolves when the page runs again. Chromium's back/forward cache keeps none that uses its store meanwhile. */
    let awake: Promise<void> | undefined;
    let wakeUp = () => {};
    let isClosed = false;
    /** Whether the browser left a request to open the database unanswered. */
    let isStuck = false;
    let leaseUntil = 0;
    let sweptAt = -Infinity;
    let cancelWake = () => {};
    let cancelPatrol = () => {};
    let fallback: Outbox | undefined;
    let db: IDBDatabase | undefined;
    let connecting: Promise<IDBDatabase> | undefined;
    let lock: Lock | undefined;
    let channel: ReturnType<Meeting['openChannel']> | undefined;

    // --- What this tab counts ---

    const takeCounts = () => {
      const counts = addCounts(counters.take(), owed);
      owed = {};
      return counts;
    };

    /** Counts what became of own events; others are passed over. To the server they are reported out of the store. */
    const forget = (ids: Iterable<string>, reason?: DropReason) => {
      const gone = new Set([...ids].filter((id) => own.delete(id)));
      for (const [key, { id }] of held) if (gone.has(id)) held.delete(key);
      for (const [key, { events }] of mine) if (gone.has(events[0]?.id as string)) mine.delete(key);
      if (!reason) counters.acknowledge(gone.size);
      else {
        addCounts(owed, { dropped: { [reason]: -gone.size } });
        counters.drop(reason, gone.size);
      }
    };
    const tell = (message: Message) => isClosed || channel?.postMessage(message);
    const settled = (ids: string[], reason?: DropReason) => {
      if (ids.length) tell({ ids, reason });
      forget(ids, reason);
    };
    const learn = (wipe: string, reason: DropReason) => {
      // Longer than the wipe's name, so it sorts after it whatever the clock says.
      tab = wipe + createId().slice(-12);
      wiped = wipe;
      fresh = [];
      forget(own, reason);
    };

    // --- The store ---

    const disconnect = () => {
      db = connecting = undefined;
    };
    const openMeeting = () => {
      channel = openChannel(name);
      channel.onmessage = ({ data: { ids, isClaiming, taken, wipe, reason } }: MessageEvent<Message>) => {
        if (wipe) learn(wipe, reason as DropReason);
        else if (ids) {
          forget(ids, reason);
          if (isRefused) wake();
        } else if (taken) {
          othersClaimUntil = 0;
          for (const key of taken) held.delete(key) || mine.delete(key);
        } else if (isClaiming) othersClaimUntil = clock.now() + FREEZING_MS;
        else if (leaseUntil > clock.now()) wake();
        else {
          cancelPatrol();
          cancelPatrol = clock.after(PATROL_MS, wake);
        }
      };
    };
    /** A message to a page in the back/forward cache would throw it out. */
    const leaveMeeting = () => {
      channel?.close();
      channel = undefined;
    };
    const meet = () => {
      if (lock || isClosed) return lock;
      openMeeting();
      lock = seekLock(
        name,
        createListen(createGuard(onError)),
        () => {
          leaveMeeting();
          awake = new Promise((resolve) => {
            wakeUp = resolve;
          });
          if (leaseUntil > clock.now())
            void run(async (store) => {
              store.delete(LEASE);
              store.transaction.commit();
            });
          leaseUntil = 0;
          // A page that rests hears nothing of what others do with its events. They are stored.
          for (const [key, { isWritten }] of held) if (isWritten) held.delete(key);
          mine.clear();
        },
        () => {
          wakeUp();
          openMeeting();
          void catchUp();
        },
      );
      return lock;
    };
    /** Counts what others did with this page's events while it rested: they are no longer stored. */
    const catchUp = async () => {
      write();
      const ids = [...own];
      const found = await run(async (store) => {
        const keys = (await promisifyRequest(store.getAllKeys(rangeOf(EVENTS)))) as string[];
        const batches: StoredBatch[] = await promisifyRequest(store.getAll(rangeOf(BATCHES)));
        const kept = batches.flatMap((batch) => (isSound(batch) ? idsOf(batch.events) : []));
        return { kept: [...keys.map((key) => key.split('/')[1]), ...kept], meta: await readMeta(store) };
      });
      if (!found || fallback) return;
      const { wipe = '' } = found.meta;
      if (wipe > tab) learn(wipe, 'consent');
      const kept = new Set(found.kept);
      for (const { id, isWritten } of held.values()) if (!isWritten) kept.add(id);
      forget(ids.filter((id) => !kept.has(id)));
      wake();
    };
    const connect = () => {
      meet();
      connecting ??= new Promise((resolve, reject) => {
        let isLate = false;
        const cancel = clock.after(OPEN_MS, () => {
          isStuck = isLate = true;
          reject(new Error('IndexedDB does not answer'));
        });
        openStore(name).then(
          (opened) => {
            cancel();
            if (isLate) return opened.close();
            // Someone deletes the database: what this tab has in memory was not meant to come back.
            opened.onversionchange = () => {
              opened.close();
              disconnect();
              learn(createId(), 'wiped');
            };
            opened.onclose = disconnect;
            db = opened;
            resolve(opened);
          },
          (error) => {
            cancel();
            reject(error);
          },
        );
      });
      return connecting;
    };
    const isSender = () => (lock?.isExclusive ? lock.isHeld() : leaseUntil > clock.now());

    /** Runs work in a transaction, twice if need be; a second failure is the end of the store for this page. */
    const run = async <Result>(work: Work<Result>, isRepeat?: boolean): Promise<Result | undefined> => {
      // What was withdrawn is to be gone for good, with its database.
      if (isClosed && wiped) return undefined;
      try {
        return await transact(db ?? (await connect()), durability, work);
      } catch (error) {
        if (isRepeat || isStuck) {
          fail(error);
          return undefined;
        }
        if ((error as Error | null)?.name === 'QuotaExceededError') {
          const gone = await run(async (store) => sweep(store, await readMeta(store), 0.9), true);
          for (const one of gone ?? []) settled(...one);
        } else disconnect();
        return run(work, true);
      }
    };
    const fail = (error: unknown) => {
      if (fallback) return;
      fresh = [];
      for (const { isWritten, counts } of held.values()) if (!isWritten) addCounts(owed, counts);
      fallback = memoryOutbox()({ ...context, counters: { ...counters, take: takeCounts } });
      for (const { events } of [...mine.values(), { events: [...held.values()] }])
        for (const event of events) {
          own.delete(event.id);
          fallback.append(event);
        }
      mine.clear();
      held.clear();
      // Another tab may still be able to send what is stored.
      lock?.letGo();
      wake();
      // Last: whoever hears of it may track.
      onError(error);
    };

    const readMeta = async (store: IDBObjectStore): Promise<Meta> => ({ ...(await promisifyRequest(store.get(META))) });
    /** Deletes records, keeps what they had to report, and answers with the ids of the events that went. */
    const remove = async (store: IDBObjectStore, meta: Meta, keys: string[], reason?: DropReason) => {
      const ids: string[] = [];
      const counts = { ...meta.counts };
      await Promise.all(
        keys.map(async (key) => {
          const record = await promisifyRequest(store.get(key));
          if (record === undefined) return;
          store.delete(key);
          ids.push(...(isSound(record) && record.events ? idsOf(record.events) : [key.split('/')[1] as string]));
          // A batch that was accepted has reported its own.
          if (reason && isSound(record)) addCounts(counts, record.counts);
        }),
      );
      meta.counts = addCounts(counts, reason && { dropped: { [reason]: ids.length } });
      store.put(meta, META);
      return ids;
    };
    /** Deletes what is too old, and the oldest of what is too much: more than a share, or than the limits. */
    const sweep = async (store: IDBObjectStore, meta: Meta, share?: number) => {
      const now = clock.now();
      const isBlocked = meta.silentSince && now - meta.silentSince > DAY_MS;
      const keys = (await promisifyRequest(store.getAllKeys())) as string[];
      let events = share ? countOf(keys) * share : isBlocked ? BLOCKED_LIMIT : maxEvents;
      let bytes = maxBytes;
      const doomed = new Map<DropReason, string[]>();
      for (const key of keys.reverse()) {
        const [, id = '', , size = 0] = key.split('/');
        let reason: DropReason | undefined;
        events -= countOf([key]);
        bytes -= +size;
        if (size && (events < 0 || bytes < 0)) reason = isBlocked ? 'blocked' : 'evicted';
        // A UUIDv7 begins with its time.
        if (now - parseInt(id.replace('-', ''), 16) > maxAgeMs) reason = 'expired';
        if (!reason) continue;
        const others = doomed.get(reason);
        if (others) others.push(key);
        else doomed.set(reason, [key]);
      }
      const gone: Gone = [];
      for (const [reason, all] of doomed)
        gone.push([await remove(store, meta, all.slice(-SWEEP_LIMIT), reason), reason]);
      return gone;
    };

    /** Writes ahead what was appended: blind puts, as a page that is going away reads nothing any more. */
    const write = () => save(takeFresh());
    const takeFresh = () => {
      const events = fresh.map((key): [string, Held] => [key, held.get(key) as Held]);
      fresh = [];
      if (events[0]) events[0][1].counts = takeCounts();
      return events;
    };
    const save = (events: [string, Held][], freeze?: (store: IDBObjectStore) => void) => {
      if (!events[0] && !freeze) return;
      void run(async (store) => {
        for (const [key, event] of events) if (own.has(event.id)) store.put(event, key);
        freeze?.(store);
        store.transaction.commit();
      }).then(() => {
        for (const [, event] of events) event.isWritten = true;
        for (const [key, { isWritten }] of held) {
          if (!isWritten || held.size <= HELD_LIMIT) break;
          held.delete(key);
        }
        tell({});
      });
    };

    // --- Batches ---

    const createBatch = (events: StoredEvent[], bytes: number, counts = {}): StoredBatch => {
      const id = createId();
      return { id, key: `${BATCHES}${id}/${tab}/${bytes}/${events.length}`, events, bytes, counts, until: 0 };
    };

    /** Finds a frozen batch that nobody has settled, or freezes the next. */
    const find = async (
      store: IDBObjectStore,
      meta: Meta,
      limits: BatchLimits,
      counts: Counts,
      gone: Gone,
    ): Promise<Found> => {
      const now = clock.now();
      /** Whether that time is still to come. One too far ahead was noted before the clock was set back. */
      const isAhead = (at: number, mostMs: number) => at > now && at <= now + mostMs;
      const isAnothers = (claim: Claim | undefined, mostMs: number): claim is Claim =>
        !!claim && claim.self !== self && isAhead(claim.until, mostMs);
      const { wipe = '', pause } = meta;
      if (wipe > tab) learn(wipe, 'consent');
      if (!lock?.isHeld()) return {};
      if (!lock.isExclusive) {
        const lease: Claim | undefined = await promisifyRequest(store.get(LEASE));
        if (isAnothers(lease, LEASE_MS)) return { next: lease.until };
        leaseUntil = now + LEASE_MS;
        store.put({ self, until: leaseUntil }, LEASE);
      }
      if (!isAhead(sweptAt + SWEEP_MS, SWEEP_MS)) {
        gone.push(...(await sweep(store, meta)));
        // What this sweep left, the next claim takes.
        if (!gone.length) sweptAt = now;
      }
      if (isAnothers(pause, LONGEST_PAUSE_MS)) return { next: pause.until };

      /** Reads the oldest records of a kind, and takes away what may not be sent. */
      const read = async <Kind>(kind: string, most: number) => {
        const range = rangeOf(kind);
        const keys = (await promisifyRequest(store.getAllKeys(range, most))) as string[];
        const records = await promisifyRequest(store.getAll(range, most));
        const sound = new Map<string, Kind>();
        for (const [i, key] of keys.entries()) {
          const isOld = isWithdrawn(key, wipe);
          if (!isOld && isSound(records[i])) sound.set(key, records[i]);
          else {
            const reason = isOld ? 'consent' : 'corrupt';
            gone.push([await remove(store, meta, [key], reason), reason]);
          }
        }
        return sound;
      };
      let next: number | undefined;
      let due: StoredBatch | undefined;
      let resting = 0;
      for (const batch of (await read<StoredBatch>(BATCHES, MOST_BATCHES)).values()) {
        const { until, events } = batch;
        if (isAhead(until, LEAVING_GRACE_MS)) {
          next = Math.min(next ?? until, until);
          if (!own.has(events[0]?.id as string)) resting += events.length;
        } else due ??= batch;
      }
      if (due) return { batch: due, next, resting };
      const found = await read<StoredEvent>(EVENTS, limits.maxEvents);
      // Own events go in batches that this page can send again, as they are, when it leaves.
      const isOwn = held.has([...found.keys()][0] as string);
      for (const key of found.keys()) if (held.has(key) !== isOwn) found.delete(key);
      if (!found.size) return { next, resting };
      const { keys, ...gathered } = gather(found, limits, isOwn ? LEAVING_BATCH : limits);
      const batch = createBatch(gathered.events, gathered.bytes, gathered.counts);
      addCounts(addCounts(batch.counts, counts), meta.counts);
      meta.counts = undefined;
      for (const key of keys) store.delete(key);
      store.put(batch, batch.key);
      store.put(meta, META);
      return { batch, keys, next, resting };
    };

    const close = () => {
      isClosed = true;
      // After the work that waits for it has begun.
      connecting?.then(
        (opened) => opened.close(),
        () => {},
      );
      disconnect();
    };
    const cancelIdle = clock.after(IDLE_MS, () => db || wake());
    const wakeIn = (ms: number) => {
      cancelWake();
      cancelWake = clock.after(ms, wake);
    };
    const take = (batch?: StoredBatch) => {
      inHand = batch?.key;
      if (!batch) lock?.letGo();
      return batch ?? null;
    };

    return {
      append(event) {
        if (fallback) return fallback.append(event);
        const key = `${EVENTS}${event.id}/${tab}/${event.bytes}`;
        own.add(event.id);
        held.set(key, { ...event });
        if (fresh.push(key) === 1) queueMicrotask(write);
      },

      async claim(limits) {
        write();
        isRefused = !fallback && !(await meet()?.take());
        if (isRefused) {
          wakeIn(LOOK_MS);
          return null;
        }
        const counts = takeCounts();
        const wipedBefore = wiped;
        let meta: Meta = {};
        let gone: Gone = [];
        const ask = async (store: IDBObjectStore) => {
          gone = [];
          meta = await readMeta(store);
          const found = await find(store, meta, limits, counts, gone);
          const [events, batches] = await Promise.all([
            promisifyRequest(store.count(rangeOf(EVENTS))),
            promisifyRequest(store.getAllKeys(rangeOf(BATCHES))),
          ]);
          backlog = Math.max(0, events + countOf(batches as string[]) - (found.resting ?? 0) - own.size);
          return found;
        };
        isClaiming = true;
        tell({ isClaiming });
        const found = fallback ? undefined : await run(ask);
        isClaiming = false;
        const { batch, keys = [], next } = found ?? {};
        if (!keys.length) addCounts(owed, counts);
        if (fallback) {
          take();
          return fallback.claim(limits);
        }
        // Withdrawn meanwhile?
        if (wiped !== wipedBefore && wiped !== meta.wipe) return take();
        for (const one of gone) settled(...one);
        cancelWake();
        if (next) wakeIn(next - clock.now());
        if (batch) for (const key of keys) if (held.delete(key)) mine.set(batch.key, batch);
        tell({ taken: batch && !mine.has(batch.key) ? [...keys, batch.key] : [] });
        // Gone to rest meanwhile?
        return take(isSender() ? batch : undefined);
      },

      async settle(given, settlement: Settlement) {
        if (fallback) return fallback.settle(given, settlement as Settlement);
        // Only what this outbox handed out comes back.
        const batch = given as StoredBatch;
        const { key, events, bytes, counts } = batch;
        const { kind } = settlement;
        const reason = 'reason' in settlement ? settlement.reason : undefined;
        if (!isClosed) await awake;
        const middle = kind === 'split' ? events.length >> 1 : 0;
        const isKept = kind === 'retry' || middle;
        if (kind !== 'retry') mine.delete(key);
        const isGone = isWithdrawn(key, wiped);
        if (!isGone)
          await run(async (store) => {
            const meta = await readMeta(store);
            const now = clock.now();
            const { retryInMs, isSilent } = settlement as Extract<Settlement, { kind: 'retry' }>;
            meta.pause = retryInMs ? { self, until: now + retryInMs } : undefined;
            meta.silentSince = isSilent ? (meta.silentSince ?? now) : 0;
            // Gone, if a leaving page's repeat was settled first.
            if (middle && (await promisifyRequest(store.get(key)))) {
              store.delete(key);
              for (const half of [
                createBatch(events.slice(0, middle), bytes >> 1, counts),
                createBatch(events.slice(middle), bytes >> 1),
              ])
                store.put(half, half.key);
            }
            await remove(store, meta, isKept ? [] : [key], reason);
          });
        if (key === inHand) take();
        if (!isKept && !isGone) settled(idsOf(events), reason);
        if (isClosed) close();
      },

      tail(maxBytes) {
        if (fallback) return fallback.tail(maxBytes);
        const events = takeFresh();
        const now = clock.now();
        /** Whether no claim can be freezing the same events now. Otherwise they go as copies that report nothing. */
        const isMine = db && !isClaiming && othersClaimUntil <= now;
        const found = [...mine.values()].filter(({ until }) => until <= now);
        const waiting = new Map(held);
        const keys = new Map<StoredBatch, string[]>();
        while (waiting.size) {
          const gathered = gather(waiting, LEAVING_BATCH, LEAVING_BATCH);
          const batch = createBatch(gathered.events, gathered.bytes, gathered.counts);
          keys.set(batch, gathered.keys);
          found.push(batch);
        }
        const chosen = found.reverse().filter((batch) => {
          maxBytes -= batch.bytes;
          return maxBytes >= 0;
        });
        for (const batch of chosen) {
          batch.until = now + LEAVING_GRACE_MS;
          if (!isMine && keys.has(batch)) batch.counts = {};
          mine.set(batch.key, batch);
          for (const key of keys.get(batch) ?? []) held.delete(key);
        }
        const freeze = (store: IDBObjectStore) => {
          for (const batch of chosen) {
            if (!own.has(batch.events[0]?.id as string)) continue;
            for (const key of keys.get(batch) ?? []) store.delete(key);
            store.put(batch, batch.key);
          }
        };
        // In one transaction, if any: Chromium's back/forward cache keeps no page with one that waits for another.
        save(events, isMine && chosen[0] ? freeze : undefined);
        return chosen;
      },

      async wipe(reason) {
        const wipe = createId();
        meet();
        learn(wipe, reason);
        tell({ wipe, reason });
        await Promise.all([
          fallback?.wipe(reason),
          run(async (store) => {
            store.clear();
            store.put({ wipe }, META);
            store.transaction.commit();
          }),
        ]);
      },

      stats: () => ({ pending: own.size + (fallback?.stats().pending ?? 0), durable: !fallback, backlog }),

      close() {
        cancelIdle();
        cancelWake();
        cancelPatrol();
        write();
        lock?.release();
        close();
      },
    };
  };
  return Object.assign(create, { isDurable: true, remove: (key: string) => deleteDatabase(nameOf(key)) });
}
