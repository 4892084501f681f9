import { sendTo, type TrackerLike } from './sendTo.ts';

interface CanSet extends TrackerLike {
  set(properties: Record<string, unknown>): void;
  readonly session: { readonly id: string | undefined };
}

const seen = /* @__PURE__ */ new WeakMap<object, Set<string>>();

/**
 * Says which variant of an experiment the visitor sees: `experiment` once per session and page load, and every later
 * event carries `experiment_<name>`. With `oncePerSession('experiment')` in option `enrich`, once per session in all.
 */
export function experiment(tracker: CanSet, name: string, variant: string): void {
  tracker.set({ [`experiment_${name}`]: variant });
  const exposures = seen.get(tracker) ?? new Set();
  seen.set(tracker, exposures);
  const exposure = () => JSON.stringify([tracker.session.id, name, variant]);
  if (exposures.has(exposure())) return;
  sendTo(tracker, 'experiment', { name, variant });
  // The session may have begun with this very event.
  exposures.add(exposure());
}
