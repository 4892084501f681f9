import type { Listen } from './listen.ts';

/** The right to do what only one tab may do. */
export interface Lock {
  isHeld(): boolean;
  /** Whether holding it keeps all other tabs out. Not so where the browser has no Web Locks: there every tab holds it. */
  isExclusive: boolean;
  release(): void;
}

/**
 * Asks for the lock of that name, for the life of the page. It is let go whenever the page stops running, and asked for
 * again when it comes back: a page in the back/forward cache would keep every other tab waiting.
 */
export function seekLock(name: string, listen: Listen, onHeld: () => void, onRest: () => void): Lock {
  // Only in secure contexts.
  const { locks } = navigator as { locks?: LockManager };
  let isHeld = false;
  let letGo: (() => void) | undefined;

  const ask = () => {
    // A page that comes back may say so twice, by `resume` and by `pageshow`.
    if (letGo) return;
    const controller = new AbortController();
    const { signal } = controller;
    const hold = () =>
      new Promise<void>((resolve) => {
        // Granted in the moment it was no longer wanted.
        if (signal.aborted) return resolve();
        letGo = resolve;
        isHeld = true;
        onHeld();
      });
    letGo = () => controller.abort();
    if (locks) locks.request(name, { signal }, hold).catch(() => {});
    else void hold();
  };
  const rest = () => {
    letGo?.();
    letGo = undefined;
    isHeld = false;
    onRest();
  };

  const undo = [
    listen(window, 'pagehide', rest),
    listen(document, 'freeze', rest),
    listen(window, 'pageshow', ask),
    listen(document, 'resume', ask),
  ];
  ask();
  return {
    isHeld: () => isHeld,
    isExclusive: !!locks,
    release() {
      for (const end of undo) end();
      rest();
    },
  };
}
