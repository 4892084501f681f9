import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Collector } from '../src/collector.ts';
import { openDuckdbStore } from '../src/store/duckdbStore.ts';
import { get, makeBatch, makeCollector, makeEvent, NOW, post, storedIds, temporaryFolder } from './fakes.ts';

/** Asks for an erasure as the SDK does. */
const erase = (collector: Collector, body: object) => post(collector, body, { path: '/v1/erase' });

const send = async (collector: Collector, batch: ReturnType<typeof makeBatch>) => {
  const answer = await post(collector, batch);
  expect(answer.status).toBe(200);
  return answer.json();
};

const ask = async (collector: Collector, name: string) => (await get(collector, `/v1/query/${name}`)).json();
const loss = (collector: Collector) => ask(collector, `loss?site=shop&to=${NOW + 1}`);

/** Two sessions of one visitor, of which one began before the visitor was known, and one of somebody else. */
const visits = makeBatch(
  'b1',
  [
    makeEvent('1a', { session: 's1' }),
    makeEvent('1b', { session: 's1', visitor: 'v1' }),
    makeEvent('2a', { session: 's2', visitor: 'v1' }),
    makeEvent('3a', { session: 's3', visitor: 'v3' }),
  ],
  { counts: { accepted: 4 } },
);

test('an erased session is gone, and no other', async () => {
  const { collector, store } = await makeCollector();
  await send(collector, visits);
  await send(collector, makeBatch('b1', [makeEvent('other', { session: 's1' })], { site: 'blog' }));
  const answer = await erase(collector, { site: 'shop', session: 's1' });
  expect(answer.status).toBe(204);
  expect(await answer.text()).toBe('');
  expect(answer.headers.get('access-control-allow-origin')).toBe('*');
  expect(await storedIds(store)).toEqual(['2a', '3a', 'other']);
  await send(collector, makeBatch('b2', [makeEvent('later', { session: 's1' })], { site: 'blog' }));
  expect(await storedIds(store)).toEqual(['2a', '3a', 'later', 'other']);
});

test('an erased visitor goes with every session', async () => {
  const { collector, store } = await makeCollector();
  await send(collector, visits);
  await erase(collector, { site: 'shop', visitor: 'v1' });
  expect(await storedIds(store)).toEqual(['3a']);
  await send(collector, makeBatch('b2', [makeEvent('1c', { session: 's1' }), makeEvent('4a', { session: 's4' })]));
  expect(await storedIds(store)).toEqual(['3a', '4a']);
});

test('what is sent again after the erasure, or was still on its way, is taken and not stored', async () => {
  const { collector, store } = await makeCollector();
  await send(collector, visits);
  await erase(collector, { site: 'shop', session: 's1', visitor: 'v1' });
  expect(await send(collector, visits)).toEqual({ accepted: 4, rejected: [] });
  const late = [makeEvent('1d', { session: 's1' }), makeEvent('9a', { session: 's9', visitor: 'v1' })];
  expect(await send(collector, makeBatch('b2', [...late, makeEvent('3b', { session: 's3' })]))).toEqual({
    accepted: 3,
    rejected: [],
  });
  expect(await storedIds(store)).toEqual(['3a', '3b']);
});

test('an erasure holds for what shares its commit, before it and behind it', async () => {
  const { collector, store } = await makeCollector();
  // The first goes alone; all others wait for it and share the next commit.
  await Promise.all([
    send(collector, makeBatch('b0', [makeEvent('0', { session: 's0' })])),
    send(collector, visits),
    erase(collector, { site: 'shop', session: 's1' }),
    erase(collector, { site: 'shop', visitor: 'v3' }),
    erase(collector, { site: 'shop', session: 's1' }),
    send(collector, makeBatch('b2', [makeEvent('1d', { session: 's1' }), makeEvent('2b', { session: 's2' })])),
  ]);
  expect(await storedIds(store)).toEqual(['0', '2a', '2b']);
});

test('an erasure outlives a restart', async () => {
  const file = join(await temporaryFolder(), 'data.duckdb');
  const first = await makeCollector({ store: await openDuckdbStore(file) });
  await send(first.collector, visits);
  await erase(first.collector, { site: 'shop', session: 's1' });
  await first.collector.close();

  const second = await makeCollector({ store: await openDuckdbStore(file) });
  expect(await storedIds(second.store)).toEqual(['2a', '3a']);
  await send(second.collector, visits);
  expect(await storedIds(second.store)).toEqual(['2a', '3a']);
});

