import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

// --- The map. To allow a new edge, change it here and say why in the commit. ---

const rooms = ['capture', 'consent', 'privacy', 'session', 'events', 'outbox', 'delivery', 'wires', 'banner'];
const ground = ['platform', 'protocol'];
const wiring = ['tracker', 'pipeline', 'api', 'options', 'registry'];
const entries = ['index', 'script', 'more', 'server', 'compat', 'testing', 'react', 'vue', 'inspector', 'myData'];

/** Who may import what of src; an area is a folder of src, or a file that lies in it. Within an area everything may. */
const mayImport: Record<string, string[]> = {
  protocol: [],
  platform: [],
  ...areas(rooms, ground),
  ...areas(wiring, [...wiring, ...rooms, ...ground]),
  ...areas(entries, [...entries, ...wiring, ...rooms, ...ground]),
};

/** Further, in types only. */
const mayImportTypes: Record<string, string[]> = { platform: ['protocol'] };

/** Further, when it is first wanted: by `import()`. */
const mayLoad: Record<string, string[]> = { consent: ['banner'] };

/** What a room may know of its neighbours: the types in these files. */
const ports = [
  'capture/capture',
  'consent/consent',
  'session/enricher',
  'session/pages',
  'session/session',
  'outbox/outbox',
  'delivery/transport',
  'wires/wire',
];

const packages: Record<string, string[]> = {
  outbox: ['idb-keyval'],
  capture: ['web-vitals'],
  react: ['react'],
  vue: ['vue'],
};

/** Words that have no place in the page's code: `name`, or `object.name` with `*` for any object. */
const forbidden: Record<string, string> = {
  unload: 'blocks the back/forward cache',
  beforeunload: 'blocks the back/forward cache',
  '*.preventDefault': 'we watch the page and never stand in its way',
  '*.innerHTML': 'Trusted Types, and a way in for others',
  '*.outerHTML': 'Trusted Types, and a way in for others',
  '*.insertAdjacentHTML': 'Trusted Types, and a way in for others',
  'document.write': 'a strict content security policy forbids it',
  eval: 'a strict content security policy forbids it',
  Function: 'a strict content security policy forbids it',
};

/** What may be missing, forbidden or wrong in a browser, and so is touched in src/platform alone. */
const platformOnly = [
  'localStorage',
  'sessionStorage',
  'indexedDB',
  'crypto',
  'Date.now',
  'performance.now',
  '*.cookie',
  '*.locks',
  '*.pushState',
  '*.replaceState',
];

// --- The checks ---

describe('src', () => {
  const files = sources('src');

  test('is read by these checks', () => {
    expect(files.length).toBeGreaterThan(10);
  });

  test('imports point down, and rooms know their neighbours by the types of their ports', () => {
    expect(files.flatMap(wrongEdges)).toEqual([]);
  });

  test('files do not import each other in a ring', () => {
    expect(rings(files)).toEqual([]);
  });

  test('every import names a file that exists, or a package that its room may use', () => {
    expect(files.flatMap((file) => wrongNames(file, packages[areaOf(file.path)] ?? []))).toEqual([]);
  });

  test('modules hold no state', () => {
    expect(files.flatMap(moduleState)).toEqual([]);
  });

  test('nothing in it harms the page', () => {
    expect(files.flatMap((file) => uses(file, Object.keys(forbidden)))).toEqual([]);
  });

  test('only src/platform touches storage, time, history and locks', () => {
    const others = files.filter(({ path }) => areaOf(path) !== 'platform');
    expect(others.flatMap((file) => uses(file, platformOnly))).toEqual([]);
  });
});

describe('the collector', () => {
  const { dependencies } = packageFile('collector/package.json');
  const files = sources('collector/src');

  test('takes nothing but the protocol from src', () => {
    expect(files.flatMap((file) => leaving(file, ['collector/src/', 'src/protocol/']))).toEqual([]);
  });

  test('every import names a file that exists, a part of Node, or a dependency', () => {
    expect(files.flatMap((file) => wrongNames(file, ['node:', ...Object.keys(dependencies)]))).toEqual([]);
  });
});

