import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** What a consent that is freely given asks of code. A test that proves one of these bears its number. */
const RULES: Record<string, string> = {
  R1: 'nothing is written before a choice',
  R2: 'nothing is sent before a choice',
  R3: 'accept and reject are buttons of the first layer, one click each',
  R4: 'accept and reject look the same',
  R5: 'reject comes not later than accept, and both come soon',
  R6: 'withdrawing costs two clicks at most',
  R7: 'everything is off that is not necessary',
  R8: 'nothing but a choice is a choice',
  R9: 'the first layer says what for, where to read more, and that the choice can be changed',
  R10: 'a purpose is granted alone',
  R11: 'a withdrawal holds at once',
  R12: 'a withdrawal removes what was kept',
  R13: 'who refused is not asked again too soon',
  R14: 'a choice does not count for ever',
  R15: 'a new purpose is asked for',
  R16: 'a record proves the choice',
  R17: 'the visitor has a receipt',
  R18: 'the cookie identifies nobody',
  R19: 'the browser’s opt-out signal is honoured',
  R20: 'Google’s signals come in their order',
  R21: 'gated tags request nothing before a grant, and run once after',
  R22: 'blocked storage breaks nothing',
  R23: 'a server that fails grants nothing',
  R24: 'strict policies hold',
  R25: 'axe finds nothing',
  R26: 'the banner is a region that takes no focus',
  R27: 'the preferences are a modal dialog',
  R28: 'targets are large, the focus and the text can be seen',
  R29: 'the banner hides no stop of the focus',
  R30: 'all is within reach on the smallest screen',
  R31: 'nothing shifts, waits or moves',
  R32: 'the page stays usable, and nothing urges',
};

test('each rule is proved by a test that bears its number', () => {
  const folder = join(import.meta.dirname, '..');
  const numbers = new Set<string>();
  for (const file of readdirSync(folder, { recursive: true }) as string[]) {
    if (!file.endsWith('.test.ts') || file.endsWith('rules.test.ts')) continue;
    // Numbers stand at the beginning of a name.
    const names = readFileSync(join(folder, file), 'utf8').matchAll(/['"`]((?:R\d+ )+)/g);
    for (const [, found] of names) for (const number of `${found}`.trim().split(' ')) numbers.add(number);
  }
  expect([...numbers].sort()).toEqual(Object.keys(RULES).sort());
});
