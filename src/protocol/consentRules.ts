import type { ConsentRecord, Purpose } from './consent.ts';

/** What decides whether an earlier choice still counts. */
export interface ConsentRules {
  /** Of today's question. */
  revision: number;
  reaskMs: number;
  /** Epoch milliseconds. */
  now: number;
}

/** Whether a choice answers today's question, and lately enough. A date far in the future is a clock that was wrong. */
export function isCurrent(record: ConsentRecord, { revision, reaskMs, now }: ConsentRules): boolean {
  return record.revision >= revision && Math.abs(now - record.updatedAt) < reaskMs;
}

/** What the visitor chose, as far as it still counts: a grant grows old, a refusal does not. */
export function choiceOf(
  record: ConsentRecord | null | undefined,
  purpose: Purpose,
  rules: ConsentRules,
): 'granted' | 'denied' | 'unknown' {
  if (purpose === 'necessary') return 'granted';
  // Compared, because a purpose may bear the name of something that every object has.
  const choice = record?.purposes[purpose];
  if (choice === 'denied') return choice;
  return choice === 'granted' && isCurrent(record as ConsentRecord, rules) ? choice : 'unknown';
}
