import { defineConfig } from 'tsup';

const shared = { target: 'es2020', platform: 'browser', sourcemap: true, outDir: 'dist' } as const;

export default defineConfig([
  {
    ...shared,
    name: 'package',
    entry: { index: 'src/index.ts' },
    format: ['esm', 'cjs'],
    splitting: true,
    // Only here: both configurations run at once and share the folder.
    clean: true,
    dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
  },
  {
    ...shared,
    name: 'script tag',
    entry: { beaconry: 'src/script.ts' },
    format: ['iife'],
    minify: true,
    noExternal: [/.*/],
    outExtension: () => ({ js: '.js' }),
  },
]);
