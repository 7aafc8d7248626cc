import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import t from 'tap';
import ts from 'typescript';
import { circlesOf } from './support/circles';

const ROOT = join(__dirname, '..');
const LIB = join(ROOT, 'lib');
const MAX_FILES = 14;
const MAX_LINES = 400;

/** The only circle: an app knows its sockets and channels, and these know their app. It is one of types. */
const CIRCLE = [
  'gateway/core/features/watchlists',
  'gateway/core/model/app',
  'gateway/core/model/channel',
  'gateway/core/model/entrant',
  'gateway/core/model/presence',
  'gateway/core/model/socket',
  'gateway/core/model/users',
];

const map = readFileSync(join(LIB, 'README.md'), 'utf8');
const modules = readdirSync(LIB, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => /\.[cm]?ts$/.test(file));
const files = modules.filter((file) => file.endsWith('.ts'));
const folders = [...new Set(modules.flatMap((file) => parentsOf(file)))].sort();

/** All folders above a file, without lib itself. */
function parentsOf(file: string): string[] {
  const parent = dirname(file);
  return parent === '.' ? [] : [...parentsOf(parent), parent];
}

/** Files that each file imports; with `values`, without imports that are gone at run time. */
function importsOf({ values }: { values: boolean }): Map<string, string[]> {
  return new Map(
    files.map((file) => {
      const text = readFileSync(join(LIB, file), 'utf8');
      const kept = values ? text.replaceAll(/^(import|export) type [^;]*;/gm, '') : text;
      const found = ts.preProcessFile(kept, true, true).importedFiles;
      return [file.replace(/\.ts$/, ''), found.flatMap(({ fileName }) => resolve(file, fileName))];
    }),
  );
}

/** Names in parentheses, each with the file that was named last in its line of the map. */
function namesIn(text: string): Array<{ file: string; name: string }> {
  return text.split('\n').flatMap((line) => {
    let file = '';
    return [...line.matchAll(/`([a-z0-9/.-]+\.ts)`|\(([^()]*)\)/g)].flatMap(
      ([, path, inside = '']) => {
        file = path ?? file;
        const names = [...inside.matchAll(/`(#?[A-Za-z]+)`/g)].map(([, name = '']) => name);
        return file === '' ? [] : names.map((name) => ({ file, name }));
      },
    );
  });
}

function resolve(from: string, to: string): string[] {
  if (!to.startsWith('.')) return [];
  const path = posix.join(posix.dirname(from), to);
  return [path, posix.join(path, 'index')].filter((each) => files.includes(`${each}.ts`));
}

t.test('the map of lib has a line for every folder, and for no other', async (t) => {
  t.ok(folders.length > 30);
  const listed = [...map.matchAll(/^\| `([a-z0-9/-]+)\/`/gm)].map(([, folder = '']) => folder);
  t.strictSame(listed.sort(), folders);
});

t.test('the map of lib names files that exist', async (t) => {
  const named = [...map.matchAll(/`([a-z0-9/.-]+\.(?:ts|md))`/g)].map(([, file = '']) => file);
  t.ok(named.length > 50);
  const missing = named.filter((file) => {
    const places = [LIB, ROOT, join(ROOT, 'proto')];
    return !places.some((place) => existsSync(join(place, file)));
  });
  t.strictSame(missing, []);
});

t.test('a name in parentheses on the map of lib stands in the file before it', async (t) => {
  const named = namesIn(map);
  t.ok(named.length > 40);
  const missing = named.filter(
    ({ file, name }) =>
      !new RegExp(`(?<![\\w#])${name}\\b`).test(readFileSync(join(LIB, file), 'utf8')),
  );
  t.strictSame(missing, []);
  t.strictSame(namesIn('`a.ts` and `b/c.ts` (`#x`, rest of `y`), `z`'), [
    { file: 'b/c.ts', name: '#x' },
    { file: 'b/c.ts', name: 'y' },
  ]);
});

t.test('no folder of lib has more than 14 files', async (t) => {
  for (const folder of ['.', ...folders]) {
    const own = modules.filter((file) => dirname(file) === folder);
    t.ok(own.length <= MAX_FILES, `${folder} has ${own.length}`);
  }
});

t.test('no file of lib has more than 400 lines', async (t) => {
  for (const file of files) {
    const lines = readFileSync(join(LIB, file), 'utf8').trimEnd().split('\n').length;
    t.ok(lines <= MAX_LINES, `${file} has ${lines}`);
  }
});

t.test('the only circle of imports is that of an app, its channels and its sockets', async (t) => {
  const circles = circlesOf(importsOf({ values: false }));
  t.strictSame(circles, [CIRCLE]);
});

t.test('no circle of imports is left at run time', async (t) => {
  t.strictSame(circlesOf(importsOf({ values: true })), []);
});

t.test('circles of any length are found', async (t) => {
  const edges = new Map([
    ['a', ['b']],
    ['b', ['c', 'd']],
    ['c', ['a']],
    ['d', ['e', 'd']],
    ['e', []],
    ['f', ['g']],
    ['g', ['f', 'a']],
  ]);
  t.strictSame(circlesOf(edges), [
    ['a', 'b', 'c'],
    ['f', 'g'],
  ]);
});
