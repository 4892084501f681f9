import type { Clock } from '../platform/clock.ts';
import type { Guard } from '../platform/guard.ts';
import type { Listen } from '../platform/listen.ts';
import type { Stored } from '../platform/storage.ts';
import type { BeaconEvent, ConsentState } from '../protocol/event.ts';

/**
 * Adds to each event what is known of the visit; behind the gate, so it may keep things where consent allows. Called
 * again whenever consent begins anew. Its function answers with the event, changed or not, or with `null` to leave it out.
 */
export type Enricher = (context: EnricherContext) => (event: BeaconEvent) => BeaconEvent | null;

/** All that an enricher may touch. */
export interface EnricherContext {
  /** Under which consent its events pass. */
  consent: ConsentState;
  /** A value that outlives the page and goes with consent; `null` where nothing may be kept. */
  stored<Value>(name: string): Stored<Value> | null;
  clock: Clock;
  /** Adds a passive listener whose errors never reach the page, until consent ends. Returns its undo. */
  listen: Listen;
  /** Wraps a callback that the browser will call, so that its errors never reach the page. */
  guard: Guard;
  /** Takes secrets and personal data out of an address. */
  scrubUrl(url: string): string;
  /** Tells the owner, on the console, of a mistake in the options: which one, and the remedy. */
  warn(text: string): void;
}
