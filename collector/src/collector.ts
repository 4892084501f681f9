import { type Context, Hono } from 'hono';
import type { Receipt } from '../../src/protocol/event.ts';

import { type ConsentCookieOptions, checkConsentCookie, createConsentCookie } from './ingest/consentCookie.ts';
import { createGroupCommit, type GroupCommitOptions } from './ingest/groupCommit.ts';
import { parseBatch } from './ingest/parseBatch.ts';
import { parseConsent } from './ingest/parseConsent.ts';
import { parseErasure } from './ingest/parseErasure.ts';
import type { RequestFacts } from './ingest/parseObject.ts';
import { type BodyLimits, readBody } from './ingest/readBody.ts';
import { createLive, type LiveOptions } from './live.ts';
import { createPublicFiles, PUBLIC_PATHS } from './publicFiles.ts';
import { Refusal } from './refusal.ts';
import { createRefusalLog } from './refusalLog.ts';
import { reports } from './reports/reports.ts';
import { type ConsentRow, type EventStore, StoreUnavailable } from './store/eventStore.ts';
import { version } from './version.ts';

const CONSENT_PATH = '/v1/consent';
const ERASE_PATH = '/v1/erase';
const QUERY_PATH = '/v1/query/';

export interface CollectorOptions {
  /** Closed by the collector's `close`. */
  store: EventStore;
  /** Sites that may send. @default every one */
  sites?: readonly string[];
  /** Where batches arrive. @default '/e' */
  path?: string;
  /** Whether and how the answer to a consent record sets its cookie. @default as the SDK's defaults; false sets none */
  consentCookie?: ConsentCookieOptions | false;
  limits?: BodyLimits & Pick<GroupCommitOptions, 'maxRows' | 'maxWaitingRows' | 'maxWaitingBytes'>;
  live?: Pick<LiveOptions, 'pingMs'>;
  /** Folder of the dashboard's files and `beaconry.js`; ends in a slash. @default `public/` beside this module */
  publicFolder?: URL;
  /** Epoch milliseconds. @default Date.now */
  now?(): number;
  /** Hears of our own mistakes and of a store that fails. @default console.error */
  onError?(message: string, error: unknown): void;
  /** Hears what senders are refused: one line per site and reason, at most once a minute each. @default console.warn */
  onRefusal?(line: string): void;
}

export interface Collector {
  /** Answers every request, and never throws. */
  fetch(request: Request): Promise<Response>;
  /** Refuses what comes in, finishes what waits, ends the live streams, closes the store. */
  close(): Promise<void>;
}

