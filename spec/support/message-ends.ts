/** Finds the ends of WebSocket frames behind an HTTP head. */
export class MessageEnds {
  #head = Buffer.alloc(0);
  #isOpen = false;
  /** Bytes of the present frame that are still to come; below 0 while its header is not complete. */
  #left = -1;

  /** Offsets in `bytes` behind each frame that ends in them. */
  read(bytes: Buffer): number[] {
    const ends: number[] = [];
    let at = this.#isOpen ? 0 : this.#skipHead(bytes);
    while (at < bytes.length) {
      if (this.#left < 0) at = this.#readHeader(bytes, at);
      if (this.#left < 0) break;
      const taken = Math.min(this.#left, bytes.length - at);
      at += taken;
      this.#left -= taken;
      if (this.#left > 0) break;
      ends.push(at);
      this.#left = -1;
    }
    return ends;
  }

  #skipHead(bytes: Buffer): number {
    const before = this.#head.length;
    this.#head = Buffer.concat([this.#head, bytes]);
    const end = this.#head.indexOf('\r\n\r\n');
    if (end < 0) return bytes.length;
    this.#isOpen = true;
    this.#head = Buffer.alloc(0);
    return end + 4 - before;
  }

  #readHeader(bytes: Buffer, from: number): number {
    const header = Buffer.concat([this.#head, bytes.subarray(from, from + 14)]);
    const before = this.#head.length;
    this.#head = header;
    if (header.length < 2) return bytes.length;
    const short = header.readUInt8(1) & 0x7f;
    const extended = short === 126 ? 2 : short === 127 ? 8 : 0;
    const mask = (header.readUInt8(1) & 0x80) === 0 ? 0 : 4;
    if (header.length < 2 + extended) return bytes.length;
    const length =
      extended === 2
        ? header.readUInt16BE(2)
        : extended === 8
          ? Number(header.readBigUInt64BE(2))
          : short;
    this.#left = length + mask;
    this.#head = Buffer.alloc(0);
    return from + 2 + extended - before;
  }
}
