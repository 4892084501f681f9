import type { Guard } from './guard.ts';

/** Adds a passive, guarded listener. Returns its undo. */
export type Listen = <Received extends Event = Event>(
  target: EventTarget,
  type: string,
  listener: (event: Received) => void,
  options?: { capture?: boolean },
) => () => void;

export function createListen(guard: Guard): Listen {
  return (target, type, listener, { capture = false } = {}) => {
    // The caller names the event's class, as `addEventListener` itself does from the type.
    const guarded = guard(listener) as EventListener;
    target.addEventListener(type, guarded, { capture, passive: true });
    return () => target.removeEventListener(type, guarded, { capture });
  };
}
