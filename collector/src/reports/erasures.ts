import { parseScope, type ReportContext } from './report.ts';

/** How many requests erased something new, in the report's span? */
export async function countErasures(context: ReportContext): Promise<number> {
  const { where, bound } = parseScope(context, 'erased_at');
  const [row] = await context.query(
    `SELECT count(DISTINCT erasure_id) AS erasures FROM erasures WHERE ${where}`,
    bound,
  );
  return Number(row?.erasures);
}

/** The same by piece of time: count by start. */
export async function countErasuresBy(context: ReportContext, step: number): Promise<Map<number, number>> {
  const { where, bound } = parseScope(context, 'erased_at');
  const rows = await context.query(
    `SELECT epoch_ms(erased_at) // $step * $step AS at, count(DISTINCT erasure_id) AS erasures
     FROM erasures WHERE ${where} GROUP BY ALL`,
    { ...bound, step },
  );
  return new Map(rows.map(({ at, erasures }) => [Number(at), Number(erasures)]));
}
