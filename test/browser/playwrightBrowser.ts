import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type BrowserContext, chromium, firefox, type Page } from 'playwright-core';
import { browserPath } from '../../scripts/browsers.mjs';
import type { Browser, BrowserOptions, Tab } from './browser.ts';
import { waitUntil } from './waitUntil.ts';

const CHROMIUM_ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const ACTION_TIMEOUT_MS = 20_000;

/** Chromium, or Firefox over WebDriver BiDi, both through playwright-core on an own profile folder. */
export async function openPlaywrightBrowser(
  engine: 'chromium' | 'firefox',
  { profile, bfcache = false, args = [] }: BrowserOptions,
): Promise<Browser> {
  const folder = profile ?? (await mkdtemp(join(tmpdir(), 'beaconry-profile-')));
  const removeFolder = async () => {
    if (!profile) await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  };

  let context: BrowserContext;
  try {
    context = await launch();
  } catch (error) {
    await killProcesses(folder);
    await removeFolder();
    throw error;
  }
  context.setDefaultTimeout(ACTION_TIMEOUT_MS);

  return {
    engine,
    async newTab() {
      return playwrightTab(await context.newPage());
    },
    async close() {
      await context.close();
      await killProcesses(folder);
      await removeFolder();
    },
    async kill() {
      await killProcesses(folder);
      // Playwright learns of it from the broken connection.
      await context.close().catch(() => {});
      await removeFolder();
    },
  };

  function launch() {
    const common = { headless: true, viewport: { width: 1280, height: 720 } };
    if (engine === 'firefox') {
      return firefox.launchPersistentContext(folder, {
        ...common,
        channel: 'moz-firefox',
        executablePath: browserPath('firefox'),
        args,
      });
    }
    return chromium.launchPersistentContext(folder, {
      ...common,
      executablePath: browserPath('chromium'),
      args: [...CHROMIUM_ARGS, ...args],
      ...(bfcache && { ignoreDefaultArgs: ['--disable-back-forward-cache'] }),
    });
  }
}

function playwrightTab(page: Page): Tab {
  // biome-ignore lint/suspicious/noExplicitAny: the two overloads of `Tab.evaluate` meet here
  const evaluate = (run: (argument: any) => unknown, argument?: unknown): Promise<any> => page.evaluate(run, argument);

  return {
    page,
    async goto(url) {
      await page.goto(url);
    },
    async reload() {
      await page.reload();
    },
    back: () => travel(-1),
    forward: () => travel(1),
    click: (selector, { button = 'left' } = {}) => page.click(selector, { button }),
    press: (key) => page.keyboard.press(key),
    fill: (selector, text) => page.fill(selector, text),
    text: (selector) => page.innerText(selector),
    evaluate,
    // biome-ignore lint/suspicious/noExplicitAny: the two overloads of `Tab.waitFor` meet here
    waitFor: (run: (argument: any) => any, argument?: unknown, options?: { timeoutMs?: number }) =>
      waitUntil(() => evaluate(run, argument), String(run), options),
    title: () => page.title(),
    url: () => evaluate(() => location.href),
    setViewport: (width, height) => page.setViewportSize({ width, height }),
    show: () => page.bringToFront(),
    screenshot: (path) => page.screenshot(path ? { path } : {}),
    async close() {
      await Promise.all([page.waitForEvent('close'), page.close({ runBeforeUnload: true })]);
    },
  };

  // Playwright's own goBack waits for a `load` that a page out of the back/forward cache never has.
  async function travel(steps: number) {
    const here = await evaluate(place);
    await evaluate((count) => {
      setTimeout(() => history.go(count));
    }, steps);
    await waitUntil(async () => {
      const there = await evaluate(place);
      return there.document !== here.document || there.entry !== here.entry ? there.complete : false;
    }, `history.go(${steps}) from ${here.entry}`);
  }
}

// Runs in the page: which document this is, and which entry of the history.
function place() {
  return {
    document: performance.timeOrigin,
    entry: `${location.href} ${JSON.stringify(history.state)}`,
    complete: document.readyState === 'complete',
  };
}

/** Kills every process that was started on this profile folder, and waits until none is left. */
async function killProcesses(folder: string): Promise<void> {
  await waitUntil(async () => {
    const ids = await processesOf(folder);
    for (const id of ids) {
      try {
        process.kill(id, 'SIGKILL');
      } catch {
        // gone between the look and the kill
      }
    }
    return ids.length === 0;
  }, `the browser on ${folder} to end`);
}

async function processesOf(folder: string): Promise<number[]> {
  const commands = existsSync('/proc/self/cmdline') ? await commandsByProc() : await commandsByPs();
  return commands.filter(([, command]) => command.includes(folder)).map(([id]) => id);
}

type Command = [id: number, command: string];

async function commandsByProc(): Promise<Command[]> {
  const ids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
  // An ended process has no command line any more, or no folder.
  const read = (id: string) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '');
  return Promise.all(ids.map(async (id): Promise<Command> => [Number(id), await read(id)]));
}

async function commandsByPs(): Promise<Command[]> {
  const { stdout } = await promisify(execFile)('ps', ['-axww', '-o', 'pid=,command='], { maxBuffer: 2 ** 26 });
  return stdout.split('\n').map((line): Command => [Number.parseInt(line, 10), line]);
}
