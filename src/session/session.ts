import type { Clock } from '../platform/clock.ts';
import type { Stored } from '../platform/storage.ts';

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
  /** When the visitor got that id. */
  since?: number;
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
 * `stored: null` keeps the session in memory. `hasVisitor` adds an id that lasts 365 days, however often the visitor
 * returns.
 */
export function createSession({
  clock,
  createId,
  stored,
  hasVisitor,
  idleMs = 30 * 60_000,
  maxMs = 24 * 60 * 60_000,
}: SessionOptions & {
  clock: Clock;
  createId: () => string;
  stored: Stored<SessionRecord> | null;
  hasVisitor: boolean;
}): Session {
  let record: SessionRecord | undefined;
  let writtenAt = 0;
  let unsubscribe: (() => void) | undefined;

  // A clock set back makes an age negative: that counts as young.
  const isLive = ({ startedAt, lastAt }: SessionRecord) =>
    clock.now() - lastAt < idleMs && clock.now() - startedAt < maxMs;

  /** Joins the session that another tab has begun meanwhile, or begins one. */
  const begin = (now: number): SessionRecord => {
    const former = stored?.read() ?? record;
    if (former && isLive(former)) return former;
    writtenAt = 0;
    const { visitor, since = 0 } = former ?? {};
    const isKept = now - since < YEAR_MS;
    return {
      id: createId(),
      startedAt: now,
      lastAt: now,
      ...(hasVisitor && { visitor: (isKept && visitor) || createId(), since: isKept ? since : now }),
    };
  };

  return {
    touch(user) {
      const now = clock.now();
      // Other tabs adopt a new session from here. Where two begin one at once, both settle on the older id.
      unsubscribe ??= stored?.onChange((theirs) => {
        if (!theirs || !record || theirs.id <= record.id || !isLive(record)) record = theirs;
        else writtenAt = 0;
      });
      if (!record || !isLive(record)) record = begin(now);
      record.lastAt = now;
      if (user) record.user = user;
      if (user || Math.abs(now - writtenAt) > WRITE_EVERY_MS) {
        writtenAt = now;
        stored?.write(record);
      }
      return record;
    },
    current: () => record,
    forget() {
      record = undefined;
      stored?.write();
    },
    stop: () => unsubscribe?.(),
  };
}
