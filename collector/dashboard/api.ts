/** Half-open span of time, `[from, to)`, epoch milliseconds. */
export interface Span {
  from: number;
  to: number;
}

export type Interval = 'minute' | 'hour' | 'day';

export interface Site {
  site: string;
  events: number;
  /** Consent records. */
  choices: number;
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

/** Visitors by what they chose. */
export interface Choices {
  visitors: number;
  granted: number;
  partial: number;
  denied: number;
}

export interface ConsentReport extends Choices {
  purposes: { purpose: string; granted: number; denied: number; grantRate: number }[];
  sources: ({ source: string } & Choices)[];
  interval: Interval;
  points: ({ at: number } & Choices)[];
}

export interface LossReport {
  accepted: number;
  stored: number;
  dropped: Record<string, number>;
  lost: number;
  lossRate: number;
  erasures: number;
}

export type Rating = 'good' | 'needs-improvement' | 'poor';

export interface Vital {
  metric: string;
  samples: number;
  p75: number;
  rating: Rating | null;
}

export interface VitalsReport {
  rows: (Vital & { good: number; poor: number })[];
  pages: { path: string; metrics: Vital[] }[];
}

export interface PurchasesReport {
  interval: Interval;
  rows: { currency: string; orders: number; revenue: number }[];
  points: { at: number; orders: number; revenue: Record<string, number> }[];
}

/** What the lower half of the board shows. */
export interface Details {
  referrers: { referrer: string; views: number; visitors: number }[];
  consent: ConsentReport;
  loss: LossReport;
  vitals: VitalsReport;
  errors: { message: string; count: number; visitors: number; path: string }[];
  purchases: PurchasesReport;
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

/** Reads the details of one site. `columns` are the pieces of time of small charts, and the span that fits them. */
export async function fetchDetails(
  site: string,
  { from, to }: Span,
  columns: { interval: Interval; span: Span },
  limit: number,
  signal: AbortSignal,
): Promise<Details> {
  const span = { site, from, to };
  const pieces = { site, ...columns.span, interval: columns.interval };
  const [referrers, consent, loss, vitals, errors, purchases] = await Promise.all([
    query<{ rows: Details['referrers'] }>('referrers', { ...span, limit }, signal),
    query<ConsentReport>('consent', pieces, signal),
    query<LossReport>('loss', span, signal),
    query<VitalsReport>('vitals', { ...span, limit: 5 }, signal),
    query<{ rows: Details['errors'] }>('errors', { ...span, limit }, signal),
    query<PurchasesReport>('purchases', pieces, signal),
  ]);
  return { referrers: referrers.rows, consent, loss, vitals, errors: errors.rows, purchases };
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
