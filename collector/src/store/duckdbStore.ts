import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import {
  type DuckDBAppender,
  type DuckDBConnection,
  DuckDBInstance,
  DuckDBTimestampMillisecondsValue,
  LIST,
  listValue,
  VARCHAR,
} from '@duckdb/node-api';
import { checkDataFile, DataFileProblem, explainOpenFailure } from './checkDataFile.ts';
import { type BatchRows, type EventRow, type EventStore, type ResultRow, StoreUnavailable } from './eventStore.ts';
import { COUNTS_COLUMNS, type Column, CREATE_TABLES, EVENT_COLUMNS } from './schema.ts';
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

  let closed = false;
  // One report at a time: a query occupies a thread of the pool that commits and gzip need too.
  let lastQuery: Promise<unknown> = Promise.resolve();
  let lastInsert: Promise<unknown> = Promise.resolve();

  const guarded = async <Answer>(work: () => Promise<Answer>): Promise<Answer> => {
    if (closed) throw new StoreUnavailable('The store is closed.');
    try {
      return await work();
    } catch (error) {
      throw closed || isPassing(error) ? new StoreUnavailable(String(error), { cause: error }) : error;
    }
  };

  return {
    insert: (batches) => {
      const answer = guarded(() => insert(writer, batches));
      // Only for `close` to wait for; the caller hears of the failure.
      lastInsert = answer.catch(() => undefined);
      return answer;
    },

    query: (sql, parameters = {}) => {
      const answer = lastQuery.then(() => guarded(() => query(reader, sql, parameters)));
      // Only for the order; the caller hears of the failure.
      lastQuery = answer.catch(() => undefined);
      return answer;
    },

    close: async () => {
      if (closed) return;
      closed = true;
      await Promise.all([lastQuery, lastInsert]);
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
  if (error instanceof TypeError || error instanceof RangeError) return false;
  const message = error instanceof Error ? error.message : String(error);
  return !/^(Binder|Catalog|Constraint|Conversion|Invalid Input|Invalid type|Out of Range|Parser|Syntax) Error/i.test(
    message,
  );
}

async function insert(connection: DuckDBConnection, batches: BatchRows[]): Promise<EventRow[]> {
  await connection.run('BEGIN');
  try {
    const events = await insertNew(connection, {
      table: 'events',
      columns: EVENT_COLUMNS,
      id: 'event_id',
      time: 'ts',
      rows: batches.flatMap((batch) => batch.events),
      idOf: (row) => row.eventId,
      timeOf: (row) => row.ts,
    });
    await insertNew(connection, {
      table: 'batch_counts',
      columns: COUNTS_COLUMNS,
      id: 'batch_id',
      time: 'first_at',
      rows: batches.flatMap((batch) => batch.counts ?? []),
      idOf: (row) => row.batchId,
      timeOf: (row) => row.firstAt,
    });
    await connection.run('COMMIT');
    return events;
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
  idOf(row: Row): string;
  timeOf(row: Row): number;
}

/** Adds the rows whose site and id the table does not hold yet, and answers them. The one writer makes it free of races. */
async function insertNew<Row extends { site: string }>(
  connection: DuckDBConnection,
  { table, columns, id, time, rows, idOf, timeOf }: Insertion<Row>,
): Promise<Row[]> {
  if (rows.length === 0) return [];
  const known = new Set<string>();
  for (const { from, to, items } of timeBands(rows, timeOf)) {
    const result = await connection.runAndReadAll(
      `SELECT site, ${id} FROM ${table} WHERE ${time} BETWEEN $from AND $to AND ${id} IN (SELECT unnest($ids))`,
      { from: timestamp(from), to: timestamp(to), ids: listValue(items.map(idOf)) },
      { ids: LIST(VARCHAR) },
    );
    for (const [site, key] of result.getRowsJS()) known.add(`${site}\n${key}`);
  }
  const fresh = rows.filter((row) => {
    const key = `${row.site}\n${idOf(row)}`;
    return !known.has(key) && known.add(key);
  });
  if (fresh.length === 0) return fresh;

  const appender = await connection.createAppender(table);
  try {
    for (const row of fresh) {
      for (const column of columns) append(appender, column.type, column.of(row));
      appender.endRow();
    }
    appender.flushSync();
  } catch (error) {
    // What an appender still holds is written when it goes: here that would be after the rollback.
    appender.clear();
    throw error;
  } finally {
    appender.closeSync();
  }
  return fresh;
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
