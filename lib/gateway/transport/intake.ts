import type { Duplex } from 'node:stream';
import { type MemoryWatch, ROOMY } from '../../stream/memory-watch';
import type { Traffic } from '../core/metrics';
import { BYTES_PER_UNIT, UNITS_PER_SHARE, type TurnBudget } from '../core/timing/turn-budget';

/** A read of at most so many bytes is handled at once: it cannot hold many messages. */
const SMALL_BYTES = 256;
/** A piece holds at most so many bytes at first; pieces grow while they hold few messages. */
const FIRST_PIECE_BYTES = 512;
const FEW_MESSAGES = 4;
/** Pieces of one message that are kept near the end of memory: each costs as much as hundreds of bytes. */
const MAX_KEPT_PIECES = 16;

/** Owner of an intake, which takes its input before the parser does. */
export interface IntakeOwner {
  read(piece: Buffer): void;
  /** Called near the end of memory when a message comes in many pieces. */
  cutUnfinished(): void;
}

/** A stream that knows its intake, so that all of them share their listeners. */
interface OwnedStream extends Duplex {
  [INTAKE]: Intake;
}

const INTAKE = Symbol('intake');

/**
 * Input of one WebSocket on its way to the parser. Node reads up to 64 KiB at once, and a parser handles all of that in
 * one go: ten thousand messages of six bytes. The parser is therefore given pieces, and the rest waits for a later turn,
 * with the connection paused. The parser hears of the end and the close of the stream behind the last byte that was read,
 * so that a connection which is held back keeps its messages when its peer goes.
 */
export class Intake {
  readonly #stream: Duplex;
  readonly #budget: TurnBudget;
  readonly #maxPieceBytes: number;
  readonly #memory: MemoryWatch;
  readonly #traffic: Pick<Traffic, 'receivedBytes'>;
  /** Takes the pieces; without an owner the parser does. */
  owner: IntakeOwner | undefined;
  readonly #parser: (this: Duplex, piece: Buffer) => void;
  readonly #parserEnd: (this: Duplex) => void;
  readonly #parserClose: (this: Duplex, hadError: boolean) => void;
  #waiting: Buffer | undefined;
  /** The end and the close of the stream, which the parser has yet to hear of: behind the bytes that wait. */
  #endings: Array<() => void> | undefined;
  /** The parser has heard of the close. */
  #isOver = false;
  /** Messages since the present piece was given out. */
  #messages = 0;
  /** Pieces of a message that has no end yet: given out since the latest one. */
  #unfinished = 0;
  /** Ticks since then. */
  #unfinishedTicks = 0;
  /** The owner does not want input now. */
  #held = false;
  /** A share of it is in the budget's queue, or runs. */
  #queued = false;

