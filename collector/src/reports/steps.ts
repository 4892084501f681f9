import { z } from 'zod';
import { Refusal } from '../refusal.ts';
import { parseParameters, type ReportContext, type Scope } from './report.ts';

const MINUTE_MS = 60 * 1000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const STEPS = { minute: MINUTE_MS, hour: HOUR_MS, day: DAY_MS } as const;
type Interval = keyof typeof STEPS;

const MAX_POINTS = 5000;

/** Into which pieces of time a report cuts its span. */
export interface Steps {
  interval: Interval;
  step: number;
  /** Where each begins, in UTC, none left out. */
  starts: number[];
}

const intervalShape = z.object({ interval: z.enum(['auto', 'minute', 'hour', 'day']).optional() });

/** Reads `interval`; `usual` when absent. */
export function parseSteps(
  { parameters }: Pick<ReportContext, 'parameters'>,
  { from, to }: Pick<Scope, 'from' | 'to'>,
  usual: Interval | 'auto' = 'auto',
): Steps {
  const asked = parseParameters(intervalShape, parameters).interval ?? usual;
  const interval = asked === 'auto' ? intervalFor(to - from) : asked;
  const step = STEPS[interval];
  const first = Math.floor(from / step) * step;
  const count = Math.ceil((to - first) / step);
  if (count > MAX_POINTS) throw new Refusal(400, 'interval', `must be longer: more than ${MAX_POINTS} points`);
  return { interval, step, starts: Array.from({ length: count }, (_, index) => first + index * step) };
}

/** Between about 50 and 200 points for the spans that people choose. */
function intervalFor(spanMs: number): Interval {
  if (spanMs <= 3 * HOUR_MS) return 'minute';
  return spanMs <= 8 * DAY_MS ? 'hour' : 'day';
}
