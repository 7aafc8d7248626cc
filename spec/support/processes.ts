import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { Test } from 'tap';
import { nodeChild } from './node-child';

const CHILDREN = join(__dirname, '../faults/children');

/**
 * Starts `spec/faults/children/<file>.ts`, as a user would start it, and resolves with the first thing it says.
 *
 * @param env what stands in its environment besides
 * @param nodeArgs arguments of Node, before the loader
 */
export async function startChild<Said>(
  t: Pick<Test, 'teardown'>,
  file: string,
  options: object,
  env: Record<string, string> = {},
  nodeArgs: string[] = [],
): Promise<{ child: ChildProcess; said: Said }> {
  const child = nodeChild(join(CHILDREN, `${file}.ts`), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    nodeArgs,
    env: { ...process.env, ...env, CHILD_OPTIONS: JSON.stringify(options) },
  });
  t.teardown(() => child.kill('SIGKILL'));
  const said = await new Promise<Said>((resolve, reject) => {
    child.once('message', (message) => resolve(message as Said));
    child.once('exit', (code, signal) => reject(new Error(`${file} ended: ${code ?? signal}`)));
  });
  return { child, said };
}

export async function exited(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise((resolve) => child.once('exit', resolve));
}
