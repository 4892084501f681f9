import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import type { Batch } from '../../src/protocol/event.ts';

/** What the server does with one request. */
export interface Answer {
  /** @default 200 */
  status?: number;
  headers?: Record<string, string>;
  /** Seconds or a date; exposed to other origins unless told otherwise. */
  retryAfter?: string;
  /** Whether the page may read `Retry-After`. @default true */
  isExposed?: boolean;
  /** Whether the page may read the answer at all. @default true */
  isReadable?: boolean;
  /** Whether the events are kept. @default a 2xx */
  isStored?: boolean;
  /** `dropped`: the connection breaks in its place. `never`: nothing comes. `slow`: the body takes five seconds. */
  reply?: 'sent' | 'dropped' | 'never' | 'slow';
  delayMs?: number;
  body?: string;
}

export type Script = Answer | ((batch: ArrivedBatch) => Answer);

export interface ArrivedBatch {
  id: string;
  /** '' for an event that has none, and is not counted. */
  labels: string[];
  eventIds: string[];
  /** The whole body but for `sentAt`. */
  frozenText: string;
  counts: Batch['counts'];
  /** As it travelled. */
  bytes: number;
  isGzip: boolean;
}

export interface Arrival extends ArrivedBatch {
  /** Epoch milliseconds of the last byte. */
  at: number;
  /** When the answer was out or the visitor gone. */
  endedAt?: number;
  isStored: boolean;
  status: number;
  /** It came before the time that `Retry-After` had named. */
  isEarly: boolean;
}

/** How many of the expected events are where they belong. */
export interface Counts {
  /** Expected, and never stored. */
  lost: number;
  /** Copies that the server stored beyond the first. */
  duplicateCopies: number;
  /** Events that the server would count twice, as their copies have different ids. */
  duplicatesAfterDeduplication: number;
  /** Stored, and not expected. */
  unexpected: number;
}

export interface ScriptedCollector {
  /** Where batches go. */
  endpoint: string;
  /** Read at every request; change it while the server runs. */
  script: Script;
  /** All complete requests, in the order they came. */
  arrivals: Arrival[];
  /** The most requests that were ever under way at once. */
  mostOpen(): number;
  /** Requests that followed a redirect. */
  followed(): number;
  isStored(label: string): boolean;
  count(expected: Iterable<string>): Counts;
  /** What batches said of themselves, once per batch id, as the collector adds it up. */
  reported(): { accepted: number; dropped: Record<string, number> };
  /** Ids of batches whose repeats differed in more than `sentAt`. */
  changedBatches(): string[];
  /** Labels of events that travelled under more than one batch id. */
  rebatched(): string[];
  /** Closes the port: connections are refused. */
  refuse(): Promise<void>;
  /** Opens the same port again. */
  comeBack(): Promise<void>;
  close(): Promise<void>;
}

const PATH = '/events';
const SLOW_BODY_MS = 5000;
/** Clocks of page and server tick apart by less. */
const EARLY_TOLERANCE_MS = 30;

/**
 * A collector that does as it is told, and counts. Connections are not reused unless asked for: Chromium itself repeats a
 * request whose reused connection breaks, which is a fault of its own.
 */
