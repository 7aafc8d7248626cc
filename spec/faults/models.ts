import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Test } from 'tap';

const FOLDER = join(__dirname, 'models');

/** Options under which a model has no errors, and mutants, each of which must have one. */
const MODELS: ReadonlyArray<{ file: string; sound: string[]; mutants: string[] }> = [
  {
    file: 'pipe_resume.pml',
    sound: ['', '-DN=6 -DW=3 -DBUF=4', '-DN=6 -DOVERFLOW'],
    mutants: [
      ...['-DNODEDUP', '-DTRIM_ON_SEND', '-DIMPLICIT', '-DNOATTEMPT', '-DNOCREDIT'],
      ...['-DACK_AHEAD', '-DNOCLAMP', '-DOVERFLOW -DNOGAP'],
    ],
  },
  {
    file: 'pipe_group.pml',
    sound: ['', '-DFORCE', '-DFORCE -DNOFENCE'],
    mutants: ['-DNODRAIN', '-DNOWAIT', '-DACK_ON_RECEIPT', '-DFROM_SENT'],
  },
];

/** Checks the models of the protocol and their mutants, where `spin` and `gcc` are installed. */
export function checkModels(t: Test): void {
  if (
    spawnSync('spin', ['-V']).error !== undefined ||
    spawnSync('gcc', ['-v']).error !== undefined
  ) {
    t.pass('the models of the protocol', { skip: 'spin or gcc is not installed' });
    return;
  }
  const folder = t.testdir();
  for (const { file, sound, mutants } of MODELS) {
    for (const options of sound) t.equal(errors(folder, file, options), 0, `${file} ${options}`);
    for (const options of mutants) t.equal(errors(folder, file, options), 1, `${file} ${options}`);
  }
}

/** What the checker says; NaN when it says nothing. */
function errors(cwd: string, file: string, options: string): number {
  const run = (command: string, args: readonly string[]): string =>
    spawnSync(command, args, { cwd, encoding: 'utf8' }).stdout;
  run('spin', ['-a', ...options.split(' ').filter((option) => option !== ''), join(FOLDER, file)]);
  run('gcc', ['-O2', '-DSAFETY', '-o', 'pan', 'pan.c']);
  return Number(/errors: (\d+)/.exec(run('./pan', ['-m1000000']))?.[1] ?? NaN);
}
