import type { ChildProcess } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import type { Line } from './ledger';
import { nodeChild } from './node-child';

const CHILDREN = join(__dirname, '../faults/children');

/**
 * Starts `spec/faults/children/<file>.ts`, as a user would start it, and resolves with the first thing it says.
 *
 * @param env what stands in its environment besides
 */
export async function startChild<Said>(
  t: Pick<Test, 'teardown'>,
  file: string,
  options: object,
  env: Record<string, string> = {},
): Promise<{ child: ChildProcess; said: Said }> {
  const child = nodeChild(join(CHILDREN, `${file}.ts`), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
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

/** A line with the time at which it was written, on the clock that all processes of a machine share. */
type Timed = Line & { atNs: string };

/** The part of a ledger that one process writes, in a file, so that it outlives a `kill -9`. */
export class LedgerFile {
  readonly #file: number;

  constructor(path: string) {
    this.#file = openSync(path, 'a');
  }

  /** Is in the hands of the operating system on return. */
  write(line: Line): void {
    const timed: Timed = { ...line, atNs: `${process.hrtime.bigint()}` };
    writeSync(this.#file, `${JSON.stringify(timed)}\n`);
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** A folder of such parts. */
export class LedgerFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'ledger-'));
  readonly #parts: string[] = [];

  constructor(t: Pick<Test, 'teardown'>) {
    t.teardown(() => rmSync(this.path, { recursive: true }));
  }

  /** The path of one more part. */
  part(name: string): string {
    const path = join(this.path, name);
    this.#parts.push(path);
    return path;
  }

  /** All parts as one ledger. */
  lines(): Line[] {
    const texts = this.#parts.flatMap((path) => {
      // The last line of a killed process may be half a line, and a part that was never written is none.
      const text = readIfThere(path);
      return text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
    });
    const lines = texts.filter((text) => text !== '').map((text) => JSON.parse(text) as Timed);
    return lines.sort((a, b) => Number(BigInt(a.atNs) - BigInt(b.atNs)));
  }
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
