import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api';
import type { Column } from './schema.ts';
import { timestamp } from './timestamp.ts';

export interface Table<Row> {
  name: string;
  columns: readonly Column<Row>[];
}

/** Adds rows to a table, within the transaction that is open. */
export async function appendRows<Row>(
  connection: DuckDBConnection,
  { name, columns }: Table<Row>,
  rows: readonly Row[],
): Promise<void> {
  if (rows.length === 0) return;
  const appender = await connection.createAppender(name);
  try {
    for (const row of rows) {
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
