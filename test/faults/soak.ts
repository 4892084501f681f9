import { EVERYTHING, openVisitor, PASSING_LISTENERS } from '../browser/clickAround.ts';
import { type EngineName, openBrowser, restartableEngines } from '../browser/openBrowser.ts';
import { openTrackedSite } from '../browser/trackedSite.ts';
import { scenarios, twoTabsReopen } from './faults.ts';
import { line, problemsOf } from './report.ts';
import { openBench, type Scenario, type World } from './world.ts';

const KILLS = 20;
const TABS_QUIT = 10;

const MINUTES = 10;
/** By then most code has been compiled that ever is. */
const WARM_UP = 8000;
/** For the rest of it: a hundred bytes for each click would be several times as much. */
const CODE_BYTES = 400_000;

export interface SoakOptions {
  engine?: string;
  /** How often browsers are killed; 0 leaves that out. */
  times?: number;
  /** How long is clicked at random; 0 leaves that out. */
  minutes?: number;
}

/** What is not done twenty times in every run of the tests. */
export async function soak({ engine, times, minutes = MINUTES }: SoakOptions): Promise<boolean> {
  const isKilledRight = times === 0 || (await killAgain({ engine, times }));
  const isClickedRight = !minutes || (engine && engine !== 'chromium') || (await clickOn(minutes));
  return isKilledRight && Boolean(isClickedRight);
}

/** A visitor clicks at random, with every capture on, and what the page holds of nodes, listeners and memory stays the same. */
async function clickOn(minutes: number): Promise<boolean> {
  const seed = Number(process.env.SEED ?? Date.now() % 1e6);
  console.log(`clicking at random for ${minutes} minutes; again by SEED=${seed}`);
  const site = await openTrackedSite();
  const browser = await openBrowser('chromium');
  try {
    const { page } = await browser.newTab();
    const visit = site.visit({ isIdle: true, captures: EVERYTHING });
    const visitor = await openVisitor(page as NonNullable<typeof page>, visit, seed);
    const loaded = await visitor.measure();
    await visitor.begin();
    let count = WARM_UP;
    await visitor.act(count);
    const first = await visitor.measure();
    let isRight = true;
    for (const end = Date.now() + minutes * 60_000; Date.now() < end; ) {
      await visitor.act(2000);
      count += 2000;
      const now = await visitor.measure();
      const grown = now.heapBytes - first.heapBytes;
      const isSame =
        now.nodes === loaded.nodes &&
        Math.abs(now.listeners - first.listeners) <= PASSING_LISTENERS &&
        grown < CODE_BYTES;
      console.log(
        `${isSame ? 'ok ' : 'BAD'} ${count} actions, ${visit.events().length} events: ${now.nodes} nodes, ${now.listeners} listeners, heap ${Math.round(grown / 1024)} KiB more`,
      );
      isRight &&= isSame;
    }
    return isRight;
  } finally {
    await browser.close();
    await site.close();
  }
}

async function killAgain({ engine, times }: SoakOptions): Promise<boolean> {
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
