import type { Tracker } from '../api.ts';
import type { ConsentState } from '../protocol/event.ts';

/** As `registry.ts` keeps them on the page, for every copy of the package to find. */
type Registry = Map<string, { held: { tracker: Omit<Tracker, 'stop'> }; fingerprint: string }>;

export interface RunningTracker {
  /** Endpoint and site. */
  key: string;
  tracker: Omit<Tracker, 'stop'>;
  /** What the owner said; `undefined` where the visitor is asked. */
  consent?: ConsentState;
}

/** The trackers that run on this page. */
export function running(): RunningTracker[] {
  const { [Symbol.for('beaconry')]: live } = globalThis as { [name: symbol]: Registry | undefined };
  return [...(live ?? [])].map(([key, { held, fingerprint }]) => {
    const { consent = 'cookieless' } = JSON.parse(fingerprint);
    return { key, tracker: held.tracker, consent: typeof consent === 'string' ? (consent as ConsentState) : undefined };
  });
}
