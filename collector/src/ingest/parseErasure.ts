import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { Refusal } from '../refusal.ts';
import type { Erasure } from '../store/eventStore.ts';
import { siteShape } from './batchShape.ts';
import { checkSite, parseObject, parseWith, type RequestFacts, withSite } from './parseObject.ts';

const erasureShape = z.object({
  site: siteShape,
  session: z.string('must be text').max(128, 'is too long').default(''),
  visitor: z.string('must be text').max(256, 'is too long').default(''),
});

/** Reads whose events are to go. Throws `Refusal` that names the field. */
export function parseErasure(text: string, { site, receivedAt, sites }: RequestFacts): Erasure {
  const shape = parseObject(text, (json) => parseWith(erasureShape, withSite(json, site)));
  checkSite(shape.site, sites);
  if (!shape.session && !shape.visitor) throw new Refusal(400, 'session', 'is missing, and visitor too');
  return { id: randomUUID(), at: receivedAt, ...shape };
}
