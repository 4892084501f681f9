import type { Tracker } from './api.ts';
import { clicks } from './capture/clicks.ts';
import { pageViews } from './capture/pageViews.ts';
import type { TrackerOptions } from './options.ts';
import { durableOutbox } from './outbox/durableOutbox.ts';
import { createTracker } from './tracker.ts';

/** What the page may have put in our place until the file arrived. */
interface Stub {
  q?: [method: string, at: number, ...args: unknown[]][];
}

/** How many arguments come before the moment of a call. */
const MOMENT_AT: Record<string, number> = { track: 2, page: 1, identify: 2, group: 2 };

/** Reads `data-*` attributes as options: `data-site`, `data-batch-size`, `data-privacy`, … */
function readOptions({ dataset }: HTMLOrSVGElement): TrackerOptions {
  const {
    endpoint = '',
    site,
    consent,
    privacy,
    debug,
    hash,
    text,
    batchSize,
    batchInterval,
    sessionIdle,
    sessionMax,
  } = dataset;
  const number = (value?: string) => (value === undefined ? undefined : Number(value));
  const flag = (value?: string) => value !== undefined && value !== 'false';
  return {
    endpoint,
    site,
    consent: consent as TrackerOptions['consent'],
    privacy: privacy as TrackerOptions['privacy'],
    debug: flag(debug),
    batch: { size: number(batchSize), intervalMs: number(batchInterval) },
    session: { idleMs: number(sessionIdle), maxMs: number(sessionMax) },
    outbox: consent === 'granted' ? durableOutbox() : undefined,
    capture: [pageViews({ hash: flag(hash) }), clicks({ text: flag(text) })],
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
  const page = window as { beaconry?: unknown };
  const stub = page.beaconry as Stub | undefined;
  const tracker = createTracker(readOptions(element));
  page.beaconry = tracker;
  replay(tracker, stub?.q);
}
