import type { Clock } from '../platform/clock.ts';
import { transact, type Work } from './openStore.ts';

/** How long a database may take to open. */
const OPEN_MS = 5000;

/** A database that the browser may refuse, lose, fill up or delete. */
export interface Database {
  /**
   * Runs work in a transaction, once more if that fails, unless this is a repeat. `undefined` when that failed too: then
   * nothing can be stored any more; and when it was interrupted.
   */
  run<Result>(work: Work<Result>, isRepeat?: boolean): Promise<Result | undefined>;
  /**
   * Undoes work that has yet to read something, as the page goes to rest: WebKit keeps such a page with its transaction
   * open, and no other page gets at the store.
   */
  interrupt(): void;
  /** Whether there is a connection, or will be. */
  isOpen(): boolean;
  /** Lets go of the connection after the work that was begun. Later work opens it again, unless it is closed for good. */
  close(isForGood: boolean): void;
}

/** Opens the database for the first work. `makeRoom` is asked for it on a full disk, before the second attempt. */
export function createDatabase(
  open: () => Promise<IDBDatabase>,
  durability: IDBTransactionDurability,
  clock: Clock,
  makeRoom: () => Promise<void>,
  onDelete: () => void,
  onFail: (error: unknown) => void,
): Database {
  let db: IDBDatabase | undefined;
  let connecting: Promise<IDBDatabase> | undefined;
  /** Whether the browser left a request to open it unanswered. */
  let isStuck = false;
  let isOver = false;
  const underWay = new Set<IDBTransaction>();

  const disconnect = () => {
    db = connecting = undefined;
  };
  const connect = () =>
    new Promise<IDBDatabase>((resolve, reject) => {
      const cancel = clock.after(OPEN_MS, () => {
        isStuck = true;
        reject(Error('IndexedDB does not answer'));
      });
      open()
        .finally(cancel)
        .then((opened) => {
          if (isStuck) return opened.close();
          opened.onversionchange = () => {
            opened.close();
            disconnect();
            onDelete();
          };
          opened.onclose = disconnect;
          db = opened;
          resolve(opened);
        }, reject);
    });

  const run: Database['run'] = async (work, isRepeat) => {
    if (isOver) return undefined;
    try {
      connecting ??= connect();
      return await transact(db ?? (await connecting), durability, work, underWay);
    } catch (error) {
      if (isRepeat || isStuck) {
        onFail(error);
        return undefined;
      }
      if ((error as Error | null)?.name === 'QuotaExceededError') await makeRoom();
      else disconnect();
      return run(work, true);
    }
  };
  return {
    run,
    isOpen: () => !!connecting,
    interrupt() {
      for (const transaction of underWay) {
        try {
          transaction.abort();
          underWay.delete(transaction);
        } catch {
          // It reads nothing any more, and the browser sees to its end.
        }
      }
    },
    close(isForGood) {
      isOver = isForGood;
      // After the work that waits for it has begun.
      connecting?.then(
        (opened) => opened.close(),
        () => {},
      );
      disconnect();
    },
  };
}
