import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { engines } from '../browser/openBrowser.ts';
import { scenarios } from './faults.ts';
import { type Bench, openBench } from './world.ts';

// `npm run faults` runs the rest, and prints the table.

const only = process.env.FAULTS_ONLY;
const TIMEOUT_MS = 120_000;

describe.each(engines)('faults in %s', (engine) => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await openBench(engine);
  });
  afterAll(() => bench?.close());

  const mine = scenarios.filter(
    ({ engines, quick = engines, name }) => quick.includes(engine) && (!only || name.includes(only)),
  );
  test.each(mine)('$row: $name', { timeout: TIMEOUT_MS }, async (scenario) => {
    const outcome = await bench.run(scenario, { isQuick: true });
    expect(outcome).toMatchObject({ lost: 0, duplicatesAfterDeduplication: 0, unexpected: 0, problems: [] });
    if (!scenario.mayRepeat) expect(outcome.duplicateCopies).toBe(0);
  });
});
