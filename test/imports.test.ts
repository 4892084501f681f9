import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  exports: Record<string, unknown>;
};
const entries = Object.keys(exports)
  .filter((path) => path !== './package.json' && !path.includes('*'))
  .map((path) => path.replace('.', 'beaconry'));

const load = {
  import: (name: string) => `await import('${name}')`,
  require: (name: string) => `require('${name}')`,
};
const ways = Object.keys(load) as (keyof typeof load)[];

/** Environments that look like a browser to careless code. */
const halfBrowsers: Record<string, string> = {
  'plain Node': '',
  'a storage that is none': 'globalThis.localStorage = {};',
  'a window without a document': 'globalThis.window = globalThis; globalThis.self = globalThis;',
  'a window with a navigator and no more': `globalThis.window = globalThis;
    Object.defineProperty(globalThis, 'navigator', { value: {}, configurable: true });
    globalThis.addEventListener = () => { throw new Error('listened on a server'); };`,
};

describe.each(ways)('%s in plain Node', (way) => {
  test.each(entries)('%s does nothing', async (name) => {
    const said = await runInNode(`
      const before = Reflect.ownKeys(globalThis);
      // web-vitals asks for it as it loads, and Node prepares the answer in a turn of its own.
      void PerformanceObserver.supportedEntryTypes;
      const busy = process.getActiveResourcesInfo();
      ${load[way](name)};
      const added = Reflect.ownKeys(globalThis).filter((key) => !before.includes(key)).map(String);
      // The loader itself has files open.
      const started = process.getActiveResourcesInfo().filter((kind) => !busy.includes(kind) && !kind.includes('Req'));
      tell({ added, started });`);
    expect(said).toEqual({ added: [], started: [] });
  });

  test.each(Object.entries(halfBrowsers))('a tracker in %s is there and does nothing', async (_name, prelude) => {
    const said = await runInNode(`
      ${prelude}
      const before = Reflect.ownKeys(globalThis);
      globalThis.fetch = () => { throw new Error('sent from a server'); };
      const { createTracker } = ${load[way]('beaconry')};
      const tracker = createTracker({
        endpoint: 'https://stats.example.org/e',
        consent: 'granted',
        capture: [() => { throw new Error('watched a server'); }],
      });
      tracker.track('signup', { plan: 'team' });
      tracker.page();
      tracker.identify('user-1', { plan: 'pro' });
      tracker.group('team-1');
      tracker.set({ theme: 'dark' });
      tracker.reset();
      const undo = tracker.on('event', () => { throw new Error('an event on a server'); });
      undo();
      const { accepted, pending } = tracker.stats();
      const session = tracker.session.id;
      const flushed = await tracker.flush();
      tracker.stop();
      tracker.track('after', {});
      const added = Reflect.ownKeys(globalThis).filter((key) => !before.includes(key)).map(String);
      tell({ accepted, pending, session, flushed, added });`);
    expect(said).toEqual({ accepted: 0, pending: 0, flushed: { sent: 0, pending: 0 }, added: [] });
  });
});

test('the collector can be imported without starting anything', async () => {
  const said = await runInNode(
    `const collector = await import('beaconry-collector'); tell(Object.keys(collector).length > 0);`,
  );
  expect(said).toBe(true);
});

/**
 * Runs a script that calls `tell` once, and answers with what it told. The process must end by itself, without an error
 * and without a word of its own.
 */
function runInNode(script: string): Promise<unknown> {
  const program = `
    import { createRequire } from 'node:module';
    const require = createRequire(process.cwd() + '/');
    const tell = (value) => process.stdout.write(JSON.stringify(value));
    ${script}`;
  return new Promise((resolve, reject) => {
    const { PATH } = process.env;
    const options = { cwd: root, env: { PATH }, timeout: 20_000 };
    execFile(process.execPath, ['--input-type=module', '-e', program], options, (error, stdout, stderr) => {
      if (error?.killed) reject(new Error(`it did not end by itself; it told ${stdout}`));
      else if (error || stderr) reject(new Error(shorten(stderr || String(error))));
      else resolve(JSON.parse(stdout));
    });
  });
}

// Node quotes the line that failed: of a minified file, all of it.
function shorten(text: string): string {
  return text
    .split('\n')
    .map((line) => line.slice(0, 200))
    .join('\n');
}