describe('the dashboard', () => {
  const files = sources('collector/dashboard');

  test('knows the collector by its answers: what it takes from elsewhere are types', () => {
    const values = files.map((file) => ({ ...file, imports: file.imports.filter(({ typeOnly }) => !typeOnly) }));
    expect(values.flatMap((file) => leaving(file, ['collector/dashboard/']))).toEqual([]);
    expect(files.flatMap((file) => leaving(file, ['collector/', 'src/protocol/']))).toEqual([]);
  });

  test('every import names a file that exists, or the one package that draws charts', () => {
    expect(files.flatMap((file) => wrongNames(file, ['uplot']))).toEqual([]);
  });
});

test('a page loads two packages beside ours, and no more', () => {
  expect(Object.keys(packageFile('package.json').dependencies).sort()).toEqual(['idb-keyval', 'web-vitals']);
});

test('these checks see what they are for', () => {
  const bad = parse(
    'src/capture/clicks.ts',
    `import { send } from '../delivery/courier.ts';
     import type { Queue } from '../outbox/memoryOutbox.ts';
     import type { Outbox } from '../outbox/outbox.ts';
     import { createTracker } from '../tracker.ts';
     import { gone } from './gone.ts';
     import { listen } from './capture';
     import lodash from 'lodash';
     export * from '../../collector/src/cli.ts';
     let count = 0;
     const later = () => import('../session/session.ts');
     addEventListener('unload', (event) => event.preventDefault());
     window.document.write(Date.now() + eval('1') + new Function('2')() + document.cookie + window.localStorage.length);
     // a comment about unload and eval
     const harmless = { eval: 1, cookie: (later as any).now, unloaded: 'unloaded' };`,
  );
  expect(wrongEdges(bad).map(lineOf)).toEqual([1, 2, 4, 8, 10]);
  expect(wrongNames(bad, ['web-vitals']).map(lineOf)).toEqual(expect.arrayContaining([5, 6, 7]));
  expect(moduleState(bad).map(lineOf)).toEqual([9]);
  expect(uses(bad, Object.keys(forbidden)).map(lineOf)).toEqual([11, 11, 12, 12, 12]);
  expect(uses(bad, platformOnly).map(lineOf)).toEqual([12, 12, 12]);
  expect(rings([parse('src/a.ts', `import './b.ts'`), parse('src/b.ts', `import { a } from './a.ts'`)])).toHaveLength(
    1,
  );
});

// --- How they look ---

interface Import {
  /** As written. */
  name: string;
  /** Path from the root of the repository; `undefined` for a package. */
  target: string | undefined;
  typeOnly: boolean;
  /** By `import()`. */
  late: boolean;
  line: number;
}

interface Source {
  path: string;
  tree: ts.SourceFile;
  imports: Import[];
}

function areas(names: string[], allowed: string[]) {
  return Object.fromEntries(names.map((name) => [name, allowed]));
}

function packageFile(path: string): { dependencies: Record<string, string> } {
  return JSON.parse(readFileSync(join(root, path), 'utf8'));
}

function sources(folder: string): Source[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => /\.tsx?$/.test(path) && !/\/(dist|node_modules)\/|\.d\.ts$/.test(path))
    .sort()
    .map((path) => parse(path, readFileSync(join(root, path), 'utf8')));
}

function parse(path: string, text: string): Source {
  const kind = path.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, kind);
  const imports: Import[] = [];
  const add = (specifier: ts.Node | undefined, typeOnly: boolean, late = false) => {
    if (!specifier || !ts.isStringLiteralLike(specifier)) return;
    const name = specifier.text;
    const target = name.startsWith('.') ? join(dirname(path), name) : undefined;
    imports.push({ name, target, typeOnly, late, line: lineAt(tree, specifier) });
  };
  walk(tree, (node) => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypeOnly(node.importClause));
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0], false, true);
  });
  return { path, tree, imports };
}

// `import { type A, type B }` loads the module too, but asks for types alone.
function isTypeOnly(clause: ts.ImportClause | undefined) {
  if (!clause) return false;
  if (clause.isTypeOnly) return true;
  const { name, namedBindings } = clause;
  return (
    !name && !!namedBindings && ts.isNamedImports(namedBindings) && namedBindings.elements.every((e) => e.isTypeOnly)
  );
}

