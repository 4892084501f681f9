// @vitest-environment node
import { describe, expect, test } from 'vitest';
import { type ConsentRecord, formatConsent } from '../../src/protocol/consent.ts';
import { choiceOf, isCurrent, recordOf } from '../../src/protocol/consentRules.ts';

const DAY = 86_400_000;
const now = Date.UTC(2026, 5, 10);
const rules = { revision: 2, reaskMs: 180 * DAY, now };
const record = (choice: 'granted' | 'denied', revision = 2, ageDays = 1): ConsentRecord => ({
  v: 1,
  revision,
  updatedAt: now - ageDays * DAY,
  source: 'banner',
  purposes: { analytics: choice },
});

test.each<[string, 'granted' | 'denied', revision: number, ageDays: number, expected: string]>([
  ['a grant of yesterday', 'granted', 2, 1, 'granted'],
  ['a grant of this moment', 'granted', 2, 0, 'granted'],
  ['a grant of the last moment before it is asked for again', 'granted', 2, 180 - 1 / DAY, 'granted'],
  ['a grant that is old', 'granted', 2, 180, 'unknown'],
  ['a grant of an older revision', 'granted', 1, 1, 'unknown'],
  ['a grant of a newer revision, seen by a page of before', 'granted', 3, 1, 'granted'],
  ['a grant of a clock that is ahead', 'granted', 2, -1, 'granted'],
  ['a grant of a clock that is wrong', 'granted', 2, -5000, 'unknown'],
  ['a grant of no time', 'granted', 2, Number.NaN, 'unknown'],
  ['a grant of all times', 'granted', 2, Number.NEGATIVE_INFINITY, 'unknown'],
  ['a refusal of yesterday', 'denied', 2, 1, 'denied'],
  ['a refusal that is old', 'denied', 2, 5000, 'denied'],
  ['a refusal of an older revision', 'denied', 1, 1, 'denied'],
  ['a refusal of no time', 'denied', 2, Number.NaN, 'denied'],
])('%s (%s, revision %i, %d days) is %s', (_, choice, revision, ageDays, expected) => {
  expect(choiceOf(record(choice, revision, ageDays), 'analytics', rules)).toBe(expected);
});

test.each([null, undefined])('without a record (%s) nothing is known', (none) => {
  expect(choiceOf(none, 'analytics', rules)).toBe('unknown');
});

test('a purpose that was not asked for is unknown, whatever became of the others', () => {
  expect(choiceOf(record('granted'), 'marketing', rules)).toBe('unknown');
  expect(choiceOf(record('denied'), 'marketing', rules)).toBe('unknown');
});

test.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])(
  'a purpose by the name %s is not found where nobody chose it',
  (name) => {
    expect(choiceOf(record('granted'), name, rules)).toBe('unknown');
  },
);

test('what is necessary is not asked for and cannot be refused', () => {
  expect(choiceOf(null, 'necessary', rules)).toBe('granted');
  expect(choiceOf({ ...record('denied'), purposes: { necessary: 'denied' } }, 'necessary', rules)).toBe('granted');
});

test('a refusal is asked for again as a grant is', () => {
  for (const choice of ['granted', 'denied'] as const) {
    expect(isCurrent(record(choice), rules)).toBe(true);
    expect(isCurrent(record(choice, 1), rules)).toBe(false);
    expect(isCurrent(record(choice, 2, 181), rules)).toBe(false);
  }
});

test('whoever never wants to ask again says so with Infinity', () => {
  const forever = { ...rules, reaskMs: Number.POSITIVE_INFINITY };
  expect(choiceOf(record('granted', 2, 5000), 'analytics', forever)).toBe('granted');
});

describe('the cookies of a page', () => {
  const cookie = (analytics: boolean, ageDays: number, marketing?: boolean) =>
    formatConsent({
      v: 1,
      revision: 2,
      updatedAt: now - ageDays * DAY,
      source: 'banner',
      purposes: {
        analytics: analytics ? 'granted' : 'denied',
        ...(marketing !== undefined && { marketing: marketing ? 'granted' : 'denied' }),
      },
    });
  const purposes = (values: string[], acceptFormer?: boolean) =>
    recordOf(values, ['analytics', 'marketing'], rules, acceptFormer)?.purposes;
  const all = (choice: 'granted' | 'denied') => ({ analytics: choice, marketing: choice });

  test.each<[string, string[], object | undefined]>([
    ['none', [], undefined],
    ['one', [cookie(true, 1)], { analytics: 'granted' }],
    ['one that cannot be read', ['2.x'], undefined],
    ['one that can be read among others', ['', 'x', cookie(true, 1), '2.x'], { analytics: 'granted' }],
    ['an old refusal and a new grant', [cookie(false, 9), cookie(true, 1)], { analytics: 'denied' }],
    ['a new refusal and an old grant', [cookie(false, 1), cookie(true, 9)], { analytics: 'denied' }],
    ['two grants', [cookie(true, 9, true), cookie(true, 1)], { analytics: 'granted' }],
    [
      'a refusal of what the newer was not asked',
      [cookie(true, 9, false), cookie(true, 1)],
      { ...all('granted'), marketing: 'denied' },
    ],
    ['a former refusal', ['false'], all('denied')],
    ['a former refusal in words', ['Denied'], all('denied')],
    ['a former refusal in a digit', ['0'], all('denied')],
    ['a former agreement', ['true'], undefined],
    ['a former agreement in words', ['granted'], undefined],
    ['a former agreement in a digit', ['1'], undefined],
    ['a former refusal and a grant', [cookie(true, 1), 'false'], all('denied')],
    ['a former agreement and a refusal', [cookie(false, 1), 'true'], { analytics: 'denied' }],
    ['what only looks like a former refusal', ['falsehood', 'not denied', '00', ' 0'], undefined],
  ])('%s', (_, values, expected) => {
    expect(purposes(values)).toEqual(expected);
    expect(purposes([...values].reverse())).toEqual(expected);
  });

  test('the newest tells when and how', () => {
    expect(recordOf([cookie(false, 9), cookie(true, 1), cookie(true, 5)], [], rules)?.updatedAt).toBe(now - DAY);
  });

  test.each(['true', 'TRUE', '1', 'granted'])('a former %s counts where the owner says so', (value) => {
    expect(purposes([value], true)).toEqual(all('granted'));
    expect(purposes([value, 'false'], true)).toEqual(all('denied'));
  });

  test('a former choice is one of today, and marked as taken over', () => {
    expect(recordOf(['false'], ['analytics'], rules)).toEqual({
      v: 1,
      revision: 2,
      updatedAt: now,
      source: 'import',
      purposes: { analytics: 'denied' },
    });
  });
});
