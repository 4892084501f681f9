import { type ConsentRecord, type Purpose, readConsent } from './consent.ts';

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

/** What a cookie of a former system said: a refusal of everything, or an agreement. */
const FORMER = /^(?:(false|denied|0)|true|granted|1)$/i;

/**
 * The choice in all cookies of one name; there may be one of this host and one of a parent domain. Of several, any
 * refusal wins, and otherwise the newest.
 *
 * @param asked what a former system's refusal refuses
 * @param acceptFormer whether its agreement counts as well
 */
export function recordOf(
  values: string[],
  asked: Purpose[],
  { revision, now: updatedAt }: ConsentRules,
  acceptFormer?: boolean,
): ConsentRecord | undefined {
  const readFormer = (value: string): ConsentRecord | undefined => {
    const [isFormer, refusal] = FORMER.exec(value) ?? [];
    if (!isFormer || !(refusal || acceptFormer)) return undefined;
    const purposes = Object.fromEntries(asked.map((purpose) => [purpose, refusal ? 'denied' : 'granted'] as const));
    return { v: 1, revision, updatedAt, source: 'import', purposes };
  };
  const records = values.flatMap((value) => readConsent(value) ?? readFormer(value) ?? []);
  const [newest] = records.sort((a, b) => b.updatedAt - a.updatedAt);
  for (const { purposes } of records) {
    for (const [purpose, choice] of Object.entries(purposes)) {
      if (newest && choice === 'denied') newest.purposes[purpose] = choice;
    }
  }
  return newest;
}
