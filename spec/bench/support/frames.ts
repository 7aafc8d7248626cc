/**
 * WebSocket frames by hand (RFC 6455, section 5.2), as little of them as a benchmark needs: a loader that used a library would
 * measure the library.
 */
const FINAL_TEXT = 0x81;
const MASKED = 0x80;

/** Bytes of an unmasked text frame, as a server sends it. */
export function frameBytes(text: string): number {
  const length = Buffer.byteLength(text);
  return headerBytes(length) + length;
}

/** A client's text frame. A key of zeros is a key too, and leaves the text as it is. */
export function maskedFrame(text: string): Buffer {
  const body = Buffer.from(text);
  const header = headerBytes(body.length);
  const frame = Buffer.alloc(header + 4 + body.length);
  frame[0] = FINAL_TEXT;
  if (header === 2) {
    frame[1] = MASKED | body.length;
  } else {
    frame[1] = MASKED | 126;
    frame.writeUInt16BE(body.length, 2);
  }
  body.copy(frame, header + 4);
  return frame;
}

/** The texts of the whole frames in `bytes`, and where the last of them ends. */
export function textsIn(bytes: Buffer): { texts: string[]; end: number } {
  const texts: string[] = [];
  let at = 0;
  while (bytes.length >= at + 2) {
    const short = (bytes[at + 1] ?? 0) & 127;
    const header = short === 127 ? 10 : short === 126 ? 4 : 2;
    if (bytes.length < at + header) break;
    const end = at + header + lengthIn(bytes, at, short);
    if (bytes.length < end) break;
    texts.push(bytes.toString('utf8', at + header, end));
    at = end;
  }
  return { texts, end: at };
}

/** Length of the frame at `at`, whose second byte has `short` for it. */
function lengthIn(bytes: Buffer, at: number, short: number): number {
  if (short === 127) return Number(bytes.readBigUInt64BE(at + 2));
  return short === 126 ? bytes.readUInt16BE(at + 2) : short;
}

/** Frames that a benchmark writes or counts stay below 64 KiB. */
function headerBytes(length: number): number {
  if (length > 0xffff)
    throw new RangeError(`${length} bytes are too many for a frame of a benchmark`);
  return length < 126 ? 2 : 4;
}
