import type { Moment, Tracker } from './api.ts';
import { clicks } from './capture/clicks.ts';
import { pageViews } from './capture/pageViews.ts';
import type { TrackerOptions } from './options.ts';
import { createTracker } from './tracker.ts';

/** What the page may have put in our place until the file arrived. */
interface Stub {
  q?: [method: string, at: number, ...args: unknown[]][];
}

/** How many arguments come before the moment of a call. */
const MOMENT_AT: Record<string, number> = { track: 2, page: 1, identify: 2, group: 2 };

/** Reads `data-*` attributes as options: `data-site`, `data-batch-size`, `data-privacy`, … */
function readOptions({ dataset }: HTMLElement): TrackerOptions {
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
    capture: [pageViews({ hash: flag(hash) }), clicks({ text: flag(text) })],
  };
}

/** Makes the calls that were queued before the file arrived, in order and as of their own time. */
function replay(tracker: Tracker, { q = [] }: Stub): void {
  const methods = tracker as unknown as Record<string, (...args: unknown[]) => void>;
  for (const [method, at, ...args] of q) {
    const position = MOMENT_AT[method];
    const moment: Moment = { at, ...(position && (args[position] as Moment)) };
    if (position) args[position] = moment;
    methods[method]?.(...args);
  }
}

// Only while a classic script runs does the document know which one it is.
const element = document.currentScript;
if (element instanceof HTMLScriptElement) {
  const page = window as { beaconry?: Tracker | Stub };
  const stub = page.beaconry as Stub | undefined;
  const tracker = createTracker(readOptions(element));
  page.beaconry = tracker;
  if (stub) replay(tracker, stub);
}
