import { existsSync, rmSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { defineConfig } from 'tsup';

/** Files that the collector serves as they are, so that its tarball stands alone; the SDK's is there once it is built. */
const COPIES = [
  ['dashboard/index.html', 'dist/public/index.html'],
  ['dashboard/dashboard.css', 'dist/public/dashboard.css'],
  ['../dist/beaconry.js', 'dist/public/beaconry.js'],
] as const;

// Not tsup's `clean`: both configurations run at once, and one would clean away what the other has built.
rmSync('dist', { recursive: true, force: true });

export default defineConfig([
  {
    name: 'collector',
    entry: { index: 'src/index.ts', cli: 'src/cli.ts' },
    format: ['esm'],
    target: 'node20',
    platform: 'node',
    splitting: true,
    sourcemap: true,
    outDir: 'dist',
    dts: { entry: { index: 'src/index.ts' }, compilerOptions: { ignoreDeprecations: '6.0' } },
    onSuccess: async () => {
      await mkdir('dist/public', { recursive: true });
      for (const [from, to] of COPIES) {
        if (existsSync(from)) await copyFile(from, to);
        else console.warn(`${from} is missing, so the collector will not serve it`);
      }
    },
  },
  {
    name: 'dashboard',
    entry: { dashboard: 'dashboard/main.ts' },
    format: ['esm'],
    target: 'es2020',
    platform: 'browser',
    minify: true,
    noExternal: [/.*/],
    outDir: 'dist/public',
  },
]);
