import type { Duplex } from 'node:stream';

/** Bytes of the length before each packet. */
const HEAD_BYTES = 4;

/** The way between a worker and the process that hosts the engine: packets of bytes, in their order. */
export class Channel {
  readonly #stream: Duplex;
  /** The beginning of a packet that has not come as a whole. */
  #pieces: Buffer[] = [];
  #length = 0;
  #heard: (packet: Buffer) => void = () => undefined;

  constructor(stream: Duplex) {
    this.#stream = stream;
    stream.on('data', (bytes: Buffer) => this.#read(bytes));
    // The end of a process is told by its exit; a packet that is cut off by it is worth nothing.
    stream.on('error', () => undefined);
  }

  /** Bytes that the other process has not read yet, beside those that the system holds. */
  get unreadBytes(): number {
    return this.#stream.writableLength;
  }

  /** Calls back with each packet of the other end; a later call takes the place of an earlier one. */
  hear(heard: (packet: Buffer) => void): void {
    this.#heard = heard;
  }

  /** Sends the parts of one packet. */
  send(parts: readonly Buffer[]): void {
    if (!this.#stream.writable) return;
    const head = Buffer.allocUnsafe(HEAD_BYTES);
    let length = 0;
    for (const part of parts) length += part.length;
    head.writeUInt32LE(length);
    this.#stream.write(Buffer.concat([head, ...parts]));
  }

  #read(bytes: Buffer): void {
    let rest = bytes;
    if (this.#pieces.length > 0) {
      this.#pieces.push(bytes);
      this.#length += bytes.length;
      if (!this.#isWhole()) return;
      rest = Buffer.concat(this.#pieces);
    }
    let at = 0;
    while (rest.length - at >= HEAD_BYTES) {
      const end = at + HEAD_BYTES + rest.readUInt32LE(at);
      if (end > rest.length) break;
      this.#heard(rest.subarray(at + HEAD_BYTES, end));
      at = end;
    }
    this.#pieces = at === rest.length ? [] : [rest.subarray(at)];
    this.#length = rest.length - at;
  }

  /** True when the pieces hold a packet. Pieces are joined only then: a long packet is copied once. */
  #isWhole(): boolean {
    if (this.#length < HEAD_BYTES) return false;
    const [first] = this.#pieces;
    if (first === undefined) return false;
    if (first.length < HEAD_BYTES) this.#pieces = [Buffer.concat(this.#pieces)];
    const [head = first] = this.#pieces;
    return this.#length >= HEAD_BYTES + head.readUInt32LE(0);
  }
}
