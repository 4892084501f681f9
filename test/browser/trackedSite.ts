import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type * as Beaconry from '../../src/index.ts';
import type { Batch, Page, WireEvent } from '../../src/protocol/event.ts';
import type { Tab } from './browser.ts';
import { type Answer, type ReceivedRequest, serve } from './serve.ts';
import { waitUntil } from './waitUntil.ts';

/** What the pages of a tracked site have on `window`. */
export interface TrackedPage {
  beaconry: typeof Beaconry;
  /** Makes a tracker as the visit wants it; again when called again. */
  start(): Beaconry.Tracker;
  /** The tracker that the page began with. */
  tracker?: Beaconry.Tracker;
}

export interface VisitOptions {
  /** Options of the tracker that travel as JSON. */
  tracker?: Partial<Beaconry.TrackerOptions>;
  pageViews?: Beaconry.PageViewsOptions | false;
  clicks?: Beaconry.ClicksOptions | false;
  /** Further captures by the names of their exports, with options that travel as JSON. */
  captures?: [name: string, options?: object][];
  /** The page does not start a tracker by itself. */
  isIdle?: boolean;
  /** Runs in the page before our script. */
  before?: () => void;
  /** Headers of the pages. */
  headers?: Record<string, string>;
  /** Where events go instead of the site's own endpoint. */
  endpoint?: string;
  /** Answers instead of the endpoint. Only what got a 200 counts as an event. */
  answer?: (request: ReceivedRequest, accept: () => Answer) => Answer | Promise<Answer>;
}

/** An event as the collector would show it: with its page, and addresses as paths within the visit. */
export interface SeenEvent extends Omit<WireEvent, 'page' | 'data'> {
  page: Page;
  data: Record<string, unknown>;
}

/** Pages and an endpoint that belong to one test alone: what another test's pages send late does not get in its way. */
export interface Visit {
  /** Address of a page in test/pages, by its name without `.html`. */
  url(name: string): string;
  /** Where the events of this visit go. */
  endpoint: string;
  /** Every request to the endpoint, of any method. */
  requests: ReceivedRequest[];
  /** What the endpoint accepted, each event once, in the order of its time. */
  events(): SeenEvent[];
  /** Waits for so many events, and a moment longer for more than that. Answers with what there is in any case. */
  arrived(count: number, quietMs?: number): Promise<SeenEvent[]>;
  /** Has the page track a last event, waits for that, and answers with all before it. */
  arrivedFrom(tab: Tab): Promise<SeenEvent[]>;
}

export interface TrackedSite {
  visit(options?: VisitOptions): Visit;
  /** Origin of the pages. */
  url: string;
  /** Has the pages' origin answer with a text at a path. */
  say(path: string, text: string): void;
  /** Every request to that origin. */
  pageRequests: ReceivedRequest[];
  close(): Promise<void>;
}

/** A moment in which whatever was wrongly on its way would arrive. */
const QUIET_MS = 200;

const CORS = { 'access-control-allow-origin': '*', 'content-type': 'application/json' };

/** Takes every event of a batch, as a collector does. */
export function accept({ body }: ReceivedRequest): Answer {
  const { events } = JSON.parse(body) as Batch;
  return { headers: CORS, body: JSON.stringify({ accepted: events.length, rejected: [] }) };
}

