import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { freePort } from '../support/nginx';
import { chart } from './report';
import type { Table } from './support/results';

const MAIN = join(__dirname, 'main.ts');
const REGISTER = join(__dirname, '..', '..', '.ci', 'transpiled.cjs');

/** Runs the benchmark at a tiny size. */
async function bench(...flags: string[]): Promise<{ code: number; said: string }> {
  const size = ['--n', '50', '--sockets', '20', '--seconds', '0.2', '--rounds', '1'];
  const port = ['--port', `${await freePort()}`];
  const child = spawn(process.execPath, ['-r', REGISTER, MAIN, ...size, ...port, ...flags]);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (bytes) => (said += String(bytes)));
  }
  const [code] = (await once(child, 'close')) as [number];
  return { code, said };
}

for (const [part, rows] of [
  ['fan-out', 6],
  ['trigger', 6],
  ['echo', 6],
  ['game', 1],
  ['idle', 3],
] as const) {
  t.test(`the part ${part} measures each of its rows, and a chart has them`, async (t) => {
    const file = join(t.testdir(), 'tables.json');
    const { code, said } = await bench(part, '--json', file);
    t.equal(code, 0, said);
    const { tables } = JSON.parse(readFileSync(file, 'utf8')) as { tables: Table[] };
    const all = tables.flatMap((table) => table.rows);
    t.equal(all.length, rows);
    for (const { name, values } of all) t.ok((values[0] ?? 0) > 0, `${name} has a rate`);
    t.equal(chart(tables).split('<rect').length - 1, rows);
  });
}

for (const plant of ['lose', 'swap']) {
  t.test(`a server that is made to ${plant} an event fails the run`, async (t) => {
    const { code, said } = await bench('fan-out', '--plant', plant);
    t.not(code, 0);
    t.match(said, 'Lost or out of order');
  });
}
