import { z } from 'zod';
import { MAX_NAME_LENGTH } from '../../../src/protocol/limits.ts';

/** Largest id of an event, batch, page, session; UUIDs need 36. */
const id = z.string().min(1).max(128);
/** The end of the year 9999: beyond it the time columns cannot be shown. */
const time = z.number().min(0).max(253_402_300_799_999);

/** The same, for bodies that people write by hand and whose errors they read. */
export const timeShape = z
  .number('must be a number: epoch milliseconds')
  .min(0, 'must not be negative')
  .max(253_402_300_799_999, 'is beyond the year 9999');
export const siteShape = z
  .string('is missing; name it in the address, ?site=shop')
  .min(1, 'is empty')
  .max(128, 'is longer than 128 characters');

const count = z.int().min(0);
const short = z.string().max(256);

/** A JSON object that is passed on as it is, so that no key of it, `__proto__` included, is ever assigned. */
const record = z.custom<Record<string, unknown>>(isRecord, 'must be an object');

/** The envelope of a batch. What is inside `pages` and `events` is checked one by one. Unknown fields are ignored. */
export const batchShape = z.object({
  v: z.literal(1),
  id,
  site: id,
  sentAt: time,
  sdk: short.default(''),
  consent: short.default(''),
  counts: z
    .object({
      accepted: count.default(0),
      dropped: record
        .refine((dropped) => Object.keys(dropped).length <= 100, 'must have at most 100 reasons')
        .refine(
          (dropped) => Object.values(dropped).every((value) => count.safeParse(value).success),
          'must hold counts',
        )
        .default({}),
    })
    .optional(),
  context: z
    .object({
      language: short.default(''),
      viewport: short.default(''),
      screen: short.default(''),
      timeZone: short.default(''),
      userAgent: z.string().max(2048).default(''),
    })
    .default({ language: '', viewport: '', screen: '', timeZone: '', userAgent: '' }),
  pages: record.default({}),
  events: z.array(z.unknown()),
});

export type BatchShape = z.infer<typeof batchShape>;

/** What is known of a page; its id is the key in `pages`, or beside it when the page travels inside the event. */
export const pageShape = z.object({
  id: z.string().max(128).default(''),
  url: z.string(),
  title: z.string().default(''),
  referrer: z.string().default(''),
});

export type PageShape = z.infer<typeof pageShape>;

export const eventShape = z.object({
  id,
  name: z.string().min(1).max(MAX_NAME_LENGTH),
  at: time,
  tab: z.string().max(128),
  seq: z.int().min(0).max(4_294_967_295),
  session: id,
  visitor: short.default(''),
  user: z.string().max(1024).default(''),
  page: z.union([z.string(), record]),
  data: record.default({}),
});

export type EventShape = z.infer<typeof eventShape>;

/** Says which field is wrong, and how, in one line. */
export function firstIssue(error: z.ZodError): { field: string; reason: string } {
  const [issue] = error.issues;
  return {
    field: issue?.path.map(String).join('.') ?? '',
    reason: issue?.message.replace('Invalid input: ', '') ?? 'has the wrong shape',
  };
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
