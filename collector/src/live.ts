import type { Erasure, EventRow, EventStore } from './store/eventStore.ts';

/** An event as the live stream tells it. `at` is the corrected time, epoch milliseconds. */
export interface LiveEvent {
  id: string;
  name: string;
  at: number;
  site: string;
  path: string;
  title: string;
  session: string;
  visitor?: string;
  data: unknown;
}

export interface LiveOptions {
  /** Between two comments that keep proxies from closing a quiet stream. @default 15,000 */
  pingMs?: number;
  now?(): number;
}

export interface Live {
  /** Reads the last half hour back from the store; to be called once, before the first `publish`. */
  fill(query: EventStore['query']): Promise<void>;
  /** Tells every open stream about newly stored events. Never throws. */
  publish(rows: EventRow[]): void;
  /** Tells that a report of the site has changed at a time of ours, without an event. */
  hint(site: string, at: number): void;
  /** Forgets the events of an erased session or visitor, and tells which were shown. */
  erase(erasure: Pick<Erasure, 'site' | 'session' | 'visitor'>): void;
  /** Opens a stream: first `hello` with the latest events, then `events` after each commit. Null when too many are open. */
  open(site: string): ReadableStream<Uint8Array> | null;
  close(): void;
}

const KEPT_MS = 30 * 60 * 1000;
const KEPT_EVENTS = 500;
const HELLO_EVENTS = 50;
const MESSAGE_EVENTS = 200;
const MAX_CLIENTS = 100;
/** Messages that a client may be behind before it is let go; it reconnects and starts anew. */
const MAX_BEHIND = 64;

const LATEST = `
  SELECT event_id, name, epoch_ms(corrected_at) AS at, site, path, title, session_id, visitor_id, props,
         epoch_ms(received_at) AS received_at
  FROM events WHERE received_at > $since ORDER BY events.received_at DESC, ts DESC, seq DESC LIMIT ${KEPT_EVENTS}`;

/** Keeps the latest events in memory and streams what is stored to the dashboards that listen (server-sent events). */
export function createLive({ pingMs = 15_000, now = Date.now }: LiveOptions = {}): Live {
  let ring: { event: LiveEvent; receivedAt: number }[] = [];
  const clients = new Map<ReadableStreamDefaultController<Uint8Array>, string>();
  const encoder = new TextEncoder();
  const isFor = (site: string) => (event: LiveEvent) => site === '' || event.site === site;

  const send = (client: ReadableStreamDefaultController<Uint8Array>, text: string) => {
    try {
      client.enqueue(encoder.encode(text));
      if ((client.desiredSize ?? 0) > 0) return;
      client.close();
    } catch {
      // The browser went away between two messages.
    }
    clients.delete(client);
  };

  const tell = (site: string, event: string, data: object) => {
    for (const [client, wanted] of [...clients]) {
      if (wanted === '' || wanted === site) send(client, message(event, data));
    }
  };

  const pings = setInterval(() => {
    for (const client of [...clients.keys()]) send(client, ': ping\n\n');
  }, pingMs);
  pings.unref();

  const keep = (entries: typeof ring) => {
    const since = now() - KEPT_MS;
    ring = [...ring, ...entries].filter(({ receivedAt }) => receivedAt > since).slice(-KEPT_EVENTS);
  };

  return {
    fill: async (query) => {
      const rows = await query(LATEST, { since: new Date(now() - KEPT_MS) });
      keep(
        rows.reverse().map((row) => ({
          receivedAt: Number(row.received_at),
          event: {
            id: String(row.event_id),
            name: String(row.name),
            at: Number(row.at),
            site: String(row.site),
            path: String(row.path),
            title: String(row.title),
            session: String(row.session_id),
            visitor: row.visitor_id ? String(row.visitor_id) : undefined,
            data: JSON.parse(String(row.props)),
          },
        })),
      );
    },

    publish: (rows) => {
      const entries = rows.map((row) => ({ receivedAt: row.receivedAt, event: liveEvent(row) }));
      keep(entries);
      for (const [client, site] of [...clients]) {
        const events = entries.map(({ event }) => event).filter(isFor(site));
        for (let from = 0; from < events.length && clients.has(client); from += MESSAGE_EVENTS) {
          send(client, message('events', { events: events.slice(from, from + MESSAGE_EVENTS) }));
        }
      }
    },

    hint: (site, at) => tell(site, 'change', { at }),

    erase: ({ site, session, visitor }) => {
      const ofVisitor = ({ event }: (typeof ring)[number]) =>
        visitor !== '' && event.site === site && event.visitor === visitor;
      const sessions = new Set([session, ...ring.filter(ofVisitor).map(({ event }) => event.session)]);
      const isErased = (entry: (typeof ring)[number]) =>
        entry.event.site === site && (sessions.has(entry.event.session) || ofVisitor(entry));
      const ids = ring.filter(isErased).map(({ event }) => event.id);
      ring = ring.filter((entry) => !isErased(entry));
      tell(site, 'erased', { ids });
    },

    open: (site) => {
      if (clients.size >= MAX_CLIENTS) return null;
      let own: ReadableStreamDefaultController<Uint8Array>;
      return new ReadableStream(
        {
          start: (client) => {
            own = client;
            clients.set(client, site);
            keep([]);
            const events = ring.map(({ event }) => event).filter(isFor(site));
            send(client, message('hello', { events: events.slice(-HELLO_EVENTS) }));
          },
          cancel: () => {
            clients.delete(own);
          },
        },
        { highWaterMark: MAX_BEHIND },
      );
    },

    close: () => {
      clearInterval(pings);
      for (const client of clients.keys()) client.close();
      clients.clear();
    },
  };
}

function liveEvent(row: EventRow): LiveEvent {
  return {
    id: row.eventId,
    name: row.name,
    at: row.correctedAt,
    site: row.site,
    path: row.path,
    title: row.title,
    session: row.sessionId,
    visitor: row.visitorId || undefined,
    data: JSON.parse(row.props),
  };
}

function message(event: string, data: object): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
