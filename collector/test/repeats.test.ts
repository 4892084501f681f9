import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openDuckdbStore } from '../src/store/duckdbStore.ts';
import { makeBatch, makeCollector, makeEvent, NOW, post, storedIds, temporaryFolder } from './fakes.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const events = Array.from({ length: 10 }, (_, index) => makeEvent(`e${index}`, { at: NOW - index, seq: index + 1 }));
const ids = events.map(({ id }) => id);

test('the same batch, sent 50 times at once, is stored once', async () => {
  const { collector, store } = await makeCollector();
  const batch = makeBatch('b1', events, { counts: { accepted: 10 } });
  const responses = await Promise.all(Array.from({ length: 50 }, () => post(collector, batch)));
  for (const response of responses) expect(await response.json()).toEqual({ accepted: 10, rejected: [] });
  expect(await storedIds(store)).toEqual(ids);
});

test('events that come again in another batch, with others, are stored once', async () => {
  const { collector, store } = await makeCollector();
  await post(collector, makeBatch('b1', events));
  const response = await post(collector, makeBatch('b2', [...events.slice(3), makeEvent('new')], { sentAt: NOW + 9 }));
  expect(await response.json()).toEqual({ accepted: 8, rejected: [] });
  expect(await storedIds(store)).toEqual([...ids, 'new']);
});

test('an event twice in one batch is stored once', async () => {
  const { collector, store } = await makeCollector();
  await post(collector, makeBatch('b1', [...events, ...events]));
  expect(await storedIds(store)).toEqual(ids);
});

test('the same ids of another site are other events', async () => {
  const { collector, store } = await makeCollector();
  await post(collector, makeBatch('b1', events));
  await post(collector, makeBatch('b1', events, { site: 'blog' }));
  expect(await storedIds(store)).toEqual(ids.flatMap((id) => [id, id]));
});

test('what was stored before a restart is known after it', async () => {
  const file = join(await temporaryFolder(), 'data.duckdb');
  const batch = makeBatch('b1', events, { counts: { accepted: 10 } });
  const first = await makeCollector({ store: await openDuckdbStore(file) });
  await post(first.collector, batch);
  await first.collector.close();

  const second = await makeCollector({ store: await openDuckdbStore(file) });
  expect(await (await post(second.collector, batch)).json()).toEqual({ accepted: 10, rejected: [] });
  expect(await storedIds(second.store)).toEqual(ids);
  expect(await second.store.query('SELECT sum(accepted)::INTEGER AS n FROM batch_counts')).toEqual([{ n: 10 }]);
});

test('the counts of a batch are added once, whenever and with whatever clock it comes again', async () => {
  const { collector, store } = await makeCollector();
  const counts = { accepted: 12, dropped: { quota: 2, beforeConsent: 1 } };
  const withEvents = makeBatch('b1', events, { counts });
  const without = makeBatch('b2', [], { counts });
  const sends = [withEvents, without, { ...withEvents, sentAt: NOW - DAY_MS }, { ...without, sentAt: NOW + 5 }];
  await Promise.all([...sends, ...sends].map((batch) => post(collector, batch)));
  for (const batch of sends) await post(collector, batch);
  const rows = await store.query('SELECT batch_id, site, accepted, dropped FROM batch_counts ORDER BY batch_id');
  const row = { site: 'shop', accepted: 12, dropped: '{"quota":2,"beforeConsent":1}' };
  expect(rows).toEqual([
    { batch_id: 'b1', ...row },
    { batch_id: 'b2', ...row },
  ]);
});

test('a batch without counts leaves no row of counts', async () => {
  const { collector, store } = await makeCollector();
  await post(collector, makeBatch('b1', events));
  expect(await store.query('SELECT * FROM batch_counts')).toEqual([]);
});

test('clocks that are years apart share a commit, and their repeats are known', async () => {
  const { collector, store } = await makeCollector();
  const batches = Array.from({ length: 20 }, (_, index) => {
    const sentAt = NOW - index * 400 * DAY_MS;
    return makeBatch(`b${index}`, [makeEvent(`e${index}`, { at: sentAt })], { sentAt });
  });
  await Promise.all([...batches, ...batches].map((batch) => post(collector, batch)));
  await Promise.all(batches.map((batch) => post(collector, batch)));
  expect((await storedIds(store)).sort()).toEqual(batches.map(({ events: [event] }) => String(event?.id)).sort());
});

test('any schedule of batches, repeats and companions stores each event once', { timeout: 60_000 }, async () => {
  const batchOf = fc.uniqueArray(fc.nat(30), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(batchOf, fc.boolean()), { minLength: 1, maxLength: 15 }), async (schedule) => {
      const { collector, store } = await makeCollector();
      const pending: Promise<Response>[] = [];
      for (const [index, [numbers, waits]] of schedule.entries()) {
        const at = (number: number) => NOW - number * 2 * DAY_MS + 31;
        const answer = post(
          collector,
          makeBatch(
            `b${index}`,
            numbers.map((number) => makeEvent(`e${number}`, { at: Math.max(at(number), NOW - 29 * DAY_MS) })),
          ),
        );
        pending.push(answer);
        if (waits) await answer;
      }
      for (const answer of pending) expect((await answer).status).toBe(200);
      const expected = new Set(schedule.flatMap(([numbers]) => numbers.map((number) => `e${number}`)));
      expect(await storedIds(store)).toEqual([...expected].sort());
      await collector.close();
    }),
    { numRuns: 15 },
  );
});
