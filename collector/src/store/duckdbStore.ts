import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import {
  type DuckDBAppender,
  type DuckDBConnection,
  DuckDBInstance,
  DuckDBTimestampMillisecondsValue,
} from '@duckdb/node-api';
import { checkDataFile, DataFileProblem, explainOpenFailure } from './checkDataFile.ts';
import { type BatchRows, type EventRow, type EventStore, type ResultRow, StoreUnavailable } from './eventStore.ts';
import { COUNTS_COLUMNS, type Column, CREATE_STAGING, CREATE_TABLES, EVENT_COLUMNS } from './schema.ts';
import { timeBands } from './timeBands.ts';

/** Files open in this process: POSIX locks keep other processes out, not a second opening in the same one. */
const openFiles = new Set<string>();

/**
 * Opens a data file, or makes one, and holds it until `close`. `:memory:` keeps nothing.
 *
 * Throws `DataFileProblem` with a message for the owner where the file cannot be used; it is unchanged then.
 */
export async function openDuckdbStore(data: string): Promise<EventStore> {
  const inMemory = data === ':memory:';
  const file = inMemory ? data : resolve(data);
  if (openFiles.has(file)) throw new DataFileProblem(`${file} is already open in this process.`);
  if (!inMemory) openFiles.add(file);
  try {
    return await openStore(file, inMemory);
  } catch (error) {
    openFiles.delete(file);
    throw error;
  }
}

async function openStore(file: string, inMemory: boolean): Promise<EventStore> {
  const hasTables = !inMemory && (await checkDataFile(file));
  const instance = await openInstance(file, inMemory);
  const writer = await instance.connect();
  const reader = await instance.connect();
  if (!hasTables) await writer.run(CREATE_TABLES);
  await writer.run(CREATE_STAGING);

  let closed = false;
  // One report at a time: a query occupies a thread of the pool that commits and gzip need too.
  let lastQuery: Promise<unknown> = Promise.resolve();

  const guarded = async <Answer>(work: () => Promise<Answer>): Promise<Answer> => {
    if (closed) throw new StoreUnavailable('The store is closed.');
    try {
      return await work();
    } catch (error) {
      throw closed || isPassing(error) ? new StoreUnavailable(String(error), { cause: error }) : error;
    }
  };

  return {
    insert: (batches) => guarded(() => insert(writer, batches)),

    query: (sql, parameters = {}) => {
      const answer = lastQuery.then(() => guarded(() => query(reader, sql, parameters)));
      // Only for the order; the caller hears of the failure.
      lastQuery = answer.catch(() => undefined);
      return answer;
    },

    close: async () => {
      if (closed) return;
      closed = true;
      await lastQuery;
      try {
        await writer.run('CHECKPOINT');
      } finally {
        // Also where the disk is full: the log beside the file holds every commit and is read at the next start.
        reader.closeSync();
        writer.closeSync();
        instance.closeSync();
        openFiles.delete(file);
      }
    },
  };
}

async function openInstance(file: string, inMemory: boolean): Promise<DuckDBInstance> {
  try {
    if (!inMemory) await mkdir(dirname(file), { recursive: true });
    // A collector asks the network for nothing, and its SQL reaches no other file.
    return await DuckDBInstance.create(file, {
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      enable_external_access: 'false',
    });
  } catch (error) {
    throw explainOpenFailure(file, error);
  }
}

/** Disk, memory and locks recover; SQL or values that the engine does not understand are a bug of ours and do not. */
function isPassing(error: unknown): boolean {
  const message = error instanceof Error ? error.message : String(error);
  return !/^(Binder|Catalog|Constraint|Conversion|Invalid Input|Invalid type|Out of Range|Parser|Syntax) Error/i.test(
    message,
  );
}

