import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Test } from 'tap';

const ROOT = join(__dirname, '../..');

/** Runs all checks, as CI does, with the latest of each major version of Node; a version after another. */
export async function otherNodes(
  t: Test,
  versions: readonly number[],
): Promise<{ verdicts: Record<string, string | undefined> }> {
  const verdicts: Record<string, string | undefined> = {};
  for (const version of versions) {
    // tap's variables are for this process.
    const env = Object.entries(process.env).filter(([name]) => !/^(?:TAP|NODE_OPTIONS)/.test(name));
    const child = spawn('bash', ['.ci/node', `${version}`, '--all'], {
      cwd: ROOT,
      env: Object.fromEntries(env),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
    const lines = output.trim().split('\n');
    // The verdict is the last line; failures stand above it.
    t.equal(code, 0, `Node ${version}:\n${lines.slice(-200).join('\n')}`);
    const running = lines.find((line) => line.startsWith('== node ')) ?? `== node ${version}`;
    verdicts[running.slice('== node '.length)] = lines.at(-1);
  }
  return { verdicts };
}