export async function scriptedCollector({ keepsAlive = false } = {}): Promise<ScriptedCollector> {
  const arrivals: Arrival[] = [];
  /** Ids of an event's stored copies, by label. */
  const copies = new Map<string, string[]>();
  let open = 0;
  let mostOpen = 0;
  let followed = 0;
  let pausedUntil = 0;
  let port = 0;

  const server = createServer((incoming, response) => {
    respond(incoming, response).catch((error) => {
      // A visitor who went away is part of the tests; a request that cannot be read is not.
      if (!incoming.errored) console.error('scripted collector:', error);
      response.destroy();
    });
  });
  const listen = () =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
  const shut = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  await listen();
  port = (server.address() as AddressInfo).port;

  const collector: ScriptedCollector = {
    endpoint: `http://127.0.0.1:${port}${PATH}`,
    script: {},
    arrivals,
    mostOpen: () => mostOpen,
    followed: () => followed,
    isStored: (label) => copies.has(label),
    count(expected) {
      const wanted = new Set(expected);
      const counts = { lost: 0, duplicateCopies: 0, duplicatesAfterDeduplication: 0, unexpected: 0 };
      for (const label of wanted) if (!copies.has(label)) counts.lost++;
      for (const [label, ids] of copies) {
        if (!wanted.has(label)) counts.unexpected++;
        counts.duplicateCopies += ids.length - 1;
        counts.duplicatesAfterDeduplication += new Set(ids).size - 1;
      }
      return counts;
    },
    reported() {
      const sum = { accepted: 0, dropped: {} as Record<string, number> };
      const seen = new Set<string>();
      for (const { id, counts, isStored } of arrivals) {
        if (!isStored || seen.has(id)) continue;
        seen.add(id);
        sum.accepted += counts.accepted ?? 0;
        for (const [reason, count] of Object.entries(counts.dropped ?? {}))
          sum.dropped[reason] = (sum.dropped[reason] ?? 0) + count;
      }
      return sum;
    },
    changedBatches() {
      const first = new Map<string, string>();
      const changed = new Set<string>();
      for (const { id, frozenText } of arrivals) {
        if ((first.get(id) ?? frozenText) !== frozenText) changed.add(id);
        first.set(id, first.get(id) ?? frozenText);
      }
      return [...changed];
    },
    rebatched() {
      const batches = new Map<string, Set<string>>();
      for (const { id, labels } of arrivals)
        for (const label of labels.filter(Boolean)) batches.set(label, (batches.get(label) ?? new Set()).add(id));
      return [...batches].filter(([, ids]) => ids.size > 1).map(([label]) => label);
    },
    refuse: shut,
    comeBack: listen,
    async close() {
      if (server.listening) await shut();
    },
  };
  return collector;

  async function respond(incoming: IncomingMessage, response: ServerResponse) {
    response.shouldKeepAlive = keepsAlive;
    response.setHeader('access-control-allow-origin', '*');
    if (incoming.method === 'OPTIONS') {
      response.setHeader('access-control-allow-headers', '*').writeHead(204).end();
      return;
    }
    if (incoming.url !== PATH) {
      followed++;
      response.end('{}');
      return;
    }
    open++;
    mostOpen = Math.max(mostOpen, open);
    let arrival: Arrival | undefined;
    let isOpen = true;
    const end = () => {
      if (isOpen) open--;
      isOpen = false;
      if (arrival) arrival.endedAt ??= Date.now();
    };
    response.once('finish', end);
    response.once('close', end);

    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const batch = read(Buffer.concat(chunks));
    const answer = typeof collector.script === 'function' ? collector.script(batch) : collector.script;
    const { status = 200, isStored = status >= 200 && status < 300, delayMs = 0, reply = 'sent' } = answer;
    const at = Date.now();
    arrival = { ...batch, at, isStored, status, isEarly: at < pausedUntil - EARLY_TOLERANCE_MS };
    arrivals.push(arrival);
    if (delayMs) await new Promise((resolve) => setTimeout(resolve, delayMs));
    if (isStored)
      for (const [index, label] of batch.labels.entries())
        if (label) copies.set(label, [...(copies.get(label) ?? []), batch.eventIds[index] as string]);
    if (reply === 'dropped') response.destroy();
    if (reply === 'dropped' || reply === 'never') return;

    const { headers = {}, retryAfter, isExposed = true, isReadable = true } = answer;
    if (!isReadable) response.removeHeader('access-control-allow-origin');
    if (retryAfter) {
      response.setHeader('retry-after', retryAfter);
      if (isExposed && isReadable) {
        response.setHeader('access-control-expose-headers', 'retry-after');
        const until = Number(retryAfter) * 1000 + Date.now() || Date.parse(retryAfter);
        pausedUntil = Math.max(pausedUntil, until);
      }
    }
    const { body = JSON.stringify({ accepted: batch.labels.length, rejected: [] }) } = answer;
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    if (reply !== 'slow') {
      response.end(body);
      return;
    }
    response.write(body.slice(0, 1));
    setTimeout(() => response.end(body.slice(1)), SLOW_BODY_MS).unref();
  }
}

function read(bytes: Buffer): ArrivedBatch {
  // A compressed body travels as plain text, so that it needs no preflight: its first bytes tell.
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const text = (isGzip ? gunzipSync(bytes) : bytes).toString('utf8');
  const { id, counts, events } = JSON.parse(text) as Batch;
  return {
    id,
    labels: events.map(({ data }) => String(data?.label ?? '')),
    eventIds: events.map(({ id }) => id),
    frozenText: text.replace(/"sentAt":\d+/, '"sentAt":0'),
    counts,
    bytes: bytes.length,
    isGzip,
  };
}