/** Serves test/pages with the present source in them, and on another origin the endpoint that their events go to. */
export async function openTrackedSite(): Promise<TrackedSite> {
  const bundle = await build({
    entryPoints: [fileURLToPath(new URL('trackedPage.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2020',
  });
  const script = bundle.outputFiles[0]?.text ?? '';
  const visits: { options: VisitOptions; requests: ReceivedRequest[]; accepted: Batch[] }[] = [];
  const visitOf = (path: string) => visits[Number(path.split('/')[1])];

  const said = new Map<string, string>();
  const pages = await serve({
    '/said/*': ({ path }) => said.get(path) ?? '',
    '/tracker.js': { headers: { 'content-type': 'text/javascript' }, body: script },
    '/before.js': ({ query }) => ({
      headers: { 'content-type': 'text/javascript' },
      body: `(${visits[Number(query.get('visit'))]?.options.before ?? '() => {}'})();`,
    }),
    '/*': async ({ path }) => {
      const [, number = '', name = ''] = path.split('/');
      const visit = visitOf(path);
      const html = await readFile(new URL(`../pages/${name}.html`, import.meta.url), 'utf8').catch(() => '');
      if (!visit || !html) return { status: 404 };
      const { headers, endpoint, before, tracker, pageViews, clicks, captures, isIdle } = visit.options;
      const settings = JSON.stringify({ tracker, pageViews, clicks, captures, isIdle })
        .replaceAll('&', '&amp;')
        .replaceAll('"', '&quot;');
      const scripts = `${before ? `<script src="/before.js?visit=${number}"></script>` : ''}
        <script src="/tracker.js" data-endpoint="${endpoint ?? `${receiver.url}/${number}`}" data-settings="${settings}"></script>`;
      return {
        headers: { 'content-type': 'text/html; charset=utf-8', ...headers },
        body: html.replace('<!-- tracker -->', scripts).replaceAll('%other%', receiver.url),
      };
    },
  });

  const receiver = await serve({
    '/*': async (request) => {
      const visit = visitOf(request.path);
      if (!visit) return { status: 404 };
      visit.requests.push(request);
      const { answer } = visit.options;
      let isAccepted = !answer;
      const take = () => {
        isAccepted = true;
        return accept(request);
      };
      const given = answer ? await answer(request, take) : take();
      if (isAccepted) visit.accepted.push(JSON.parse(request.body));
      return given;
    },
  });

  return {
    url: pages.url,
    pageRequests: pages.requests,
    say: (path, text) => said.set(path, text),
    visit(options = {}) {
      const number = visits.length;
      const requests: ReceivedRequest[] = [];
      const accepted: Batch[] = [];
      visits.push({ options, requests, accepted });

      const events = () => eventsOf(accepted, `${pages.url}/${number}`);
      const arrived = async (count: number, quietMs = QUIET_MS) => {
        // Too few show themselves in the comparison, which says more than a time-out.
        await waitUntil(() => events().length >= count, `${count} events`, { timeoutMs: 12_000 }).catch(() => {});
        if (quietMs) await new Promise((resolve) => setTimeout(resolve, quietMs));
        return events();
      };
      return {
        url: (name) => `${pages.url}/${number}/${name}`,
        endpoint: `${receiver.url}/${number}`,
        requests,
        events,
        arrived,
        async arrivedFrom(tab) {
          await tab.evaluate(() => {
            const { tracker } = window as unknown as TrackedPage;
            tracker?.track('the_end');
            void tracker?.flush();
          });
          const isEnd = ({ name }: SeenEvent) => name === 'the_end';
          await waitUntil(() => events().some(isEnd), 'the last event');
          return events().filter((event) => !isEnd(event));
        },
      };
    },
    async close() {
      await pages.close();
      await receiver.close();
    },
  };
}

/** Each event once, by its id, as a collector stores it; `base` is cut from the addresses. */
export function eventsOf(batches: Batch[], base: string): SeenEvent[] {
  const seen = new Map<string, SeenEvent>();
  for (const batch of batches) {
    const { pages, events } = JSON.parse(JSON.stringify(batch).replaceAll(`${base}/`, '/')) as Batch;
    for (const event of events) {
      const page = typeof event.page === 'string' ? { id: event.page, ...pages[event.page] } : event.page;
      seen.set(event.id, { ...event, page: page as Page, data: event.data ?? {} });
    }
  }
  return [...seen.values()].sort((one, other) => one.at - other.at || (one.id < other.id ? -1 : 1));
}
