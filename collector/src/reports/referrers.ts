import { parseLimit, parseScope, type Report, VISITORS } from './report.ts';

/** From which other sites did visitors come? By host; views within the site and without a referrer are left out. */
export const referrers: Report = async (context) => {
  const { where, bound } = parseScope(context);
  const rows = await context.query(
    `SELECT ref_domain AS referrer, count(*) AS views, ${VISITORS} AS visitors
     FROM events WHERE ${where} AND name = 'page_view' AND ref_domain <> ''
     GROUP BY ref_domain ORDER BY views DESC, referrer LIMIT $limit`,
    { ...bound, limit: parseLimit(context) },
  );
  return {
    rows: rows.map(({ referrer, views, visitors }) => ({
      referrer: String(referrer),
      views: Number(views),
      visitors: Number(visitors),
    })),
  };
};
