import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';

/**
 * Starts a TypeScript file in a process of its own, as its head comment tells a user to. tap puts its loader into the
 * environment of whatever a spec starts, and with it Node takes no TypeScript for its first file: a shell takes it out.
 */
export function nodeChild(
  file: string,
  options: SpawnOptions & { nodeArgs?: string[] },
): ChildProcess {
  const loader = [...(options.nodeArgs ?? []), '-r', 'ts-node/register/transpile-only'];
  return spawn(
    'sh',
    ['-c', 'NODE_OPTIONS= exec "$0" "$@"', process.execPath, ...loader, file],
    options,
  );
}
