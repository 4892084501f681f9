import { type DuckDBConnection, LIST, listValue, VARCHAR } from '@duckdb/node-api';
import { appendRows, type Table } from './appendRows.ts';
import { timeBands } from './timeBands.ts';
import { timestamp } from './timestamp.ts';

/** Rows of a table, of which some may be in it already. */
export interface Insertion<Row> {
  table: Table<Row>;
  rows: Row[];
  /** SQL, and the same of a row: what tells a site's rows apart. */
  id: string;
  idOf(row: Row): string;
  /** Column, and the same of a row: a time that is sent alike whenever the id is. */
  time: string;
  timeOf(row: Row): number;
}

/** Adds the rows whose site and id the table does not hold yet, and answers them. The one writer makes it free of races. */
export async function insertNew<Row extends { site: string }>(
  connection: DuckDBConnection,
  { table, rows, id, idOf, time, timeOf }: Insertion<Row>,
): Promise<Row[]> {
  if (rows.length === 0) return [];
  const known = new Set<string>();
  for (const { from, to, items } of timeBands(rows, timeOf)) {
    const result = await connection.runAndReadAll(
      `SELECT site, ${id} FROM ${table.name} WHERE ${time} BETWEEN $from AND $to AND ${id} IN (SELECT unnest($ids))`,
      { from: timestamp(from), to: timestamp(to), ids: listValue(items.map(idOf)) },
      { ids: LIST(VARCHAR) },
    );
    for (const [site, key] of result.getRowsJS()) known.add(`${site}\n${key}`);
  }
  const fresh = rows.filter((row) => {
    const key = `${row.site}\n${idOf(row)}`;
    return !known.has(key) && known.add(key);
  });
  await appendRows(connection, table, fresh);
  return fresh;
}
