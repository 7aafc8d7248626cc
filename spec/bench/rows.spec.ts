import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { freePort } from '../support/nginx';
import { chart, figuresOf } from './report';
import type { Table } from './support/results';

const MAIN = join(__dirname, 'main.ts');
const REGISTER = join(__dirname, '..', '..', '.ci', 'transpiled.cjs');
const SIZE = ['--n', '50', '--sockets', '20', '--seconds', '0.1', '--rounds', '1'];

/** Runs the benchmark at a tiny size. */
async function bench(
  t: Test,
  ...flags: string[]
): Promise<{ code: number; said: string; tables: Table[] }> {
  const file = join(t.testdir(), 'tables.json');
  const port = ['--port', `${await freePort()}`];
  const args = ['-r', REGISTER, MAIN, ...SIZE, ...port, '--json', file, ...flags];
  const child = spawn(process.execPath, args);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (bytes) => (said += String(bytes)));
  }
  const [code] = (await once(child, 'close')) as [number];
  const { tables } = JSON.parse(readFileSync(file, 'utf8')) as { tables: Table[] };
  return { code, said, tables };
}

/** Parts that share a process, and the rows of each table. The other parts have a planted fault below. */
const RUNS: ReadonlyArray<[parts: string[], rows: number[]]> = [
  [
    ['trigger', 'echo'],
    [3, 3, 3, 3],
  ],
  [
    ['http', 'game', 'replay', 'idle'],
    [3, 3, 1, 1, 3],
  ],
  [
    ['cost-channels', 'cost-members'],
    [2, 1],
  ],
];

for (const [parts, rows] of RUNS) {
  t.test(`the parts ${parts.join(', ')} measure each of their rows`, async (t) => {
    const { code, said, tables } = await bench(t, ...parts);
    t.equal(code, 0, said);
    t.strictSame(
      tables.map((table) => table.rows.length),
      rows,
    );
    for (const { title, figures, rows } of tables) {
      const cpu = figures.findIndex((figure) => figure.includes('µs'));
      for (const { name, values } of rows) {
        t.equal(values.length, figures.length, `${title}, ${name} has all its figures`);
        t.ok((values[cpu] ?? 0) > 0, `${title}, ${name} has a CPU time`);
      }
    }
  });
}

for (const [plant, part, tableCount] of [
  ['lose', 'fan-out', 4],
  ['swap', 'channels', 2],
] as const) {
  t.test(
    `a server that is made to ${plant} an event fails its rows of ${part}, and the run`,
    async (t) => {
      const { code, said, tables } = await bench(t, part, '--plant', plant);
      t.not(code, 0);
      t.match(said, 'Lost or out of order');
      const failed = tables.map(({ rows }) => rows.map(({ values }) => values.length === 0));
      t.strictSame(failed, Array(tableCount).fill([true, false, false]));
    },
  );
}

const TABLE: Table = {
  title: 'Fan-out & <more>',
  figures: ['deliveries/s', 'server µs each'],
  rows: [
    { name: 'raw ws', values: [1_000, 10] },
    { name: 'standpipe', values: [2_500, 4] },
    { name: 'another', values: [] },
  ],
  notes: ['A sentence.'],
  isCharted: true,
};

t.test('the chart has a bar for each rate that was measured, the fastest first', (t) => {
  const text = chart([TABLE, { ...TABLE, isCharted: false }]);
  const [page, ours, other, none] = text.split('<rect').slice(1);
  t.match(page, 'class="page"');
  t.match(ours, 'class="ours"');
  t.match(ours, 'raw ws');
  t.match(other, 'class="other"');
  t.equal(none, undefined);
  t.match(text, 'Fan-out &amp; &lt;more>: deliveries/s');
  t.end();
});

t.test('the figures of README tell machine, command and failed rows', (t) => {
  const text = figuresOf([TABLE], { cost: false });
  t.match(text, '(figures.svg)');
  t.match(text, /Measured on \d{4}-\d\d-\d\d with `npm run bench.*` on \d+ cores/);
  t.match(text, '| standpipe | 2500 | 4.00 |');
  t.match(text, '| another | failed |  |');
  t.match(text, 'A sentence.');
  t.notMatch(figuresOf([TABLE], { cost: true }), 'figures.svg');
  t.end();
});
