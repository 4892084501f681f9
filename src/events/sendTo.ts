/** What helpers need of a tracker, whatever its map of events. */
export interface TrackerLike {
  track(name: never, ...rest: never): void;
}

/** Tracks an event that the tracker's own map need not name. */
export function sendTo(tracker: TrackerLike, name: string, data: object): void {
  (tracker.track as (name: string, data: object) => void)(name, data);
}

const said = /* @__PURE__ */ new Set<string>();

/** Tells the owner, on the console, of a mistake: each once. */
export function warnOnce(text: string): void {
  if (!said.has(text)) console.warn('beaconry:', text);
  said.add(text);
}
