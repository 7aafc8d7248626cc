import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';

const page = readFileSync(join(__dirname, '../proto/PROMISES.md'), 'utf8');
const rows = page.split('\n').filter((line) => /^\| \d+ \|/.test(line));

/** Links of some text: their names, and the files they lead to. */
function linksOf(text: string): Array<{ name: string; file: string }> {
  return [...text.matchAll(/\[([^\]]+)\]\(\.\.\/([^)]+)\)/g)].map(([, name = '', file = '']) => ({
    name,
    file: join(__dirname, '..', file),
  }));
}

t.test('every promise names specs, and these are there', async (t) => {
  t.ok(rows.length >= 10);
  for (const [i, row] of rows.entries()) {
    t.ok(row.startsWith(`| ${i + 1} |`), `${i + 1} has its number`);
    const specs = linksOf(row);
    t.ok(specs.length > 0, `${i + 1} names a spec`);
    for (const { name, file } of specs) {
      t.match(file, /\.spec\.ts$/);
      t.ok(readFileSync(file, 'utf8').includes(name), name);
    }
  }
});

t.test('each promise of the table by engine names its spec', async (t) => {
  const [, section = ''] = page.split('### Kept, by engine');
  const [table = ''] = section.split('\n## ');
  const lines = table.split('\n').filter((line) => /^\| [a-z]/.test(line));
  t.ok(lines.length >= 5);
  for (const line of lines) {
    const cells = line.split('|').slice(2, -1);
    t.equal(cells.length, 6);
    for (const cell of cells) {
      if (/^ (lost|–) $/.test(cell)) continue;
      const [spec] = linksOf(cell);
      t.ok(spec && readFileSync(spec.file, 'utf8').includes(spec.name), cell);
    }
  }
});

t.test('no link of the page leads nowhere', async (t) => {
  for (const { name, file } of linksOf(page)) t.ok(existsSync(file), name);
});

t.test('the metrics to watch exist in the gateway', async (t) => {
  const metrics = readFileSync(join(__dirname, '../lib/gateway/core/metrics.ts'), 'utf8');
  const named = [...page.matchAll(/`standpipe_(\w+)/g)].map(([, name]) => name!);
  t.ok(named.length > 5);
  for (const name of named) t.ok(metrics.includes(`'${name}'`), name);
});

t.test('the README leads to it', async (t) => {
  t.match(readFileSync(join(__dirname, '../README.md'), 'utf8'), '(proto/PROMISES.md)');
});
