import type { Interval } from './api.ts';

const language = 'en';
const whole = new Intl.NumberFormat(language);
const short = new Intl.NumberFormat(language, { notation: 'compact', maximumFractionDigits: 1 });

const clock = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const clockWithSeconds = new Intl.DateTimeFormat(language, { timeStyle: 'medium', hourCycle: 'h23' });
const localDay = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short' });
const localMoment = new Intl.DateTimeFormat(language, {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});
// The collector's days are days of UTC.
const utcDay = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short', timeZone: 'UTC' });
const utcWeekday = new Intl.DateTimeFormat(language, {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  timeZone: 'UTC',
});

/** `12,345`. */
export const formatNumber = (value: number): string => whole.format(value);

/** `12,345` as long as it is short, then `123K`. */
export const formatShort = (value: number): string => (value < 100_000 ? whole.format(value) : short.format(value));

/** `3 visitors`. */
export const formatCount = (value: number, one: string, many = `${one}s`): string =>
  `${whole.format(value)} ${value === 1 ? one : many}`;

/** `62 %`; a share that is almost nothing or almost all says so. */
export function formatShare(share: number): string {
  if (share > 0 && share < 0.01) return share < 0.001 ? '< 0.1 %' : `${(share * 100).toFixed(1)} %`;
  if (share < 1 && share > 0.99) return `${Math.min(99.9, share * 100).toFixed(1)} %`;
  return `${Math.round(share * 100)} %`;
}

/** `320 ms`, `1.2 s`, `3 min 5 s`, `2 h 10 min`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return ms < 9_950 ? `${(ms / 1000).toFixed(1)} s` : `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}

/** `€49.90`; the bare number where the currency is none. */
export function formatMoney(value: number, currency: string): string {
  try {
    return new Intl.NumberFormat(language, { style: 'currency', currency }).format(value);
  } catch {
    // Whatever a page calls a currency: `Intl` knows codes of three letters alone.
    return [whole.format(value), currency].filter(Boolean).join(' ');
  }
}

/** A web vital: layout shift is a score without a unit, all others are times. */
export const formatVital = (metric: string, value: number): string =>
  metric === 'CLS' ? value.toFixed(2) : formatDuration(value);

export const formatTime = (at: number): string => clockWithSeconds.format(at);

/** A mark on the time axis: the day where one begins, the time elsewhere. */
export function formatTick(at: number, interval: Interval): string {
  if (interval === 'day') return utcDay.format(at);
  const date = new Date(at);
  return date.getHours() === 0 && date.getMinutes() === 0 ? localDay.format(at) : clock.format(at);
}

/** The time a point stands for, in full. */
export const formatPoint = (at: number, interval: Interval): string =>
  interval === 'day' ? utcWeekday.format(at) : localMoment.format(at);
