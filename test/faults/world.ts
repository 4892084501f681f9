import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserOptions } from '../browser/browser.ts';
import { type Browser, type EngineName, openBrowser, type Tab } from '../browser/openBrowser.ts';
import type { Server } from '../browser/serve.ts';
import { waitUntil } from '../browser/waitUntil.ts';
import type { OutboxName, PageOptions } from './faultsPage.ts';
import { type Counts, type ScriptedCollector, scriptedCollector } from './scriptedCollector.ts';
import { servePages } from './servePages.ts';

/** What a careless outbox has not delivered by then is gone. */
const CARELESS_PATIENCE_MS = 3000;

/** A fault that can be produced, and what must happen then. */
export interface Scenario {
  /** Of the table of faults that docs/reliability.md prints. */
  row: number;
  name: string;
  engines: EngineName[];
  /** Those that `npm test` runs. @default all of them */
  quick?: EngineName[];
  /** The server hides its answer or the page is left: copies may arrive, which the ids then tell apart. */
  mayRepeat?: boolean;
  /** How often it is done, each time afresh, by `npm test` and by the table. @default 1 */
  repetitions?: { quick: number; table: number };
  run(world: World): Promise<void>;
}

export interface Outcome extends Counts {
  row: number;
  name: string;
  engine: EngineName;
  /** Tracked. */
  events: number;
  /** Not delivered, and counted with a reason. */
  dropped: number;
  /** What else was not as it must be. */
  problems: string[];
  /** Worth knowing. */
  notes: string[];
  seconds: number;
}

/** All that a scenario acts on. What it opens is closed for it. */
export interface World {
  engine: EngineName;
  collector: ScriptedCollector;
  pages: Server;
  isQuick: boolean;
  /** Opens the tracking page in a tab, of the shared browser if no other is given. */
  open(options?: Partial<PageOptions> & { path?: string; origin?: string; browser?: Browser }): Promise<Tab>;
  address(options?: Partial<PageOptions> & { path?: string; origin?: string }): string;
  launch(options?: BrowserOptions): Promise<Browser>;
  /** Makes a folder for a profile, with Firefox's preferences in it. */
  profile(preferences?: Record<string, unknown>): Promise<string>;
  /** Names events that must arrive. */
  labels(count: number): string[];
  /** Tracks events in the tab, in one task, and expects them. */
  track(tab: Tab, count: number, padding?: number): Promise<string[]>;
  /** These cannot arrive, and are counted as dropped instead. */
  expectDropped(labels: string[]): void;
  /** These are beyond saving, and the documentation says so. */
  giveUp(labels: string[]): void;
  /** Waits until all that is expected has arrived. That time is up before is a problem, even if they come later. */
  delivered(timeoutMs?: number): Promise<void>;
  /** Waits until the tab holds nothing any more. */
  drained(tab: Tab, timeoutMs?: number): Promise<void>;
  wait(ms: number): Promise<void>;
  check(isRight: unknown, problem: string): void;
  note(text: string): void;
  /** Checks that accepted = acknowledged + pending + dropped in the tab. */
  balanced(tab: Tab): Promise<void>;
}

/** One engine's browser and the page server, shared by the scenarios that leave them whole. */
export interface Bench {
  run(scenario: Scenario, options?: { outbox?: OutboxName; isQuick?: boolean }): Promise<Outcome>;
  close(): Promise<void>;
}

export async function openBench(engine: EngineName): Promise<Bench> {
  const pages = await servePages();
  let shared: Promise<Browser> | undefined;
  let runs = 0;
  return {
    async run(scenario, { outbox = 'durable', isQuick = false } = {}) {
      const start = Date.now();
      const { row, name, repetitions } = scenario;
      const total: Outcome = {
        row,
        name,
        engine,
        events: 0,
        dropped: 0,
        lost: 0,
        duplicateCopies: 0,
        duplicatesAfterDeduplication: 0,
        unexpected: 0,
        problems: [],
        notes: [],
        seconds: 0,
      };
      const times = repetitions?.[isQuick ? 'quick' : 'table'] ?? 1;
      for (let time = 0; time < times; time++) {
        runs++;
        const one = await runOnce({ scenario, engine, outbox, isQuick, pages, site: `site${runs}`, share });
        for (const [key, value] of Object.entries(one) as [keyof Outcome, never][]) {
          if (typeof value === 'number') (total[key] as number) += value;
        }
        total.problems.push(...one.problems);
        for (const note of one.notes) if (!total.notes.includes(note)) total.notes.push(note);
      }
      if (times > 1) total.notes.unshift(`${times} times`);
      total.seconds = Math.round((Date.now() - start) / 100) / 10;
      return total;
    },
    async close() {
      await (await shared?.catch(() => undefined))?.close();
      await pages.close();
    },
  };

  function share() {
    shared ??= openBrowser(engine);
    return shared;
  }
}

type Result = Omit<Outcome, 'row' | 'name' | 'engine' | 'seconds'>;

