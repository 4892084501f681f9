import type { Delivery } from './delivery/courier.ts';
import type { Totals } from './outbox/counters.ts';
import type { DropReason } from './outbox/outbox.ts';
import type { BeaconEvent, Page } from './protocol/event.ts';

/** Data by event name: `{ signup: { plan: string }; logout: undefined }`. */
export type EventMap<Events> = { [Name in keyof Events]: object | undefined };
/** What a tracker without a map of its own takes. */
export type AnyEvents = Record<string, Record<string, unknown>>;

/** The arguments of `track()` after the name: data, where the map asks for it, and when. */
export type TrackArguments<Data> = undefined extends Data
  ? [data?: undefined, moment?: Moment]
  : Record<never, never> extends Data
    ? [data?: Data, moment?: Moment]
    : [data: Data, moment?: Moment];

/** When it happened, if that was not just now. */
export interface Moment {
  /** Epoch milliseconds. */
  at?: number;
}

/** Which session events belong to from now on. */
export interface SessionNote {
  id: string;
  /** Whether it began here and now; else it was joined. */
  isNew: boolean;
  /** When its first event on this page happened, and where. */
  at: number;
  page: Page;
}

/** What `on()` tells, by topic. */
export interface Topics {
  /** A session began, or one of another tab or of an earlier page was joined. */
  session: SessionNote;
  /** An event went into the outbox. */
  event: BeaconEvent & { seq: number };
  /** Events will never arrive. */
  drop: { reason: DropReason; count: number };
  /** An attempt to send ended. */
  delivery: Delivery;
  error: unknown;
}

/** Counts since the tracker started: accepted = acknowledged + pending + the sum of dropped. */
export interface TrackerStats extends Totals {
  /** Events that wait or are under way. */
  pending: number;
  /** Events of other tabs and former visits that wait beside them, where the outbox is durable. */
  backlog?: number;
  /** Whether waiting events survive the page. */
  durable: boolean;
}

/** Nothing here throws or rejects; what goes wrong is told to `on('error')` and `onError`. */
export interface Tracker<Events extends EventMap<Events> = AnyEvents> {
  /** Records an event. Names are snake_case, at most 200 characters; data is copied as JSON at once. */
  track<Name extends keyof Events & string>(name: Name, ...rest: TrackArguments<Events[Name]>): void;
  /** Records a page view by hand, for apps that leave `pageViews()` out. */
  page(data?: Record<string, unknown>, moment?: Moment): void;
  /** Says who the visitor is, until the session ends or `reset()`. Not in cookieless mode. */
  identify(user: string | number, traits?: Record<string, unknown>, moment?: Moment): void;
  /** Says which company or team the visitor acts for; added to the data of later events as `group`. */
  group(group: string | number, traits?: Record<string, unknown>, moment?: Moment): void;
  /** Adds properties to the data of every later event of this page load; `undefined` removes one. */
  set(properties: Record<string, unknown>): void;
  /** Forgets user, group, properties, session and visitor; for a log-out. */
  reset(): void;
  /** Objects for the visitor, here and in later visits: everything of theirs is dropped and nothing more is taken. */
  optOut(): void;
  /** Takes an objection back; with `createConsent()`, grants the tracker's purpose. */
  optIn(): void;
  /** Sends all that waits. */
  flush(): Promise<{ sent: number; pending: number }>;
  stats(): TrackerStats;
  /** Subscribes. Returns its undo. */
  on<Topic extends keyof Topics>(topic: Topic, listener: (value: Topics[Topic]) => void): () => void;
  /** Sends what waits and takes every listener, timer and patch off the page, a task later. */
  stop(): void;
  readonly session: {
    /** `undefined` before the first event. */
    readonly id: string | undefined;
  };
}
