import type { Clock } from '../platform/clock.ts';
import type { Guard } from '../platform/guard.ts';
import type { Listen } from '../platform/listen.ts';
import type { BeaconEvent, Page } from '../protocol/event.ts';
import type { Pages } from '../session/pages.ts';

/** Undoes all that a capture or a subscription set up. */
export type Teardown = () => void;

/** Watches something on the page and emits events. Returns what leaves no trace of it. */
export type Capture = (context: CaptureContext) => Teardown;

/** All that a capture may touch. */
export interface CaptureContext {
  /** Sends an event on its way, as of now on the current page under a new id unless said otherwise. */
  emit(name: string, data: Record<string, unknown>, moment?: { at?: number; page?: Page; id?: string }): void;
  clock: Clock;
  /** Adds a passive listener whose errors never reach the page. Returns its undo. */
  listen: Listen;
  /** Wraps a callback that the browser will call, so that its errors never reach the page. */
  guard: Guard;
  /** The page that events happen on: a view of its own each time it is entered. */
  pages: Pick<Pages, 'current' | 'enter' | 'readTitle'>;
  /** Takes secrets and personal data out of an address; keeps `#/…` routes when `keepRoute` is set. */
  scrubUrl(url: string, keepRoute?: boolean): string;
  /** Takes secrets and personal data out of a text; what merely looks like a token stays with `keepTokens`. */
  scrubText(text: string, keepTokens?: boolean): string;
  /** Tells the owner, on the console, of a mistake in the options: which one, and the remedy. */
  warn(text: string): void;
  /** Where events go, in full: what asks there is no request of the page's. */
  endpoint: string;
  /** Whether there is consent; without it, events leave without cookies, or wait. */
  isGranted(): boolean;
  /** Tells of the last event that has passed the gate, captured or the owner's own, and of every further one. Returns its undo. */
  onEvent(listener: (event: Pick<BeaconEvent, 'name' | 'session'>) => void): Teardown;
  /** Tells of the session that events belong to, and of every further one. Returns its undo. */
  onSession(listener: (session: { isNew: boolean; at: number; page: Page }) => void): Teardown;
}
