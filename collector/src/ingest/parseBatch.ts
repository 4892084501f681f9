import type { Rejection } from '../../../src/protocol/event.ts';
import { MAX_BATCH_EVENTS, MAX_EVENT_LENGTH } from '../../../src/protocol/limits.ts';
import { Refusal } from '../refusal.ts';
import type { BatchRows, CountsRow, EventRow } from '../store/eventStore.ts';
import {
  type BatchShape,
  batchShape,
  type EventShape,
  eventShape,
  isRecord,
  type PageShape,
  pageShape,
} from './batchShape.ts';
import { eventRow } from './eventRow.ts';
import { checkSite, parseObject, parseWith } from './parseObject.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const OLDEST_MS = 30 * DAY_MS;
const NEWEST_MS = DAY_MS;

export interface ParseOptions {
  /** Epoch milliseconds of our clock. */
  receivedAt: number;
  /** Sites that may send; every one when absent. */
  sites?: ReadonlySet<string>;
}

/** A batch in rows, and the events of it that will never be taken. */
export interface ParsedBatch extends BatchRows {
  site: string;
  rejected: Rejection[];
}

/**
 * Turns the text of a batch into rows.
 *
 * Throws `Refusal` where the envelope is wrong. An event that is wrong is `rejected` by itself, with a reason that names its
 * field, and the good ones beside it are kept.
 */
export function parseBatch(text: string, { receivedAt, sites }: ParseOptions): ParsedBatch {
  const batch = parseObject(text, parseEnvelope);
  checkSite(batch.site, sites);

  const events: EventRow[] = [];
  const rejected: Rejection[] = [];
  const times: number[] = [];
  const pageOf = createPages(batch.pages);
  for (const [index, value] of batch.events.entries()) {
    try {
      const event = parseWith(eventShape, value);
      times.push(Math.floor(event.at));
      events.push(
        eventRow(event, {
          batch,
          page: pageOf(event.page),
          props: serialise(event),
          receivedAt,
          correctedAt: correct(event.at, batch.sentAt, receivedAt),
        }),
      );
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      rejected.push({ id: idOf(value, index), reason: `${error.field}: ${error.message}` });
    }
  }
  return { site: batch.site, events, rejected, counts: countsRow(batch, times, receivedAt) };
}

function parseEnvelope(json: Record<string, unknown>): BatchShape {
  if (json.v !== 1) throw new Refusal(400, 'v', 'must be 1, the only version this collector knows');
  if (Array.isArray(json.events) && json.events.length > MAX_BATCH_EVENTS) {
    throw new Refusal(413, 'events', `must be at most ${MAX_BATCH_EVENTS}`);
  }
  return parseWith(batchShape, json);
}

/** Finds and checks an event's page; each of the batch's pages once. */
function createPages(pages: BatchShape['pages']): (page: EventShape['page']) => PageShape {
  const known = new Map<string, PageShape>();
  const parse = (value: unknown): PageShape => {
    try {
      return parseWith(pageShape, value);
    } catch (error) {
      throw error instanceof Refusal ? new Refusal(400, `page.${error.field}`, error.message) : error;
    }
  };
  return (page) => {
    if (typeof page !== 'string') return parse(page);
    const found = known.get(page);
    if (found) return found;
    if (!Object.hasOwn(pages, page) || page.length > 128)
      throw new Refusal(400, 'page', 'is not among the pages of the batch');
    const parsed = { ...parse(pages[page]), id: page };
    known.set(page, parsed);
    return parsed;
  };
}

function serialise({ data }: EventShape): string {
  let text: string;
  try {
    text = JSON.stringify(data);
  } catch {
    // It came out of JSON, so the one thing that can go wrong is its depth.
    throw new Refusal(400, 'data', 'is nested too deeply');
  }
  if (text.length > MAX_EVENT_LENGTH)
    throw new Refusal(400, 'data', `is longer than ${MAX_EVENT_LENGTH} characters of JSON`);
  return text;
}

/** Moves a time of the visitor's clock to ours; `sentAt` was read from the same clock when the request left. */
function correct(at: number, sentAt: number, receivedAt: number): number {
  const corrected = Math.round(at + receivedAt - sentAt);
  if (corrected < receivedAt - OLDEST_MS) throw new Refusal(400, 'at', 'is more than 30 days ago');
  if (corrected > receivedAt + NEWEST_MS) throw new Refusal(400, 'at', 'is more than a day ahead');
  return corrected;
}

function countsRow(batch: BatchShape, times: number[], receivedAt: number): CountsRow | null {
  const { accepted = 0, dropped = {} } = batch.counts ?? {};
  if (accepted === 0 && Object.keys(dropped).length === 0) return null;
  return {
    batchId: batch.id,
    site: batch.site,
    firstAt: times.length > 0 ? Math.min(...times) : 0,
    receivedAt,
    accepted,
    dropped: JSON.stringify(dropped),
  };
}

function idOf(event: unknown, index: number): string {
  const id = isRecord(event) ? event.id : undefined;
  return typeof id === 'string' && id !== '' && id.length <= 128 ? id : String(index);
}
