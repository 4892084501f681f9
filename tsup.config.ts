import { readdirSync, readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { basename, isAbsolute, join } from 'node:path';
import { defineConfig } from 'tsup';

const shared = { target: 'es2020', platform: 'browser', sourcemap: true, outDir: 'dist' } as const;

/**
 * Names that pass between our own files and mean nothing to the page, the wire or the DOM: the script tag's file, in
 * which nobody else can use them, says them in a letter or two. Not here: what several copies on a page or several tabs
 * share (the registry's entries, stored records, messages between tabs), and what captures out of `more.js` are given.
 */
const INTERNAL = RegExp(
  `^(${[
    'adjust|choose|drop|hold|isAbandoned|onProblem|place|reaskMs|release|start|totals|waiting',
    'contentType|encode|gzip|maxBytes|maxEvents|verdict|wake',
    'acknowledge|afterMs|claim|counters|createId|isDurable|isRefused|isSilent|problem|settle|tail|take',
    'interrupt|isExclusive|isHeld|leave|letGo|lock|maxAgeMs|openChannel|openStore|seekLock',
    'forget|onChange|read|touch|write',
  ].join('|')})$`,
);

export default defineConfig([
  {
    ...shared,
    name: 'package',
    entry: {
      index: 'src/index.ts',
      banner: 'src/banner/banner.ts',
      'my-data': 'src/myData/myData.ts',
      server: 'src/server.ts',
    },
    format: ['esm', 'cjs'],
    splitting: true,
    // Only here: all configurations run at once and share the folder.
    clean: true,
    esbuildOptions: (options) => {
      options.charset = 'utf8';
      // Names and lines stay; constants are put where they are used, which bundlers do not do across a package's files.
      options.minifySyntax = true;
    },
    plugins: [
      {
        name: 'maps that hold what they name',
        // For CommonJS tsup maps each file by way of itself, by its place on this machine.
        async buildEnd({ writtenFiles }) {
          for (const { name } of writtenFiles.filter(({ name }) => name.endsWith('.cjs.map'))) {
            const map = JSON.parse(await readFile(name, 'utf8'));
            map.sourcesContent = map.sources.map((_: string, index: number) => map.sourcesContent?.[index] ?? '');
            map.sources = map.sources.map((source: string) => (isAbsolute(source) ? basename(source) : source));
            map.file = basename(map.file);
            await writeFile(name, JSON.stringify(map));
          }
        },
      },
    ],
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
    esbuildPlugins: [
      {
        // Only there it costs more to load something later than to have it: each module would become a function.
        name: 'one file, with what others load later',
        setup(build) {
          build.onLoad({ filter: /\.ts$/ }, ({ path }) => {
            const imports: string[] = [];
            const contents = readFileSync(path, 'utf8').replace(/(await )?import\(('.+?')\)/g, (_, isAwaited, from) => {
              const name = `later${imports.length}`;
              imports.push(`import * as ${name} from ${from};`);
              return isAwaited ? name : `Promise.resolve(${name})`;
            });
            return { contents: contents + imports.join(''), loader: 'ts' };
          });
        },
      },
      {
        name: 'languages beside the file',
        setup(build) {
          build.onResolve({ filter: /\/locales\.ts$/ }, ({ resolveDir }) => ({
            path: join(resolveDir, 'siblingLocales.ts'),
          }));
        },
      },
    ],
    noExternal: [/.*/],
    outExtension: () => ({ js: '.js' }),
  },
  {
    ...shared,
    name: 'files beside the script tag',
    entry: {
      more: 'src/more.ts',
      ...Object.fromEntries(
        readdirSync('src/banner/locales').map((file) => [`locales/${file.slice(0, 2)}`, `src/banner/locales/${file}`]),
      ),
    },
    noExternal: [/.*/],
    format: ['esm'],
    minify: true,
    // Modules are always read as UTF-8.
    esbuildOptions: (options) => {
      options.charset = 'utf8';
    },
    sourcemap: false,
    splitting: false,
  },
]);
