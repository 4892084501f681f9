import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { engines } from '../browser/openBrowser.ts';
import { scenarios } from './faults.ts';
import { problemsOf } from './report.ts';
import { type Bench, openBench } from './world.ts';

// `npm run faults` runs the rest, and prints the table.

const TIMEOUT_MS = 120_000;

// No second try: what was lost once is lost.
describe.each(engines)('faults in %s', { retry: 0 }, (engine) => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await openBench(engine);
  });
  afterAll(() => bench?.close());

  for (const scenario of scenarios) {
    const { row, name, engines, quick = engines } = scenario;
    if (!quick.includes(engine)) continue;
    test(`${row}: ${name}`, { timeout: TIMEOUT_MS }, async () => {
      expect(problemsOf(await bench.run(scenario, { isQuick: true }), scenario)).toEqual([]);
    });
  }
});

describe('an outbox that is careless is caught', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await openBench('chromium');
  });
  afterAll(() => bench?.close());

  const run = async (name: string) => {
    const scenario = scenarios.find((one) => one.name === name);
    if (!scenario) throw new Error(`no scenario "${name}"`);
    const outcome = await bench.run({ ...scenario, repetitions: undefined }, { outbox: 'careless', isQuick: true });
    return { ...outcome, problems: problemsOf(outcome, scenario).join('\n') };
  };

  test('losing events with a killed browser', { timeout: TIMEOUT_MS }, async () => {
    const { lost } = await run('SIGKILL 100 ms after the last of 200 events');
    expect(lost).toBeGreaterThan(100);
  });

  test("losing one tab's events to the other", { timeout: TIMEOUT_MS }, async () => {
    const { lost } = await run('two tabs, the browser quits without handlers, both reopen');
    expect(lost).toBeGreaterThanOrEqual(50);
  });

  test('losing what a page sends as it leaves and the server refuses', { timeout: TIMEOUT_MS }, async () => {
    const { lost } = await run('server refuses, the page is reloaded, the server is back');
    expect(lost).toBe(20);
  });

  test('sending a backlog from two tabs', { timeout: TIMEOUT_MS }, async () => {
    const { duplicateCopies, problems } = await run('a second tab opens on the backlog of the first');
    expect(duplicateCopies).toBeGreaterThanOrEqual(20);
    expect(problems).toContain('came twice without need');
  });

  test('repeating events as another batch when a reply was lost', { timeout: TIMEOUT_MS }, async () => {
    const { problems } = await run('stores the events, and the reply is lost, three times');
    expect(problems).toContain('20 events were repeated in another batch');
  });
});
