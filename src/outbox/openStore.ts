import { createStore } from 'idb-keyval';

const STORE = 'outbox';

/** Work on the store within one transaction: all of it happens, or, when it throws, nothing. */
export type Work<Result> = (store: IDBObjectStore) => Promise<Result>;

/**
 * Opens the database of that name, with one store in it. The connection is taken out of idb-keyval, whose own
 * transactions know neither durability nor `commit()`, and which keeps a connection that was closed under it.
 */
export const openStore = (name: string): Promise<IDBDatabase> =>
  createStore(name, STORE)('readonly', ({ transaction }) => transaction.db);

/**
 * Starts the work within the call, as a leaving page has no later. `underWay` holds the transaction until it ends;
 * `undefined` when that was emptied meanwhile.
 */
export async function transact<Result>(
  db: IDBDatabase,
  durability: IDBTransactionDurability,
  work: Work<Result>,
  underWay = new Set<IDBTransaction>(),
): Promise<Result | undefined> {
  const transaction = db.transaction(STORE, 'readwrite', { durability });
  underWay.add(transaction);
  const done = new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error);
  });
  const worked = work(transaction.objectStore(STORE)).catch((error) => {
    if (!transaction.error) transaction.abort();
    throw error;
  });
  return Promise.all([worked, done]).then(
    ([result]) => {
      underWay.delete(transaction);
      return result;
    },
    (error) => {
      if (underWay.delete(transaction)) throw error;
      return undefined;
    },
  );
}
