import type { BeaconEvent, Capture } from '../../src/index.ts';

/** For captures that hear of events: `beforeSend` of the tracker tells them, and it can be counted who listens. */
export function hearing() {
  const listeners = new Set<(event: BeaconEvent) => void>();
  let last: BeaconEvent | undefined;
  return {
    wire:
      (capture: Capture): Capture =>
      (context) =>
        capture({
          ...context,
          onEvent(listener) {
            if (last) listener(last);
            listeners.add(listener);
            return () => listeners.delete(listener);
          },
        }),
    beforeSend(event: BeaconEvent) {
      last = event;
      for (const listener of listeners) listener(event);
      return event;
    },
    /** Who listens. */
    count: () => listeners.size,
  };
}
