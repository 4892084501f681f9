import { countErasures } from './erasures.ts';
import { parseScope, type Report } from './report.ts';

/**
 * How much of what the pages took in is missing here? From the counts that ride on the batches, by the time they came.
 *
 * `lost` is what is neither stored nor accounted for. Events that still wait on a device count as lost until they come.
 */
export const loss: Report = async (context) => {
  // Both sides by the server's clock: a late batch brings its events and its counts together.
  const { site, from, to, where, bound } = parseScope(context, 'received_at');
  const counts = await context.query(
    `SELECT dropped, sum(accepted) AS accepted, count(*) AS batches FROM batch_counts WHERE ${where} GROUP BY dropped`,
    bound,
  );
  const [row] = await context.query(`SELECT count(*) AS stored FROM events WHERE ${where}`, bound);

  let accepted = 0;
  const dropped: Record<string, number> = {};
  for (const group of counts) {
    accepted += Number(group.accepted);
    // A text of our own making: checked at ingest, written by the store.
    const reasons = JSON.parse(String(group.dropped || '{}')) as Record<string, number>;
    for (const [reason, count] of Object.entries(reasons)) {
      dropped[reason] = (dropped[reason] ?? 0) + count * Number(group.batches);
    }
  }
  const stored = Number(row?.stored);
  const explained = Object.values(dropped).reduce((sum, count) => sum + count, 0);
  const lost = Math.max(0, accepted - stored - explained);
  const erasures = await countErasures(context);
  return {
    site: site ?? null,
    from,
    to,
    accepted,
    stored,
    dropped,
    lost,
    lossRate: accepted ? lost / accepted : 0,
    erasures,
  };
};
