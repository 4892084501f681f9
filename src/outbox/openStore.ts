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

/** Starts the work within the call, as a leaving page has no later. */
export async function transact<Result>(
  db: IDBDatabase,
  durability: IDBTransactionDurability,
  work: Work<Result>,
): Promise<Result> {
  const transaction = db.transaction(STORE, 'readwrite', { durability });
  const done = new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error);
  });
  const begin = async () => {
    try {
      return await work(transaction.objectStore(STORE));
    } catch (error) {
      if (!transaction.error) transaction.abort();
      throw error;
    }
  };
  return (await Promise.all([begin(), done]))[0];
}
