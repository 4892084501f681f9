import { parseLimit, parseScope, type Report, VISITORS } from './report.ts';

/** Which pages were viewed most? With the title of the latest view. */
export const pages: Report = async (context) => {
  const { where, bound } = parseScope(context);
  const rows = await context.query(
    `SELECT path, arg_max(title, corrected_at) AS title, count(*) AS views, ${VISITORS} AS visitors
     FROM events WHERE ${where} AND name = 'page_view'
     GROUP BY path ORDER BY views DESC, path LIMIT $limit`,
    { ...bound, limit: parseLimit(context) },
  );
  return {
    rows: rows.map(({ path, title, views, visitors }) => ({
      path: String(path),
      title: String(title),
      views: Number(views),
      visitors: Number(visitors),
    })),
  };
};
