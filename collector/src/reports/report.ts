import { z } from 'zod';
import { Refusal } from '../refusal.ts';
import type { EventStore, QueryParameters } from '../store/eventStore.ts';

/** What a report may use: the store's questions, and the request's parameters. */
export interface ReportContext {
  query: EventStore['query'];
  parameters: URLSearchParams;
  /** Epoch milliseconds. */
  now: number;
}

/** Answers one question about the stored events; throws `Refusal` for a bad parameter. */
export type Report = (context: ReportContext) => Promise<Record<string, unknown>>;

/** Which events a report looks at: of one site or, without one, of all; in `[from, to)`, epoch milliseconds. */
export interface Scope {
  site: string | undefined;
  from: number;
  to: number;
  /** The same as SQL, for a WHERE clause. */
  where: string;
  bound: QueryParameters;
}

/** People are counted by visitor, or by session where no visitor id was allowed. */
export const VISITORS = `count(DISTINCT coalesce(nullif(visitor_id, ''), nullif(session_id, '')))`;

const DAY_MS = 24 * 60 * 60 * 1000;
const LAST_TIME = 253_402_300_799_999;

/** Epoch milliseconds, or any date that ISO 8601 can say. */
const moment = z.string().transform((text, context) => {
  const at = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
  if (Number.isFinite(at) && at >= 0 && at <= LAST_TIME) return at;
  context.addIssue({ code: 'custom', message: 'must be epoch milliseconds or an ISO 8601 date' });
  return z.NEVER;
});

const scopeShape = z.object({ site: z.string().max(128).optional(), from: moment.optional(), to: moment.optional() });

/** Reads `site`, `from` and `to`; the last 24 hours of all sites when absent. `time` is the column that is meant. */
export function parseScope(
  { parameters, now }: Pick<ReportContext, 'parameters' | 'now'>,
  time: 'corrected_at' | 'received_at' | 'erased_at' = 'corrected_at',
): Scope {
  const { site, from, to = now } = parseParameters(scopeShape, parameters);
  const start = from ?? Math.max(0, to - DAY_MS);
  if (start > to) throw new Refusal(400, 'from', 'must not be after to');
  return {
    site,
    from: start,
    to,
    where: `${time} >= $from AND ${time} < $to${site ? ' AND site = $site' : ''}`,
    bound: { from: new Date(start), to: new Date(to), ...(site ? { site } : {}) },
  };
}

const limitShape = z.object({ limit: z.coerce.number().int().min(1).max(1000).default(20) });

/** Reads `limit`, 20 when absent. */
export function parseLimit({ parameters }: ReportContext): number {
  return parseParameters(limitShape, parameters).limit;
}

/** Checks parameters by a shape; an empty one counts as absent. */
export function parseParameters<Shape extends z.ZodType>(shape: Shape, parameters: URLSearchParams): z.infer<Shape> {
  const given = Object.fromEntries([...parameters].filter(([, value]) => value !== ''));
  const result = shape.safeParse(given);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new Refusal(400, String(issue?.path[0] ?? ''), issue?.message ?? 'is wrong');
}
