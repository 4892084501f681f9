import { type BatchRows, type EventRow, type EventStore, StoreUnavailable } from '../store/eventStore.ts';

export interface GroupCommitOptions {
  insert: EventStore['insert'];
  /** Hears of the events that a commit added, and of no repeat. */
  onStored(rows: EventRow[]): void;
  /** Rows that share one transaction. @default 5000 */
  maxRows?: number;
  /** Rows that may wait for the next one. @default 50,000 */
  maxWaitingRows?: number;
  /** Bytes of request text that may wait. @default 64 MiB */
  maxWaitingBytes?: number;
}

export interface GroupCommit {
  /** Stores a batch; resolves when it is safe, throws `StoreUnavailable` when it is not or when too much waits already. */
  submit(batch: BatchRows, bytes: number): Promise<void>;
  /** Takes nothing more, and resolves when nothing waits. */
  close(): Promise<void>;
}

interface Waiting {
  batch: BatchRows;
  bytes: number;
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * Lets requests share transactions: at once when the store is idle, else all that arrived while it was at work.
 *
 * A transaction that failed for a reason of its own is tried again request by request, so that one request cannot keep
 * others out.
 */
export function createGroupCommit({
  insert,
  onStored,
  maxRows = 5000,
  maxWaitingRows = 50_000,
  maxWaitingBytes = 64 * 1024 * 1024,
}: GroupCommitOptions): GroupCommit {
  const queue: Waiting[] = [];
  let waitingRows = 0;
  let waitingBytes = 0;
  let closing = false;
  let work: Promise<void> | null = null;

  const takeGroup = (): Waiting[] => {
    let rows = 0;
    let size = 0;
    for (const { batch } of queue) {
      rows += rowsOf(batch);
      if (size > 0 && rows > maxRows) break;
      size += 1;
    }
    return queue.splice(0, size);
  };

  const commit = async (group: Waiting[]): Promise<void> => {
    let stored: EventRow[];
    try {
      stored = await insert(group.map(({ batch }) => batch));
    } catch (error) {
      if (group.length > 1 && !(error instanceof StoreUnavailable)) {
        for (const one of group) await commit([one]);
      } else {
        for (const { reject } of group) reject(error);
      }
      return;
    }
    for (const { resolve } of group) resolve();
    if (stored.length > 0) onStored(stored);
  };

  const run = async (): Promise<void> => {
    while (queue.length > 0) {
      const group = takeGroup();
      await commit(group);
      for (const { batch, bytes } of group) {
        waitingRows -= rowsOf(batch);
        waitingBytes -= bytes;
      }
    }
    work = null;
  };

  return {
    submit: (batch, bytes) => {
      if (closing) return Promise.reject(new StoreUnavailable('The collector is stopping.'));
      if (waitingRows + rowsOf(batch) > maxWaitingRows || waitingBytes + bytes > maxWaitingBytes) {
        return Promise.reject(new StoreUnavailable('Too much waits to be stored.'));
      }
      waitingRows += rowsOf(batch);
      waitingBytes += bytes;
      return new Promise((resolve, reject) => {
        queue.push({ batch, bytes, resolve, reject });
        work ??= run();
      });
    },
    close: async () => {
      closing = true;
      await work;
    },
  };
}

function rowsOf({ events, consents = [], erasures = [] }: BatchRows): number {
  return events.length + consents.length + erasures.length;
}
