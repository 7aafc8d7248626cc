import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { Test } from 'tap';
import { built } from './built';

/** Path of the command as users get it. */
export const main = built('cli/main.js');

export interface RunOptions {
  env?: Record<string, string>;
  /** Commands of a shell that limits the process, such as `ulimit -n 40`. */
  shell?: string;
  /** File descriptor for its standard output, which is then not heard. */
  stdout?: number;
}

/** The command in a process of its own. */
export class Run {
  output = '';
  readonly child: ChildProcessByStdio<Writable, Readable | null, Readable>;
  readonly ended: Promise<number | null>;
  #wake: (() => void) | undefined;

  constructor(
    t: Pick<Test, 'teardown'>,
    args: string[],
    { env = {}, shell = '', stdout }: RunOptions = {},
  ) {
    const script = `${shell}\nexec "$0" "$@"`;
    this.child = spawn('sh', ['-c', script, process.execPath, main, ...args], {
      env: { ...process.env, NODE_OPTIONS: '', ...env },
      stdio: ['pipe', stdout ?? 'pipe', 'pipe'],
    }) as ChildProcessByStdio<Writable, Readable | null, Readable>;
    t.teardown(() => this.child.kill('SIGKILL'));
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.output += chunk.toString();
        this.#wake?.();
      });
    }
    this.ended = new Promise((resolve) => this.child.on('close', resolve));
  }

  /** Waits until the output holds a text, and gives the line it is in. */
  async line(text: string): Promise<string> {
    void this.ended.then(() => this.#wake?.());
    for (;;) {
      const found = this.output.split('\n').find((line) => line.includes(text));
      if (found !== undefined) return found;
      if (this.child.exitCode !== null) throw new Error(`ended without ${text}: ${this.output}`);
      await new Promise<void>((wake) => (this.#wake = wake));
    }
  }
}