/** Builds a collector: a function from request to response, without a port of its own. */
export function createCollector({
  store,
  sites,
  path = '/e',
  consentCookie: cookieOptions = {},
  limits = {},
  live: liveOptions,
  publicFolder,
  now = Date.now,
  onError = (message, error) => console.error(message, error),
  onRefusal = (line) => console.warn(line),
}: CollectorOptions): Collector {
  const pathProblem = checkIngestPath(path);
  if (pathProblem) throw new TypeError(`path ${pathProblem}`);
  const cookieProblem = cookieOptions && checkConsentCookie(cookieOptions);
  if (cookieProblem) throw new TypeError(`consentCookie ${cookieProblem}`);

  const live = createLive({ ...liveOptions, now });
  const publicFiles = createPublicFiles(publicFolder);
  const consentCookie = cookieOptions ? createConsentCookie(cookieOptions) : null;
  const refusals = createRefusalLog({ write: onRefusal });
  const allowedSites = sites && sites.length > 0 ? new Set(sites) : undefined;
  let closing: Promise<void> | null = null;
  // So that a full disk is one line in the log, not one for every visitor.
  let storeWorks = true;

  // Before the first commit, so that an event is either read back or published, and told once.
  const filled = live
    .fill(store.query)
    .catch((error) => onError('The latest events could not be read back for the live stream.', error));
  const commits = createGroupCommit({
    ...limits,
    insert: async (batches) => {
      await filled;
      const stored = await store.insert(batches);
      storeWorks = true;
      return stored;
    },
    onStored: live.publish,
  });

  /** The body of a request that is ours to take, and what else its parser needs. */
  const read = async (request: Request): Promise<{ text: string; facts: RequestFacts }> => {
    if (closing) throw new StoreUnavailable('The collector is stopping.');
    const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
    if (type !== 'text/plain' && type !== 'application/json') {
      throw new Refusal(415, 'content-type', 'must be text/plain or application/json');
    }
    const text = await readBody(request, limits);
    const site = new URL(request.url).searchParams.get('site');
    return { text, facts: { site, receivedAt: now(), sites: allowedSites } };
  };

  const takeBatch = async (request: Request): Promise<Response> => {
    const { text, facts } = await read(request);
    const { site, rejected, ...rows } = parseBatch(text, facts);
    for (const { reason } of rejected) refusals.add({ site, reason, unit: 'event' });
    if (rows.events.length > 0 || rows.counts) await commits.submit(rows, text.length);
    const receipt: Receipt = { accepted: rows.events.length, rejected };
    return Response.json(receipt);
  };

  const takeConsent = async (request: Request): Promise<Response> => {
    const { text, facts } = await read(request);
    const { row, record } = parseConsent(text, facts);
    await commits.submit({ events: [], counts: null, consents: [row] }, text.length);
    live.hint(row.site, row.receivedAt);
    const answer = new Response(null, { status: 204 });
    const cookie = consentCookie?.valueFor(request, record);
    // A record that was held up must not put an earlier choice in the place of a later one.
    if (cookie && (await isLatest(row))) answer.headers.set('Set-Cookie', cookie);
    return answer;
  };

  const isLatest = async ({ site, recordId, updatedAt, purposes }: ConsentRow): Promise<boolean> => {
    const later = await store.query(
      `SELECT 1 FROM consent_records WHERE site = $site AND record_id = $id
         AND (updated_at > $at OR (updated_at = $at AND purposes <> $purposes)) LIMIT 1`,
      { site, id: recordId, at: new Date(updatedAt), purposes },
    );
    return later.length === 0;
  };

  const takeErasure = async (request: Request): Promise<Response> => {
    const { text, facts } = await read(request);
    const erasure = parseErasure(text, facts);
    await commits.submit({ events: [], counts: null, erasures: [erasure] }, text.length);
    live.erase(erasure);
    return new Response(null, { status: 204 });
  };

  const answerError = (error: unknown): Response => {
    if (error instanceof Refusal) return refusal(error.status, error.field, error.message);
    if (error instanceof StoreUnavailable) {
      if (storeWorks && !closing) onError('The store takes nothing now; senders are asked to try again.', error);
      storeWorks = false;
      return refusal(503, 'store', error.message, { 'Retry-After': '5' });
    }
    const id = crypto.randomUUID();
    onError(`A request failed with id ${id}.`, error);
    return refusal(500, '', `A mistake of the collector; its log says more at ${id}.`);
  };

  const app = new Hono();

  app.use('*', async (context, next) => {
    await next();
    context.res.headers.set('X-Content-Type-Options', 'nosniff');
  });

  /** Any page may send there, with or without an answer that it can read. */
  const takeAt = (address: string, take: (request: Request) => Promise<Response>) => {
    app.use(address, async (context, next) => {
      await next();
      const { headers } = context.res;
      headers.set('Access-Control-Expose-Headers', 'Retry-After');
      headers.set('Cache-Control', 'no-store');
      // Cookies cross hosts only for the owner's pages, and only to where they are set.
      const origin = address === CONSENT_PATH && consentCookie?.allowedOrigin(context.req.raw);
      headers.set('Access-Control-Allow-Origin', origin || '*');
      if (!origin) return;
      headers.set('Access-Control-Allow-Credentials', 'true');
      headers.append('Vary', 'Origin');
    });
    app.options(address, ({ req }) => {
      const asked = req.header('access-control-request-headers') ?? 'content-type, authorization';
      return new Response(null, {
        status: 204,
        headers: {
          'Access-Control-Allow-Methods': 'POST',
          'Access-Control-Allow-Headers': asked,
          'Access-Control-Max-Age': '86400',
          Vary: 'Access-Control-Request-Headers',
        },
      });
    });
    app.post(address, ({ req }) =>
      take(req.raw).catch((error) => {
        if (error instanceof Refusal) {
          const { site, status, field, message } = error;
          refusals.add({ site, reason: `${status} ${field} ${message}`, unit: 'request' });
        }
        throw error;
      }),
    );
    app.all(address, () => refusal(405, 'method', 'must be POST', { Allow: 'POST, OPTIONS' }));
  };
  takeAt(path, takeBatch);
  takeAt(CONSENT_PATH, takeConsent);
  takeAt(ERASE_PATH, takeErasure);

  app.get(`${QUERY_PATH}*`, async ({ req }) => {
    const report = reports.get(req.path.slice(QUERY_PATH.length));
    if (!report) throw new Refusal(404, 'name', `must be one of ${[...reports.keys()].join(', ')}`);
    const parameters = new URL(req.url).searchParams;
    const answer = await report({ query: store.query, parameters, now: now() });
    return Response.json(answer, { headers: { 'Cache-Control': 'no-store' } });
  });

  app.get('/v1/live', async ({ req }) => {
    await filled;
    if (closing) throw new StoreUnavailable('The collector is stopping.');
    const stream = live.open(req.query('site') ?? '');
    if (!stream) return refusal(503, 'live', 'Too many streams are open.', { 'Retry-After': '30' });
    return new Response(stream, {
      headers: { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' },
    });
  });

  app.get('/health', async () => {
    if (closing) throw new StoreUnavailable('The collector is stopping.');
    const [row] = await store.query('SELECT count(*) AS events FROM events');
    return Response.json({ status: 'ok', version, events: Number(row?.events) });
  });

  const serveFile = async ({ req }: Context): Promise<Response> => {
    const file = await publicFiles(req.path, req.header('if-none-match') ?? null);
    return file ?? refusal(404, 'path', 'is not part of this build');
  };
  for (const address of PUBLIC_PATHS) app.get(address, serveFile);

  app.notFound(() => refusal(404, 'path', 'is not an address of this collector'));
  app.onError(answerError);

  return {
    fetch: async (request) => app.fetch(request),
    close: () => {
      closing ??= (async () => {
        await commits.close();
        live.close();
        refusals.close();
        await store.close();
      })();
      return closing;
    },
  };
}

/** Says what is wrong with an ingest path; null when nothing is. */
export function checkIngestPath(path: string): string | null {
  if (!/^\/[\w.~-]+(\/[\w.~-]+)*$/.test(path)) return `must begin with / and hold plain characters, such as /e`;
  if (path === '/health' || path.startsWith('/v1/') || PUBLIC_PATHS.includes(path)) return `${path} is taken`;
  return null;
}

function refusal(status: number, field: string, reason: string, headers: Record<string, string> = {}): Response {
  return Response.json({ error: { field, reason } }, { status, headers });
}
