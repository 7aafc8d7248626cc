import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import ts from 'typescript';
import { asError, ERROR_CODES, StandpipeError } from '../lib/errors';

const LIB = join(__dirname, '../lib');

/** A file of lib, parsed. */
interface Source {
  file: string;
  root: ts.SourceFile;
}

interface Use {
  code: string;
  where: string;
}

/** Every string that stands in the code of a file, comments left out. */
function strings({ root }: Source): string[] {
  const found: string[] = [];
  visit(root, (node) => {
    if (ts.isStringLiteralLike(node)) found.push(node.text);
  });
  return found;
}

/** The codes that a file makes errors with, where they are written out. */
function made({ file, root }: Source): Use[] {
  const found: Use[] = [];
  visit(root, (node) => {
    if (!ts.isNewExpression(node) || node.expression.getText(root) !== 'StandpipeError') return;
    const [code] = node.arguments ?? [];
    if (!code || !ts.isStringLiteralLike(code)) return;
    const { line } = root.getLineAndCharacterOfPosition(node.getStart(root));
    found.push({ code: code.text, where: `${file}:${line + 1}` });
  });
  return found;
}

function parse(file: string, text: string): Source {
  return { file, root: ts.createSourceFile(file, text, ts.ScriptTarget.ES2022) };
}

function visit(node: ts.Node, see: (node: ts.Node) => void): void {
  see(node);
  node.forEachChild((child) => visit(child, see));
}

/** A file without these in its text neither uses a code nor makes an error: most of the time went into parsing such files. */
const WORTH = new RegExp(`StandpipeError|['"\`](?:${Object.keys(ERROR_CODES).join('|')})['"\`]`);

const sources: Source[] = readdirSync(LIB, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && file !== 'errors.ts')
  .map((file) => [file, readFileSync(join(LIB, file), 'utf8')] as const)
  .filter(([, text]) => WORTH.test(text))
  .map(([file, text]) => parse(file, text));

t.test('every code of the catalogue is used in lib', async (t) => {
  const used = new Set(sources.flatMap(strings));
  const unused = Object.keys(ERROR_CODES).filter((code) => !used.has(code));
  t.strictSame(unused, []);
});

t.test('every error that lib makes has a code of the catalogue', async (t) => {
  const catalogue = new Set<string>(Object.keys(ERROR_CODES));
  const uses = sources.flatMap(made);
  t.ok(uses.length > 0, 'errors were found');
  t.strictSame(
    uses.filter(({ code }) => !catalogue.has(code)),
    [],
  );
});

t.test('the search sees codes in code, and none in comments', async (t) => {
  const text = `// new StandpipeError('a', 'in a comment')
const why = flag ? 'b' : \`c\`;
throw new StandpipeError('d', 'text', { cause: new StandpipeError("e", '') });
throw new StandpipeError(why, 'text');
new OtherError('f');
`;
  const uses = made(parse('x.ts', text));
  t.strictSame(uses, [
    { code: 'd', where: 'x.ts:3' },
    { code: 'e', where: 'x.ts:3' },
  ]);
  const seen = strings(parse('x.ts', text));
  t.strictSame(seen, ['b', 'c', 'd', 'text', 'e', '', 'text', 'f']);
});

t.test('codes are snake_case and each says what it means', async (t) => {
  for (const [code, meaning] of Object.entries(ERROR_CODES)) {
    t.match(code, /^[a-z]+(_[a-z]+)*$/, code);
    t.match(meaning, /^\S.{10,}[^.\s]$/, `${code}: ${meaning}`);
  }
});

t.test('a StandpipeError carries its code, its cause and its status', async (t) => {
  const cause = new Error('below');
  const error = new StandpipeError('refused', 'no such socket', { cause, status: 4211 });
  t.type(error, Error);
  t.match(error, {
    name: 'StandpipeError',
    code: 'refused',
    message: 'no such socket',
    status: 4211,
  });
  t.equal(error.cause, cause);
  const bare = new StandpipeError('closed', 'the client is closed');
  t.notOk('cause' in bare, 'no cause is told from an undefined one');
  t.equal(bare.status, undefined);
});

t.test('asError keeps errors and wraps any other thrown value', async (t) => {
  const error = new TypeError('x');
  t.equal(asError(error), error);
  for (const thrown of ['text', 7, null, undefined, Symbol('s')]) {
    t.match(asError(thrown), { message: String(thrown) });
  }
});

t.test('asError wraps a value that has no text', async (t) => {
  t.type(asError(Object.create(null)), Error);
  const hostile = {
    toString(): string {
      throw new Error('no');
    },
  };
  t.type(asError(hostile), Error);
});
