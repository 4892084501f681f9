import { expect, test } from 'vitest';
import { openDuckdbStore } from '../src/store/duckdbStore.ts';
import { type EventStore, StoreUnavailable } from '../src/store/eventStore.ts';
import { get, makeBatch, makeCollector, makeEvent, post, storedIds } from './fakes.ts';

const batch = makeBatch('b1', [makeEvent('e1')]);

/** A real store in front of which every insert can be made to fail. */
async function makeFailingStore() {
  const store = await openDuckdbStore(':memory:');
  const fault: { error: Error | null } = { error: null };
  const failing: EventStore = {
    ...store,
    insert: async (batches) => {
      if (fault.error) throw fault.error;
      return store.insert(batches);
    },
  };
  return { fault, store: failing };
}

test('a full disk asks senders to come again, and takes their events once there is room', async () => {
  const { fault, store } = await makeFailingStore();
  const { collector, errors } = await makeCollector({ store });
  fault.error = new StoreUnavailable('No space left on device');
  const refused = await post(collector, batch);
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
  expect(refused.headers.get('access-control-expose-headers')).toBe('Retry-After');
  expect(await refused.json()).toEqual({ error: { field: 'store', reason: expect.any(String) } });
  expect(errors).toHaveLength(1);

  fault.error = null;
  expect((await post(collector, batch)).status).toBe(200);
  expect(await storedIds(store)).toEqual(['e1']);
});

test('a closed store asks senders to come again', async () => {
  const { collector, store } = await makeCollector();
  await store.close();
  const response = await post(collector, batch);
  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).toMatch(/^\d+$/);
  expect((await get(collector, '/health')).status).toBe(503);
  expect((await get(collector, '/v1/query/summary')).status).toBe(503);
});

test('a collector that stops answers what it took, and asks the rest to come again', async () => {
  const { collector } = await makeCollector();
  const answers = [post(collector, batch), post(collector, makeBatch('b2', [makeEvent('e2')]))];
  // Bodies are read and the first commit is under way.
  await answers[0];
  const closing = collector.close();
  expect((await post(collector, makeBatch('b3', []))).status).toBe(503);
  await closing;
  expect((await answers[1])?.status).toBe(200);
});

test('too much waiting asks senders to come again', async () => {
  const { collector } = await makeCollector({ limits: { maxWaitingRows: 1 } });
  const two = makeBatch('b1', [makeEvent('e1'), makeEvent('e2')]);
  expect((await post(collector, two)).status).toBe(503);
  expect((await post(collector, batch)).status).toBe(200);
});

test('a mistake of ours is a 500 whose id is in the log', async () => {
  const { fault, store } = await makeFailingStore();
  const { collector, errors } = await makeCollector({ store });
  fault.error = new TypeError('secret detail');
  const response = await post(collector, batch);
  expect(response.status).toBe(500);
  const text = await response.text();
  expect(text).not.toContain('secret');
  const id = /[0-9a-f-]{36}/.exec(text)?.[0];
  expect(errors.join()).toContain(String(id));
});
