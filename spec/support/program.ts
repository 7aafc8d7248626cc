import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Test } from 'tap';

/** True when a program of the system is here. Without it a spec is skipped with the reason; in CI it fails. */
export function hasProgram(t: Test, program: string, tested: string): boolean {
  const isPath = program.startsWith('/');
  const isHere = isPath
    ? existsSync(program)
    : spawnSync(program, ['--version']).error === undefined;
  if (isHere) return true;
  const message = `${program} is not installed: ${tested} is not tested`;
  if (process.env['CI'] === 'true') t.fail(message);
  else t.comment(message);
  return false;
}

/** Runs a server in the foreground until the test ends, and waits until it answers at `url`. */
export async function runServer(
  t: Test,
  [program = '', ...args]: readonly string[],
  url: string,
  env: Record<string, string> = {},
): Promise<void> {
  const server = spawn(program, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...env },
  });
  let said = '';
  server.stderr
    .setEncoding('utf8')
    .on('data', (text: string) => (said = (said + text).slice(-4_000)));
  let isOver = false;
  const ended = new Promise<void>((resolve) => server.once('close', () => resolve()));
  void ended.then(() => (isOver = true));
  t.teardown(async () => {
    server.kill('SIGTERM');
    await ended;
  });
  for (let isUp = false; !isUp;) {
    if (isOver) throw new Error(`${program} has ended: ${said}`);
    isUp = await fetch(url).then(
      () => true,
      () => false,
    );
    if (!isUp) await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
