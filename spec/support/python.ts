import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Test } from 'tap';

const ROOT = join(__dirname, '../..');
const FOLDER = join(ROOT, 'spec/conformance/python');

/** The modules and the compiler that the Python client needs; packages of Debian. */
const NEEDS =
  'import google.protobuf, websockets.legacy.client, shutil; assert shutil.which("protoc")';

let found: string | undefined | null = null;

/** Python with what the client needs: that of the path, or that of Debian. Undefined when there is none. */
function interpreter(): string | undefined {
  if (found !== null) return found;
  found = ['python3', '/usr/bin/python3'].find(
    (each) => spawnSync(each, ['-c', NEEDS]).status === 0,
  );
  return found;
}

/** The reason why Python programs cannot run here; undefined when they can. */
export function pythonMissing(): string | undefined {
  if (interpreter() !== undefined) return undefined;
  return 'python3, python3-protobuf, python3-websockets or protobuf-compiler is not installed';
}

/** The command of a program in spec/conformance/python. Asks for what `pythonMissing` says. */
export function pythonCommand(file: string): [command: string, path: string] {
  return [interpreter() ?? 'python3', join(FOLDER, file)];
}

/** Runs `standpipe conformance` on the Python client, with further words for that command. */
export function conformOfPython(
  words: readonly string[],
): Promise<{ code: number | null; output: string }> {
  const main = [join(ROOT, '.ci/transpiled.cjs'), join(ROOT, 'lib/cli/main.ts')];
  const command = ['conformance', ...words, '--', ...pythonCommand('conformance.py')];
  const child = spawn(process.execPath, ['-r', ...main, ...command], {
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}

/** Starts a member of a group, `member.py`, and resolves when it has a session. */
export async function startPythonMember(
  t: Pick<Test, 'teardown'>,
  options: object,
): Promise<PythonMember> {
  const [command, path] = pythonCommand('member.py');
  const child = spawn(command, [path], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, CHILD_OPTIONS: JSON.stringify(options) },
  });
  t.teardown(() => child.kill('SIGKILL'));
  const member = new PythonMember(child);
  await member.started;
  return member;
}

export class PythonMember {
  readonly child: ChildProcess;
  readonly started: Promise<void>;
  /** Number of its connections, told when it disconnects. */
  connects = 0;

  constructor(child: ChildProcess) {
    this.child = child;
    this.started = new Promise((resolve, reject) => {
      createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
        const said = JSON.parse(line) as { name?: string; connects?: number };
        if (said.connects !== undefined) this.connects = said.connects;
        resolve();
      });
      child.once('error', reject);
      child.once('exit', (code, signal) => reject(new Error(`member.py ended: ${code ?? signal}`)));
    });
  }

  /** Says BYE, and resolves when the process has ended. */
  async leave(): Promise<void> {
    const over = new Promise((resolve) => this.child.once('close', resolve));
    this.child.kill('SIGTERM');
    await over;
  }
}
