import { parseLimit, parseScope, type Report, VISITORS } from './report.ts';

/** Which events happened most? */
export const events: Report = async (context) => {
  const { where, bound } = parseScope(context);
  const rows = await context.query(
    `SELECT name, count(*) AS count, ${VISITORS} AS visitors
     FROM events WHERE ${where} GROUP BY name ORDER BY count DESC, name LIMIT $limit`,
    { ...bound, limit: parseLimit(context) },
  );
  return {
    rows: rows.map(({ name, count, visitors }) => ({
      name: String(name),
      count: Number(count),
      visitors: Number(visitors),
    })),
  };
};
