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
