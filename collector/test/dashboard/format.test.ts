import { expect, test } from 'vitest';
import { formatDuration, formatMoney, formatShare, formatVital } from '../../dashboard/format.ts';

test.each([
  [0, '0 %'],
  [0.0002, '< 0.1 %'],
  [0.004, '0.4 %'],
  [0.62, '62 %'],
  [0.994, '99.4 %'],
  [0.99999, '99.9 %'],
  [1, '100 %'],
])('a share of %d is %s', (share, words) => {
  expect(formatShare(share)).toBe(words);
});

test.each([
  [0, '0 ms'],
  [999, '999 ms'],
  [1234, '1.2 s'],
  [9949, '9.9 s'],
  [9950, '10 s'],
  [59_400, '59 s'],
  [59_600, '1 min'],
  [185_000, '3 min 5 s'],
  [3_600_000, '1 h'],
  [7_800_000, '2 h 10 min'],
])('%d ms are %s', (ms, words) => {
  expect(formatDuration(ms)).toBe(words);
});

test('money is written as its currency wants it, and a currency that is none stays a word', () => {
  expect(formatMoney(1234.5, 'EUR')).toBe('€1,234.50');
  expect(formatMoney(1234, 'points')).toBe('1,234 points');
  expect(formatMoney(3, '')).toBe('3');
});

test('a layout shift has no unit', () => {
  expect(formatVital('CLS', 0.1)).toBe('0.10');
  expect(formatVital('LCP', 2500)).toBe('2.5 s');
});
