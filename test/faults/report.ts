import { readFile, writeFile } from 'node:fs/promises';
import { engines } from '../browser/openBrowser.ts';
import { scenarios, untested } from './faults.ts';
import type { OutboxName } from './faultsPage.ts';
import { type Outcome, openBench, type Scenario } from './world.ts';

const DOCUMENT = new URL('../../docs/reliability.md', import.meta.url);
const BEGIN = '<!-- faults: written by `npm run faults` -->';
const END = '<!-- /faults -->';

export interface FaultsOptions {
  engine?: string;
  /** Part of the names of the scenarios to run. */
  only?: string;
  outbox?: string;
  /** As `npm test` runs them. */
  quick?: boolean;
}

/**
 * Runs the scenarios, printing each outcome as it comes. The table goes to the documentation when nothing was left out.
 * Answers whether all is as it must be.
 */
export async function printFaults({
  engine,
  only = '',
  outbox = 'durable',
  quick: isQuick,
}: FaultsOptions): Promise<boolean> {
  const outcomes: Outcome[] = [];
  let bad = 0;
  for (const name of engines) {
    if (engine && engine !== name) continue;
    const bench = await openBench(name);
    try {
      for (const scenario of scenarios) {
        const wanted = isQuick ? (scenario.quick ?? scenario.engines) : scenario.engines;
        if (!wanted.includes(name) || !scenario.name.includes(only)) continue;
        // The caller's own words: an unknown outbox fails in the page.
        const outcome = await bench.run(scenario, { outbox: outbox as OutboxName, isQuick });
        outcomes.push(outcome);
        console.log(line(outcome, scenario));
        const problems = problemsOf(outcome, scenario);
        for (const problem of problems) console.log(`      ! ${problem}`);
        if (problems.length) bad++;
        for (const note of outcome.notes) console.log(`      · ${note}`);
      }
    } finally {
      await bench.close();
    }
  }
  const isWhole = !engine && !only && !isQuick && outbox === 'durable';
  if (isWhole) await writeTable(outcomes);
  console.log(`\n${outcomes.length - bad} rows as promised, ${bad} not`);
  return bad === 0;
}

/** Everything in an outcome that breaks a promise. */
export function problemsOf(outcome: Outcome, { mayRepeat }: Scenario): string[] {
  const { lost, duplicateCopies, duplicatesAfterDeduplication, unexpected, problems } = outcome;
  return [
    lost && `${lost} lost`,
    duplicateCopies && !mayRepeat && `${duplicateCopies} came twice without need`,
    duplicatesAfterDeduplication && `${duplicatesAfterDeduplication} would be counted twice`,
    unexpected && `${unexpected} should not have come`,
    ...problems,
  ].filter((problem): problem is string => !!problem);
}

/** An outcome in one line. */
export function line(outcome: Outcome, scenario: Scenario): string {
  const { row, engine, name, events, lost, dropped, duplicateCopies, duplicatesAfterDeduplication, seconds } = outcome;
  const figures = `${lost} lost, ${duplicateCopies} copies, ${duplicatesAfterDeduplication} double, ${dropped} dropped`;
  return `${problemsOf(outcome, scenario).length ? 'FAIL' : 'ok  '} ${row} ${engine} | ${name} | ${events} events: ${figures} (${seconds} s)`;
}

async function writeTable(outcomes: Outcome[]): Promise<void> {
  const text = await readFile(DOCUMENT, 'utf8');
  const [before, rest = ''] = text.split(BEGIN);
  const [, after = ''] = rest.split(END);
  const ordered = scenarios.flatMap(({ name }) => outcomes.filter((outcome) => outcome.name === name));
  const table = ordered.map(
    ({ row, name, engine, events, lost, dropped, duplicateCopies, duplicatesAfterDeduplication, notes }) =>
      `| ${row} | ${name}${notes.length ? ` (${notes.join('; ')})` : ''} | ${engine} | ${events} | ${lost} | ${dropped} | ${duplicateCopies} | ${duplicatesAfterDeduplication} |`,
  );
  const rows = untested.map(([row, fault, reason]) => `| ${row} | ${fault} | ${reason} |`);
  const generated = [
    BEGIN,
    '',
    '| # | fault | engine | events | lost | dropped, counted | copies on the wire | double after de-duplication |',
    '|--:|---|---|--:|--:|--:|--:|--:|',
    ...table,
    '',
    '### Not tested here',
    '',
    '| # | fault | why |',
    '|--:|---|---|',
    ...rows,
    '',
    END,
  ].join('\n');
  await writeFile(DOCUMENT, `${before}${generated}${after}`);
}
