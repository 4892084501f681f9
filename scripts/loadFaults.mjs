import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

/** Loads one of the fault tests' modules, which are TypeScript. */
export async function loadFaults(name) {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const { module } = await runnerImport(`${root}test/faults/${name}.ts`, {
    root,
    configFile: false,
    logLevel: 'error',
  });
  return module;
}
