import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import ts from 'typescript';
import { ROOT, options, sources } from './support/entries';

const SETTINGS = join(ROOT, '.ci/typedoc.json');

/** Output and code of typedoc with the settings of the repository. No page is written. */
async function typedoc(settings = SETTINGS): Promise<{ code: number | null; text: string }> {
  const bin = join(ROOT, 'node_modules/typedoc/bin/typedoc');
  const child = spawn(process.execPath, [bin, '--emit', 'none', '--options', settings], {
    cwd: ROOT,
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, text };
}

t.test(
  'every exported name and member has a doc comment, and every link leads somewhere',
  async (t) => {
    const { code, text } = await typedoc();
    t.equal(code, 0, text);
  },
);

t.test('pages are made of every entry of the package', async (t) => {
  const { entryPoints } = JSON.parse(readFileSync(SETTINGS, 'utf8')) as {
    entryPoints: string[];
  };
  t.strictSame(
    entryPoints.map((file) => join(ROOT, '.ci', file)).sort(),
    [...sources.values()].sort(),
  );
});

t.test('typedoc finds a name and a member without a doc comment', async (t) => {
  const settings = { extends: [SETTINGS], entryPoints: ['index.ts'] };
  const dir = t.testdir({
    'tsconfig.json': '{ "compilerOptions": { "types": [] }, "files": ["index.ts"] }',
    'typedoc.json': JSON.stringify({ ...settings, tsconfig: 'tsconfig.json' }),
    'index.ts':
      '/** Told. */\nexport interface A {\n  untold: string;\n}\nexport const bare = 1;\n',
  });
  const { code, text } = await typedoc(join(dir, 'typedoc.json'));
  t.not(code, 0);
  t.match(text, /A\.untold .*does not have any documentation/);
  t.match(text, /bare .*does not have any documentation/);
});

/** Blocks of TypeScript in the doc comments of lib, each with the place where it stands. */
function examples(): Array<{ place: string; code: string }> {
  const found: Array<{ place: string; code: string }> = [];
  for (const name of readdirSync(join(ROOT, 'lib'), { recursive: true, encoding: 'utf8' })) {
    if (!/\.[cm]?ts$/.test(name)) continue;
    const text = readFileSync(join(ROOT, 'lib', name), 'utf8');
    for (const { 1: block = '', index } of text.matchAll(
      /^ *\* ```ts\n((?: *\*.*\n)*?) *\* ```$/gm,
    )) {
      const line = text.slice(0, index).split('\n').length;
      found.push({ place: `lib/${name}:${line}`, code: block.replaceAll(/^ *\* ?/gm, '') });
    }
  }
  return found;
}

t.test('examples in doc comments are sound TypeScript', async (t) => {
  const blocks = examples();
  t.not(blocks.length, 0);
  const files = new Map(
    blocks.map(({ code }, i) => [join(ROOT, `example-${i}.ts`), `${code}\nexport {};\n`]),
  );
  const paths: Record<string, string[]> = {};
  for (const [entry, file] of sources) paths[`standpipe${entry.slice(1)}`] = [file];
  const settings = { ...options, paths, noUnusedLocals: false, noUnusedParameters: false };
  const host = ts.createCompilerHost(settings);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (file) => files.has(file) || fileExists(file);
  host.readFile = (file) => files.get(file) ?? readFile(file);
  host.getSourceFile = (file, ...rest) => {
    const code = files.get(file);
    if (code === undefined) return getSourceFile(file, ...rest);
    return ts.createSourceFile(file, code, ts.ScriptTarget.ES2022, true);
  };
  const checked = ts.createProgram([...files.keys()], settings, host);
  [...files.keys()].forEach((file, i) => {
    const source = checked.getSourceFile(file);
    const errors = [
      ...checked.getSyntacticDiagnostics(source),
      ...checked.getSemanticDiagnostics(source),
    ].map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
    t.strictSame(errors, [], blocks[i]?.place ?? file);
  });
});
