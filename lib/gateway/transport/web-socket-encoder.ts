import type { Encoded, Encoder } from '../core/outlet';

/** First byte of a frame that is a whole text message. */
const TEXT_FINAL = 0x81;

/** Texts as unmasked WebSocket text frames (RFC 6455 §5.2): the same bytes serve every subscriber. */
export const webSocketEncoder: Encoder = {
  id: 0,
  encode: (texts) => encodeAscii(texts) ?? encodeAny(texts),
};

/**
 * The frames of ASCII texts, which most are, as one string that is written in one go: half the cost of writing text by
 * text. Undefined when one of them is not ASCII, or needs a header of ten bytes.
 */
function encodeAscii(texts: readonly string[]): Encoded | undefined {
  const ends: number[] = new Array<number>(texts.length);
  let frames = '';
  /** Bytes above 127 in the headers: each would take two bytes in UTF-8. */
  let above = 0;
  for (let i = 0; i < texts.length; i++) {
    const text = texts[i] as string;
    const { length } = text;
    if (length < 126) {
      frames += String.fromCharCode(TEXT_FINAL, length) + text;
    } else if (length < 65536) {
      const high = length >> 8;
      const low = length & 255;
      frames += String.fromCharCode(TEXT_FINAL, 126, high, low) + text;
      above += (high >> 7) + (low >> 7);
    } else {
      return undefined;
    }
    ends[i] = frames.length;
  }
  // As UTF-8 a character of ASCII takes one byte, any other more.
  if (Buffer.byteLength(frames) !== frames.length + texts.length + above) return undefined;
  return { bytes: Buffer.from(frames, 'latin1'), ends };
}

function encodeAny(texts: readonly string[]): Encoded {
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
}

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