  /** Takes the place of the listeners that the parser has put on the stream. */
  constructor(
    stream: Duplex,
    budget: TurnBudget,
    maxPieceBytes: number,
    memory = ROOMY,
    traffic: Pick<Traffic, 'receivedBytes'> = { receivedBytes: 0 },
  ) {
    this.#memory = memory;
    this.#traffic = traffic;
    this.#stream = stream;
    this.#budget = budget;
    this.#maxPieceBytes = maxPieceBytes;
    this.#parser = taken(stream, 'data');
    this.#parserEnd = taken(stream, 'end');
    this.#parserClose = taken(stream, 'close');
    (stream as OwnedStream)[INTAKE] = this;
    stream.on('data', Intake.#data);
    stream.on('resume', Intake.#resumed);
    stream.on('end', Intake.#ended);
    stream.on('close', Intake.#closed);
  }

  static #data(this: OwnedStream, chunk: Buffer): void {
    this[INTAKE].#take(chunk);
  }

  static #resumed(this: OwnedStream): void {
    this[INTAKE].#goOn();
  }

  static #ended(this: OwnedStream): void {
    const intake = this[INTAKE];
    intake.#end(() => intake.#parserEnd.call(this));
  }

  static #closed(this: OwnedStream, hadError: boolean): void {
    const intake = this[INTAKE];
    intake.#keepRest();
    intake.#end(() => {
      intake.#isOver = true;
      intake.#parserClose.call(this, hadError);
    });
  }

  /** Gives bytes to the parser of the stream. */
  parse(piece: Buffer): void {
    this.#parser.call(this.#stream, piece);
  }

  /** Bytes wait that were read already. */
  get behind(): boolean {
    return this.#waiting !== undefined;
  }

  /** The parser has found a message. */
  count(): void {
    this.#messages++;
    this.#unfinished = this.#unfinishedTicks = 0;
  }

  /** A second is over. True when one message has been on its way for all of it. */
  tick(): boolean {
    if (this.#unfinished > 0) return ++this.#unfinishedTicks > 1;
    this.#unfinishedTicks = 0;
    return false;
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
    // Bytes that the stream still holds come as data, behind those that wait.
    while (this.#stream.read() !== null);
    const bytes = this.#waiting;
    if (bytes === undefined || this.#stopped) return;
    this.#waiting = undefined;
    this.#messages = 0;
    this.#read(bytes);
    // The others wait for as much longer.
    this.#budget.spend(this.#messages + bytes.length / BYTES_PER_UNIT);
  }

  #give(piece: Buffer): void {
    this.#unfinished++;
    this.#read(piece);
    if (this.#unfinished > MAX_KEPT_PIECES && this.#memory.isNear) this.owner?.cutUnfinished();
  }

  #read(piece: Buffer): void {
    if (this.owner === undefined) this.parse(piece);
    else this.owner.read(piece);
  }

  /** The stream has ended, or is closed. */
  #end(tell: () => void): void {
    if (this.#waiting === undefined && this.#endings === undefined) tell();
    else (this.#endings ??= []).push(tell);
  }

  /** Takes what a closed stream still holds: ws would give all of it to the parser at once. */
  #keepRest(): void {
    const rest = this.#stream.read(this.#stream.readableLength) as Buffer | null;
    if (rest === null || rest.length === 0) return;
    this.#waiting = this.#waiting === undefined ? rest : Buffer.concat([this.#waiting, rest]);
    this.#goOn();
  }

  #take(chunk: Buffer): void {
    this.#traffic.receivedBytes += chunk.length;
    const isSmall = chunk.length <= SMALL_BYTES && !this.#budget.overdrawn;
    if (this.#waiting === undefined && isSmall && !this.#stopped) {
      this.#give(chunk);
      return;
    }
    this.#waiting = this.#waiting === undefined ? chunk : Buffer.concat([this.#waiting, chunk]);
    if (this.#queued) {
      this.#stream.pause();
      return;
    }
    this.#queued = true;
    this.#budget.begin(() => this.#share());
    if (this.#waiting !== undefined) this.#stream.pause();
  }

  #goOn(): void {
    if (this.#queued || (this.#waiting === undefined && this.#endings === undefined)) return;
    this.#stream.pause();
    this.#queued = true;
    this.#budget.later(() => this.#share());
  }

  /** Gives the parser one share of the waiting bytes; true while more are left. */
  #share(): boolean {
    const budget = this.#budget;
    // Answers count as well: a list of thousands of members is as much work as hundreds of messages.
    const end = budget.spent + UNITS_PER_SHARE;
    let piece = FIRST_PIECE_BYTES;
    while (budget.spent < end) {
      const bytes = this.#waiting;
      if (bytes === undefined || this.#stopped) break;
      const part = bytes.length <= piece ? bytes : bytes.subarray(0, piece);
      this.#waiting = part.length === bytes.length ? undefined : bytes.subarray(part.length);
      this.#messages = 0;
      this.#give(part);
      budget.spend(this.#messages + part.length / BYTES_PER_UNIT);
      const few = this.#messages <= FEW_MESSAGES;
      piece = few ? Math.min(piece * 2, this.#maxPieceBytes) : FIRST_PIECE_BYTES;
    }
    const more = this.#waiting !== undefined && !this.#stopped;
    this.#queued = more;
    if (this.#waiting === undefined && !this.#stopped) {
      const endings = this.#endings ?? [];
      this.#endings = undefined;
      for (const tell of endings) tell();
      if (!this.#isOver) this.#stream.resume();
    }
    return more;
  }

  get #stopped(): boolean {
    return this.#held || this.#isOver;
  }
}

/** Takes the listener off the stream that the parser has put there last. */
function taken(stream: Duplex, event: 'data' | 'end' | 'close'): (...args: unknown[]) => void {
  const listener = stream.listeners(event).at(-1) as ((...args: unknown[]) => void) | undefined;
  if (listener === undefined) throw new Error(`the stream has no parser that hears of ${event}`);
  stream.off(event, listener);
  return listener;
}
