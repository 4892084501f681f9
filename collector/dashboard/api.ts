/** Half-open span of time, `[from, to)`, epoch milliseconds. */
export interface Span {
  from: number;
  to: number;
}

export type Interval = 'minute' | 'hour' | 'day';

export interface Site {
  site: string;
  events: number;
  lastAt: number;
}

export interface Summary {
  visitors: number;
  sessions: number;
  pageViews: number;
  events: number;
}

export interface Point {
  at: number;
  visitors: number;
  pageViews: number;
  events: number;
}

export interface Timeseries {
  interval: Interval;
  points: Point[];
}

export interface PageRow {
  path: string;
  title: string;
  views: number;
  visitors: number;
}

export interface EventRow {
  name: string;
  count: number;
  visitors: number;
}

/** All that the board shows of one site and one span of time. */
export interface Report {
  summary: Summary;
  timeseries: Timeseries;
  pages: PageRow[];
  events: EventRow[];
}

/** An answer of the collector other than 2xx. */
export class QueryError extends Error {
  readonly status: number;

  constructor(status: number, reason: string) {
    super(reason || `The collector answered ${status}.`);
    this.name = 'QueryError';
    this.status = status;
  }
}

/** Lists the sites that the collector knows, the most recently active first. */
export async function fetchSites(signal: AbortSignal): Promise<Site[]> {
  const { rows } = await query<{ rows: Site[] }>('sites', {}, signal);
  return rows.sort((a, b) => b.lastAt - a.lastAt);
}

/** Reads everything for one board at once, so that its parts belong to the same moment. */
export async function fetchReport(
  site: string,
  { from, to }: Span,
  { interval, limit }: { interval: Interval; limit: number },
  signal: AbortSignal,
): Promise<Report> {
  const span = { site, from, to };
  const [summary, timeseries, pages, events] = await Promise.all([
    query<Summary>('summary', span, signal),
    query<Timeseries>('timeseries', { ...span, interval }, signal),
    query<{ rows: PageRow[] }>('pages', { ...span, limit }, signal),
    query<{ rows: EventRow[] }>('events', { ...span, limit }, signal),
  ]);
  return { summary, timeseries, pages: pages.rows, events: events.rows };
}

async function query<Answer>(
  name: string,
  parameters: Record<string, string | number>,
  signal: AbortSignal,
): Promise<Answer> {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(parameters)) search.set(key, String(value));
  const response = await fetch(`/v1/query/${name}?${search}`, { signal });
  if (!response.ok) throw new QueryError(response.status, await reasonOf(response));
  // Page and collector are one release: the shape is checked by its tests, not again here.
  return (await response.json()) as Answer;
}

async function reasonOf(response: Response): Promise<string> {
  // The collector explains itself as `{ error: { field, reason } }`; a proxy in front of it may not.
  const body = (await response.json().catch(() => null)) as { error?: { reason?: unknown } } | null;
  const reason = body?.error?.reason;
  return typeof reason === 'string' ? reason : '';
}
