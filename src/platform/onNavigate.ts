import type { Guard } from './guard.ts';
import type { Listen } from './listen.ts';

/** A method of `history` that tells when it was called. */
type Watched = History['pushState'] & { original?: History['pushState']; watchers?: Set<() => void> };

/**
 * Tells of every change of the address within the page, after it happened. Returns its undo.
 *
 * Uses the Navigation API. Browsers without it tell of `back` and hash changes only, so there `pushState` and
 * `replaceState` are wrapped, once per page however many ask, and unwrapped when the last one has stopped.
 */
export function onNavigate(listener: () => void, listen: Listen, guard: Guard): () => void {
  const { navigation } = window as { navigation?: EventTarget };
  if (navigation) return listen(navigation, 'currententrychange', listener);
  const guarded = guard(listener);
  listen(window, 'popstate', listener);
  listen(window, 'hashchange', listener);
  const undo = (['pushState', 'replaceState'] as const).map((name) => {
    const present: Watched = history[name];
    const watchers = present.watchers ?? new Set();
    const original = present.original ?? present;
    if (!present.watchers) {
      const wrapper = function (this: History, ...args: Parameters<History['pushState']>) {
        original.apply(this, args);
        for (const tell of watchers) tell();
      };
      // Guarded: on a page that has frozen its history, what can still be heard is heard.
      guard(() => {
        history[name] = Object.assign(wrapper, { original, watchers });
      })();
    }
    watchers.add(guarded);
    return () => {
      watchers.delete(guarded);
      // Unless someone has wrapped it once more.
      if (!watchers.size && (history[name] as Watched).watchers === watchers) history[name] = original;
    };
  });
  return () => {
    for (const end of undo) end();
  };
}
