// Packs the package as npm would publish it, and bundles against that: what these numbers say is what a page gets.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompressSync, constants } from 'node:zlib';
import { build, transform } from 'esbuild';
import { rollup } from 'rollup';
import webpack from 'webpack';
import { budgets } from './budgets.mjs';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');

/** Packs beaconry into a temporary folder and installs it there. `remove` when done. */
export async function packPackage() {
  // Real path: bundlers follow links, and would see two places.
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'beaconry-pack-')));
  const home = join(folder, 'node_modules', 'beaconry');
  await mkdir(home, { recursive: true });
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    cwd: root,
  });
  await run('tar', ['-xzf', join(folder, JSON.parse(stdout)[0].filename), '-C', home, '--strip-components=1']);
  const { dependencies = {} } = JSON.parse(await readFile(join(home, 'package.json'), 'utf8'));
  for (const name of Object.keys(dependencies)) {
    const link = join(folder, 'node_modules', name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(join(root, 'node_modules', name), link, 'dir');
  }
  return { folder, home, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Bundles named exports of the package; each answers with the code of everything the page would load. */
export const bundlers = {
  async esbuild(packed, imports) {
    const { outputFiles } = await build({
      stdin: { contents: entryOf(imports), resolveDir: packed.folder },
      bundle: true,
      minify: true,
      format: 'esm',
      target: 'es2020',
      write: false,
      logLevel: 'silent',
    });
    return outputFiles.map(({ text }) => text).join('\n');
  },

  async rollup(packed, imports) {
    const output = await rollUp(packed, imports);
    return output.map((file) => (file.type === 'chunk' ? file.code : '')).join('\n');
  },

  async webpack(packed, imports) {
    const folder = await mkdtemp(join(packed.folder, 'webpack-'));
    const entry = join(folder, 'entry.js');
    await writeFile(entry, entryOf(imports));
    const compiler = webpack({
      mode: 'production',
      context: packed.folder,
      entry,
      target: 'web',
      performance: false,
      output: { path: join(folder, 'out'), library: { type: 'window', name: 'bundle' } },
    });
    const stats = await promisify(compiler.run.bind(compiler))();
    await promisify(compiler.close.bind(compiler))();
    if (stats.hasErrors()) throw new Error(stats.toString('errors-only'));
    // It also writes files that are loaded later, whether or not anything is left that could load them.
    const { assets } = stats.toJson({ all: false, entrypoints: true }).entrypoints.main;
    const texts = await Promise.all(assets.map(({ name }) => readFile(join(folder, 'out', name), 'utf8')));
    return texts.join('\n');
  },
};

/** Every budget with what it is now: `[{ name, limit, size }]`, in bytes. */
export async function measureBudgets(packed) {
  return Promise.all(budgets.map(async (budget) => ({ ...budget, size: await measure(packed, budget) })));
}

async function measure(packed, { imports, over, from, file, folder }) {
  const dist = join(packed.home, 'dist');
  if (file) return brotliSize(await readFile(join(dist, file)));
  if (folder) {
    const names = await readdir(join(dist, folder));
    const texts = await Promise.all(names.map((name) => readFile(join(dist, folder, name))));
    return Math.max(...texts.map(brotliSize));
  }
  const size = brotliSize(await firstLoad(packed, imports, from));
  return over ? size - brotliSize(await firstLoad(packed, over, from)) : size;
}

/**
 * The code that a page loads for these imports at once; what `import()` brings comes later, if at all. Bundled by rollup,
 * as Vite does: esbuild keeps what only the `import()` of an unused function wants.
 */
async function firstLoad(packed, imports, from) {
  const [entry, ...rest] = await rollUp(packed, imports, from);
  const needed = new Set([entry.fileName]);
  const chunks = [entry, ...rest].filter(({ type }) => type === 'chunk');
  for (const name of needed)
    for (const path of chunks.find(({ fileName }) => fileName === name).imports) needed.add(path);
  const codes = chunks.filter(({ fileName }) => needed.has(fileName)).map(({ code }) => code);
  const texts = await Promise.all(
    codes.map((code) => transform(code, { minify: true, format: 'esm', target: 'es2020' })),
  );
  return texts.map(({ code }) => code).join('\n');
}

/** The files of a bundle, the entry's first. */
async function rollUp(packed, imports, from) {
  const entry = join(packed.folder, 'entry.js');
  const bundle = await rollup({
    input: entry,
    plugins: [virtualEntry(entry, entryOf(imports, from)), nodeModules(join(packed.folder, 'node_modules'))],
    onLog: (level, log) => {
      if (level !== 'info') throw new Error(log.message);
    },
  });
  const { output } = await bundle.generate({ format: 'esm' });
  await bundle.close();
  return output;
}

export function brotliSize(code) {
  const bytes = Buffer.from(code);
  return brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  }).length;
}

/** The README's table. Sizes are rounded up: the page gets no more than it says. */
export function sizeTable(measured) {
  const rows = measured.map(({ name, size, limit }) => `| ${name} | ${kilobytes(size)} | ${kilobytes(limit)} |`);
  return ['| import | size (minified, brotli) | limit |', '|---|--:|--:|', ...rows].join('\n');
}

/** What the README says between its size marks; `null` without marks. */
export function sizesIn(readme) {
  return MARKED.exec(readme)?.[1].trim() ?? null;
}

export function withSizes(readme, table) {
  return readme.replace(MARKED, () => `<!-- sizes -->\n${table}\n<!-- /sizes -->`);
}

const MARKED = /<!-- sizes -->([\s\S]*?)<!-- \/sizes -->/;

function kilobytes(bytes) {
  return `${(Math.ceil(bytes / 100) / 10).toFixed(1)} KB`;
}

function entryOf(imports, from = 'beaconry') {
  return `export { ${imports.join(', ')} } from '${from}';`;
}

function virtualEntry(path, code) {
  return {
    name: 'virtual entry',
    resolveId: (id) => (id === path ? path : null),
    load: (id) => (id === path ? code : null),
  };
}

// As much of Node's resolution as published ES modules need.
function nodeModules(folder) {
  return {
    name: 'node modules',
    async resolveId(id) {
      if (/^[./]/.test(id)) return null;
      const name = /^(?:@[^/]+\/)?[^/]+/.exec(id)[0];
      const home = await realpath(join(folder, name));
      const { exports, module, sideEffects } = JSON.parse(await readFile(join(home, 'package.json'), 'utf8'));
      const file = join(home, importTarget(exports?.[`.${id.slice(name.length)}`]) ?? module);
      // `sideEffects` lists files here; none of them is the entry.
      return { id: file, moduleSideEffects: sideEffects === undefined || sideEffects === true };
    },
  };
}

function importTarget(target) {
  if (target === undefined || typeof target === 'string') return target;
  return importTarget(target.import ?? target.module ?? target.default);
}
