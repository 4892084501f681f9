import { parseScope, type Report, VISITORS } from './report.ts';
import { parseSteps } from './steps.ts';

/** How did visitors, page views and events go up and down? Points are the starts of intervals in UTC, none left out. */
export const timeseries: Report = async (context) => {
  const scope = parseScope(context);
  const { interval, step, starts } = parseSteps(context, scope);
  const rows = await context.query(
    `SELECT epoch_ms(corrected_at) // $step * $step AS at, ${VISITORS} AS visitors,
            count(*) FILTER (name = 'page_view') AS page_views, count(*) AS events
     FROM events WHERE ${scope.where} GROUP BY ALL`,
    { ...scope.bound, step },
  );
  const found = new Map(rows.map((row) => [Number(row.at), row]));
  const points = starts.map((at) => {
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
