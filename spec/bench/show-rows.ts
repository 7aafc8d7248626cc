import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { freePort } from '../support/nginx';
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

/** Parts that share a process, and the rows of each table. */
const FEW: readonly Run[] = [
  [
    ['trigger', 'game'],
    [3, 3, 1],
  ],
];
const OTHERS: readonly Run[] = [
  [
    ['trigger', 'echo'],
    [3, 3, 3, 3],
  ],
  [
    ['http', 'replay', 'idle'],
    [3, 3, 1, 3],
  ],
  [
    ['cost-channels', 'cost-members'],
    [2, 1],
  ],
];
type Run = [parts: string[], rows: number[]];

/** Servers that lose or swap an event, and the tables of the part that tells it. */
const FEW_PLANTED: readonly Planted[] = [['swap', 'channels', 2]];
const OTHERS_PLANTED: readonly Planted[] = [['lose', 'fan-out', 4]];
type Planted = [plant: string, part: string, tables: number];

/** Runs parts of the benchmark at a tiny size. `few` is what every change can wait for. */
export async function showRows(t: Test, which: 'few' | 'others'): Promise<Record<string, unknown>> {
  for (const [parts, rows] of which === 'few' ? FEW : OTHERS) {
    await t.test(`the parts ${parts.join(', ')} measure each of their rows`, async (t) => {
      await measuresEach(t, parts, rows);
    });
  }
  for (const [plant, part, tableCount] of which === 'few' ? FEW_PLANTED : OTHERS_PLANTED) {
    await t.test(
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
  return {};
}

async function measuresEach(t: Test, parts: string[], rows: number[]): Promise<void> {
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
}
