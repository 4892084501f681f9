import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { checkDataFile, DataFileProblem, explainOpenFailure } from './checkDataFile.ts';
import { erase, leaveOutErased } from './erase.ts';
import {
  type BatchRows,
  type ConsentRow,
  type EventRow,
  type EventStore,
  type ResultRow,
  StoreUnavailable,
} from './eventStore.ts';
import { insertNew } from './insertNew.ts';
import { CONSENT_COLUMNS, COUNTS_COLUMNS, CREATE_TABLES, EVENT_COLUMNS, MIGRATIONS } from './schema.ts';
import { timestamp } from './timestamp.ts';

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
  const version = inMemory ? null : await checkDataFile(file);
  const instance = await openInstance(file, inMemory);
  const writer = await instance.connect();
  const reader = await instance.connect();
  const toDo = version === null ? CREATE_TABLES : MIGRATIONS.get(version);
  if (toDo) await writer.run(toDo);

  let closed = false;
  // Most collectors never erase anything: their inserts need not look.
  let hasErased = (await query(writer, 'SELECT 1 FROM erasures LIMIT 1', {})).length > 0;
  // One report at a time: a query occupies a thread of the pool that commits and gzip need too.
  let lastQuery: Promise<unknown> = Promise.resolve();
  let lastInsert: Promise<unknown> = Promise.resolve();

  const guarded = async <Answer>(work: () => Promise<Answer>): Promise<Answer> => {
    if (closed) throw new StoreUnavailable('The store is closed.');
    try {
      return await work();
    } catch (error) {
      // The details are for the log: whoever sends events need not know our disk.
      throw closed || isPassing(error) ? new StoreUnavailable('The store cannot work now.', { cause: error }) : error;
    }
  };

  return {
    insert: (batches) => {
      hasErased ||= batches.some(({ erasures = [] }) => erasures.length > 0);
      const answer = guarded(() => insert(writer, batches, hasErased));
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
  return !/^(Failed to extract statements|Binder|Catalog|Constraint|Conversion|Invalid Input|Invalid type|Out of Range|Parser|Syntax)( Error|:)/i.test(
    message,
  );
}

async function insert(connection: DuckDBConnection, sent: BatchRows[], hasErased: boolean): Promise<EventRow[]> {
  await connection.run('BEGIN');
  try {
    await erase(
      connection,
      sent.flatMap(({ erasures = [] }) => erasures),
    );
    const batches = hasErased ? await leaveOutErased(connection, sent) : sent;
    const events = await insertNew(connection, {
      table: { name: 'events', columns: EVENT_COLUMNS },
      rows: batches.flatMap((batch) => batch.events),
      id: 'event_id',
      idOf: (row) => row.eventId,
      time: 'ts',
      timeOf: (row) => row.ts,
    });
    await insertNew(connection, {
      table: { name: 'batch_counts', columns: COUNTS_COLUMNS },
      rows: batches.flatMap((batch) => batch.counts ?? []),
      id: 'batch_id',
      idOf: (row) => row.batchId,
      time: 'first_at',
      timeOf: (row) => row.firstAt,
    });
    await insertNew(connection, {
      table: { name: 'consent_records', columns: CONSENT_COLUMNS },
      rows: batches.flatMap(({ consents = [] }) => consents),
      id: `concat_ws(' ', record_id, epoch_ms(updated_at), revision, source, purposes)`,
      idOf: ({ recordId, updatedAt, revision, source, purposes }: ConsentRow) =>
        [recordId, updatedAt, revision, source, purposes].join(' '),
      time: 'updated_at',
      timeOf: (row) => row.updatedAt,
    });
    await connection.run('COMMIT');
    return events;
  } catch (error) {
    // A failed COMMIT has rolled back already, and says so.
    await connection.run('ROLLBACK').catch(() => undefined);
    throw error;
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
