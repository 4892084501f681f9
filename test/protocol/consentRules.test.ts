// @vitest-environment node
import { expect, test } from 'vitest';
import type { ConsentRecord } from '../../src/protocol/consent.ts';
import { choiceOf, isCurrent } from '../../src/protocol/consentRules.ts';

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
