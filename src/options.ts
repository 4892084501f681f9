import type { Capture } from './capture/capture.ts';
import type { Consent } from './consent/consent.ts';
import type { BatchOptions } from './delivery/courier.ts';
import type { RequestHeaders } from './delivery/transport.ts';
import type { DeliveryPromise, OutboxFactory } from './outbox/outbox.ts';
import type { OptionRules } from './platform/checkOptions.ts';
import type { PrivacyMode } from './privacy/describeContext.ts';
import type { Purpose } from './protocol/consent.ts';
import type { BeaconEvent, ConsentState } from './protocol/event.ts';
import type { Enricher } from './session/enricher.ts';
import type { SessionOptions } from './session/session.ts';
import type { Wire } from './wires/wire.ts';

/** What the owner knows to be no secret. */
export interface ScrubOptions {
  /** Query parameters that are kept in every mode, as they are but for e-mail addresses, cards, JWTs and the like. @default [] */
  parameters?: string[];
  /** Keys of event data below which nothing is taken out. @default [] */
  keys?: string[];
}

/** The owner's last look at an event: answer with it, changed or not, or with `null` to drop it. */
export type BeforeSend = (event: BeaconEvent) => BeaconEvent | null;

export interface TrackerOptions {
  /** Where events go: a full URL or one that begins with `/`. Required. */
  endpoint: string;
  /** Names the site in reports. @default 'default' */
  site?: string;
  /**
   * `'cookieless'`: nothing is written to or read from the device, nobody is recognised.
   * `'granted'`: your word that a legal basis exists to keep a session.
   * Or the visitor's own choice: `createConsent()`, `consentFrom()` a banner that you have.
   * @default 'cookieless'
   */
  consent?: ConsentState | Consent;
  /** Which of the purposes of `consent` this tracker is for. @default 'analytics' */
  purpose?: Purpose;
  /** When consent is withdrawn, `{ site, session, visitor }` is posted there, for what was stored to be erased. */
  eraseUrl?: string;
  /** How much is known about device and visitor. @default 'strict' */
  privacy?: PrivacyMode;
  /** What is exempt from the scrubber: `{ parameters: ['q'], keys: ['order_id'] }`. */
  scrub?: ScrubOptions;
  /** What is watched: `[pageViews(), clicks()]`. @default [] */
  capture?: Capture[];
  /** Where events wait. @default memoryOutbox() */
  outbox?: OutboxFactory;
  /**
   * `'at-most-once'` for an endpoint that would count a repeated event twice: what it may or may not have taken is not sent
   * again, and counted as `unconfirmed`.
   * @default 'at-least-once'
   */
  delivery?: DeliveryPromise;
  batch?: BatchOptions;
  session?: SessionOptions;
  /** What is added to every event: `[attribution()]`. @default [] */
  enrich?: Enricher[];
  /** Last look at every event: change it, or return `null` to drop it. */
  beforeSend?: BeforeSend;
  /** Request headers, or a function that answers with them at each request. They cost a preflight across origins. */
  headers?: RequestHeaders;
  /** The shape the endpoint expects. @default our own */
  wire?: Wire;
  /** Told of everything that goes wrong; nothing is ever thrown at the page. */
  onError?: (error: unknown) => void;
  /** Logs events and deliveries; also switched on by `?beaconry_debug` in the page's address. @default false */
  debug?: boolean;
}

/** For `checkOptions`. */
export const TRACKER_RULES: OptionRules = {
  endpoint: 'string',
  site: 'string',
  consent: 'granted or cookieless or object from createConsent()',
  purpose: 'string',
  eraseUrl: 'string',
  privacy: 'strict or balanced or off',
  scrub: 'object',
  'scrub.parameters': 'array',
  'scrub.keys': 'array',
  capture: 'array of functions',
  outbox: 'function',
  delivery: 'at-least-once or at-most-once',
  batch: 'object',
  'batch.size': 'number',
  'batch.intervalMs': 'number',
  session: 'object',
  'session.idleMs': 'number',
  'session.maxMs': 'number',
  enrich: 'array of functions',
  beforeSend: 'function',
  headers: 'object or function',
  wire: 'object or function',
  onError: 'function',
  debug: 'boolean',
};
