import { time, uint32, whole } from './checks';
import { frameTooLarge } from '../codec-error';
import { WIRE_LIMITS } from '../limits';

/** Memory of the writer at most. No frame comes near this size. */
const MAX_BYTES = 4 * 1024 * 1024;
/** Shorter texts are copied by a loop, which costs less than the call into the runtime. */
const SHORT_TEXT = 24;
/** Longer texts are measured, since three times their length may be more than there is room for. */
const LONG_TEXT = 64 * 1024;

/**
 * Writes protobuf fields into memory that grows and is used again. Field methods take the whole tag
 * (`number << 3 | wire type`) and leave out default values, as proto3 does.
 */
export class ByteWriter {
  #bytes: Buffer;
  #length = 0;

  constructor(startBytes: number) {
    this.#bytes = Buffer.allocUnsafeSlow(startBytes);
  }

  get length(): number {
    return this.#length;
  }

  reset(): void {
    this.#length = 0;
  }

  /** Writes the content into `target`; returns where it ends. */
  copyTo(target: Uint8Array, at: number): number {
    this.#bytes.copy(target, at, 0, this.#length);
    return at + this.#length;
  }

  /** A copy of the content. */
  taken(): Buffer {
    const bytes = Buffer.allocUnsafe(this.#length);
    this.copyTo(bytes, 0);
    return bytes;
  }

  varint(value: number): void {
    let rest = uint32(value);
    this.#reserve(5);
    const bytes = this.#bytes;
    let at = this.#length;
    while (rest > 127) {
      bytes[at++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    bytes[at++] = rest;
    this.#length = at;
  }

  uint32(tag: number, value: number | undefined): void {
    if (value === undefined || value === 0) return;
    this.varint(tag);
    this.varint(value);
  }

  /** A number of 32 bits that is written also when it is 0, since its absence says something else. */
  count(tag: number, value: number): void {
    this.varint(tag);
    this.varint(value);
  }

  /** An offset or a sequence number. */
  whole(tag: number, value: number | undefined): void {
    if (value === undefined || value === 0) return;
    this.varint(tag);
    if (value < 0x1_0000_0000) this.varint(whole(value));
    else this.#longWhole(whole(value));
  }

  /** A time in milliseconds. */
  time(tag: number, value: number): void {
    this.#double(tag, time(value));
  }

  /** A text of a string or bytes field; lone surrogates become U+FFFD. */
  text(tag: number, value: string | undefined): void {
    if (value) this.item(tag, value);
  }

  /** An entry of a repeated text field, which is written also when it is empty. */
  item(tag: number, value: string): void {
    const start = this.open(tag, value.length);
    this.#reserve(value.length > LONG_TEXT ? Buffer.byteLength(value) : value.length * 3);
    if (value.length > SHORT_TEXT || !this.#ascii(value)) {
      this.#length += this.#bytes.write(value, this.#length);
    }
    this.close(start, value.length);
  }

  /** A field of bytes, which is written also when it is empty. */
  bytes(tag: number, value: Buffer): void {
    this.varint(tag);
    this.varint(value.length);
    this.#reserve(value.length);
    value.copy(this.#bytes, this.#length);
    this.#length += value.length;
  }

  /** A field with the content of another writer. */
  copy(tag: number, content: ByteWriter): void {
    this.varint(tag);
    this.varint(content.length);
    this.#reserve(content.length);
    this.#length = content.copyTo(this.#bytes, this.#length);
  }

  /**
   * Begins a field with a length, for which it leaves as much room as `expectedBytes` need; returns where its content
   * starts. A wrong guess costs a move of the content in `close`, nothing else.
   */
  open(tag: number, expectedBytes: number): number {
    this.varint(tag);
    // Room for the longest length, so that `close` never has to grow while content lies behind the place of the length.
    this.#reserve(5);
    this.#length += varintBytes(expectedBytes);
    return this.#length;
  }

  /** Ends a field that `open` began. `start` is what `open` returned, `expectedBytes` the same as there. */
  close(start: number, expectedBytes: number): void {
    const length = this.#length - start;
    const room = varintBytes(expectedBytes);
    const shift = varintBytes(length) - room;
    if (shift !== 0) {
      this.#reserve(shift);
      this.#bytes.copyWithin(start + shift, start, this.#length);
    }
    this.#length = start - room;
    this.varint(length);
    this.#length += length;
  }

  #ascii(value: string): boolean {
    const bytes = this.#bytes;
    const at = this.#length;
    for (let i = 0; i < value.length; i++) {
      const unit = value.charCodeAt(i);
      if (unit > 127) return false;
      bytes[at + i] = unit;
    }
    this.#length = at + value.length;
    return true;
  }

  /** A number of more than 32 bits: its low 28 bits first, then the rest. */
  #longWhole(value: number): void {
    this.#reserve(8);
    const bytes = this.#bytes;
    let at = this.#length;
    const low = value % 0x1000_0000;
    for (let shift = 0; shift < 28; shift += 7) bytes[at++] = ((low >>> shift) & 127) | 128;
    this.#length = at;
    this.varint(Math.floor(value / 0x1000_0000));
  }

  #double(tag: number, value: number): void {
    if (value === 0) return;
    this.varint(tag);
    this.#reserve(8);
    this.#length = this.#bytes.writeDoubleLE(value, this.#length);
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    if (needed > MAX_BYTES) throw frameTooLarge(needed, WIRE_LIMITS.maxFrameBytes);
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2));
    this.copyTo(larger, 0);
    this.#bytes = larger;
  }
}

/** Size of a varint of this value, in bytes. */
function varintBytes(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  return value < 0x20_0000 ? 3 : 4;
}
