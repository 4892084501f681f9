import type { Clock } from '../platform/clock.ts';
import type { KeyValueStorage } from '../platform/storage.ts';

/** How stale the shared record may be: writes cost, and idle time is counted in minutes. */
const WRITE_EVERY_MS = 5000;
const YEAR_MS = 365 * 24 * 60 * 60_000;

export interface SessionOptions {
  /** A session ends after this long without an event. @default 30 minutes */
  idleMs?: number;
  /** A session never lasts longer than this. @default 24 hours */
  maxMs?: number;
}

/** Who visits and since when: one record for all tabs. */
export interface SessionRecord {
  id: string;
  startedAt: number;
  lastAt: number;
  /** As identified; until the session ends. */
  user?: string;
  /** Random, outlives the session. */
  visitor?: string;
  visitorSince?: number;
}

/** Which visit an event belongs to: shared by all tabs, or, without storage, this page load's alone. */
export interface Session {
  /** Notes activity, beginning a new session where the last one has ended. */
  touch(user?: string): SessionRecord;
  /** The session in force, if there is one. */
  current(): SessionRecord | undefined;
  /** Ends the session, here and in other tabs, and removes its record, visitor and all. */
  forget(): void;
  stop(): void;
}

/**
 * `storage: null` keeps the session in memory. `hasVisitor` adds an id that lasts 365 days, however often the visitor
 * returns.
 */
export function createSession({
  clock,
  createId,
  storage,
  key,
  hasVisitor,
  idleMs = 30 * 60_000,
  maxMs = 24 * 60 * 60_000,
}: SessionOptions & {
  clock: Clock;
  createId: () => string;
  storage: KeyValueStorage | null;
  key: string;
  hasVisitor: boolean;
}): Session {
  let record: SessionRecord | undefined;
  let writtenAt = 0;
  let unsubscribe: (() => void) | undefined;

  // A clock set back makes an age negative: that counts as young.
  const isLive = ({ startedAt, lastAt }: SessionRecord) =>
    clock.now() - lastAt < idleMs && clock.now() - startedAt < maxMs;

  const parse = (text?: string | null): SessionRecord | undefined => {
    try {
      const parsed = JSON.parse(text as string);
      return parsed.id && parsed.lastAt ? parsed : undefined;
    } catch {
      // Absent, or written by something else: as if there were none.
      return undefined;
    }
  };

  return {
    touch(user) {
      const now = clock.now();
      // Other tabs adopt a new session from here. Where two begin one at once, both settle on the older id.
      unsubscribe ??= storage?.onChange(key, (text) => {
        const theirs = parse(text);
        if (!theirs || !record || theirs.id <= record.id || !isLive(record)) record = theirs;
        else writtenAt = 0;
      });
      if (!record || !isLive(record)) {
        // Another tab may have been active meanwhile, or have begun the next session already.
        const shared = parse(storage?.get(key)) ?? record;
        if (shared && isLive(shared)) record = shared;
        else {
          record = { id: createId(), startedAt: now, lastAt: now };
          if (hasVisitor) {
            const isKept = now - (shared?.visitorSince ?? 0) < YEAR_MS;
            record.visitor = (isKept && shared?.visitor) || createId();
            record.visitorSince = isKept ? shared?.visitorSince : now;
          }
          writtenAt = 0;
        }
      }
      record.lastAt = now;
      if (user) record.user = user;
      if (user || Math.abs(now - writtenAt) > WRITE_EVERY_MS) {
        writtenAt = now;
        storage?.set(key, JSON.stringify(record));
      }
      return record;
    },
    current: () => record,
    forget() {
      record = undefined;
      storage?.remove(key);
    },
    stop: () => unsubscribe?.(),
  };
}