async function insert(connection: DuckDBConnection, batches: BatchRows[]): Promise<EventRow[]> {
  const events = unique(
    batches.flatMap((batch) => batch.events),
    (row) => `${row.site}\n${row.eventId}`,
  );
  const counts = unique(
    batches.flatMap((batch) => batch.counts ?? []),
    (row) => `${row.site}\n${row.batchId}`,
  );
  await connection.run('BEGIN');
  try {
    const eventIds = await insertNew(connection, {
      table: 'events',
      columns: EVENT_COLUMNS,
      id: 'event_id',
      time: 'ts',
      rows: events,
      timeOf: (row) => row.ts,
    });
    await insertNew(connection, {
      table: 'batch_counts',
      columns: COUNTS_COLUMNS,
      id: 'batch_id',
      time: 'first_at',
      rows: counts,
      timeOf: (row) => row.firstAt,
    });
    await connection.run('COMMIT');
    return events.filter((row) => eventIds.has(`${row.site}\n${row.eventId}`));
  } catch (error) {
    // A failed COMMIT has rolled back already, and says so.
    await connection.run('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

interface Insertion<Row> {
  table: 'events' | 'batch_counts';
  columns: readonly Column<Row>[];
  id: string;
  time: string;
  rows: Row[];
  timeOf(row: Row): number;
}

/** Adds the rows whose id the table does not hold yet, and answers their `site\nid`. */
async function insertNew<Row>(
  connection: DuckDBConnection,
  { table, columns, id, time, rows, timeOf }: Insertion<Row>,
): Promise<Set<string>> {
  const added = new Set<string>();
  if (rows.length === 0) return added;
  const staging = table === 'events' ? 'staged_events' : 'staged_counts';
  const names = columns.map((column) => column.name).join(', ');
  const bands = timeBands(rows, timeOf);

  const appender = await connection.createAppender(staging, null, 'temp');
  for (const [band, { items }] of bands.entries()) {
    for (const row of items) {
      for (const column of columns) append(appender, column.type, column.of(row));
      append(appender, 'UTINYINT', band);
      appender.endRow();
    }
  }
  appender.closeSync();

  for (const [band, { from, to }] of bands.entries()) {
    const result = await connection.runAndReadAll(
      `INSERT INTO ${table} SELECT ${names} FROM ${staging} fresh WHERE band = $band AND NOT EXISTS (
         SELECT 1 FROM ${table} stored
         WHERE stored.${time} BETWEEN $from AND $to AND stored.site = fresh.site AND stored.${id} = fresh.${id})
       RETURNING site, ${id}`,
      { band, from: timestamp(from), to: timestamp(to) },
    );
    for (const [site, key] of result.getRowsJS()) added.add(`${site}\n${key}`);
  }
  await connection.run(`DELETE FROM ${staging}`);
  return added;
}

function append(appender: DuckDBAppender, type: Column<never>['type'], value: string | number | null) {
  if (value === null) return appender.appendNull();
  if (type === 'VARCHAR') return appender.appendVarchar(String(value));
  const number = Number(value);
  switch (type) {
    case 'TIMESTAMP_MS':
      return appender.appendTimestampMilliseconds(timestamp(number));
    case 'UBIGINT':
      return appender.appendUBigInt(BigInt(number));
    case 'UINTEGER':
      return appender.appendUInteger(number);
    case 'USMALLINT':
      return appender.appendUSmallInt(number);
    case 'UTINYINT':
      return appender.appendUTinyInt(number);
    case 'DOUBLE':
      return appender.appendDouble(number);
  }
}

async function query(
  connection: DuckDBConnection,
  sql: string,
  parameters: Record<string, string | number | Date>,
): Promise<ResultRow[]> {
  const bound = Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [
      name,
      value instanceof Date ? timestamp(value.getTime()) : value,
    ]),
  );
  const rows = (await connection.runAndReadAll(sql, bound)).getRowObjectsJS();
  return rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)])));
}

function plain(value: unknown): string | number | null {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Date) return value.getTime();
  throw new TypeError(`A report answered a value of type ${typeof value}.`);
}

function timestamp(at: number): DuckDBTimestampMillisecondsValue {
  return new DuckDBTimestampMillisecondsValue(BigInt(at));
}

function unique<Row>(rows: Row[], keyOf: (row: Row) => string): Row[] {
  const seen = new Set<string>();
  return rows.filter((row) => {
    const key = keyOf(row);
    return !seen.has(key) && seen.add(key);
  });
}
