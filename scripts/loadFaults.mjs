import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

/** Loads the fault tests, which are TypeScript, as a module that scripts can call. */
export async function loadFaults() {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const { module } = await runnerImport(`${root}test/faults/report.ts`, { root, configFile: false, logLevel: 'error' });
  return module;
}
