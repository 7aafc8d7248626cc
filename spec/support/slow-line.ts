import type { Socket } from 'node:net';

/** Speed of a line. */
export interface LineOptions {
  /** The most bytes that go at once; all there are unless given. */
  maxWriteBytes?: number;
  /** Travel time, asked for each piece; pieces never overtake. Default 0. */
  delayMs?: () => number;
  /** Bytes that go in a millisecond; unlimited unless given. */
  bytesPerMs?: number;
}

/** Bytes on their way before no more is read: a line holds little, and whoever sends too much must notice. */
const MAX_HELD_BYTES = 64 * 1024;

/** A direction of a connection, with the delays of a line. */
export class Line {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #options: LineOptions;
  readonly #held: Array<{ bytes: Buffer; done: (() => void) | undefined }> = [];
  #heldBytes = 0;
  /** Arrival time of the last piece. */
  #lastMs = 0;
  #ended = false;
  #isFull = false;

  constructor(from: Socket, to: Socket, options: LineOptions) {
    this.#from = from;
    this.#to = to;
    this.#options = options;
  }

  write(bytes: Buffer, done?: () => void): void {
    const { maxWriteBytes, delayMs, bytesPerMs } = this.#options;
    if (maxWriteBytes === undefined && delayMs === undefined && bytesPerMs === undefined) {
      this.#to.write(bytes, done);
      return;
    }
    const size = maxWriteBytes ?? bytes.length;
    for (let at = 0; at < bytes.length; at += size) {
      const piece = bytes.subarray(at, at + size);
      this.#send(piece, at + size >= bytes.length ? done : undefined);
    }
    if (this.#heldBytes <= MAX_HELD_BYTES) return;
    this.#isFull = true;
    this.#from.pause();
  }

  /** The sender is gone; its bytes still arrive. */
  end(): void {
    this.#ended = true;
    if (this.#heldBytes === 0) this.#to.destroy();
  }

  #send(bytes: Buffer, done: (() => void) | undefined): void {
    const { delayMs, bytesPerMs = Infinity } = this.#options;
    const nowMs = performance.now();
    const arrivesMs = nowMs + (delayMs?.() ?? 0);
    this.#lastMs = Math.max(this.#lastMs, arrivesMs) + bytes.length / bytesPerMs;
    this.#heldBytes += bytes.length;
    this.#held.push({ bytes, done });
    // A turn each, or the operating system would join the pieces again.
    if (this.#lastMs <= nowMs) setImmediate(() => this.#arrive());
    else setTimeout(() => this.#arrive(), this.#lastMs - nowMs);
  }

  /** Timers are not as exact as their times, so it is not the timer's piece that arrives but the first. */
  #arrive(): void {
    const piece = this.#held.shift();
    if (piece === undefined) return;
    this.#heldBytes -= piece.bytes.length;
    this.#to.write(piece.bytes, piece.done);
    if (this.#heldBytes > 0) return;
    if (this.#ended) this.#to.destroy();
    else if (this.#isFull) this.#from.resume();
    this.#isFull = false;
  }
}
