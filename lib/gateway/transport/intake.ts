import type { Duplex } from 'node:stream';
import { BYTES_PER_UNIT, UNITS_PER_SHARE, type TurnBudget } from '../core/timing/turn-budget';

/** A read of at most so many bytes is handled at once: it cannot hold many messages. */
const SMALL_BYTES = 256;
/** A piece holds at most so many bytes at first; pieces grow while they hold few messages. */
const FIRST_PIECE_BYTES = 512;
const FEW_MESSAGES = 4;

/**
 * Input of one WebSocket on its way to the parser. Node reads up to 64 KiB at once, and a parser handles all of that in
 * one go: ten thousand messages of six bytes. The parser is therefore given pieces, and the rest waits for a later turn,
 * with the connection paused.
 */
export class Intake {
  readonly #stream: Duplex;
  readonly #budget: TurnBudget;
  readonly #maxPieceBytes: number;
  readonly #parser: (piece: Buffer) => void;
  #waiting: Buffer | undefined;
  /** Messages since the present piece was given out. */
  #messages = 0;
  /** The owner does not want input now. */
  #held = false;
  /** A share of it is in the budget's queue, or runs. */
  #queued = false;

  /** Takes the place of the data listener that the parser has put on the stream. */
  constructor(stream: Duplex, budget: TurnBudget, maxPieceBytes: number) {
    this.#stream = stream;
    this.#budget = budget;
    this.#maxPieceBytes = maxPieceBytes;
    const parser = stream.listeners('data').at(-1) as ((chunk: Buffer) => void) | undefined;
    if (parser === undefined) throw new Error('the stream has no parser');
    stream.off('data', parser);
    this.#parser = (piece) => parser.call(stream, piece);
    stream.on('data', (chunk: Buffer) => this.#take(chunk));
    stream.on('resume', () => this.#goOn());
    // At its end and at its close, ws gives the parser what the stream still holds, and this was read before that.
    stream.prependListener('end', () => this.#finish());
    stream.prependListener('close', () => this.#finish());
  }

  /** Bytes wait that were read already. */
  get behind(): boolean {
    return this.#waiting !== undefined;
  }

  /** The parser has found a message. */
  count(): void {
    this.#messages++;
  }

  /** Gives out nothing until `resume`. */
  pause(): void {
    this.#held = true;
  }

  resume(): void {
    this.#held = false;
    this.#goOn();
  }

  /** Gives the parser all that was read, beyond its share: its connection is going to be closed. */
  flush(): void {
    if (!this.#stopped) this.#finish();
  }

  /** Bytes that were read are handled, however their stream has ended; the others wait for as much longer. */
  #finish(): void {
    const bytes = this.#waiting;
    if (bytes === undefined) return;
    this.#waiting = undefined;
    this.#messages = 0;
    this.#parser(bytes);
    this.#budget.spend(this.#messages + bytes.length / BYTES_PER_UNIT);
  }

  #take(chunk: Buffer): void {
    if (this.#waiting === undefined && chunk.length <= SMALL_BYTES && !this.#stopped) {
      this.#parser(chunk);
      return;
    }
    this.#waiting = this.#waiting === undefined ? chunk : Buffer.concat([this.#waiting, chunk]);
    if (this.#queued) {
      this.#stream.pause();
      return;
    }
    this.#queued = true;
    this.#budget.begin(this.#share);
    if (this.#waiting !== undefined) this.#stream.pause();
  }

  #goOn(): void {
    if (this.#waiting === undefined || this.#queued) return;
    this.#stream.pause();
    this.#queued = true;
    this.#budget.later(this.#share);
  }

  /** Gives the parser one share of the waiting bytes; true while more are left. */
  readonly #share = (): boolean => {
    let left = UNITS_PER_SHARE;
    let piece = FIRST_PIECE_BYTES;
    while (left > 0) {
      const bytes = this.#waiting;
      if (bytes === undefined || this.#stopped) break;
      const part = bytes.length <= piece ? bytes : bytes.subarray(0, piece);
      this.#waiting = part.length === bytes.length ? undefined : bytes.subarray(part.length);
      this.#messages = 0;
      this.#parser(part);
      const units = this.#messages + part.length / BYTES_PER_UNIT;
      left -= units;
      this.#budget.spend(units);
      const few = this.#messages <= FEW_MESSAGES;
      piece = few ? Math.min(piece * 2, this.#maxPieceBytes) : FIRST_PIECE_BYTES;
    }
    const more = this.#waiting !== undefined && !this.#stopped;
    this.#queued = more;
    if (this.#waiting === undefined && !this.#stopped) this.#stream.resume();
    return more;
  };

  get #stopped(): boolean {
    return this.#held || this.#stream.destroyed;
  }
}
