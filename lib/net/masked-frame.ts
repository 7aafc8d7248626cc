import { Buffer } from 'node:buffer';
import { randomFillSync } from 'node:crypto';
import { mask } from './mask';

const FINAL_TEXT = 0x81;
const FINAL_BINARY = 0x82;
const MASKED = 0x80;
const KEY_BYTES = 4;
/** Masking keys fetched at once: each fetch costs as much as a few hundred of them. */
const keys = new Int32Array(1024);
let nextKey = keys.length;

/** A message as one frame, as a client sends it (RFC 6455 §5.2): a string as text, bytes as binary data. */
export function maskedFrame(message: Uint8Array | string): Buffer {
  const isText = typeof message === 'string';
  const length = isText ? Buffer.byteLength(message) : message.length;
  const header = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const start = header + KEY_BYTES;
  const frame = Buffer.allocUnsafe(start + length);
  frame[0] = isText ? FINAL_TEXT : FINAL_BINARY;
  if (header === 2) frame[1] = MASKED | length;
  else if (header === 4) {
    frame[1] = MASKED | 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = MASKED | 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  const key = maskingKey();
  frame.writeInt32LE(key, header);
  if (isText) frame.write(message, start);
  else frame.set(message, start);
  mask(frame, start, frame.length, key);
  return frame;
}

/** Four bytes that nobody can foretell (RFC 6455 §5.3). */
function maskingKey(): number {
  if (nextKey === keys.length) {
    randomFillSync(keys);
    nextKey = 0;
  }
  return keys[nextKey++] as number;
}
