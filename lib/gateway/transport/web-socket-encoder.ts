import type { Encoded, Encoder } from '../core/outlet';

const TEXT_FINAL = 0x81;

/** Texts as unmasked WebSocket text frames (RFC 6455 §5.2): the same bytes serve every subscriber. */
export const webSocketEncoder: Encoder = {
  id: 0,
  encode(texts: readonly string[]): Encoded {
    const ends: number[] = new Array<number>(texts.length);
    const lengths: number[] = new Array<number>(texts.length);
    let size = 0;
    for (let i = 0; i < texts.length; i++) {
      const length = Buffer.byteLength(texts[i] as string);
      lengths[i] = length;
      size += headerBytes(length) + length;
      ends[i] = size;
    }
    const bytes = Buffer.allocUnsafe(size);
    let at = 0;
    for (let i = 0; i < texts.length; i++) {
      const length = lengths[i] as number;
      at = writeHeader(bytes, at, length);
      at += bytes.write(texts[i] as string, at, length, 'utf8');
    }
    return { bytes, ends };
  },
};

function headerBytes(length: number): number {
  return length < 126 ? 2 : length < 65536 ? 4 : 10;
}

function writeHeader(bytes: Buffer, at: number, length: number): number {
  bytes[at] = TEXT_FINAL;
  if (length < 126) {
    bytes[at + 1] = length;
    return at + 2;
  }
  if (length < 65536) {
    bytes[at + 1] = 126;
    bytes.writeUInt16BE(length, at + 2);
    return at + 4;
  }
  bytes[at + 1] = 127;
  bytes.writeBigUInt64BE(BigInt(length), at + 2);
  return at + 10;
}
