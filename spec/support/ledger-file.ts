import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import type { Line } from './ledger';

/** A line with the time at which it was written, on the clock that all processes of a machine share. */
export type Timed = Line & { atNs: string };

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
  lines(): Timed[] {
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
