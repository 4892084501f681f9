import { createHash, randomUUID } from 'node:crypto';
import { type DuckDBConnection, LIST, listValue, VARCHAR } from '@duckdb/node-api';
import { appendRows } from './appendRows.ts';
import type { BatchRows, CountsRow, Erasure } from './eventStore.ts';
import { COUNTS_COLUMNS, ERASURE_COLUMNS, type ErasedRow } from './schema.ts';

const MINUTE_MS = 60_000;

/** Deletes the events of sessions and visitors, and writes into the ledger that they are to stay away. */
export async function erase(connection: DuckDBConnection, erasures: readonly Erasure[]): Promise<void> {
  for (const erasure of erasures) await eraseOne(connection, erasure);
}

/**
 * Leaves out the events of whom the ledger names: a retry may come after the erasure. Each batch counts what it lost here, so
 * that it is no loss in the reports.
 */
export async function leaveOutErased(
  connection: DuckDBConnection,
  batches: readonly BatchRows[],
): Promise<BatchRows[]> {
  const keysOf = createKeysOf();
  const keys = new Set(batches.flatMap(({ events }) => events.flatMap(keysOf)));
  const erased = await findErased(connection, [...keys]);
  if (erased.size === 0) return [...batches];
  return batches.map((batch) => {
    const events = batch.events.filter((event) => !keysOf(event).some((key) => erased.has(key)));
    const count = batch.events.length - events.length;
    const [first] = batch.events;
    if (count === 0 || !first) return batch;
    const counts = batch.counts ?? emptyCounts(first, Math.min(...batch.events.map(({ ts }) => ts)));
    const dropped = JSON.stringify({ ...(JSON.parse(counts.dropped) as object), erased: count });
    return { ...batch, events, counts: { ...counts, dropped } };
  });
}

async function eraseOne(connection: DuckDBConnection, { id, site, session, visitor, at }: Erasure): Promise<void> {
  const sessions = new Set(session ? [session] : []);
  if (visitor) {
    const found = await connection.runAndReadAll(
      `SELECT DISTINCT session_id FROM events WHERE site = $site AND visitor_id = $visitor AND session_id <> ''`,
      { site, visitor },
    );
    for (const [name] of found.getRowsJS()) sessions.add(String(name));
  }
  const keys = [...sessions].map((name) => keyOf('session', site, name));
  if (visitor) keys.push(keyOf('visitor', site, visitor));
  const known = await findErased(connection, keys);
  const fresh = keys.filter((key) => !known.has(key));
  const ledger = fresh.map((key): ErasedRow => ({ erasureId: id, site, key, at }));
  await appendRows(connection, { name: 'erasures', columns: ERASURE_COLUMNS }, ledger);

  const deleted = await connection.runAndReadAll(
    `DELETE FROM events
     WHERE site = $site AND (session_id IN (SELECT unnest($sessions)) OR ($visitor <> '' AND visitor_id = $visitor))
     RETURNING epoch_ms(received_at) // ${MINUTE_MS} * ${MINUTE_MS}`,
    { site, visitor, sessions: listValue([...sessions]) },
    { sessions: LIST(VARCHAR) },
  );
  await appendRows(
    connection,
    { name: 'batch_counts', columns: COUNTS_COLUMNS },
    countsOf(site, deleted.getRowsJS().map(Number)),
  );
}

/** How many events went, by the minute in which they had come: without it, the reports would take them for lost. */
function countsOf(site: string, minutes: readonly number[]): CountsRow[] {
  const byMinute = new Map<number, number>();
  for (const minute of minutes) byMinute.set(minute, (byMinute.get(minute) ?? 0) + 1);
  return [...byMinute].map(([receivedAt, erased]) => ({
    // One for each, so that nothing says that they were one visitor's.
    batchId: randomUUID(),
    site,
    firstAt: 0,
    receivedAt,
    accepted: 0,
    dropped: JSON.stringify({ erased }),
  }));
}

function emptyCounts(
  { batchId, site, receivedAt }: Pick<CountsRow, 'batchId' | 'site' | 'receivedAt'>,
  firstAt: number,
): CountsRow {
  return { batchId, site, firstAt, receivedAt, accepted: 0, dropped: '{}' };
}

async function findErased(connection: DuckDBConnection, keys: string[]): Promise<Set<string>> {
  if (keys.length === 0) return new Set();
  const found = await connection.runAndReadAll(
    'SELECT key FROM erasures WHERE key IN (SELECT unnest($keys))',
    { keys: listValue(keys) },
    { keys: LIST(VARCHAR) },
  );
  return new Set(found.getRowsJS().map(([key]) => String(key)));
}

/** Under which keys an event would stand in the ledger. Most events of a commit are of few sessions: each is hashed once. */
function createKeysOf() {
  const known = new Map<string, string[]>();
  return ({ site, sessionId, visitorId }: { site: string; sessionId: string; visitorId: string }): string[] => {
    const whose = JSON.stringify([site, sessionId, visitorId]);
    const keys = known.get(whose) ?? [
      keyOf('session', site, sessionId),
      ...(visitorId ? [keyOf('visitor', site, visitorId)] : []),
    ];
    known.set(whose, keys);
    return keys;
  };
}

function keyOf(kind: 'session' | 'visitor', site: string, id: string): string {
  return createHash('sha256')
    .update(JSON.stringify([kind, site, id]))
    .digest('base64url');
}
