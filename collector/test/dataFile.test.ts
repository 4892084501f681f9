import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startCollector } from '../src/server.ts';
import { checkDataFile } from '../src/store/checkDataFile.ts';
import { openDuckdbStore } from '../src/store/duckdbStore.ts';
import { SCHEMA_VERSION } from '../src/store/schema.ts';
import { buildCommand, startChild } from './childCollector.ts';
import { makeBatch, makeCollector, makeEvent, post, storedIds, temporaryFolder } from './fakes.ts';

let command: Awaited<ReturnType<typeof buildCommand>>;
beforeAll(async () => {
  command = await buildCommand();
});
afterAll(() => command.remove());

function start(...args: string[]) {
  const child = startChild(command.file, args);
  onTestFinished(async () => {
    child.process.kill('SIGKILL');
    await child.ended;
  });
  return child;
}

async function writeDatabase(file: string, sql: string): Promise<void> {
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  await connection.run(sql);
  connection.closeSync();
  instance.closeSync();
}

async function hashOf(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
}

describe('a data file that cannot be used is named, and left as it was', () => {
  test.each<[string, string, (file: string) => Promise<void>]>([
    ['of a newer version', 'Update beaconry-collector', (file) => version(file, SCHEMA_VERSION + 1)],
    ['of an older version', 'schema version 0', (file) => version(file, 0)],
    ['of another program', 'another program', (file) => writeDatabase(file, 'CREATE TABLE cats (name TEXT)')],
    ['that is text', 'not a beaconry data file', (file) => writeFile(file, 'dear diary\n'.repeat(2000))],
    ['that is empty', 'not a beaconry data file', (file) => writeFile(file, '')],
    ['with a broken header', 'cannot be opened', (file) => corrupt(file, (bytes) => bytes.fill(3, 8192, 12_000))],
    ['that was cut off', 'cannot be opened', (file) => corrupt(file, (bytes) => bytes.subarray(0, 5000))],
  ])('%s', async (_, message, make) => {
    const file = join(await temporaryFolder(), 'data.duckdb');
    await make(file);
    const before = await hashOf(file);
    const { code, output } = await start('--port', '0', '--data', file).ended;
    expect(code).toBe(1);
    expect(output).toContain(file);
    expect(output).toContain(message);
    expect(output).not.toContain('    at ');
    expect(await hashOf(file)).toBe(before);
    expect(existsSync(`${file}.wal`)).toBe(false);
  });

  async function version(file: string, number: number): Promise<void> {
    await (await openDuckdbStore(file)).close();
    await writeDatabase(file, `UPDATE beaconry_meta SET schema_version = ${number}`);
  }

  async function corrupt(file: string, change: (bytes: Buffer) => Buffer): Promise<void> {
    await (await openDuckdbStore(file)).close();
    await writeFile(file, change(await readFile(file)));
  }
});

test('a data file without tables, left by a start that died, is taken', async () => {
  const file = join(await temporaryFolder(), 'data.duckdb');
  await writeDatabase(file, 'SELECT 1');
  expect(await checkDataFile(file)).toBe(null);
  await (await openDuckdbStore(file)).close();
  expect(await checkDataFile(file)).toBe(SCHEMA_VERSION);
});

test('a data file of before consent records is taken over with its events, once', async () => {
  const file = join(await temporaryFolder(), 'data.duckdb');
  const first = await makeCollector({ store: await openDuckdbStore(file) });
  await post(first.collector, makeBatch('b1', [makeEvent('e1')]));
  await first.collector.close();
  await writeDatabase(
    file,
    'DROP TABLE consent_records; DROP TABLE erasures; UPDATE beaconry_meta SET schema_version = 1',
  );

  for (const id of ['e2', 'e3']) {
    const { collector, store } = await makeCollector({ store: await openDuckdbStore(file) });
    await post(collector, makeBatch(id, [makeEvent(id)]));
    expect(await store.query('SELECT schema_version FROM beaconry_meta')).toEqual([{ schema_version: SCHEMA_VERSION }]);
    expect(await store.query('SELECT * FROM consent_records')).toEqual([]);
    expect(await storedIds(store)).toContain(id);
    expect(await storedIds(store)).toContain('e1');
    await collector.close();
  }
});

test('a data file is held by one collector, in this process and in others', async () => {
  const file = join(await temporaryFolder(), 'data.duckdb');
  const first = await startCollector({ port: 0, data: file });
  onTestFinished(() => first.close());
  await expect(startCollector({ port: 0, data: file })).rejects.toThrow('already open');
  const { code, output } = await start('--port', '0', '--data', file).ended;
  expect(code).toBe(1);
  expect(output).toContain(`${file} is in use by another process (PID ${process.pid})`);
  expect(output).toContain(`kill ${process.pid}`);
  expect(output).toContain('--data');
});

test('a port in use is named, with the remedy', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const { code, output } = await start('--port', String(port), '--data', ':memory:').ended;
  expect(code).toBe(1);
  expect(output).toContain(`Port ${port} on 127.0.0.1 is in use`);
  expect(output).toContain('--port');
});

test('a wrong option and a call for help end as they should', async () => {
  const wrong = await start('--port', 'many').ended;
  expect(wrong.code).toBe(1);
  expect(wrong.output).toContain('--port must be a number');
  const help = await start('--help').ended;
  expect(help.code).toBe(0);
  expect(help.output).toContain('--data <file>');
});

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s answers what was taken, with a dashboard open, and ends with 0',
  async (signal) => {
    const file = join(await temporaryFolder(), 'deep', 'data.duckdb');
    const child = start('--port', '0', '--data', file, '--site', 'shop', '--path', '/in');
    const url = await child.url;
    const live = await fetch(`${url}/v1/live`);
    await live.body?.getReader().read();
    const at = Date.now();
    const send = (id: string) =>
      fetch(`${url}/in`, {
        method: 'POST',
        body: JSON.stringify(makeBatch(id, [makeEvent(id, { at })], { sentAt: at })),
      })
        .then((response) => (response.ok ? id : null))
        // Sent too late: the port is closed already.
        .catch(() => null);
    expect(await send('first')).toBe('first');
    const answers = Array.from({ length: 20 }, (_, index) => send(`e${index}`));
    child.process.kill(signal);
    const { code, output } = await child.ended;
    expect(code).toBe(0);
    for (const part of [`${url}/in (shop)`, `${url}/beaconry.js`, file]) expect(output).toContain(part);

    expect(existsSync(`${file}.wal`)).toBe(false);
    const acknowledged = (await Promise.all(answers)).filter((id) => id !== null);
    const store = await openDuckdbStore(file);
    const stored = (await store.query('SELECT event_id FROM events')).map((row) => row.event_id);
    await store.close();
    expect(stored).toEqual(expect.arrayContaining(['first', ...acknowledged]));
    expect(new Set(stored).size).toBe(stored.length);
  },
);