test('erased events are no loss, whether they had been stored, came again or came late', async () => {
  const { collector } = await makeCollector();
  await send(collector, visits);
  expect(await loss(collector)).toMatchObject({ accepted: 4, stored: 4, dropped: {}, lost: 0, erasures: 0 });
  await erase(collector, { site: 'shop', session: 's1' });
  expect(await loss(collector)).toMatchObject({ stored: 2, dropped: { erased: 2 }, lost: 0, erasures: 1 });
  await send(collector, visits);
  expect(await loss(collector)).toMatchObject({ stored: 2, dropped: { erased: 2 }, lost: 0 });
  const late = makeBatch('b2', [makeEvent('1d', { session: 's1' }), makeEvent('3b', { session: 's3' })], {
    counts: { accepted: 4, dropped: { quota: 1 } },
  });
  for (let attempt = 0; attempt < 3; attempt += 1) await send(collector, late);
  expect(await loss(collector)).toMatchObject({ accepted: 8, stored: 3, dropped: { erased: 3, quota: 1 }, lost: 1 });
});

test('an erasure is counted once, on its day', async () => {
  let time = NOW - 24 * 60 * 60_000;
  const { collector } = await makeCollector({ now: () => time });
  await erase(collector, { site: 'shop', session: 's0' });
  time = NOW - 1;
  await send(collector, visits);
  for (let again = 0; again < 3; again += 1) await erase(collector, { site: 'shop', visitor: 'v1' });
  await erase(collector, { site: 'shop', session: 's1' });
  await erase(collector, { site: 'shop', session: 's3', visitor: 'v3' });
  await erase(collector, { site: 'blog', session: 's1' });
  const { erasures, points } = (await ask(
    collector,
    `consent?site=shop&from=${NOW - 2 * 24 * 60 * 60_000}&to=${NOW}`,
  )) as {
    erasures: number;
    points: { erasures: number }[];
  };
  expect(erasures).toBe(3);
  expect(points.map((point) => point.erasures)).toEqual([0, 1, 2]);
});

test('the ledger does not keep the ids that it is there to forget', async () => {
  const { collector, store } = await makeCollector();
  await erase(collector, { site: 'shop', session: 'session-of-somebody', visitor: 'visitor-of-somebody' });
  const rows = await store.query('SELECT * FROM erasures');
  expect(rows).toHaveLength(2);
  expect(JSON.stringify(rows)).not.toContain('somebody');
});

test('who has nothing stored can be erased too', async () => {
  const { collector, store } = await makeCollector();
  expect((await erase(collector, { site: 'shop', session: 's1' })).status).toBe(204);
  await send(collector, visits);
  expect(await storedIds(store)).toEqual(['2a', '3a']);
});

test('a dashboard forgets the erased events, those that listen and those that come', async () => {
  const { collector } = await makeCollector();
  await send(collector, visits);
  const listen = async () => {
    const reader = ((await get(collector, '/v1/live?site=shop')).body as ReadableStream<Uint8Array>).getReader();
    return async () => new TextDecoder().decode((await reader.read()).value);
  };
  const next = await listen();
  expect(await next()).toContain('"1a"');
  await erase(collector, { site: 'shop', visitor: 'v1' });
  expect(await next()).toBe('event: erased\ndata: {"ids":["1a","1b","2a"]}\n\n');
  const hello = await (await listen())();
  expect(hello).toContain('"3a"');
  expect(hello).not.toContain('"1a"');
});

test('a full store asks to come again, and nothing is half erased', async () => {
  const { collector, store } = await makeCollector();
  await send(collector, visits);
  await store.close();
  const answer = await erase(collector, { site: 'shop', session: 's1' });
  expect(answer.status).toBe(503);
  expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
});

test.each<[string, object, number, string]>([
  ['nobody', { site: 'shop' }, 400, 'session'],
  ['nobody by empty names', { site: 'shop', session: '', visitor: '' }, 400, 'session'],
  ['a session that is no text', { site: 'shop', session: 5 }, 400, 'session'],
  ['an endless session', { site: 'shop', session: 's'.repeat(129) }, 400, 'session'],
  ['an endless visitor', { site: 'shop', visitor: 's'.repeat(257) }, 400, 'visitor'],
  ['no site', { session: 's1' }, 400, 'site'],
  ['another site', { site: 'other', session: 's1' }, 403, 'site'],
])('an erasure of %s is refused by name', async (_, body, status, field) => {
  const { collector, store } = await makeCollector({ sites: ['shop'] });
  await send(collector, visits);
  const answer = await erase(collector, body);
  expect(answer.status).toBe(status);
  expect(await answer.json()).toEqual({ error: { field, reason: expect.stringMatching(/\w/) } });
  expect(await storedIds(store)).toHaveLength(4);
});
