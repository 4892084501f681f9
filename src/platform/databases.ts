import { systemClock } from './clock.ts';
import { deleteDatabase } from './deleteDatabase.ts';

/** A database that does not answer by then is being deleted, or broken. */
const OPEN_MS = 3000;

/**
 * Names of all databases; `undefined` where the browser refuses them. Where it does not tell (Firefox before 126), the
 * names that may be there are the answer.
 */
export async function listDatabases(likely: string[]): Promise<string[] | undefined> {
  try {
    if (!indexedDB.databases) return likely;
    return (await indexedDB.databases()).map(({ name = '' }) => name);
  } catch {
    return undefined;
  }
}

/** WebKit keeps a database whose making was taken back, of version 0. */
async function removeUnmade(name: string): Promise<void> {
  const listed = (await indexedDB.databases?.()) ?? [];
  if (listed.some((one) => one.name === name && !one.version)) deleteDatabase(name);
}

/**
 * Reads all records of a database, whatever its form. `null`: there is none, and none is made by looking. `undefined`: it
 * cannot be read.
 */
export function readDatabase(name: string): Promise<[key: string, value: unknown][] | null | undefined> {
  return new Promise((resolve) => {
    systemClock.after(OPEN_MS, () => resolve(undefined));
    try {
      const request = indexedDB.open(name);
      let isNew = false;
      request.onupgradeneeded = () => {
        isNew = true;
        // Takes back that it was made.
        request.transaction?.abort();
      };
      request.onerror = async () => {
        if (isNew) await removeUnmade(name).catch(() => {});
        resolve(isNew ? null : undefined);
      };
      request.onsuccess = () => {
        const database = request.result;
        const stores = [...database.objectStoreNames];
        if (stores.length) {
          const transaction = database.transaction(stores);
          const records: [string, unknown][] = [];
          for (const name of stores) {
            const store = transaction.objectStore(name);
            const keys = store.getAllKeys();
            const values = store.getAll();
            values.onsuccess = () => {
              for (const [index, key] of keys.result.entries()) records.push([`${key}`, values.result[index]]);
            };
          }
          transaction.oncomplete = () => resolve(records);
          transaction.onabort = () => resolve(undefined);
        } else resolve([]);
        // Once the transaction has ended: whoever deletes the database need not wait for this page.
        database.close();
      };
    } catch {
      resolve(undefined);
    }
  });
}
