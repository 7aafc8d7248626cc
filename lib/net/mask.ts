/** Shorter stretches are done byte by byte: a view of their words would cost more than it saves. */
const MIN_WORDS_BYTES = 256;
/** Words have the order of the machine; on a few it is not that of the key. */
const isLittleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/**
 * Masks or unmasks a stretch of bytes in place (RFC 6455 §5.3), four bytes at once where there are many.
 *
 * @param key the four bytes of the masking key, the first one in the lowest bits
 * @returns all bytes of the result joined by OR, each in one of the four places of the number: none has its highest bit
 * set when `isAscii` says so
 */
export function mask(bytes: Uint8Array, start: number, end: number, key: number): number {
  let at = start;
  let turned = key;
  let seen = 0;
  if (isLittleEndian && end - start >= MIN_WORDS_BYTES) {
    for (; ((bytes.byteOffset + at) & 3) !== 0; at++) {
      seen |= bytes[at] = (bytes[at] as number) ^ (turned & 0xff);
      turned = (turned >>> 8) | (turned << 24);
    }
    const words = new Int32Array(bytes.buffer, bytes.byteOffset + at, (end - at) >>> 2);
    for (let i = 0; i < words.length; i++) seen |= words[i] = (words[i] as number) ^ turned;
    at += words.length * 4;
  }
  const [k0, k1, k2] = [turned & 0xff, (turned >>> 8) & 0xff, (turned >>> 16) & 0xff];
  const k3 = turned >>> 24;
  for (; at + 4 <= end; at += 4) {
    seen |= bytes[at] = (bytes[at] as number) ^ k0;
    seen |= bytes[at + 1] = (bytes[at + 1] as number) ^ k1;
    seen |= bytes[at + 2] = (bytes[at + 2] as number) ^ k2;
    seen |= bytes[at + 3] = (bytes[at + 3] as number) ^ k3;
  }
  for (; at < end; at++) {
    seen |= bytes[at] = (bytes[at] as number) ^ (turned & 0xff);
    turned >>>= 8;
  }
  return seen;
}

/** Judges the result of `mask`. */
export function isAscii(seen: number): boolean {
  return (seen & 0x80808080) === 0;
}
