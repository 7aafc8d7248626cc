import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';

const ROOT = join(__dirname, '..');
/** Texts that begin with these words hide their noun. */
const HIDING =
  /^(?:what|who|whom|whose|whoever|whatever|whichever|those|of|something|everything|one|where|how|whether|why|it|its|so many)\b/i;
/** Later sentences, and clauses behind a semicolon or colon, that do the same. */
const HIDING_LATER = /[.;:]\s+(?:what|who|whom|whose|whoever|whatever|whichever|those)\b/i;
/** Ids of lists outside of the repository: a sign, capital letter or `Contract` with a number. Sections of RFCs are none. */
const FOREIGN_ID = /(?<!RFC \d+ )§\d|(?:^|\s)#\d{1,3}\b|^[A-Z]\d\b|\b[A-Z]\d{2}\b|\bContract \d/;

const files = ['lib', 'spec', 'examples'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.[cm]?ts$/.test(file))
    .map((file) => `${folder}/${file.replaceAll('\\', '/')}`),
);
const texts = new Map(files.map((file) => [file, readFileSync(join(ROOT, file), 'utf8')]));

/** Comments of a text, without their marks; consecutive lines of `//` are one. */
function commentsOf(text: string): string[] {
  const blocks = [...text.matchAll(/^[ \t]*\/\*\*?([^]*?)\*\//gm)];
  const lines = [...text.matchAll(/^[ \t]*(\/\/ .*(?:\n[ \t]*\/\/ .*)*)/gm)];
  return [...blocks, ...lines].map(([, comment = '']) =>
    comment.replace(/^[ \t]*(?:\*|\/\/) ?/gm, '').trim(),
  );
}

/** Titles of a spec. */
function titlesOf(text: string): string[] {
  return [...text.matchAll(/\b(?:t|tap)\.test\(\s*(['"`])(.*?)(?<!\\)\1/g)].map(
    ([, , title = '']) => title,
  );
}

function faultsIn(kind: (text: string) => string[], pattern: RegExp, folder: string): string[] {
  const own = [...texts].filter(([file]) => file.startsWith(`${folder}/`));
  return own.flatMap(([file, text]) =>
    kind(text)
      .filter((each) => pattern.test(each))
      .map((each) => `${file}: ${each.slice(0, 60)}`),
  );
}

t.test('comments and titles are found', async (t) => {
  const text = ['/** A. */', '/**', ' * B', ' */', '  // C', '  // D', "t.test('e', f)"].join('\n');
  t.strictSame(commentsOf(text), ['A.', 'B', 'C\nD']);
  t.strictSame(titlesOf(text), ['e']);
  t.ok([...texts.values()].flatMap(commentsOf).length > 2000);
  t.ok([...texts.values()].flatMap(titlesOf).length > 1000);
});

t.test('hidden nouns and ids of other lists are found', async (t) => {
  for (const text of ['What it is.', 'of a socket', 'Whether so.']) t.match(text, HIDING);
  for (const text of ['A socket.', 'Offset', 'Ones', 'Items']) t.notMatch(text, HIDING);
  for (const text of ['A socket: what is sent', 'Sent; those wait']) t.match(text, HIDING_LATER);
  for (const text of ['The sockets, and those of a', 'a:whatever']) t.notMatch(text, HIDING_LATER);
  for (const text of ['#17 so', 'D6 so', 'so (W21)', '§3.2', 'Contract 1.8.'])
    t.match(text, FOREIGN_ID);
  for (const text of ['RFC 6455 §5.2', 'a D6', '#server']) t.notMatch(text, FOREIGN_ID);
});

t.test('comments and their sentences begin with the noun they are about', async (t) => {
  for (const folder of ['lib', 'spec', 'examples']) {
    t.strictSame(faultsIn(commentsOf, HIDING, folder), []);
    t.strictSame(faultsIn(commentsOf, HIDING_LATER, folder), []);
  }
});

t.test('titles of specs begin with the noun they are about', async (t) => {
  t.strictSame(faultsIn(titlesOf, HIDING, 'spec'), []);
  t.strictSame(faultsIn(titlesOf, HIDING_LATER, 'spec'), []);
});

t.test('a `default:` says why it is taken, or throws', async (t) => {
  const silent = /^ *default:(?: \{)?\n *(?!\/\/|throw |[ \n])/m;
  t.match('  default:\n    return undefined;', silent);
  for (const second of ['// A field of a later version.', 'throw error;']) {
    t.notMatch(`  default:\n    ${second}`, silent);
  }
  const own = [...texts].filter(([file]) => file.startsWith('lib/'));
  t.strictSame(
    own.filter(([, text]) => silent.test(text)).map(([file]) => file),
    [],
  );
});

t.test('comments and titles name no list that is not in the repository', async (t) => {
  for (const folder of ['lib', 'spec', 'examples']) {
    t.strictSame(faultsIn(commentsOf, FOREIGN_ID, folder), []);
  }
  t.strictSame(faultsIn(titlesOf, FOREIGN_ID, 'spec'), []);
});

t.test('names tell the role of a thing, not a place in a theatre or an office', async (t) => {
  const pattern =
    /\b(?:const|let|class|function|interface|type) (?:\w*(?:Rig|Stage|World|Desk|Scene)|rig|stage|world|site|paper|desk|scene)\b/;
  for (const name of ['const rig', 'class FakeWorld', 'function stage', 'let scene'])
    t.match(name, pattern);
  for (const [file, text] of texts) {
    const found = text
      .split('\n')
      .filter((line) => pattern.test(line) && file !== 'spec/words.spec.ts');
    t.strictSame(found, [], file);
  }
});
