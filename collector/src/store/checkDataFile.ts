import { open } from 'node:fs/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import { MIGRATIONS, SCHEMA_VERSION } from './schema.ts';

/** The data file cannot be used; the message tells the owner why and what to do. */
export class DataFileProblem extends Error {
  override name = 'DataFileProblem';
}

/** Where DuckDB writes its name into a file. */
const MAGIC_OFFSET = 8;
const MAGIC = 'DUCK';

/**
 * Looks whether a file is ours to open, without changing a byte of it. Answers the version of its tables, null where they
 * are still to be made.
 *
 * Throws `DataFileProblem` for a file of another kind or version, a broken one, or one that another process holds.
 */
export async function checkDataFile(file: string): Promise<number | null> {
  const magic = await readMagic(file);
  if (magic === null) return null;
  if (magic !== MAGIC) {
    throw new DataFileProblem(`${file} is not a beaconry data file. Choose another with --data, or move it away.`);
  }
  const version = await readVersion(file);
  if (version !== null && version !== SCHEMA_VERSION && !MIGRATIONS.has(version)) {
    const hint = version > SCHEMA_VERSION ? 'Update beaconry-collector' : 'Use the version that wrote it';
    throw new DataFileProblem(
      `${file} has schema version ${version}, this beaconry-collector knows ${SCHEMA_VERSION}. ${hint}, or choose another file with --data. The file was not changed.`,
    );
  }
  return version;
}

async function readMagic(file: string): Promise<string | null> {
  try {
    const handle = await open(file, 'r');
    try {
      const bytes = Buffer.alloc(MAGIC.length);
      const { bytesRead } = await handle.read(bytes, 0, MAGIC.length, MAGIC_OFFSET);
      return bytes.toString('latin1', 0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw new DataFileProblem(`${file} cannot be read: ${messageOf(error)}`);
  }
}

/** Null where the file has no tables at all: the process that made it died before it had made ours. */
async function readVersion(file: string): Promise<number | null> {
  try {
    const instance = await DuckDBInstance.create(file, { access_mode: 'READ_ONLY' });
    const connection = await instance.connect();
    try {
      const tables = (await connection.runAndReadAll('SELECT table_name FROM duckdb_tables()')).getRowsJS().flat();
      if (tables.length === 0) return null;
      if (!tables.includes('beaconry_meta')) throw new Error('it is a DuckDB file of another program');
      const rows = (await connection.runAndReadAll('SELECT schema_version FROM beaconry_meta')).getRowsJS();
      return Number(rows[0]?.[0]);
    } finally {
      connection.closeSync();
      instance.closeSync();
    }
  } catch (error) {
    throw explainOpenFailure(file, error);
  }
}

/** Says in the owner's words why DuckDB did not open a file. */
export function explainOpenFailure(file: string, error: unknown): DataFileProblem {
  const message = messageOf(error);
  if (message.includes('Could not set lock')) {
    const pid = /\(PID (\d+)\)/.exec(message)?.[1];
    const remedy = pid ? `Stop that process (kill ${pid})` : 'Stop that process';
    return new DataFileProblem(
      `${file} is in use by another process${pid ? ` (PID ${pid})` : ''}: a collector that runs already? One data file has one collector. ${remedy}, or give this one another file with --data.`,
    );
  }
  return new DataFileProblem(
    `${file} cannot be opened: ${message}. Choose another file with --data, or put a backup in its place. The file was not changed.`,
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
