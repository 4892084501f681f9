import { parseScope, type Report, VISITORS } from './report.ts';

/** How many visitors, sessions, page views and events were there? */
export const summary: Report = async (context) => {
  const { site, from, to, where, bound } = parseScope(context);
  const [row] = await context.query(
    `SELECT ${VISITORS} AS visitors, count(DISTINCT nullif(session_id, '')) AS sessions,
            count(*) FILTER (name = 'page_view') AS page_views, count(*) AS events
     FROM events WHERE ${where}`,
    bound,
  );
  return {
    site: site ?? null,
    from,
    to,
    visitors: Number(row?.visitors),
    sessions: Number(row?.sessions),
    pageViews: Number(row?.page_views),
    events: Number(row?.events),
  };
};
