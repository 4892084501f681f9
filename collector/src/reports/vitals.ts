import { parseLimit, parseScope, type Report } from './report.ts';

type Rating = 'good' | 'needs-improvement' | 'poor';

/** Up to where a metric is good, and from where it is poor, as Google's field reports have it. CLS has no unit, all others ms. */
const LIMITS: Record<string, [good: number, poor: number]> = {
  LCP: [2500, 4000],
  INP: [200, 500],
  CLS: [0.1, 0.25],
  FCP: [1800, 3000],
  TTFB: [800, 1800],
};

/** How fast did it feel? The 75th percentile of each web vital: three of four visits were at least as fast. */
export const vitals: Report = async (context) => {
  const { where, bound } = parseScope(context);
  const measured = `
    SELECT path, coalesce(data[1], data[2]) AS metric, value, data[3] AS rating
    FROM (SELECT path, value, json_extract_string(props, ['$.metric', '$.name', '$.rating']) AS data
          FROM events WHERE ${where} AND name = 'web_vital' AND value IS NOT NULL)`;
  const overall = await context.query(
    `SELECT metric, count(*) AS samples, quantile_cont(value, 0.75) AS p75,
            count(*) FILTER (rating = 'good') AS good, count(*) FILTER (rating = 'poor') AS poor
     FROM (${measured}) WHERE metric IS NOT NULL GROUP BY metric`,
    bound,
  );
  const byPage = await context.query(
    `SELECT path, metric, samples, p75 FROM (
       SELECT path, metric, count(*) AS samples, quantile_cont(value, 0.75) AS p75,
              sum(count(*)) OVER (PARTITION BY path) AS of_page
       FROM (${measured}) WHERE metric IS NOT NULL GROUP BY path, metric)
     QUALIFY dense_rank() OVER (ORDER BY of_page DESC, path) <= $limit
     ORDER BY of_page DESC, path`,
    { ...bound, limit: parseLimit(context) },
  );

  const pages = new Map<string, { metric: string; samples: number; p75: number; rating: Rating | null }[]>();
  for (const { path, metric, samples, p75 } of byPage) {
    const row = { metric: String(metric), samples: Number(samples), p75: Number(p75) };
    const metrics = pages.get(String(path)) ?? [];
    metrics.push({ ...row, rating: ratingOf(row.metric, row.p75) });
    pages.set(String(path), metrics.sort(byMetric));
  }
  return {
    rows: overall
      .map(({ metric, samples, p75, good, poor }) => ({
        metric: String(metric),
        samples: Number(samples),
        p75: Number(p75),
        rating: ratingOf(String(metric), Number(p75)),
        good: Number(good),
        poor: Number(poor),
      }))
      .sort(byMetric),
    pages: [...pages].map(([path, metrics]) => ({ path, metrics })),
  };
};

function ratingOf(metric: string, value: number): Rating | null {
  const limits = Object.hasOwn(LIMITS, metric) ? LIMITS[metric] : undefined;
  if (!limits) return null;
  const [good, poor] = limits;
  if (value <= good) return 'good';
  return value > poor ? 'poor' : 'needs-improvement';
}

/** In the order of the list above; others behind. */
function byMetric(a: { metric: string }, b: { metric: string }): number {
  const place = (metric: string) => (Object.keys(LIMITS).indexOf(metric) + 1 || 99) - 1;
  return place(a.metric) - place(b.metric) || (a.metric < b.metric ? -1 : 1);
}
