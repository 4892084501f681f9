import type { Report } from './report.ts';

/** Which sites have sent something, ever? The most recently active first; choices alone are a sign of life too. */
export const sites: Report = async ({ query }) => {
  const rows = await query(`
    SELECT site, sum(events) AS events, sum(choices) AS choices, epoch_ms(max(last_at)) AS last_at
    FROM (SELECT site, count(*) AS events, 0 AS choices, max(corrected_at) AS last_at FROM events GROUP BY site
          UNION ALL
          SELECT site, 0, count(*), max(received_at) FROM consent_records GROUP BY site)
    GROUP BY site ORDER BY last_at DESC, site`);
  return {
    rows: rows.map(({ site, events, choices, last_at }) => ({
      site: String(site),
      events: Number(events),
      choices: Number(choices),
      lastAt: Number(last_at),
    })),
  };
};
