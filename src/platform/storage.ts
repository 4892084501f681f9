import type { Listen } from './listen.ts';

/** A JSON value that outlives the page, shared by its tabs. Where the browser refuses, there is none. */
export interface Stored<Value> {
  read(): Value | undefined;
  /** `undefined` removes it. */
  write(value?: Value): void;
  /** Tells what another tab wrote. Returns its undo. */
  onChange(listener: (value?: Value) => void): () => void;
}

/**
 * Keeps a value in localStorage under a key. Even to mention localStorage throws in sandboxed frames, so each touch is
 * guarded.
 */
export function stored<Value>(key: string, listen: Listen): Stored<Value> {
  const read = (event?: StorageEvent) => {
    try {
      return JSON.parse((event ? event.newValue : localStorage.getItem(key)) as string) ?? undefined;
    } catch {
      // Refused or corrupt: as if there were none.
    }
  };
  return {
    read,
    write(value) {
      try {
        if (value) localStorage.setItem(key, JSON.stringify(value));
        else localStorage.removeItem(key);
      } catch {
        // Refused or full: the caller lives on from memory.
      }
    },
    onChange(listener) {
      // A page that comes out of the back/forward cache has not heard what happened meanwhile, a log-out perhaps.
      listen<PageTransitionEvent>(window, 'pageshow', ({ persisted }) => {
        if (!persisted) return;
        listener(undefined);
        listener(read());
      });
      return listen<StorageEvent>(window, 'storage', (event) => event.key === key && listener(read(event)));
    },
  };
}

/** Removes every value under a name and under `name:…`. */
export function clearStored(name: string, except?: string): void {
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.split(':')[0] === name && key !== except) localStorage.removeItem(key);
    }
  } catch {
    // Refused: then there is none.
  }
}
