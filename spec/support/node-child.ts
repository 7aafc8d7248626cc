import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { join } from 'node:path';

/** TypeScript as ts-node loads it, with what was transpiled before taken from where it is kept. */
const TRANSPILED = join(__dirname, '../../.ci/transpiled.cjs');

const PLANT = join(__dirname, '../../.ci/plant.cjs');

/**
 * Starts a TypeScript file in a process of its own. tap puts its loader into the environment of whatever a spec starts,
 * and with it Node takes no TypeScript for its first file: a shell takes it out. A bug that PLANTED names is planted there.
 */
export function nodeChild(
  file: string,
  options: SpawnOptions & { nodeArgs?: string[] },
): ChildProcess {
  const { PLANTED } = options.env ?? process.env;
  const plant = PLANTED === undefined ? [] : ['-r', PLANT];
  const loader = [...(options.nodeArgs ?? []), ...plant, '-r', TRANSPILED];
  return spawn(
    'sh',
    ['-c', 'NODE_OPTIONS= exec "$0" "$@"', process.execPath, ...loader, file],
    options,
  );
}
