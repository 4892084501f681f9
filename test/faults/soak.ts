import { type EngineName, restartableEngines } from '../browser/openBrowser.ts';
import { scenarios, twoTabsReopen } from './faults.ts';
import { line, problemsOf } from './report.ts';
import { openBench, type Scenario, type World } from './world.ts';

const KILLS = 20;
const TABS_QUIT = 10;

/** What is not done twenty times in every run of the tests. */
export async function soak({ engine, times }: { engine?: string; times?: number }): Promise<boolean> {
  const killed = scenarios.find(({ name }) => name.startsWith('SIGKILL 100 ms'));
  if (!killed) throw new Error('no scenario that kills the browser');
  const series: Scenario[] = [
    repeated(killed, times ?? KILLS),
    repeated(
      { row: 20, name: 'SIGKILL at a random moment', engines: restartableEngines, mayRepeat: true, run: killAnytime },
      times ?? KILLS,
    ),
    repeated(
      { row: 29, name: 'two tabs quit, both reopen', engines: restartableEngines, run: twoTabsReopen },
      times ?? TABS_QUIT,
    ),
  ];
  let areAllRight = true;
  for (const name of restartableEngines satisfies EngineName[]) {
    if (engine && engine !== name) continue;
    const bench = await openBench(name);
    try {
      for (const scenario of series) {
        const outcome = await bench.run(scenario);
        const problems = problemsOf(outcome, scenario);
        console.log(line(outcome, scenario));
        for (const problem of problems) console.log(`      ! ${problem}`);
        if (problems.length) areAllRight = false;
      }
    } finally {
      await bench.close();
    }
  }
  return areAllRight;
}

function repeated(scenario: Scenario, times: number): Scenario {
  return { ...scenario, repetitions: { quick: times, table: times } };
}

/** A visitor keeps acting while the server answers well, badly or not at all; the end comes when it comes. */
async function killAnytime(world: World) {
  const { collector } = world;
  const moods = [{}, { status: 503 }, { reply: 'never' as const }, { reply: 'dropped' as const, isStored: true }];
  collector.script = () => ({ delayMs: Math.random() * 100, ...moods[Math.floor(Math.random() * moods.length)] });
  const profile = await world.profile();
  const browser = await world.launch({ profile });
  const tab = await world.open({ browser, batch: { size: 10, intervalMs: 200 } });
  const end = Date.now() + 500 + Math.random() * 2500;
  while (Date.now() < end) await world.track(tab, 3);
  // The promise has a window: the first milliseconds after `track()`.
  await world.wait(50);
  await browser.kill();
  collector.script = {};
  const again = await world.launch({ profile });
  await world.open({ browser: again });
  await world.delivered(30_000);
  await again.close();
}
