import { writeSync } from 'node:fs';

/**
 * Destination of log lines. Each is written at once, so that none is lost when the process ends. A line that cannot be
 * written (full disk, file over its limit, a pipe that nobody reads) is dropped and counted: no log stops a gateway.
 */
export class LogDestination {
  readonly #fd: number;
  readonly #onDrop: () => void;
  #dropped = 0;

  constructor(fd: number, onDrop: () => void) {
    this.#fd = fd;
    this.#onDrop = onDrop;
  }

  write(line: string): void {
    if (this.#dropped > 0) {
      const note = `{"level":40,"time":${Date.now()},"msg":"${this.#dropped} log lines were dropped"}\n`;
      if (this.#tryWrite(note)) this.#dropped = 0;
    }
    if (this.#tryWrite(line)) return;
    this.#dropped++;
    this.#onDrop();
  }

  #tryWrite(line: string): boolean {
    let rest = Buffer.from(line);
    try {
      while (rest.length > 0) {
        const written = writeSync(this.#fd, rest);
        if (written === 0) return false;
        rest = rest.subarray(written);
      }
      return true;
    } catch {
      return false;
    }
  }
}
