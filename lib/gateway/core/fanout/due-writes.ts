import { Ring } from '../../../util/ring';
import type { Outlet } from './outlet';

/** Units of the writes of one turn. A write is one unit, and so are this many bytes of it. */
export const WRITE_UNITS_PER_TURN = 4_096;
const BYTES_PER_UNIT = 32 * 1024;

/** Units of a write of so many bytes. */
export function writeUnits(bytes: number): number {
  return 1 + bytes / BYTES_PER_UNIT;
}

/**
 * Writes that are left for later turns: an event for thousands of sockets takes longer to write than others may wait.
 * Each turn writes some of them, the earliest first. A socket is in the queue once, and everything that has come for it
 * meanwhile leaves in one write, so a gateway that falls behind writes less often and not more.
 */
export class DueWrites {
  readonly #endOfTurn: (run: () => void) => void;
  readonly #unitsPerTurn: number;
  /** Sockets with bytes that are due, and callbacks that run when all before them has been written. */
  readonly #queue = new Ring<Outlet | (() => void)>();
  #scheduled = false;
  /** Bytes of all batches of which some writes are left, each counted once. */
  #bytes = 0;
  /** Bytes that wait for one socket each. */
  #ownBytes = 0;
  /** Parts of the last write that was joined: most sockets of one turn have the same. */
  #parts: readonly Buffer[] = [];
  #joined = Buffer.alloc(0);

  constructor(endOfTurn: (run: () => void) => void, unitsPerTurn: number) {
    this.#endOfTurn = endOfTurn;
    this.#unitsPerTurn = unitsPerTurn;
  }

  get isEmpty(): boolean {
    return this.#queue.length === 0;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get ownBytes(): number {
    return this.#ownBytes;
  }

  /** Leaves a write to a socket for later, behind what is due for it already. */
  add(outlet: Outlet, bytes: Buffer): void {
    if (outlet.due !== undefined) return void outlet.due.push(bytes);
    outlet.due = [bytes];
    this.#queue.push(outlet);
    this.#schedule();
  }

  /** Counts bytes that were left, shared by sockets or for one each, until these have been written to. */
  account(bytes: number, ownBytes: number): void {
    if (bytes + ownBytes === 0) return;
    this.#bytes += bytes;
    this.#ownBytes += ownBytes;
    this.then(() => {
      this.#bytes -= bytes;
      this.#ownBytes -= ownBytes;
    });
  }

  /** Runs when everything that is due now has been written. */
  then(run: () => void): void {
    this.#queue.push(run);
    this.#schedule();
  }

  /** Writes what is due for a socket, before something else is written to it. Returns the units of the write. */
  settle(outlet: Outlet): number {
    const { due } = outlet;
    if (due === undefined) return 0;
    outlet.due = undefined;
    const bytes = this.#join(due);
    outlet.sink.write(bytes);
    return writeUnits(bytes.length);
  }

  /** Writes everything now. */
  drain(): void {
    this.#write(Infinity);
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#endOfTurn(() => {
      this.#scheduled = false;
      this.#write(this.#unitsPerTurn);
      if (!this.isEmpty) this.#schedule();
    });
  }

  #write(units: number): void {
    let left = units;
    while (left > 0) {
      const next = this.#queue.shift();
      if (next === undefined) break;
      if (typeof next === 'function') next();
      else left -= this.settle(next);
    }
    this.#parts = [];
    this.#joined = Buffer.alloc(0);
  }

  #join(parts: readonly Buffer[]): Buffer {
    if (parts.length === 1) return parts[0] as Buffer;
    const isSame =
      parts.length === this.#parts.length && parts.every((part, i) => part === this.#parts[i]);
    if (isSame) return this.#joined;
    this.#parts = parts;
    this.#joined = Buffer.concat(parts);
    return this.#joined;
  }
}
