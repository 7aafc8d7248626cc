import { frameBytes } from './frames';

/** Number of the first event; all numbers have its eight digits, so that frames of a load have one size. */
export const FIRST = 10_000_000;
const DIGITS = 8;
const ZERO = '0'.charCodeAt(0);

/** Size of the frames of a load, and the place of the number in each. */
export interface Shape {
  readonly bytes: number;
  readonly at: number;
  /** A message without a number that may come between them; begins with another byte than they do. */
  readonly aside?: Buffer;
}

/** The shape of frames as a server sends them, from the text of the first one. */
export function shapeOf(text: string): Shape {
  const { bytes, at } = textShape(text);
  const header = frameBytes(text) - bytes;
  return { bytes: header + bytes, at: header + at };
}

/** The shape of messages without frames, from the first one. */
export function textShape(text: string): Shape {
  const at = Buffer.from(text).indexOf(`${FIRST}`);
  if (at < 0) throw new Error(`${text} has no number`);
  return { bytes: Buffer.byteLength(text), at };
}

/** Copies a frame that carries the first number, and gives the copy another one. Its masking key must be zero. */
export function renumbered(frame: Buffer, index: number): Buffer {
  const copy = Buffer.from(frame);
  copy.write(`${FIRST + index}`, frame.indexOf(`${FIRST}`), 'latin1');
  return copy;
}

/** The numbers that come to a socket: the first one, and the distance of each to the next. */
export interface Order {
  first: number;
  step: number;
}

/** Reads the numbered frames of one socket and throws where one is missing, comes twice or comes too early. */
export class Numbered {
  readonly #shape: Shape;
  readonly #step: number;
  #next: number | undefined;
  /** The place in a frame that began in an earlier chunk, and its number as far as it has come. */
  #place = 0;
  #number = 0;
  /** Bytes of an aside that have not come yet. */
  #aside = 0;

  /** @param order 'any' where a sender promises none: frames are counted only */
  constructor(shape: Shape, order: Order | 'any' = { first: 0, step: 1 }) {
    this.#shape = shape;
    this.#next = order === 'any' ? undefined : FIRST + order.first;
    this.#step = order === 'any' ? 0 : order.step;
  }

  /** Gives the number of frames that end in the first `bytes` of a chunk. */
  read(bytes: number, chunk: Buffer): number {
    const { bytes: size, at, aside } = this.#shape;
    let count = 0;
    for (let i = 0; i < bytes;) {
      if (aside !== undefined && this.#place === 0) {
        if (this.#aside === 0 && chunk[i] === aside[0]) this.#aside = aside.length;
        if (this.#aside > 0) {
          this.#aside -= 1;
          i += 1;
          continue;
        }
      }
      if (this.#place === 0 && bytes - i >= size) {
        this.#number = 0;
        for (let j = i + at; j < i + at + DIGITS; j += 1) this.#digit(chunk[j] ?? 0);
        i += size;
      } else {
        if (this.#place === 0) this.#number = 0;
        if (this.#place >= at && this.#place < at + DIGITS) this.#digit(chunk[i] ?? 0);
        i += 1;
        this.#place += 1;
        if (this.#place < size) continue;
        this.#place = 0;
      }
      this.#check();
      count += 1;
    }
    return count;
  }

  #digit(byte: number): void {
    this.#number = this.#number * 10 + byte - ZERO;
  }

  #check(): void {
    if (this.#next === undefined) return;
    if (this.#number !== this.#next) {
      const [got, due] = [this.#number - FIRST, this.#next - FIRST];
      throw new Error(`Lost or out of order: event ${got} came where ${due} was due`);
    }
    this.#next += this.#step;
  }
}
