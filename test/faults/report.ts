import { readFile, writeFile } from 'node:fs/promises';
import { type EngineName, engines } from '../browser/openBrowser.ts';
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
 * Runs the scenarios, printing each outcome as it comes. What ran completely goes to the documentation's table.
 * Answers whether all is as it must be.
 */
export async function printFaults({
  engine,
  only = '',
  outbox = 'durable',
  quick: isQuick,
}: FaultsOptions): Promise<boolean> {
  const outcomes = new Map<Scenario, Outcome[]>();
  const ran = engines.filter((name) => !engine || engine === name);
  let good = 0;
  let bad = 0;
  for (const name of ran) {
    const bench = await openBench(name);
    try {
      for (const scenario of scenarios) {
        const wanted = isQuick ? (scenario.quick ?? scenario.engines) : scenario.engines;
        if (!wanted.includes(name) || !scenario.name.includes(only)) continue;
        // The caller's own words: an unknown outbox fails in the page.
        const outcome = await bench.run(scenario, { outbox: outbox as OutboxName, isQuick });
        outcomes.set(scenario, [...(outcomes.get(scenario) ?? []), outcome]);
        console.log(line(outcome, scenario));
        const problems = problemsOf(outcome, scenario);
        for (const problem of problems) console.log(`      ! ${problem}`);
        if (problems.length) bad++;
        else good++;
        for (const note of outcome.notes) console.log(`      · ${note}`);
      }
    } finally {
      await bench.close();
    }
  }
  if (!only && !isQuick && outbox === 'durable') await writeTable(outcomes, ran);
  console.log(`\n${good} rows as promised, ${bad} not`);
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

/** Puts the rows of these engines into the documentation's table; rows of other engines stay. */
async function writeTable(fresh: Map<Scenario, Outcome[]>, ran: EngineName[]): Promise<void> {
  const text = await readFile(DOCUMENT, 'utf8');
  const [before = '', rest = ''] = text.split(BEGIN);
  const [former = '', after = ''] = rest.split(END);
  const formerRows = former.split('\n').map((row) => ({ row, cells: row.split(' | ') }));
  const rows = scenarios.flatMap((scenario) => [
    ...(fresh.get(scenario) ?? []).map((outcome) => tableRow(outcome, scenario)),
    ...formerRows
      .filter(({ cells }) => cells[1] === scenario.name && !ran.some((engine) => engine === cells[2]))
      .map(({ row }) => row),
  ]);
  const generated = [
    BEGIN,
    '',
    '| # | fault | engine | events | lost | dropped, counted | copies on the wire | double after de-duplication | |',
    '|--:|---|---|--:|--:|--:|--:|--:|---|',
    ...rows,
    '',
    '### Not tested here',
    '',
    '| # | fault | why |',
    '|--:|---|---|',
    ...untested.map((cells) => `| ${cells.join(' | ')} |`),
    '',
    END,
  ].join('\n');
  await writeFile(DOCUMENT, `${before}${generated}${after}`);
}

function tableRow(outcome: Outcome, scenario: Scenario): string {
  const { row, name, engine, events, lost, dropped, duplicateCopies, duplicatesAfterDeduplication, notes } = outcome;
  const problems = problemsOf(outcome, scenario).map((problem) => `**${problem.split('\n')[0]}**`);
  const cells = [row, name, engine, events, lost, dropped, duplicateCopies, duplicatesAfterDeduplication];
  return `| ${cells.join(' | ')} | ${[...problems, ...notes].join('; ')} |`;
}
