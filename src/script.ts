import type { Tracker } from './api.ts';
import type { Capture, Teardown } from './capture/capture.ts';
import { clicks } from './capture/clicks.ts';
import { engagement } from './capture/engagement.ts';
import { forms } from './capture/forms.ts';
import { pageViews } from './capture/pageViews.ts';
import { scrollDepth } from './capture/scrollDepth.ts';
import { visibility } from './capture/visibility.ts';
import type { ConsentApi, ConsentOptions } from './consent/consent.ts';
import { createConsent } from './consent/createConsent.ts';
import type { TrackerOptions } from './options.ts';
import { durableOutbox } from './outbox/durableOutbox.ts';
import { fetchBeside } from './platform/fetchBeside.ts';
import type { ConsentState } from './protocol/event.ts';
import { oncePerSession } from './session/oncePerSession.ts';
import { createTracker } from './tracker.ts';

/** What the page may have put in our place until the file arrived. */
interface Stub {
  q?: [method: string, at: number, ...args: unknown[]][];
}

/** How many arguments come before the moment of a call. */
const MOMENT_AT: Record<string, number> = { track: 2, page: 1, identify: 2, group: 2 };

/** What this file can watch. Everything else that there is comes from a file beside it, when it is asked for. */
const CAPTURES: Record<string, (options?: object) => Capture> = {
  pageViews,
  clicks,
  scrollDepth,
  forms,
  visibility,
  engagement,
};

/** A capture out of `more.js`. */
const fetchCapture =
  (name: string): Capture =>
  (context) => {
    let teardown: Teardown | undefined;
    let isOver = false;
    fetchBeside<typeof CAPTURES>('more.js').then(
      context.guard((more) => {
        const make = more[name];
        if (!make) context.warn(`data-capture: "${name}" does not exist`);
        else if (!isOver) teardown = make()(context);
      }),
      () => context.warn(`data-capture: "${name}" needs more.js beside the file`),
    );
    return () => {
      isOver = true;
      teardown?.();
    };
  };

/** Attributes that are a consent's options by the same name: `data-privacy-policy-url`. */
const CONSENT_TEXTS =
  'model cookieName cookieDomain privacyPolicyUrl locale beforeConsent onDeny gpc layout recordUrl'.split(' ');
const CONSENT_NUMBERS = 'revision reask cookieExpiry'.split(' ');

/** Reads `data-*` attributes as options: `data-site`, `data-batch-size`, `data-privacy`, … */
function readOptions({
  dataset,
}: HTMLScriptElement): Omit<TrackerOptions, 'consent'> & { consent?: ConsentState | ConsentApi } {
  const { endpoint = '', site, consent, purposes, privacy, delivery, eraseUrl, debug, capture, hash, text } = dataset;
  const { batchSize, batchInterval, sessionIdle, sessionMax } = dataset;
  const number = (value?: string) => (value === undefined ? undefined : Number(value));
  const flag = (value?: string) => value !== undefined && value !== 'false';
  const pick = <Value>(names: string[], convert: (value?: string) => Value) =>
    Object.fromEntries(names.map((name) => [name, convert(dataset[name])]));
  const asked =
    consent === 'ask' &&
    createConsent({
      banner: dataset.banner !== 'false' && ((dataset.banner ?? 'auto') as ConsentOptions['banner']),
      compatIds: true,
      purposes: purposes?.split(/[ ,]+/),
      acceptLegacy: flag(dataset.acceptLegacy),
      reloadOnRevoke: flag(dataset.reloadOnRevoke),
      ...pick(CONSENT_NUMBERS, number),
      ...pick(CONSENT_TEXTS, (value) => value),
    });
  return {
    endpoint,
    site,
    consent: asked || (consent as ConsentState),
    privacy: privacy as TrackerOptions['privacy'],
    delivery: delivery as TrackerOptions['delivery'],
    eraseUrl,
    debug: flag(debug),
    batch: { size: number(batchSize), intervalMs: number(batchInterval) },
    session: { idleMs: number(sessionIdle), maxMs: number(sessionMax) },
    enrich: [oncePerSession('experiment')],
    outbox: asked || consent === 'granted' ? durableOutbox() : undefined,
    capture: (capture ?? Object.keys(CAPTURES).join(' '))
      .split(/[ ,]+/)
      .map((name) => CAPTURES[name]?.({ hash: flag(hash), text: flag(text) }) ?? fetchCapture(name)),
  };
}

/** Makes the calls that were queued before the file arrived, in order and as of their own time. */
function replay(tracker: Tracker, queue: unknown): void {
  if (!Array.isArray(queue)) return;
  for (const call of queue) {
    const [method, at, ...args] = Array.isArray(call) ? call : [];
    const position = MOMENT_AT[method];
    if (position) args[position] = { at, ...args[position] };
    const member = Object.entries(tracker).find(([name]) => name === method)?.[1];
    if (typeof member === 'function') member(...args);
  }
}

// Only while a classic script runs does the document know which one it is.
// Nowhere else is there one, or even a document.
const element = globalThis.document?.currentScript;
if (element) {
  const page = window as { beaconry?: unknown; UserTracker?: unknown };
  const stub = page.beaconry as Stub | undefined;
  const options = readOptions(element as HTMLScriptElement);
  const consent = typeof options.consent === 'object' ? options.consent : undefined;
  const tracker = { ...createTracker(options), consent };
  page.beaconry = tracker;
  // What pages that ask for consent may already call.
  if (consent) page.UserTracker ??= { ...tracker, getSessionId: () => tracker.session.id };
  replay(tracker, stub?.q);
}