async function runOnce({
  scenario,
  engine,
  outbox,
  isQuick,
  pages,
  site,
  share,
}: {
  scenario: Scenario;
  engine: EngineName;
  outbox: OutboxName;
  isQuick: boolean;
  pages: Server;
  site: string;
  share(): Promise<Browser>;
}): Promise<Result> {
  const collector = await scriptedCollector({ keepsAlive: scenario.row === 13 });
  const expected = new Set<string>();
  const dropped = new Set<string>();
  const givenUp = new Set<string>();
  const problems: string[] = [];
  const notes: string[] = [];
  const undo: (() => Promise<unknown>)[] = [() => collector.close()];
  let named = 0;

  const world: World = {
    engine,
    collector,
    pages,
    isQuick,
    address({ path = '/', origin = pages.url, ...options } = {}) {
      const all: PageOptions = { outbox, endpoint: collector.endpoint, site, ...options };
      return `${origin}${path}?options=${encodeURIComponent(JSON.stringify(all))}`;
    },
    async open({ browser, ...options } = {}) {
      const tab = await (browser ?? (await share())).newTab();
      // Without its handlers: what they would send has no bearing any more.
      if (!browser) undo.push(() => tab.page?.close() ?? tab.close());
      await tab.goto(world.address(options));
      return tab;
    },
    async launch(options) {
      const browser = await openBrowser(engine, options);
      undo.push(() => browser.close());
      return browser;
    },
    async profile(preferences = {}) {
      const folder = await mkdtemp(join(tmpdir(), 'beaconry-faults-'));
      undo.unshift(() => rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }));
      const lines = Object.entries(preferences).map(
        ([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});`,
      );
      if (lines.length && engine === 'firefox') await writeFile(join(folder, 'prefs.js'), lines.join('\n'));
      return folder;
    },
    labels(count) {
      const labels = Array.from({ length: count }, (_, index) => `${site}-${named + index}`);
      named += count;
      for (const label of labels) expected.add(label);
      return labels;
    },
    async track(tab, count, padding) {
      const labels = world.labels(count);
      await tab.evaluate((argument) => window.faults.track(argument.labels, argument.padding), { labels, padding });
      return labels;
    },
    expectDropped(labels) {
      for (const label of labels) {
        expected.delete(label);
        dropped.add(label);
      }
    },
    giveUp(labels) {
      for (const label of labels) {
        expected.delete(label);
        givenUp.add(label);
      }
    },
    async delivered(mostMs = 20_000) {
      const timeoutMs = outbox === 'careless' ? Math.min(mostMs, CARELESS_PATIENCE_MS) : mostMs;
      const isDone = () => [...expected].every((label) => collector.isStored(label));
      await waitUntil(isDone, 'all events', { timeoutMs }).catch(() => {
        const missing = [...expected].filter((label) => !collector.isStored(label)).length;
        problems.push(`${missing} events had not come after ${timeoutMs / 1000} s`);
      });
      // A copy too many comes late.
      await world.wait(isQuick ? 300 : 1000);
    },
    async drained(tab, timeoutMs = 5000) {
      await waitUntil(
        async () => (await tab.evaluate(() => window.faults.tracker.stats().pending)) === 0,
        'an empty outbox',
        { timeoutMs },
      ).catch(async () => {
        const stats = await tab.evaluate(() => window.faults.tracker.stats());
        problems.push(`still holds events: ${JSON.stringify(stats)}`);
      });
    },
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    check(isRight, problem) {
      if (!isRight) problems.push(problem);
    },
    note(text) {
      notes.push(text);
    },
    async balanced(tab) {
      const stats = await tab.evaluate(() => window.faults.tracker.stats());
      const { accepted, acknowledged, pending } = stats;
      const drops = Object.values(stats.dropped).reduce((sum, count) => sum + count, 0);
      world.check(accepted === acknowledged + pending + drops, `out of balance: ${JSON.stringify(stats)}`);
      const errors = await tab.evaluate(() =>
        window.faults.errors.filter((error) => /^(window|unhandled)/.test(error)),
      );
      world.check(errors.length === 0, `the page saw ${errors[0]}`);
    },
  };

  try {
    await scenario.run(world);
  } catch (error) {
    problems.push(`broken off: ${error instanceof Error ? error.message : error}`);
  }
  // Before the tabs go, as they send something when they do.
  const counts = collector.count([...expected, ...[...givenUp].filter(collector.isStored)]);
  const [changed] = collector.changedBatches();
  if (changed) problems.push(`batch ${changed} was repeated with other content`);
  const early = collector.arrivals.filter(({ isEarly }) => isEarly).length;
  if (early) problems.push(`${early} requests before the time that Retry-After named`);
  if (collector.followed()) problems.push('a redirect was followed');
  for (const close of undo.reverse()) {
    await close().catch(() => {
      // killed or crashed by the scenario
    });
  }
  return { ...counts, events: named, dropped: dropped.size, problems, notes };
}
