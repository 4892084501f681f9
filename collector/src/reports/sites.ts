import type { Report } from './report.ts';

/** Which sites have sent something, ever? The most recently active first. */
export const sites: Report = async ({ query }) => {
  const rows = await query(
    'SELECT site, count(*) AS events, epoch_ms(max(corrected_at)) AS last_at FROM events GROUP BY site ORDER BY last_at DESC, site',
  );
  return {
    rows: rows.map(({ site, events, last_at }) => ({
      site: String(site),
      events: Number(events),
      lastAt: Number(last_at),
    })),
  };
};
