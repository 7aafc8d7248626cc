import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';

const FOLDER = join(__dirname, 'models');

interface Model {
  file: string;
  /** Parameters that set a bound or choose a kind of run; all other parameters of the file are mutants. */
  parameters: readonly string[];
  /** Options under which there is no error. */
  sound: readonly string[];
  /** The same with larger bounds. */
  larger: readonly string[];
  /** Options under which there must be an error. */
  mutants: readonly string[];
}

const MODELS: readonly Model[] = [
  {
    file: 'pipe_resume.pml',
    parameters: ['N', 'W', 'BUF', 'CUTS', 'OVERFLOW'],
    sound: [''],
    larger: ['-DN=6 -DW=3 -DBUF=4', '-DN=6 -DOVERFLOW', '-DN=8 -DW=3 -DBUF=5'],
    mutants: [
      ...['-DNODEDUP', '-DTRIM_ON_SEND', '-DIMPLICIT', '-DNOATTEMPT', '-DNOCREDIT'],
      ...['-DACK_AHEAD', '-DNOCLAMP', '-DOVERFLOW -DNOGAP'],
    ],
  },
  {
    file: 'pipe_group.pml',
    parameters: ['N', 'MOVES', 'CRASHES', 'FORCE'],
    // Honest acknowledgements of an old generation do no harm, so the last one is no mutant that could be caught:
    // fencing is for commands, and spec/pipe/inbox/groups.spec.ts shows it there.
    sound: ['', '-DFORCE', '-DFORCE -DNOFENCE'],
    larger: ['-DN=5 -DMOVES=3 -DCRASHES=2', '-DN=4 -DFORCE'],
    // Without FORCE, which allows two handlers at once and so hides the first two.
    mutants: ['-DNODRAIN', '-DNOWAIT', '-DACK_ON_RECEIPT', '-DFROM_SENT'],
  },
];

/** Settings of a checker and its compiler: an optimising compiler, or a large table, costs more than small bounds. */
interface Effort {
  compile: readonly string[];
  search: readonly string[];
}

const QUICK: Effort = { compile: ['-O0'], search: ['-m20000', '-w18'] };
const BIG: Effort = { compile: ['-O2'], search: ['-m1000000', '-w26'] };

/** Result of a run of the checker. */
export interface Verdict {
  file: string;
  options: string;
  /** NaN when the checker did not come to an end. */
  errors: number;
  states: number;
}

export interface ModelsReport {
  sound: Verdict[];
  mutants: Verdict[];
}

/** The reason why the models cannot be checked here; undefined when they can. */
export function modelsUnchecked(): string | undefined {
  const missing = ['spin', 'gcc'].filter((tool) => spawnSync(tool).error !== undefined);
  return missing.length === 0 ? undefined : `${missing.join(' and ')} not installed`;
}

/**
 * Checks the models of the protocol: within small bounds, and a mutant of each; or within larger ones, and each of their
 * mutants.
 */
export function checkModels(t: Pick<Test, 'testdir'>, bounds: 'small' | 'larger'): ModelsReport {
  const folder = t.testdir();
  const all = (effort: Effort, of: (model: Model) => readonly string[]): Verdict[] =>
    MODELS.flatMap((model) =>
      of(model).map((options) => check(folder, model.file, options, effort)),
    );
  return {
    sound: bounds === 'small' ? all(QUICK, ({ sound }) => sound) : all(BIG, ({ larger }) => larger),
    mutants: all(QUICK, ({ mutants }) => (bounds === 'small' ? mutants.slice(0, 1) : mutants)),
  };
}

/** The switches of a model that no mutant of the table turns, `file -Dswitch`. */
export function forgottenSwitches(): string[] {
  return MODELS.flatMap(({ file, parameters, sound, mutants }) => {
    const text = readFileSync(join(FOLDER, file), 'utf8');
    const known = new Set([...parameters, ...[...sound, ...mutants].flatMap(switchesOf)]);
    const asked = [...text.matchAll(/^#ifn?def (\w+)/gm)].map(([, name]) => name as string);
    return [...new Set(asked)]
      .filter((name) => !known.has(name))
      .map((name) => `${file} -D${name}`);
  });
}

function switchesOf(options: string): string[] {
  return [...options.matchAll(/-D(\w+)/g)].map(([, name]) => name as string);
}

function check(cwd: string, file: string, options: string, { compile, search }: Effort): Verdict {
  const run = (command: string, args: readonly string[]): string =>
    spawnSync(command, args, { cwd, encoding: 'utf8' }).stdout;
  run('spin', ['-a', ...options.split(' ').filter((option) => option !== ''), join(FOLDER, file)]);
  run('gcc', [...compile, '-w', '-DSAFETY', '-o', 'pan', 'pan.c']);
  const said = run('./pan', search);
  // A search that was cut short at its depth, or by lack of memory, has shown nothing.
  const complete =
    /errors: \d/.test(said) && !/max search depth too small|out of memory/.test(said);
  const found = (pattern: RegExp): number => Number(pattern.exec(said)?.[1] ?? NaN);
  return {
    file,
    options,
    errors: complete ? found(/errors: (\d+)/) : NaN,
    states: found(/(\d+(?:\.\d+e\+\d+)?) states, stored/),
  };
}
