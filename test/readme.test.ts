import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
import * as sdk from '../dist/index.js';

const root = join(import.meta.dirname, '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const blocks = (language: string) =>
  [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, code = '']) => code);

test("the README's TypeScript compiles against the package as built", () => {
  const folder = mkdtempSync(join(tmpdir(), 'beaconry-readme-'));
  try {
    const files = blocks('ts').map((code, index) => {
      const file = join(folder, `snippet${index}.ts`);
      writeFileSync(file, `${code}\nexport {};\n`);
      return file;
    });
    expect(files.length).toBeGreaterThan(1);
    const program = ts.createProgram(files, {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
      types: [],
      strict: true,
      noEmit: true,
      paths: { beaconry: [join(root, 'dist/index.d.ts')] },
    });
    const problems = ts.getPreEmitDiagnostics(program).map(({ messageText, file }) => ({
      file: file?.fileName,
      text: ts.flattenDiagnosticMessageText(messageText, '\n'),
    }));
    expect(problems).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('every option and every function that the README names exists', () => {
  const used = blocks('ts').flatMap((code) =>
    [...code.matchAll(/import \{([^}]*)\} from 'beaconry'/g)].flatMap(([, names = '']) => names.split(',')),
  );
  for (const name of used) expect(Object.keys(sdk)).toContain(name.trim());
});

test("the README's commands are those of package.json", () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const named = [...readme.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name);
  expect(named.length).toBeGreaterThan(2);
  for (const name of named) expect(Object.keys(scripts)).toContain(name);
});
