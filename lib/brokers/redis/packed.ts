/** MessagePack: a text, and an array, each behind a length of 32 bits. */
const TEXT = 0xdb;
const ARRAY = 0xdd;
const HEAD_BYTES = 5;
/** Shorter texts are copied by a loop, which costs less than the call into the runtime. */
const SHORT_TEXT = 24;

/**
 * Texts as one argument of a script, which reads them by `cmsgpack.unpack`. The client writes each argument to its socket as
 * a chunk of its own, and an event is some of them.
 */
export function packed(texts: ReadonlyArray<string | Buffer>): Buffer {
  let most = HEAD_BYTES;
  for (const text of texts) most += HEAD_BYTES + mostBytes(text);
  const bytes = Buffer.allocUnsafe(most);
  let at = writeHead(bytes, 0, ARRAY, texts.length);
  for (const text of texts) {
    const length = write(bytes, at + HEAD_BYTES, text);
    at = writeHead(bytes, at, TEXT, length) + length;
  }
  return bytes.subarray(0, at);
}

function mostBytes(text: string | Buffer): number {
  if (typeof text !== 'string') return text.length;
  return text.length > SHORT_TEXT ? Buffer.byteLength(text) : text.length * 3;
}

function writeHead(bytes: Buffer, at: number, kind: number, length: number): number {
  bytes[at] = kind;
  return bytes.writeUInt32BE(length, at + 1);
}

/** Returns how many bytes the text is. */
function write(bytes: Buffer, at: number, text: string | Buffer): number {
  if (typeof text !== 'string') return text.copy(bytes, at);
  if (text.length > SHORT_TEXT) return bytes.write(text, at);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 127) return bytes.write(text, at);
    bytes[at + i] = unit;
  }
  return text.length;
}
