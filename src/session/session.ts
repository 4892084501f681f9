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
  /** Random, outlives the session. A UUIDv7, so it says itself since when it has been in use. */
  visitor?: string;
}

/** Which visit an event belongs to: shared by all tabs, or, without storage, this page load's alone. */
export interface Session {
  /** Notes activity, beginning a new session where the last one has ended. */
  touch(user?: string): SessionRecord;
  /** Whether the last touch began a session. */
  readonly isNew: boolean;
  /** The session in force, if there is one. */
  current(): SessionRecord | undefined;
  /** Ends the session, here and in other tabs, and removes its record, visitor and all. */
  forget(): void;
}

/**
 * `stored: null` keeps the session in memory. `hasVisitor` adds an id that lasts 365 days, however often the visitor
 * returns.
 */
export function createSession(
  { idleMs = 30 * 60_000, maxMs = 24 * 60 * 60_000 }: SessionOptions,
  clock: Clock,
  createId: () => string,
  stored: Stored<SessionRecord> | null,
  hasVisitor: boolean,
): Session {
  let record: SessionRecord | undefined;
  let writtenAt = 0;

  // A clock set back makes an age negative: that counts as young. What was stored may be anything.
  const isLive = () =>
    record?.id?.length && clock.now() - record.lastAt < idleMs && clock.now() - record.startedAt < maxMs;

  // Other tabs adopt a new session from here. Where two begin one at once, both settle on the older id.
  stored?.onChange((theirs) => {
    if (theirs && record && theirs.id > record.id && isLive()) writtenAt = 0;
    else record = theirs;
  });

  const session = {
    isNew: false,
    touch(user?: string) {
      const now = clock.now();
      // Another tab may have begun one meanwhile.
      if (!isLive()) record = stored?.read() ?? record;
      session.isNew = !isLive();
      if (session.isNew) {
        const visitor = record?.visitor;
        // The id begins with the time of its making, in units of 65.5 s.
        const isYoung = now - parseInt(`${visitor}`, 16) * 65_536 < YEAR_MS;
        record = { id: createId(), startedAt: now, lastAt: now, visitor: isYoung ? visitor : undefined };
        writtenAt = 0;
      }
      const live = record as SessionRecord;
      live.lastAt = now;
      live.visitor = hasVisitor ? live.visitor || createId() : undefined;
      if (user) live.user = user;
      if (user || Math.abs(now - writtenAt) > WRITE_EVERY_MS) {
        writtenAt = now;
        stored?.write(live);
      }
      return live;
    },
    current: () => record,
    forget() {
      record = undefined;
      stored?.write();
    },
  };
  return session;
}
