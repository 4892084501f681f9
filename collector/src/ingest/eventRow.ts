import { MAX_STRING_LENGTH } from '../../../src/protocol/limits.ts';
import type { EventRow } from '../store/eventStore.ts';
import type { BatchShape, EventShape, PageShape } from './batchShape.ts';

const TYPES = new Map([
  ['page_view', 'page'],
  ['identify', 'identify'],
  ['group', 'group'],
]);

const MAX_COORDINATE = 65_535;

/** What a row takes from beside its event. */
export interface RowContext {
  batch: BatchShape;
  page: PageShape;
  /** The event's data as JSON text. */
  props: string;
  receivedAt: number;
  correctedAt: number;
}

/** Lays an event out as the columns that the reports ask for. */
export function eventRow(event: EventShape, { batch, page, props, receivedAt, correctedAt }: RowContext): EventRow {
  const url = parseUrl(page.url);
  const referrerHost = parseUrl(page.referrer)?.hostname ?? '';
  const utm = (name: string) => cut(url?.searchParams.get(`utm_${name}`) ?? '');
  const { value, x, y } = event.data;
  return {
    eventId: event.id,
    batchId: batch.id,
    site: batch.site,
    type: TYPES.get(event.name) ?? 'track',
    name: event.name,
    visitorId: event.visitor,
    sessionId: event.session,
    tab: event.tab,
    seq: event.seq,
    pageId: page.id,
    userId: event.user,
    ts: Math.floor(event.at),
    correctedAt,
    receivedAt,
    url: cut(page.url),
    // A fragment that the SDK left in the address is the route of a single-page app.
    path: url ? cut(url.pathname + url.hash) : '',
    title: cut(page.title),
    referrer: cut(page.referrer),
    refDomain: referrerHost === url?.hostname ? '' : referrerHost,
    utmSource: utm('source'),
    utmMedium: utm('medium'),
    utmCampaign: utm('campaign'),
    utmTerm: utm('term'),
    utmContent: utm('content'),
    device: deviceOf(batch.context.viewport),
    screen: batch.context.screen,
    lang: batch.context.language,
    value: typeof value === 'number' ? value : null,
    x: coordinate(x),
    y: coordinate(y),
    props,
    consent: batch.consent,
  };
}

function parseUrl(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

/** By the widths of the SDK's viewport classes. */
function deviceOf(viewport: string): string {
  const width = Number.parseInt(viewport, 10);
  if (viewport === 'small' || width < 640) return 'mobile';
  if (viewport === 'medium' || width < 1024) return 'tablet';
  return viewport === 'large' || width >= 1024 ? 'desktop' : '';
}

function coordinate(value: unknown): number | null {
  if (typeof value !== 'number') return null;
  const rounded = Math.round(value);
  return rounded >= 0 && rounded <= MAX_COORDINATE ? rounded : null;
}

function cut(text: string): string {
  return text.length > MAX_STRING_LENGTH ? `${text.slice(0, MAX_STRING_LENGTH - 1)}…` : text;
}
