import { type ChildProcess, spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');

/** Bundles the command as it stands in `src`, beside `node_modules`, so that the tests need no build before them. */
export async function buildCommand(): Promise<{ file: string; remove(): Promise<void> }> {
  const folder = join(root, 'temp', `cli-${crypto.randomUUID()}`);
  const file = join(folder, 'cli.mjs');
  await build({
    entryPoints: [join(root, 'src/cli.ts')],
    outfile: file,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'error',
  });
  return { file, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** A collector in a process of its own. */
export interface ChildCollector {
  process: ChildProcess;
  /** Where it listens; rejects with what it printed when it ends before it listens. */
  url: Promise<string>;
  /** Its exit code and all that it printed. */
  ended: Promise<{ code: number | null; output: string }>;
}

export function startChild(file: string, args: string[]): ChildCollector {
  const child = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const ended = new Promise<{ code: number | null; output: string }>((resolve) => {
    child.once('close', (code) => resolve({ code, output }));
  });
  const url = new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += String(chunk);
      const found = /dashboard\s+(http:\S+)\/\n/.exec(output)?.[1];
      if (found) resolve(found);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    ended.then(() => reject(new Error(output)));
  });
  // Some tests want the end alone.
  url.catch(() => undefined);
  return { process: child, url, ended };
}
