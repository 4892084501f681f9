import { z } from 'zod';
import { Refusal } from '../refusal.ts';
import { parseParameters, parseScope, type Report, VISITORS } from './report.ts';

const MINUTE_MS = 60 * 1000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const STEPS = { minute: MINUTE_MS, hour: HOUR_MS, day: DAY_MS } as const;
type Interval = keyof typeof STEPS;

const MAX_POINTS = 5000;

const intervalShape = z.object({ interval: z.enum(['auto', 'minute', 'hour', 'day']).default('auto') });

/** How did visitors, page views and events go up and down? Points are the starts of intervals in UTC, none left out. */
export const timeseries: Report = async (context) => {
  const { from, to, where, bound } = parseScope(context);
  const { interval: asked } = parseParameters(intervalShape, context.parameters);
  const interval = asked === 'auto' ? intervalFor(to - from) : asked;
  const step = STEPS[interval];
  const first = Math.floor(from / step) * step;
  const count = Math.ceil((to - first) / step);
  if (count > MAX_POINTS) throw new Refusal(400, 'interval', `must be longer: more than ${MAX_POINTS} points`);

  const rows = await context.query(
    `SELECT epoch_ms(corrected_at) // $step * $step AS at, ${VISITORS} AS visitors,
            count(*) FILTER (name = 'page_view') AS page_views, count(*) AS events
     FROM events WHERE ${where} GROUP BY ALL`,
    { ...bound, step },
  );
  const found = new Map(rows.map((row) => [Number(row.at), row]));
  const points = Array.from({ length: count }, (_, index) => {
    const at = first + index * step;
    const row = found.get(at);
    return {
      at,
      visitors: Number(row?.visitors ?? 0),
      pageViews: Number(row?.page_views ?? 0),
      events: Number(row?.events ?? 0),
    };
  });
  return { interval, points };
};

/** Between about 50 and 200 points for the spans that people choose. */
function intervalFor(spanMs: number): Interval {
  if (spanMs <= 3 * HOUR_MS) return 'minute';
  return spanMs <= 8 * DAY_MS ? 'hour' : 'day';
}
