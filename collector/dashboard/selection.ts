import type { Interval, Span } from './api.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export interface Range {
  key: string;
  /** As a sentence has it: "in the last …". */
  words: string;
  lengthMs: number;
  interval: Interval;
  /** Of the charts that are too small for that. */
  columns: Interval;
}

/** The first one is shown when nothing was chosen. */
const RANGES: readonly [Range, ...Range[]] = [
  { key: '30m', words: '30 minutes', lengthMs: 30 * MINUTE, interval: 'minute', columns: 'minute' },
  { key: '24h', words: '24 hours', lengthMs: DAY, interval: 'hour', columns: 'hour' },
  { key: '7d', words: '7 days', lengthMs: 7 * DAY, interval: 'hour', columns: 'day' },
  { key: '30d', words: '30 days', lengthMs: 30 * DAY, interval: 'day', columns: 'day' },
];

const INTERVAL_MS: Record<Interval, number> = { minute: MINUTE, hour: HOUR, day: DAY };

/** What the reader chose to look at. */
export interface Selection {
  /** Undefined until a site is known. */
  site?: string;
  range: Range;
}

/** Reads the choice from the page's address, so that a reload or a shared link shows the same. */
export function readSelection(search: string): Selection {
  const parameters = new URLSearchParams(search);
  return { site: parameters.get('site') || undefined, range: rangeOf(parameters.get('range')) };
}

/** Keeps the choice in the page's address. */
export function keepSelection({ site, range }: Selection): void {
  const parameters = new URLSearchParams({ ...(site && { site }), range: range.key });
  history.replaceState(null, '', `?${parameters}`);
}

export function rangeOf(key: string | null): Range {
  return RANGES.find((range) => range.key === key) ?? RANGES[0];
}

/** Span of a range that ends with `now` and begins with a whole interval (of UTC, as the collector counts). */
export function spanOf({ lengthMs, interval }: Pick<Range, 'lengthMs' | 'interval'>, now: number): Span {
  const step = INTERVAL_MS[interval];
  return { from: Math.floor(now / step) * step - lengthMs + step, to: now + 1 };
}
