import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Batch } from '../../src/protocol/event.ts';
import { openDuckdbStore } from '../src/store/duckdbStore.ts';
import { buildCommand, startChild } from './childCollector.ts';
import { makeBatch, makeEvent, temporaryFolder } from './fakes.ts';

const KILLS = 24;
const SENDERS = 6;
const BATCH = 7;
/** How many of the acknowledged batches are erased again: each has a session of its own. */
const ERASED_SHARE = 0.4;
/** Heavy enough that some kills fall into a checkpoint, which DuckDB makes every 16 MiB. */
const data = { text: 'x'.repeat(20_000) };

let command: Awaited<ReturnType<typeof buildCommand>>;
beforeAll(async () => {
  command = await buildCommand();
});
afterAll(() => command.remove());

test(`kill -9 at ${KILLS} moments under load loses nothing acknowledged, doubles nothing and brings nothing erased back`, {
  timeout: 120_000,
}, async () => {
  const file = join(await temporaryFolder(), 'data.duckdb');
  const sent = new Set<string>();
  const acknowledged = new Set<string>();
  const erased = new Set<string>();
  /** Sessions whose erasure nobody heard of: gone or there, but whole. */
  const perhapsErased = new Set<string>();
  /** Batches whose sender never heard an answer; each is sent again, as a browser's outbox does. */
  const unanswered: Batch[] = [];
  let number = 0;

  const newBatch = (): Batch => {
    number += 1;
    const at = Date.now();
    const events = Array.from({ length: BATCH }, (_, index) => {
      return makeEvent(`${number}-${index}`, { at, data, session: `s${number}` });
    });
    for (const { id } of events) sent.add(id);
    return makeBatch(`b${number}`, events, { counts: { accepted: BATCH } });
  };

  const sendUntilKilled = async (url: string): Promise<void> => {
    for (;;) {
      const batch = unanswered.shift() ?? newBatch();
      try {
        const body = JSON.stringify({ ...batch, sentAt: Date.now() });
        const response = await fetch(`${url}/e`, { method: 'POST', body });
        expect(await response.json()).toEqual({ accepted: BATCH, rejected: [] });
        for (const { id } of batch.events) acknowledged.add(id);
        if (Math.random() < ERASED_SHARE) await eraseSession(url, String(batch.events[0]?.session));
      } catch (error) {
        unanswered.push(batch);
        if (error instanceof TypeError || error instanceof SyntaxError) return;
        throw error;
      }
    }
  };

  const eraseSession = async (url: string, session: string): Promise<void> => {
    perhapsErased.add(session);
    const response = await fetch(`${url}/v1/erase`, {
      method: 'POST',
      body: JSON.stringify({ site: 'shop', session }),
    });
    expect(response.status).toBe(204);
    erased.add(session);
  };

  for (let kill = 0; kill < KILLS; kill += 1) {
    const child = startChild(command.file, ['--port', '0', '--data', file]);
    try {
      const url = await child.url;
      const senders = Array.from({ length: SENDERS }, () => sendUntilKilled(url));
      // On a busy machine a life may be too short for an answer: every sixth lasts until something was erased.
      const erasedBefore = erased.size;
      while (kill % 6 === 0 && erased.size === erasedBefore) await new Promise((resolve) => setTimeout(resolve, 5));
      // Real time on purpose: the moment must fall anywhere within reading, committing and answering.
      await new Promise((resolve) => setTimeout(resolve, 5 + Math.random() * 400));
      child.process.kill('SIGKILL');
      await Promise.all(senders);
    } finally {
      child.process.kill('SIGKILL');
      await child.ended;
    }
  }

  const store = await openDuckdbStore(file);
  const stored = (await store.query('SELECT event_id FROM events')).map((row) => String(row.event_id));
  const storedSet = new Set(stored);
  const [counts] = await store.query(
    'SELECT count(*) AS rows, count(DISTINCT batch_id) AS batches, sum(accepted) AS accepted FROM batch_counts',
  );
  const reasons = await store.query(`SELECT dropped FROM batch_counts WHERE dropped <> '{}'`);
  await store.close();

  const sessionOf = (id: string) => `s${id.split('-')[0]}`;
  expect(acknowledged.size).toBeGreaterThan(KILLS * BATCH);
  expect(erased.size).toBeGreaterThanOrEqual(KILLS / 6);
  expect([...acknowledged].filter((id) => !storedSet.has(id) && !perhapsErased.has(sessionOf(id)))).toEqual([]);
  expect(stored.filter((id) => erased.has(sessionOf(id)))).toEqual([]);
  expect(storedSet.size).toBe(stored.length);
  expect(stored.filter((id) => !sent.has(id))).toEqual([]);
  // A transaction is stored as a whole: events, counts and erasures together.
  expect(counts?.rows).toBe(counts?.batches);
  const dropped = reasons.map((row) => Number(JSON.parse(String(row.dropped)).erased));
  expect(Number(counts?.accepted) - dropped.reduce((sum, count) => sum + count, 0)).toBe(stored.length);
  console.log(
    `${KILLS} kills: ${sent.size} sent, ${acknowledged.size} acknowledged, ${erased.size} sessions erased, ${stored.length} stored, 0 lost, 0 doubled, 0 back`,
  );
});
