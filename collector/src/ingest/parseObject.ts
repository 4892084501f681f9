import type { z } from 'zod';
import { Refusal } from '../refusal.ts';
import { firstIssue, isRecord } from './batchShape.ts';

/** What the parsers need to know of a request beside its body. */
export interface RequestFacts {
  /** Named in the address; the body may name it instead. */
  site: string | null;
  /** Epoch milliseconds of our clock. */
  receivedAt: number;
  /** Sites that may send; every one when absent. */
  sites?: ReadonlySet<string>;
}

/** Reads a body as a JSON object and has it parsed; what is refused about it carries its site. */
export function parseObject<Answer>(text: string, parse: (json: Record<string, unknown>) => Answer): Answer {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Refusal(400, 'body', 'is not JSON');
  }
  if (!isRecord(json)) throw new Refusal(400, 'body', 'must be a JSON object');
  try {
    return parse(json);
  } catch (error) {
    if (error instanceof Refusal && typeof json.site === 'string') error.site = json.site;
    throw error;
  }
}

/** Checks a value by its shape; throws `Refusal` that names the field. */
export function parseWith<Shape>(shape: z.ZodType<Shape>, value: unknown): Shape {
  const result = shape.safeParse(value);
  if (result.success) return result.data;
  const { field, reason } = firstIssue(result.error);
  throw new Refusal(400, field || 'event', reason);
}

/** Gives a body the site of the address, where it names none itself. */
export function withSite(json: Record<string, unknown>, site: string | null): Record<string, unknown> {
  if (!site) return json;
  if (json.site !== undefined && json.site !== site) {
    throw new Refusal(400, 'site', 'must be the same in the address and in the body');
  }
  return { ...json, site };
}

/** Throws `Refusal` for a site that is none of ours; without a list, every one is. */
export function checkSite(site: string, sites: ReadonlySet<string> | undefined): void {
  if (!sites || sites.has(site)) return;
  const refusal = new Refusal(403, 'site', `'${site}' is not a site of this collector`);
  refusal.site = site;
  throw refusal;
}
