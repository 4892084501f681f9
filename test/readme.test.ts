import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

interface Entry {
  import: { types: string; default: string };
}
const { exports, scripts } = JSON.parse(read('package.json')) as {
  exports: Record<string, Entry | string>;
  scripts: Record<string, string>;
};
/** What can be imported, by name. */
const entries = Object.entries(exports).flatMap(([path, entry]) =>
  typeof entry === 'object' ? [[path.replace('.', 'beaconry'), entry.import] as const] : [],
);

const pages = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)];
const blocksOf = (page: string, language: string) =>
  [...read(page).matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, code = '']) => code);
const snippets = pages.flatMap((page) =>
  blocksOf(page, 'ts').map((code, index) => ({ name: `${page.replace('/', '-')}-${index + 1}.ts`, code })),
);

test('the TypeScript of README and docs compiles against the package as built', () => {
  const folder = mkdtempSync(join(tmpdir(), 'beaconry-readme-'));
  try {
    for (const { name, code } of snippets) writeFileSync(join(folder, name), `${code}\nexport {};\n`);
    expect(blocksOf('README.md', 'ts').length).toBeGreaterThan(1);
    const program = ts.createProgram(
      snippets.map(({ name }) => join(folder, name)),
      {
        target: ts.ScriptTarget.ES2022,
        module: ts.ModuleKind.ESNext,
        moduleResolution: ts.ModuleResolutionKind.Bundler,
        lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
        types: [],
        strict: true,
        noEmit: true,
        paths: Object.fromEntries(entries.map(([name, { types }]) => [name, [join(root, types)]])),
      },
    );
    const problems = ts.getPreEmitDiagnostics(program).map(({ messageText, file, start }) => ({
      place: `${file?.fileName.split('/').pop()}:${file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line + 1 : 0}`,
      text: ts.flattenDiagnosticMessageText(messageText, '\n'),
    }));
    expect(problems).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.each(entries)('every function of %s that they import exists', async (entry, { default: path }) => {
  const exported = Object.keys(await import(join(root, path)));
  const used = snippets.flatMap(({ code }) =>
    [...code.matchAll(/import \{([^}]*)\} from '([^']*)'/g)].flatMap(([, names = '', from]) =>
      from === entry ? names.split(',').map((name) => name.trim()) : [],
    ),
  );
  for (const name of used) if (name && !name.startsWith('type ')) expect(exported).toContain(name);
});

test('every attribute of a script tag that they show is read by the script', () => {
  const source = read('src/script.ts');
  const attributes = pages.flatMap((page) =>
    blocksOf(page, 'html')
      .flatMap((code) => code.match(/<script[^>]*beaconry\.js[^>]*>/g) ?? [])
      .flatMap((tag) => tag.match(/(?<=\sdata-)[\w-]+/g) ?? []),
  );
  expect(attributes.length).toBeGreaterThan(2);
  for (const attribute of attributes) {
    const name = attribute.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
    expect(source).toMatch(new RegExp(`\\b${name}\\b`));
  }
});

describe.each(pages)('%s', (page) => {
  test('names commands of package.json', () => {
    const named = [...read(page).matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name);
    for (const name of named) expect(Object.keys(scripts)).toContain(name);
  });

  test('links to files and headings that exist', () => {
    const text = read(page);
    for (const [, link = ''] of text.matchAll(/\]\(((?!https?:)[^)]+)\)/g)) {
      const [path = '', heading] = link.split('#');
      const target = path ? join(page, '..', path) : page;
      expect(existsSync(join(root, target)), link).toBe(true);
      if (heading) expect(headingsOf(read(target)), link).toContain(heading);
    }
  });
});

/** As GitHub names them. */
function headingsOf(text: string) {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  );
}
