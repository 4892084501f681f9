import type { Guard } from './guard.ts';

/** Adds a passive, guarded listener, for as long as the tracker lives. Returns what removes it sooner. */
export type Listen = <Received extends Event = Event>(
  target: EventTarget,
  type: string,
  listener: (event: Received) => void,
  options?: { capture?: boolean },
) => () => void;

/** `undo` collects what removes the listeners that are still there. */
export function createListen(guard: Guard, undo?: Set<() => void>): Listen {
  return (target, type, listener, options) => {
    // The caller names the event's class, as `addEventListener` itself does from the type.
    const args = [type, guard(listener) as EventListener, { passive: true, ...options }] as const;
    const remove = () => {
      undo?.delete(remove);
      target.removeEventListener(...args);
    };
    target.addEventListener(...args);
    undo?.add(remove);
    return remove;
  };
}
