import { isUtf8 } from 'node:buffer';
import { time } from './checks';
import { CodecError } from '../codec-error';

/** Buffer with the reading half of `toString`, which every Node has and which saves a third of a short text's cost. */
type TextBuffer = Buffer & { utf8Slice(start: number, end: number): string };

const REPLACEMENT = '\ufffd';

/**
 * Reads protobuf fields. Every method throws a CodecError, or a RangeError of the Buffer, on bytes that it cannot read;
 * a message ends with `expectEnd`, which finds what ran over it.
 */
export class ByteReader {
  readonly #bytes: TextBuffer;
  position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = (
      Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    ) as TextBuffer;
  }

  get length(): number {
    return this.#bytes.length;
  }

  /** A number of at most 32 bits. Bytes past the end read as undefined, which only `#longVarint` has to notice. */
  varint(): number {
    const byte = this.#bytes[this.position]!;
    if (byte < 128) {
      this.position++;
      return byte;
    }
    return this.#longVarint();
  }

  /** An offset or a sequence number: at most 2^53-1. */
  whole(): number {
    const byte = this.#bytes[this.position]!;
    if (byte < 128) {
      this.position++;
      return byte;
    }
    return this.#longWhole();
  }

  /** A time in milliseconds. */
  time(): number {
    return time(this.#double());
  }

  text(): string {
    const end = this.lengthEnd();
    const start = this.position;
    this.position = end;
    const text = this.#bytes.utf8Slice(start, end);
    // Bad UTF-8 always reads as U+FFFD, so only a text that holds one needs the strict look.
    if (text.includes(REPLACEMENT) && !isUtf8(this.#bytes.subarray(start, end))) {
      throw new CodecError('a text is not UTF-8');
    }
    return text;
  }

  /** The content of a field with a length, as a view. */
  view(): Buffer {
    const end = this.lengthEnd();
    const start = this.position;
    this.position = end;
    return this.#bytes.subarray(start, end);
  }

  /** Reads a length; returns where what it measures ends. */
  lengthEnd(): number {
    const length = this.varint();
    const end = this.position + length;
    if (end > this.#bytes.length) throw new CodecError('a field ends after the frame');
    return end;
  }

  expectEnd(end: number): void {
    if (this.position !== end) throw new CodecError('a field ends after its message');
  }

  /** Leaves out a field that this version does not know, as protobuf asks. Groups are not part of the protocol. */
  skip(tag: number): void {
    if (tag >>> 3 === 0) throw new CodecError('a field has the number 0');
    switch (tag & 7) {
      case 0:
        this.#skipVarint();
        break;
      case 1:
        this.position += 8;
        break;
      case 2:
        this.position = this.lengthEnd();
        break;
      case 5:
        this.position += 4;
        break;
      default:
        throw new CodecError(`wire type ${tag & 7} is not used`);
    }
  }

  #longVarint(): number {
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.#next();
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
    const last = this.#next();
    if (last > 15) throw new CodecError('a number has more than 32 bits');
    return (value | (last << 28)) >>> 0;
  }

  /** Added up by multiplication, because shifts end at 32 bits. Seven bytes hold 49 bits, so the eighth has four left. */
  #longWhole(): number {
    let value = 0;
    let weight = 1;
    for (let count = 0; count < 8; count++) {
      const byte = this.#next();
      value += (byte & 127) * weight;
      if (byte < 128) {
        if (value > Number.MAX_SAFE_INTEGER) break;
        return value;
      }
      weight *= 128;
    }
    throw new CodecError('an offset, sequence number or count is above 2^53-1');
  }

  #skipVarint(): void {
    for (let count = 0; count < 10; count++) {
      if (this.#next() < 128) return;
    }
    throw new CodecError('a number has more than 10 bytes');
  }

  #next(): number {
    const byte = this.#bytes[this.position++];
    if (byte === undefined) throw new CodecError('the frame ends inside a number');
    return byte;
  }

  #double(): number {
    const value = this.#bytes.readDoubleLE(this.position);
    this.position += 8;
    return value;
  }
}
