import { defineConfig } from 'tsup';

const shared = { target: 'es2020', platform: 'browser', sourcemap: true, outDir: 'dist' } as const;

/**
 * Names that pass between our own files and mean nothing to the page, the wire or the DOM: the script tag's file, in
 * which nobody else can use them, says them in a letter or two. Not here: what several copies on a page or several tabs
 * share (the registry's entries, stored records, messages between tabs).
 */
const INTERNAL =
  /^(acknowledge|afterMs|claim|clock|contentType|counters|createId|encode|forget|guard|hasVisitor|isDurable|keepRoute|maxBytes|maxEvents|onChange|problem|readTitle|scrubText|scrubUrl|settle|tail|tell|totals|touch|verdict)$/;

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
    minify: 'terser',
    terserOptions: { ecma: 2020, toplevel: true, compress: { passes: 3, pure_getters: true, unsafe_arrows: true } },
    esbuildOptions(options) {
      options.mangleProps = INTERNAL;
    },
    noExternal: [/.*/],
    outExtension: () => ({ js: '.js' }),
  },
]);
