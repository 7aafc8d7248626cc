import type { Encoded, Encoder } from '../core/fanout/outlet';

const TEXT_FINAL = 0x81;
const MAX_HEADER_BYTES = 10;

// Encoding never waits, so all turns share the memory in which frames grow before they are copied out. It holds the
// texts of a turn, of which a character takes at most three bytes; untouched pages of it cost nothing.
const SHARED_BYTES = 1024 * 1024;
const shared = Buffer.allocUnsafeSlow(SHARED_BYTES);

/** Texts as unmasked WebSocket text frames (RFC 6455 §5.2): the same bytes serve every subscriber. */
export const webSocketEncoder: Encoder = {
  id: 0,
  encode(texts: readonly string[]): Encoded {
    let most = 0;
    for (let i = 0; i < texts.length; i++) {
      most += MAX_HEADER_BYTES + (texts[i] as string).length * 3;
    }
    const frames = most <= SHARED_BYTES ? shared : Buffer.allocUnsafeSlow(most);
    const ends: number[] = new Array<number>(texts.length);
    let at = 0;
    for (let i = 0; i < texts.length; i++)
      ends[i] = at = writeFrame(frames, at, texts[i] as string);
    const bytes = Buffer.allocUnsafe(at);
    frames.copy(bytes, 0, 0, at);
    return { bytes, ends };
  },
};

/**
 * Writes a frame and returns where it ends. Measuring a text first would cost as much as writing it, so the header is
 * guessed as that of ASCII; a wrong guess costs a move of the text.
 */
function writeFrame(frames: Buffer, at: number, text: string): number {
  const guess = headerBytes(text.length);
  const length = frames.write(text, at + guess);
  const header = headerBytes(length);
  if (header !== guess) frames.copyWithin(at + header, at + guess, at + guess + length);
  writeHeader(frames, at, length);
  return at + header + length;
}

function headerBytes(length: number): number {
  return length < 126 ? 2 : length < 65536 ? 4 : 10;
}

function writeHeader(frames: Buffer, at: number, length: number): void {
  frames[at] = TEXT_FINAL;
  if (length < 126) {
    frames[at + 1] = length;
  } else if (length < 65536) {
    frames[at + 1] = 126;
    frames.writeUInt16BE(length, at + 2);
  } else {
    frames[at + 1] = 127;
    frames.writeBigUInt64BE(BigInt(length), at + 2);
  }
}
