import type { ConsentRow, CountsRow, EventRow } from './eventStore.ts';

/** Raised with every change of the tables below; `MIGRATIONS` then leads there. */
export const SCHEMA_VERSION = 2;

export type ColumnType = 'VARCHAR' | 'UINTEGER' | 'USMALLINT' | 'UBIGINT' | 'DOUBLE' | 'TIMESTAMP_MS';

/** A column, and what it holds of a row. */
export interface Column<Row> {
  name: string;
  type: ColumnType;
  of(row: Row): string | number | null;
}

const text = <Row>(name: string, of: Column<Row>['of']): Column<Row> => ({ name, type: 'VARCHAR', of });
const time = <Row>(name: string, of: Column<Row>['of']): Column<Row> => ({ name, type: 'TIMESTAMP_MS', of });
const unknown = () => '';

/** The table `events`. Columns that nothing fills yet are there so that filling them changes no schema. */
export const EVENT_COLUMNS: readonly Column<EventRow>[] = [
  text('event_id', (row) => row.eventId),
  text('batch_id', (row) => row.batchId),
  text('site', (row) => row.site),
  text('type', (row) => row.type),
  text('name', (row) => row.name),
  text('visitor_id', (row) => row.visitorId),
  text('session_id', (row) => row.sessionId),
  text('tab', (row) => row.tab),
  { name: 'seq', type: 'UINTEGER', of: (row) => row.seq },
  text('page_id', (row) => row.pageId),
  text('user_id', (row) => row.userId),
  time('ts', (row) => row.ts),
  time('corrected_at', (row) => row.correctedAt),
  time('received_at', (row) => row.receivedAt),
  text('url', (row) => row.url),
  text('path', (row) => row.path),
  text('title', (row) => row.title),
  text('referrer', (row) => row.referrer),
  text('ref_domain', (row) => row.refDomain),
  text('utm_source', (row) => row.utmSource),
  text('utm_medium', (row) => row.utmMedium),
  text('utm_campaign', (row) => row.utmCampaign),
  text('utm_term', (row) => row.utmTerm),
  text('utm_content', (row) => row.utmContent),
  text('device', (row) => row.device),
  text('browser', unknown),
  text('os', unknown),
  text('country', unknown),
  text('screen', (row) => row.screen),
  text('lang', (row) => row.lang),
  { name: 'value', type: 'DOUBLE', of: (row) => row.value },
  { name: 'x', type: 'USMALLINT', of: (row) => row.x },
  { name: 'y', type: 'USMALLINT', of: (row) => row.y },
  text('variant', unknown),
  text('props', (row) => row.props),
  text('consent', (row) => row.consent),
  { name: 'v', type: 'UBIGINT', of: (row) => row.receivedAt },
];

/** The table `batch_counts`. */
export const COUNTS_COLUMNS: readonly Column<CountsRow>[] = [
  text('batch_id', (row) => row.batchId),
  text('site', (row) => row.site),
  time('first_at', (row) => row.firstAt),
  time('received_at', (row) => row.receivedAt),
  { name: 'accepted', type: 'UBIGINT', of: (row) => row.accepted },
  text('dropped', (row) => row.dropped),
];

/** The table `consent_records`. */
export const CONSENT_COLUMNS: readonly Column<ConsentRow>[] = [
  text('record_id', (row) => row.recordId),
  text('site', (row) => row.site),
  time('updated_at', (row) => row.updatedAt),
  time('received_at', (row) => row.receivedAt),
  { name: 'revision', type: 'UINTEGER', of: (row) => row.revision },
  text('source', (row) => row.source),
  text('outcome', (row) => row.outcome),
  text('purposes', (row) => row.purposes),
  text('locale', (row) => row.locale),
  text('text_hash', (row) => row.textHash),
];

/** An erased session or visitor; `key` is a hash, so that the ledger does not keep what it is there to forget. */
export interface ErasedRow {
  erasureId: string;
  site: string;
  key: string;
  at: number;
}

/** The table `erasures`. */
export const ERASURE_COLUMNS: readonly Column<ErasedRow>[] = [
  text('erasure_id', (row) => row.erasureId),
  text('site', (row) => row.site),
  text('key', (row) => row.key),
  time('erased_at', (row) => row.at),
];

const list = (columns: readonly Column<never>[]) => columns.map(({ name, type }) => `${name} ${type}`).join(', ');

const SINCE_2 = `
CREATE TABLE consent_records (${list(CONSENT_COLUMNS)});
CREATE TABLE erasures (${list(ERASURE_COLUMNS)});`;

/**
 * Makes an empty data file ours, in one transaction.
 *
 * No primary key and no index: the search for repeats on insert is as cheap, and DuckDB's indexes have open corruption reports
 * (https://github.com/duckdb/duckdb/issues/23645, https://github.com/duckdb/duckdb/issues/23046).
 */
export const CREATE_TABLES = `
BEGIN;
CREATE TABLE events (${list(EVENT_COLUMNS)});
CREATE TABLE batch_counts (${list(COUNTS_COLUMNS)});
${SINCE_2}
CREATE TABLE beaconry_meta (schema_version INTEGER);
INSERT INTO beaconry_meta VALUES (${SCHEMA_VERSION});
COMMIT;`;

/** Brings a file of an earlier version to this one, in one transaction. */
export const MIGRATIONS: ReadonlyMap<number, string> = new Map([
  [1, `BEGIN; ${SINCE_2} UPDATE beaconry_meta SET schema_version = ${SCHEMA_VERSION}; COMMIT;`],
]);
