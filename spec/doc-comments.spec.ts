import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import ts from 'typescript';
import { ROOT, checker, options, program, sources } from './support/entries';

/** Text of the doc comment of an exported name, of its own declaration or the one that it re-exports. */
function commentOf(symbol: ts.Symbol): string {
  const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const parts = target.getDocumentationComment(checker);
  const tags = target.getJsDocTags(checker).flatMap(({ text = [] }) => text);
  return ts.displayPartsToString([...parts, ...tags]).trim();
}

t.test('every exported name has a doc comment', async (t) => {
  for (const [entry, file] of sources) {
    const source = program.getSourceFile(file);
    const symbol = source && checker.getSymbolAtLocation(source);
    const names = symbol ? checker.getExportsOfModule(symbol) : [];
    t.not(names.length, 0, entry);
    const undocumented = names.filter((each) => commentOf(each) === '').map(({ name }) => name);
    t.strictSame(undocumented, [], entry);
  }
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
    if (code === undefined) return program.getSourceFile(file) ?? getSourceFile(file, ...rest);
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
