import type { Guard } from './guard.ts';
import type { Listen } from './listen.ts';

const NAMES = ['pushState', 'replaceState'] as const;

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
  for (const name of NAMES) {
    const present: Watched = history[name];
    if (present.watchers) present.watchers.add(guarded);
    else history[name] = watch(present, guarded);
  }
  const undo = [listen(window, 'popstate', listener), listen(window, 'hashchange', listener)];
  return () => {
    for (const end of undo) end();
    for (const name of NAMES) {
      const { watchers, original }: Watched = history[name];
      watchers?.delete(guarded);
      if (original && !watchers?.size) history[name] = original;
    }
  };
}

function watch(original: History['pushState'], watcher: () => void): Watched {
  const watchers = new Set([watcher]);
  const wrapper = function (this: History, ...args: Parameters<History['pushState']>) {
    original.apply(this, args);
    for (const tell of watchers) tell();
  };
  return Object.assign(wrapper, { original, watchers });
}
