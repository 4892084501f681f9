import type { Listen } from './listen.ts';

/** A small store that outlives the page. Where the browser refuses, it reads `null` and forgets what is written. */
export interface KeyValueStorage {
  get(key: string): string | null;
  set(key: string, value: string): void;
  remove(key: string): void;
  /** Tells what another tab wrote; `null` when it removed the key. Returns its undo. */
  onChange(key: string, listener: (value: string | null) => void): () => void;
}

/** localStorage. Even to mention it throws in sandboxed frames, so each touch is guarded. */
export function localStore(listen: Listen): KeyValueStorage {
  const attempt = <Result>(touch: (store: Storage) => Result): Result | null => {
    try {
      return touch(localStorage);
    } catch {
      // Refused, full or only half there (Node): the caller lives on from memory.
      return null;
    }
  };
  return {
    get: (key) => attempt((store) => store.getItem(key)),
    set: (key, value) => void attempt((store) => store.setItem(key, value)),
    remove: (key) => void attempt((store) => store.removeItem(key)),
    onChange: (key, listener) =>
      listen<StorageEvent>(window, 'storage', (event) => event.key === key && listener(event.newValue)),
  };
}
