import { Ring } from '../../../util/ring';
import type { Outlet } from './outlet';
import type { WriteBudget } from './write-budget';

/**
 * Writes that are left for later turns: an event for thousands of sockets takes longer to write than others may wait.
 * Each turn writes some of them, the earliest first. A socket is in the queue once, and everything that has come for it
 * meanwhile leaves in one write, so a gateway that falls behind writes less often and not more.
 */
export class DueWrites {
  /** Sockets with bytes that are due, and callbacks that run when all before them has been written. */
  readonly #queue = new Ring<Outlet | (() => void)>();
  /** Bytes of all batches of which some writes are left, each counted once. */
  #bytes = 0;
  /** Bytes that wait for one socket each. */
  #ownBytes = 0;
  /** Parts of the last write that was joined: most sockets of one turn have the same. */
  #parts: readonly Buffer[] = [];
  #joined = Buffer.alloc(0);

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
  }

  /** Writes what is due for a socket, before something else is written to it. Returns the bytes. */
  settle(outlet: Outlet): number {
    const { due } = outlet;
    if (due === undefined) return 0;
    outlet.due = undefined;
    const bytes = this.#join(due);
    outlet.sink.write(bytes);
    return bytes.length;
  }

  /** Writes what the budget has room for; everything without one. */
  write(budget?: WriteBudget): void {
    while (budget?.isBulkSpent !== true) {
      const next = this.#queue.shift();
      if (next === undefined) break;
      if (typeof next === 'function') {
        next();
        continue;
      }
      const bytes = this.settle(next);
      if (bytes > 0) budget?.spend(bytes);
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
