import { z } from 'zod';
import type { ConsentRecord, ConsentSource } from '../../../src/protocol/consent.ts';
import type { ConsentRow } from '../store/eventStore.ts';
import { isRecord, siteShape, timeShape } from './batchShape.ts';
import { checkSite, parseObject, parseWith, type RequestFacts, withSite } from './parseObject.ts';

const SOURCES = ['banner', 'preferences', 'api', 'gpc', 'server', 'import'] as const satisfies readonly ConsentSource[];

const MOST_PURPOSES = 50;

/** Only what the cookie can carry: then its value can be set from here. */
const isPurpose = (name: string) => /^[\w-]{1,64}$/.test(name);

const recordShape = z.object({
  v: z.literal(1, 'must be 1, the only version this collector knows'),
  site: siteShape,
  id: z
    .string('is missing; createConsent() gives one where recordUrl is set')
    .regex(/^[\da-z-]{8,64}$/i, 'must be 8 to 64 letters, digits and hyphens'),
  revision: z.int('must be a whole number').min(0, 'must not be negative').max(4_294_967_295, 'is too large'),
  updatedAt: timeShape,
  source: z.enum(SOURCES, `must be one of ${SOURCES.join(', ')}`),
  // Passed on as it is, so that no key of it, `__proto__` included, is ever assigned.
  purposes: z
    .custom<ConsentRecord['purposes']>(isRecord, 'must be an object')
    .refine((purposes) => Object.keys(purposes).length > 0, 'must name a purpose')
    .refine((purposes) => Object.keys(purposes).length <= MOST_PURPOSES, `must be at most ${MOST_PURPOSES}`)
    .refine((purposes) => Object.keys(purposes).every(isPurpose), 'must have names of letters, digits, _ and -')
    .refine(
      (purposes) => Object.values(purposes).every((choice) => choice === 'granted' || choice === 'denied'),
      `must be 'granted' or 'denied' each`,
    ),
  locale: z
    .string('must be text')
    .regex(/^[\da-z-]{1,35}$/i, 'must be a language tag')
    .optional(),
  textHash: z
    .string('must be text')
    .regex(/^[\da-f]{64}$/i, 'must be 64 hexadecimal digits')
    .optional(),
});

export interface ParsedConsent {
  row: ConsentRow;
  record: ConsentRecord;
}

/** Turns a posted consent record into a row. Throws `Refusal` that names the field. */
export function parseConsent(text: string, { site, receivedAt, sites }: RequestFacts): ParsedConsent {
  const shape = parseObject(text, (json) => parseWith(recordShape, withSite(json, site)));
  checkSite(shape.site, sites);
  const { site: named, ...record } = shape;
  const { id, updatedAt, revision, source, purposes, locale = '', textHash = '' } = record;
  const row: ConsentRow = {
    recordId: id,
    site: named,
    updatedAt: Math.floor(updatedAt),
    receivedAt,
    revision,
    source,
    outcome: outcomeOf(purposes),
    purposes: JSON.stringify(purposes),
    locale,
    textHash,
  };
  return { row, record };
}

function outcomeOf(purposes: ConsentRecord['purposes']): ConsentRow['outcome'] {
  // Nobody is asked about what is necessary.
  const asked = Object.entries(purposes).filter(([purpose]) => purpose !== 'necessary');
  const granted = asked.filter(([, choice]) => choice === 'granted').length;
  if (granted === 0) return 'denied';
  return granted === asked.length ? 'granted' : 'partial';
}