function walk(node: ts.Node, visit: (node: ts.Node) => void) {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}

function areaOf(path: string): string {
  return (path.split('/')[1] ?? '').replace(/\.tsx?$/, '');
}

function wrongEdges({ path, imports }: Source): string[] {
  const area = areaOf(path);
  if (!mayImport[area]) return [`${path}:1 is not on the map`];
  return imports
    .filter(({ target, typeOnly, late }) => {
      if (!target) return false;
      if (!target.startsWith('src/')) return true;
      const other = areaOf(target);
      if (other === area || mayImport[area]?.includes(other)) return false;
      if (late) return !mayLoad[area]?.includes(other);
      if (!typeOnly) return true;
      const isPort = rooms.includes(area) && ports.includes(target.slice('src/'.length).replace(/\.ts$/, ''));
      return !isPort && !mayImportTypes[area]?.includes(other);
    })
    .map(describeImport(path));
}

function wrongNames({ path, imports }: Source, allowed: string[]): string[] {
  return imports
    .filter(({ name, target }) => {
      if (target) return extname(target) === '' || !existsSync(join(root, target));
      return !allowed.some(
        (prefix) => name === prefix || name.startsWith(prefix.endsWith(':') ? prefix : `${prefix}/`),
      );
    })
    .map(describeImport(path));
}

function leaving({ path, imports }: Source, allowed: string[]): string[] {
  return imports
    .filter(({ target }) => target && !allowed.some((folder) => target.startsWith(folder)))
    .map(describeImport(path));
}

function rings(files: Source[]): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (path: string, trail: string[]) => {
    const start = trail.indexOf(path);
    if (start >= 0) {
      found.push([...trail.slice(start), path].join(' → '));
      return;
    }
    if (done.has(path)) return;
    done.add(path);
    const file = files.find((candidate) => candidate.path === path);
    for (const { target, typeOnly } of file?.imports ?? []) {
      if (target && !typeOnly) visit(target, [...trail, path]);
    }
  };
  for (const { path } of files) visit(path, []);
  return found;
}

function moduleState({ path, tree }: Source): string[] {
  return tree.statements
    .filter((statement) => ts.isVariableStatement(statement))
    .filter(({ declarationList }) => !(declarationList.flags & ts.NodeFlags.Const))
    .map((statement) => `${path}:${lineAt(tree, statement)} ${statement.getText().split('\n')[0]}`);
}

function uses({ path, tree }: Source, words: string[]): string[] {
  const found: string[] = [];
  walk(tree, (node) => {
    for (const name of namesOf(node)) {
      if (words.includes(name)) found.push(`${path}:${lineAt(tree, node)} ${name} ${forbidden[name] ?? ''}`.trim());
    }
  });
  return found;
}

/** By which names a node could stand in a list: `localStorage`, `Date.now` and `*.now`, the text of a string. */
function namesOf(node: ts.Node): string[] {
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isPropertyAccessExpression(node)) {
    const object = ts.isPropertyAccessExpression(node.expression) ? node.expression.name : node.expression;
    const name = node.name.text;
    const names = [`*.${name}`, `${object.getText()}.${name}`];
    return /^(window|globalThis|self)$/.test(object.getText()) ? [name, ...names] : names;
  }
  if (!ts.isIdentifier(node) || !isReference(node)) return [];
  return [node.text];
}

function isReference(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isTypeReferenceNode(parent) || ts.isQualifiedName(parent)) return false;
  const declares = 'name' in parent && parent.name === node && !ts.isShorthandPropertyAssignment(parent);
  return !declares;
}

function lineAt(tree: ts.SourceFile, node: ts.Node): number {
  return tree.getLineAndCharacterOfPosition(node.getStart()).line + 1;
}

function describeImport(path: string) {
  return ({ line, name, typeOnly }: Import) => `${path}:${line} imports ${typeOnly ? 'types of ' : ''}${name}`;
}

function lineOf(offender: string): number {
  return Number(/:(\d+) /.exec(offender)?.[1]);
}
