import { parseScope, type Report } from './report.ts';
import { parseSteps } from './steps.ts';

/**
 * How many orders, and worth how much? By day unless asked otherwise.
 *
 * An order that a page tells again, such as by a reload, is known by its `order_id` and counts once. Currencies are not added up.
 */
export const purchases: Report = async (context) => {
  const scope = parseScope(context);
  const { interval, step, starts } = parseSteps(context, scope, 'day');
  const rows = await context.query(
    `SELECT epoch_ms(corrected_at) // $step * $step AS piece,
            coalesce(data[1], '') AS currency, count(*) AS orders, sum(coalesce(value, 0)) AS revenue
     FROM (SELECT corrected_at, value, data
           FROM (SELECT *, json_extract_string(props, ['$.currency', '$.order_id']) AS data
                 FROM events WHERE ${scope.where} AND name = 'purchase')
           QUALIFY row_number() OVER (
             PARTITION BY site, coalesce(nullif(data[2], ''), event_id) ORDER BY corrected_at, event_id) = 1)
     GROUP BY ALL ORDER BY ALL`,
    { ...scope.bound, step },
  );

  const currencies = new Map<string, { currency: string; orders: number; revenue: number }>();
  const points = new Map(starts.map((at) => [at, { at, orders: 0, revenue: {} as Record<string, number> }]));
  for (const row of rows) {
    const { currency, orders, revenue } = {
      currency: String(row.currency),
      orders: Number(row.orders),
      revenue: Number(row.revenue),
    };
    const total = currencies.get(currency) ?? { currency, orders: 0, revenue: 0 };
    total.orders += orders;
    total.revenue += revenue;
    currencies.set(currency, total);
    const point = points.get(Number(row.piece));
    if (!point) continue;
    point.orders += orders;
    point.revenue = { ...point.revenue, [currency]: revenue };
  }
  return {
    interval,
    rows: [...currencies.values()].sort((a, b) => b.orders - a.orders || (a.currency < b.currency ? -1 : 1)),
    points: [...points.values()],
  };
};
