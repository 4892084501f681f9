import { defineConfig } from 'tsup';

export default defineConfig({
  entry: { shop: 'src/shop.ts', checkout: 'src/checkout.ts' },
  format: ['esm'],
  target: 'es2020',
  platform: 'browser',
  // The tracker from npm goes into the checkout's bundle, as in any app.
  noExternal: [/.*/],
  minify: true,
  splitting: false,
  sourcemap: true,
  clean: true,
  outDir: 'dist',
});
