// Everything that must hold, in one run: `npm test`. With --quick all but the browsers: `npm run check`.
// The last line is `N passed, N failed`: tests, and one for each tool that has no tests of its own.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { installBrowsers } from './browsers.mjs';

const root = join(import.meta.dirname, '..');
/** Reports, and whatever the tests leave in their temporary folder. */
const scratch = mkdtempSync(join(tmpdir(), 'beaconry-test-'));
const isQuick = process.argv.includes('--quick');
/** Far beyond any honest run: what takes longer hangs. */
const STEP_LIMIT_MS = 20 * 60_000;
const environment = {
  ...process.env,
  PATH: join(root, 'node_modules', '.bin') + delimiter + process.env.PATH,
  TMPDIR: scratch,
};

const steps = [
  { name: 'lint', run: () => tool('biome', 'ci', '.', '--colors=off', '--diagnostic-level=error') },
  { name: 'build', run: () => tool('npm', 'run', '-s', 'build'), isBuild: true },
  // The example and some tests import the packages as built.
  { name: 'types', run: () => tool('node', 'scripts/types.mjs'), needsBuild: true },
  { name: 'logic and collector tests', run: () => vitest('logic', 'collector') },
  { name: 'architecture, bundle and import tests', run: () => vitest('package'), needsBuild: true },
  { name: 'publint', run: () => tool('publint', '--strict'), needsBuild: true },
  { name: 'publint, collector', run: () => tool('publint', 'collector', '--strict'), needsBuild: true },
  {
    name: 'types as published',
    // The classic resolution cannot see subpaths, and the script tag's files have no types.
    run: () => tool('attw', '--pack', '.', '--profile', 'node16', '--exclude-entrypoints', 'beaconry.js', 'more.js'),
    needsBuild: true,
  },
  {
    name: 'types as published, collector',
    run: () => tool('attw', '--pack', 'collector', '--profile', 'esm-only'),
    needsBuild: true,
  },
  { name: 'API report', run: () => tool('api-extractor', 'run'), needsBuild: true },
  { name: 'browser tests', run: browsers, needsBuild: true, isSlow: true },
].filter(({ isSlow }) => !(isQuick && isSlow));

let child;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => {
    // Tests that are asked politely close their browsers.
    endGroup(child, 'SIGTERM');
    const leave = () => {
      endGroup(child, 'SIGKILL');
      removeScratch();
      process.exit(1);
    };
    child?.once('close', leave);
    setTimeout(leave, 10_000);
  });
}

const total = { passed: 0, failed: 0 };
let isBuilt = true;
for (const [index, { name, run, needsBuild, isBuild }] of steps.entries()) {
  console.log(`\n[${index + 1}/${steps.length}] ${name}`);
  const start = Date.now();
  const { passed, failed, skipped = 0 } = needsBuild && !isBuilt ? withoutBuild() : await run();
  if (isBuild && failed) isBuilt = false;
  total.passed += passed;
  total.failed += failed;
  const seconds = ((Date.now() - start) / 1000).toFixed(1);
  const parts = [`${passed} passed`, failed && `${failed} failed`, skipped && `${skipped} skipped`].filter(Boolean);
  console.log(`${failed ? 'FAILED' : 'ok'}  ${name}: ${parts.join(', ')} (${seconds} s)`);
}
removeScratch();

if (total.passed + total.failed === 0) total.failed = 1;
process.exitCode = total.failed ? 1 : 0;
console.log(`\n${total.passed} passed, ${total.failed} failed`);

function removeScratch() {
  try {
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  } catch {
    // A browser that is still going down writes there; the system clears its temporary folder.
  }
}

/** A tool counts as one test. What it says is shown when it fails. */
async function tool(command, ...words) {
  const { code, output } = await start(command, words, { isShown: false });
  if (code === 0) return { passed: 1, failed: 0 };
  console.log(output.trim());
  return { passed: 0, failed: 1 };
}

async function vitest(...projects) {
  const report = join(scratch, `${projects.join('-')}.json`);
  const { code } = await start(
    'vitest',
    [
      'run',
      ...projects.map((name) => `--project=${name}`),
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ],
    { isShown: true },
  );
  return countTests(report, code);
}

function countTests(report, code) {
  let results;
  try {
    results = JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    console.log('the tests ended without a report');
    return { passed: 0, failed: 1 };
  }
  const { numPassedTests: passed, numFailedTests, numPendingTests: skipped, testResults } = results;
  // A file that fails before its first test has none that could fail.
  const brokenFiles = testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  );
  let failed = numFailedTests + brokenFiles.length;
  // An error outside of any test, or no test at all.
  if (failed === 0 && (code !== 0 || passed === 0)) failed = 1;
  return { passed, failed, skipped };
}

function browsers() {
  const problem = installBrowsers();
  if (!problem) return vitest('browser');
  console.log(problem);
  return { passed: 0, failed: 1 };
}

function withoutBuild() {
  console.log('needs the build, which failed');
  return { passed: 0, failed: 1 };
}

/** Runs a command in a process group of its own, so that nothing of it is left behind. */
function start(command, words, { isShown }) {
  return new Promise((resolve) => {
    const output = [];
    child = spawn(command, words, {
      cwd: root,
      env: environment,
      detached: true,
      stdio: ['ignore', isShown ? 'inherit' : 'pipe', isShown ? 'inherit' : 'pipe'],
    });
    const started = child;
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => output.push(chunk));
    const limit = setTimeout(() => {
      console.log(`${command} did not end within ${STEP_LIMIT_MS / 60_000} minutes`);
      endGroup(started, 'SIGKILL');
    }, STEP_LIMIT_MS);
    const end = (code) => {
      clearTimeout(limit);
      resolve({ code, output: Buffer.concat(output).toString() });
    };
    child.once('error', (error) => {
      output.push(Buffer.from(String(error)));
      end(1);
    });
    // What outlives the command would hold its pipes open.
    child.once('exit', () => endGroup(started, 'SIGKILL'));
    child.once('close', (code) => end(code ?? 1));
  });
}

function endGroup(started, signal) {
  if (!started?.pid) return;
  try {
    process.kill(-started.pid, signal);
  } catch {
    // all gone already
  }
}
