import type { CDPSession, Page } from 'playwright-core';
import type { TrackedPage, Visit } from './trackedSite.ts';
import { waitUntil } from './waitUntil.ts';

/** What test/pages/busy.html has on `window`. */
export interface BusyPage extends TrackedPage {
  begin(): void;
  reset(): void;
  miss(): void;
  /** Where there is a button that nothing answers. */
  findDead(): { x: number; y: number };
}

/** All captures there are, as they are meant to be used together. */
export const EVERYTHING: [name: string, options?: object][] = [
  ['autocapture'],
  ['cta'],
  ['sessionStart'],
  ['sections'],
  ['frustration'],
  ['webVitals'],
  ['errors', { resources: true, csp: true }],
  ['requests', { patch: true }],
  ['search'],
  ['copy'],
  ['notFound'],
  ['media'],
  ['heatmap'],
  ['replay', { sample: 1 }],
];

/** What the page's process holds, after a garbage collection. */
export interface Memory {
  nodes: number;
  listeners: number;
  heapBytes: number;
}

/** The metrics wait for something at any time, and are done with it later. */
export const PASSING_LISTENERS = 8;

const WIDTH = 1280;
const HEIGHT = 720;
const KEYS: Record<string, number> = { Tab: 9, Escape: 27, PageDown: 34, PageUp: 33, End: 35, Home: 36, Backspace: 8 };
/** How long frustration, scrolls and requests may still be waited for once nothing happens. */
const QUIET_MS = 4200;

/** Chance that can be had again. */
export function chance(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** A visitor in Chromium who clicks, types and scrolls at random, as quickly as the page can take it. */
export async function openVisitor(page: Page, visit: Visit, seed: number) {
  const session = await page.context().newCDPSession(page);
  const random = chance(seed);
  await page.goto(visit.url('busy'));
  const inPage = (what: 'begin' | 'reset' | 'miss') =>
    page.evaluate((name) => (window as unknown as BusyPage)[name](), what);

  return {
    begin: () => inPage('begin'),
    async act(count: number) {
      for (let index = 0; index < count; index++) await actions[random(actions.length)]?.(session, random);
      // Random hands are too quick to see that a page does not exist.
      await inPage('miss');
      await wait(500);
      await inPage('reset');
    },
    /** What is left once all is over that the last actions began, and everything sent. */
    async measure(quietMs = QUIET_MS): Promise<Memory> {
      await inPage('reset');
      // Nor would they see that nothing answers. Not by the driver's own click: that keeps what it has found.
      const at = await page.evaluate(() => (window as unknown as BusyPage).findDead());
      for (const type of ['mousePressed', 'mouseReleased'] as const)
        await session.send('Input.dispatchMouseEvent', { type, ...at, button: 'left', clickCount: 1 });
      await wait(quietMs);
      await waitUntil(
        () =>
          page.evaluate(async () => ((await (window as unknown as TrackedPage).tracker?.flush())?.pending ?? 0) === 0),
        'everything to be sent',
      );
      return measure(session);
    },
    /** Stops the tracker, and waits until its end has come. */
    async stop() {
      await page.evaluate(() => {
        const tracked = window as unknown as Partial<TrackedPage>;
        tracked.tracker?.stop();
        tracked.tracker = undefined;
      });
      await wait(1000);
    },
  };
}

async function measure(session: CDPSession): Promise<Memory> {
  // The driver's console keeps the errors of the page.
  await session.send('Runtime.discardConsoleEntries').catch(() => {});
  // Wrappers of nodes and the nodes themselves go in turns.
  for (let round = 0; round < 4; round++) {
    await session.send('HeapProfiler.collectGarbage');
    await wait(100);
  }
  const { nodes, jsEventListeners: listeners } = await session.send('Memory.getDOMCounters');
  const { usedSize: heapBytes } = await session.send('Runtime.getHeapUsage');
  return { nodes, listeners, heapBytes };
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

type Action = (session: CDPSession, random: (below: number) => number) => Promise<unknown>;

const click =
  (times: number): Action =>
  async (session, random) => {
    const at = { x: random(WIDTH), y: random(4) ? random(HEIGHT) : random(40) };
    const send = (type: 'mouseMoved' | 'mousePressed' | 'mouseReleased', clickCount = 0) =>
      session.send('Input.dispatchMouseEvent', { type, ...at, button: clickCount ? 'left' : 'none', clickCount });
    const sent = [send('mouseMoved')];
    for (let count = 1; count <= times; count++) sent.push(send('mousePressed', count), send('mouseReleased', count));
    await Promise.all(sent);
  };

const press: Action = async (session, random) => {
  const names = Object.keys(KEYS);
  const key = names[random(names.length)] as string;
  const code = { key, code: key, windowsVirtualKeyCode: KEYS[key] };
  await Promise.all([
    session.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...code }),
    session.send('Input.dispatchKeyEvent', { type: 'keyUp', ...code }),
  ]);
};

const enter: Action = (session) =>
  Promise.all([
    session.send('Input.dispatchKeyEvent', { type: 'keyDown', key: 'Enter', text: '\r', windowsVirtualKeyCode: 13 }),
    session.send('Input.dispatchKeyEvent', { type: 'keyUp', key: 'Enter', windowsVirtualKeyCode: 13 }),
  ]);

const wheel: Action = (session, random) =>
  session.send('Input.dispatchMouseEvent', {
    type: 'mouseWheel',
    x: random(WIDTH),
    y: random(HEIGHT),
    deltaX: 0,
    deltaY: random(1200) - 400,
  });

const copyAll: Action = async (session) => {
  for (const command of ['selectAll', 'copy'])
    await session.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', key: 'c', commands: [command] });
  await session.send('Input.dispatchKeyEvent', { type: 'keyUp', key: 'c' });
};

const type: Action = (session, random) => session.send('Input.insertText', { text: `word ${random(100)}` });

/** More often what happens more often. */
const actions: Action[] = [
  ...Array<Action>(12).fill(click(1)),
  click(2),
  click(3),
  ...Array<Action>(2).fill(press),
  enter,
  ...Array<Action>(2).fill(wheel),
  ...Array<Action>(2).fill(type),
  copyAll,
];
