import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, short } from './support/figures';
import type { Table } from './support/results';

const ROOT = join(__dirname, '..', '..');

/**
 * Compares this tree with a revision: both run the benchmark of this tree, in alternate rounds, each with its own lib.
 * Ratios are those of the CPU time of neighbouring rounds, which a busy machine disturbs little; below 1 this tree needs less.
 */
export function compare(revision: string, flags: readonly string[], rounds: number): void {
  const folder = mkdtempSync(join(tmpdir(), 'standpipe-bench-'));
  const other = join(folder, 'tree');
  const git = (...args: string[]): Buffer => execFileSync('git', ['-C', ROOT, ...args]);
  git('worktree', 'add', '--detach', other, revision);
  try {
    for (const part of ['spec/bench', '.ci']) {
      cpSync(join(ROOT, part), join(other, part), { recursive: true });
    }
    symlinkSync(join(ROOT, 'node_modules'), join(other, 'node_modules'));
    const ratios = new Map<string, number[]>();
    for (let round = 0; round < rounds; round += 1) {
      const sides = round % 2 === 0 ? [ROOT, other] : [other, ROOT];
      const found = new Map(sides.map((tree) => [tree, run(tree, folder, flags)]));
      const theirs = found.get(other);
      for (const [name, cpu] of found.get(ROOT) ?? []) {
        const ratio = cpu / (theirs?.get(name) ?? NaN);
        if (Number.isFinite(ratio)) ratios.set(name, [...(ratios.get(name) ?? []), ratio]);
      }
    }
    console.log(`\nCPU time beside ${revision}: median of ${rounds} rounds, least, most`);
    for (const [name, all] of ratios) {
      const cells = [median(all), Math.min(...all), Math.max(...all)].map((ratio) =>
        short(ratio).padStart(8),
      );
      console.log(name.padEnd(110) + cells.join(''));
    }
  } finally {
    git('worktree', 'remove', '--force', other);
  }
}

/** CPU figures of one round, by table, row and figure. */
function run(tree: string, folder: string, flags: readonly string[]): Map<string, number> {
  const json = join(folder, 'round.json');
  const main = join(tree, 'spec', 'bench', 'main.ts');
  const register = join(tree, '.ci', 'transpiled.cjs');
  const args = ['-r', register, main, ...flags, '--rounds', '1', '--json', json];
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: tree, encoding: 'utf8' });
  if (status !== 0) throw new Error(`The benchmark failed in ${tree}: ${stderr}`);
  const { tables } = JSON.parse(readFileSync(json, 'utf8')) as { tables: Table[] };
  const found = new Map<string, number>();
  for (const { title, figures, rows } of tables) {
    for (const { name, values } of rows) {
      figures.forEach((figure, i) => {
        if (figure.includes('µs')) found.set(`${title} | ${name} | ${figure}`, values[i] ?? NaN);
      });
    }
  }
  return found;
}
