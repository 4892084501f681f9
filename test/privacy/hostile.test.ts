import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { addresses, type Case, queries, texts } from './corpus.ts';
import { regexesIn, stepsOf } from './regexSteps.ts';

const room = join(import.meta.dirname, '../../src/privacy');
const regexes = ['scrubText.ts', 'scrubUrl.ts', 'plainJson.ts', '../capture/scrubRecording.ts'].flatMap((name) =>
  regexesIn(readFileSync(join(room, name), 'utf8')),
);

/** What long hostile texts are made of, how they begin, and how they end. */
// biome-ignore format: lists
const PIECES = [
  'a', 'A', '1', '4', '-', '_', '.', '@', ' ', '/', '=', '&', '?', '%', '+', '"', ':', '(', '[', '://', '%25', 'aB', 'a1',
  '1.', 'a.', 'a@', '@a.', 'eyJ', '_eyJ', '4111-', '4111 ', 'DE89 ', 'DE89', '+49 ', 'tel:', 'token', 'token=', 'mail"',
  'auth', 'reset', '-reset', '/passw', '?a', '#', "'", 'url(', 'url( ', 'url("',
];
const STARTS = ['', '://', '?', '/', 'token', '+', '"', '@'];
const ENDS = ['\u0000', '/', '"', '@'];

const TIMEOUT_MS = 60_000;

describe('every regular expression', () => {
  test(
    'is read by these checks, which find what the engine finds',
    () => {
      expect(regexes.length).toBeGreaterThan(20);
      const inputs = [addresses, queries, texts].flatMap((groups) =>
        Object.values<readonly Case[]>(groups).flatMap((cases) => cases.map(([input]) => input)),
      );
      for (const regex of regexes) {
        for (const input of inputs) {
          const found = regex.global
            ? [...input.matchAll(regex)]
            : [regex.exec(input)].filter((match) => match !== null);
          expect(stepsOf(regex, input).matches).toEqual(found.map((match) => [match.index, match[0]]));
        }
      }
    },
    TIMEOUT_MS,
  );

  test.each(regexes.map((regex) => [regex.source, regex] as const))(
    '%s takes twice the steps for twice the text',
    (_, regex) => {
      const worse: string[] = [];
      for (const start of STARTS) {
        for (const piece of PIECES) {
          for (const end of ENDS) {
            const steps = (length: number) => stepsOf(regex, start + piece.repeat(length / piece.length) + end).steps;
            const few = steps(100);
            const many = steps(200);
            if (many > 2.5 * few + 300) worse.push(`${start} + ${piece} … + ${end}: ${few}, ${many}`);
          }
        }
      }
      expect(worse).toEqual([]);
    },
    TIMEOUT_MS,
  );

  test.each([/(a+)+$/, /a*b/g, /[\w-]*@/g, /(a|a)*$/])('these checks see what is wrong with %s', (regex) => {
    const steps = (length: number) => stepsOf(regex, `${'a'.repeat(length)}\u0000`).steps;
    expect(steps(14)).toBeGreaterThan(2.5 * steps(7));
  });
});
