import { expect, test } from 'vitest';
import { createGroupCommit, type GroupCommitOptions } from '../src/ingest/groupCommit.ts';
import { type BatchRows, type EventRow, StoreUnavailable } from '../src/store/eventStore.ts';

/** A store whose commits end when the test says so. */
function makeStore() {
  const commits: { batches: BatchRows[]; end(error?: Error): void }[] = [];
  const insert: GroupCommitOptions['insert'] = (batches) =>
    new Promise((resolve, reject) => {
      const rows = batches.flatMap((batch) => batch.events);
      commits.push({ batches, end: (error) => (error ? reject(error) : resolve(rows)) });
    });
  return { commits, insert, onStored: () => undefined };
}

/** A batch of rows of which nothing is looked at. */
const batchOf = (rows: number): BatchRows => ({
  events: Array.from({ length: rows }, () => ({}) as EventRow),
  counts: null,
});
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('a request that finds the store idle is committed at once, alone', async () => {
  const store = makeStore();
  void createGroupCommit(store).submit(batchOf(1), 1);
  expect(store.commits.map(({ batches }) => batches.length)).toEqual([1]);
});

test('requests that arrive during a commit share the next, up to a number of rows', async () => {
  const store = makeStore();
  const { submit } = createGroupCommit({ ...store, maxRows: 10 });
  const answers = [1, 4, 6, 3, 20].map((rows) => submit(batchOf(rows), 1));
  for (let index = 0; index < 4; index += 1) {
    store.commits[index]?.end();
    await settled();
  }
  await Promise.all(answers);
  expect(store.commits.map(({ batches }) => batches.map(({ events }) => events.length))).toEqual([
    [1],
    [4, 6],
    [3],
    [20],
  ]);
});

test('a sender hears nothing before its own commit has ended', async () => {
  const store = makeStore();
  const { submit } = createGroupCommit(store);
  const answered: string[] = [];
  void submit(batchOf(1), 1).then(() => answered.push('first'));
  void submit(batchOf(1), 1).then(() => answered.push('second'));
  await settled();
  expect(answered).toEqual([]);
  store.commits[0]?.end();
  await settled();
  expect(answered).toEqual(['first']);
  store.commits[1]?.end();
  await settled();
  expect(answered).toEqual(['first', 'second']);
});

test.each([
  ['rows', { maxWaitingRows: 5 }, 3, 1],
  ['bytes', { maxWaitingBytes: 500 }, 1, 300],
])('too many waiting %s are asked to come again, and later ones are welcome', async (_, limits, rows, bytes) => {
  const store = makeStore();
  const { submit } = createGroupCommit({ ...store, ...limits });
  const first = submit(batchOf(rows), bytes);
  await expect(submit(batchOf(rows), bytes)).rejects.toBeInstanceOf(StoreUnavailable);
  store.commits[0]?.end();
  await first;
  await settled();
  const later = submit(batchOf(rows), bytes);
  store.commits[1]?.end();
  await later;
});

test('a request that the store chokes on does not keep its companions out', async () => {
  const store = makeStore();
  const { submit } = createGroupCommit(store);
  const answers = Promise.allSettled([1, 2, 3, 4].map((rows) => submit(batchOf(rows), 1)));
  const choke = new Error('Conversion Error');
  for (const error of [undefined, choke, undefined, choke, undefined]) {
    store.commits.at(-1)?.end(error);
    await settled();
  }
  const outcomes = await answers;
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
});

test('a store that is unavailable is not asked again for each companion', async () => {
  const store = makeStore();
  const { submit } = createGroupCommit(store);
  const answers = Promise.allSettled([1, 2, 3].map((rows) => submit(batchOf(rows), 1)));
  store.commits[0]?.end();
  await settled();
  store.commits[1]?.end(new StoreUnavailable('disk full'));
  const outcomes = await answers;
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
  expect(store.commits).toHaveLength(2);
});

test('closing waits for what waits, and takes nothing more', async () => {
  const store = makeStore();
  const { submit, close } = createGroupCommit(store);
  const answers = [submit(batchOf(1), 1), submit(batchOf(1), 1)];
  let closed = false;
  const closing = close().then(() => {
    closed = true;
  });
  await expect(submit(batchOf(1), 1)).rejects.toBeInstanceOf(StoreUnavailable);
  store.commits[0]?.end();
  await settled();
  expect(closed).toBe(false);
  store.commits[1]?.end();
  await closing;
  await Promise.all(answers);
});
