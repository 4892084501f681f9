import { defineConfig } from 'tsup';

// Each half by itself: together they would share one file with all that either of them needs of the tracker.
export default defineConfig(
  ['shop', 'checkout'].map((name) => ({
    name,
    entry: { [name]: `src/${name}.ts` },
    format: ['esm'],
    target: 'es2020',
    platform: 'browser',
    // What comes from npm goes into the bundle, as in any app; the banner and each of its languages become files that
    // are fetched when they are needed.
    noExternal: [/.*/],
    splitting: true,
    minify: true,
    sourcemap: true,
    clean: true,
    outDir: `dist/${name}`,
  })),
);
