import type { Listen } from './listen.ts';

/** The right to do what only one tab may do at a time. */
export interface Lock {
  isHeld(): boolean;
  /** Whether holding it keeps all other tabs out. Not so where the browser has no Web Locks: there every tab holds it. */
  isExclusive: boolean;
  /** Takes it if nobody else has it, never waits for it, and answers whether it is held now. */
  take(): Promise<boolean>;
  letGo(): void;
  /** Lets it go, and hears no more of the page. */
  release(): void;
}

/**
 * The lock of that name. Whoever takes it lets it go soon: Firefox refuses its back/forward cache to a page that holds or
 * awaits a lock as it is left. It goes whenever the page stops running, too, as the other tabs run on.
 */
export function seekLock(name: string, listen: Listen, onRest: () => void, onReturn: () => void): Lock {
  // Only in secure contexts.
  const { locks } = navigator as { locks?: LockManager };
  let isResting = false;
  let end: (() => void) | undefined;
  let ended: Promise<unknown> | undefined;

  const isHeld = () => (locks ? !!end : !isResting);
  const letGo = () => {
    end?.();
    end = undefined;
  };
  const rest = () => {
    isResting = true;
    letGo();
    onRest();
  };
  const comeBack = () => {
    // A page may say so twice, by `resume` and by `pageshow`; and it says `pageshow` when it is new.
    if (!isResting) return;
    isResting = false;
    onReturn();
  };

  const undo = [
    listen(window, 'pagehide', rest),
    listen(document, 'freeze', rest),
    listen(window, 'pageshow', comeBack),
    listen(document, 'resume', comeBack),
  ];
  return {
    isHeld,
    isExclusive: !!locks,
    async take() {
      if (locks && !end) {
        // The browser takes a moment to hear that it was let go.
        await ended;
        await new Promise<unknown>((resolve) => {
          ended = locks
            .request(name, { ifAvailable: true }, (lock) => {
              resolve(lock);
              if (lock && !isResting)
                return new Promise<void>((done) => {
                  end = done;
                });
            })
            .catch(resolve);
        });
      }
      return isHeld();
    },
    letGo,
    release() {
      for (const one of undo) one();
      rest();
    },
  };
}
