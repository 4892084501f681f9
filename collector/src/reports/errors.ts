import { parseLimit, parseScope, type Report, VISITORS } from './report.ts';

/** What went wrong on the pages, how often and for how many? By message; with its usual type, and the page where it was seen last. */
export const errors: Report = async (context) => {
  const { where, bound } = parseScope(context);
  const rows = await context.query(
    `SELECT message, mode(type) AS type, sum(coalesce(try_cast(count AS UINTEGER), 1)) AS count, ${VISITORS} AS visitors,
            epoch_ms(max(corrected_at)) AS last_at, arg_max(path, corrected_at) AS path
     FROM (SELECT coalesce(data[1], '') AS message, coalesce(data[2], '') AS type, data[3] AS count, visitor_id, session_id,
                  corrected_at, path
           FROM (SELECT *, json_extract_string(props, ['$.message', '$.type', '$.count']) AS data
                 FROM events WHERE ${where} AND name = 'error'))
     GROUP BY message ORDER BY count DESC, message LIMIT $limit`,
    { ...bound, limit: parseLimit(context) },
  );
  return {
    rows: rows.map(({ message, type, count, visitors, last_at, path }) => ({
      message: String(message),
      type: String(type),
      count: Number(count),
      visitors: Number(visitors),
      lastAt: Number(last_at),
      path: String(path),
    })),
  };
};
