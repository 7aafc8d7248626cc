import { hmac } from '@noble/hashes/hmac';
import { md5 } from '@noble/hashes/legacy';
import { sha256 as sha256Of } from '@noble/hashes/sha2';
import { bytesToHex } from '@noble/hashes/utils';

/**
 * node:crypto where there is one: in Node, and in what offers its modules. It takes a third of the time of the digests in
 * JavaScript, which browsers, workers and edge runtimes use. An import of it would break the bundles for those, even
 * behind a condition.
 */
const nodeCrypto = (
  globalThis as { process?: Partial<NodeJS.Process> }
).process?.getBuiltinModule?.('node:crypto');

/** Sizes of SHA-256 (RFC 6234). */
const BLOCK_BYTES = 64;
const SHA256_BYTES = 32;

/**
 * Beginnings of the two digests of an HMAC (RFC 2104, section 2), with room for the inner digest behind the outer one. With
 * them kept, a signature takes half the CPU time of `createHmac`, and leaves no object for the garbage collector to end.
 */
interface Pads {
  inner: Buffer;
  outer: Buffer;
}

const MAX_PADS = 100;
/** Pads of secrets that were used lately. */
const pads = new Map<string, Pads>();

/** HMAC-SHA256 in lower-case hex. Texts are signed as UTF-8. */
export function hmacHex(secret: string, text: string | Uint8Array): string {
  if (nodeCrypto === undefined) return bytesToHex(hmac(sha256Of, secret, text));
  if (nodeCrypto.hash === undefined || typeof text !== 'string') {
    return nodeCrypto.createHmac('sha256', secret).update(text).digest('hex');
  }
  const { inner, outer } = padsOf(secret);
  const bytes = Buffer.allocUnsafe(BLOCK_BYTES + Buffer.byteLength(text));
  bytes.set(inner);
  bytes.write(text, BLOCK_BYTES);
  outer.write(nodeCrypto.hash('sha256', bytes, 'binary'), BLOCK_BYTES, 'binary');
  return nodeCrypto.hash('sha256', outer, 'hex');
}

function padsOf(secret: string): Pads {
  const known = pads.get(secret);
  if (known !== undefined) return known;
  const given = Buffer.from(secret);
  const key = given.length > BLOCK_BYTES ? sha256(given) : given;
  const inner = Buffer.alloc(BLOCK_BYTES, 0x36);
  const outer = Buffer.alloc(BLOCK_BYTES + SHA256_BYTES, 0x5c);
  key.forEach((byte, i) => {
    inner[i] = byte ^ 0x36;
    outer[i] = byte ^ 0x5c;
  });
  if (pads.size >= MAX_PADS) pads.clear();
  pads.set(secret, { inner, outer });
  return { inner, outer };
}

/** The MD5 of a text's UTF-8 or of bytes, in lower-case hex. */
export function md5Hex(text: string | Uint8Array): string {
  if (nodeCrypto === undefined) return bytesToHex(md5(text));
  // In one call where there is one: half the time, and no object for the garbage collector to end.
  return nodeCrypto.hash?.('md5', text) ?? nodeCrypto.createHash('md5').update(text).digest('hex');
}

/** The SHA-256 of a text's UTF-8 or of bytes, in lower-case hex. */
export function sha256Hex(text: string | Uint8Array): string {
  return bytesToHex(sha256(text));
}

/** The SHA-256 of texts and bytes, one after the other. */
export function sha256(...parts: ReadonlyArray<string | Uint8Array>): Uint8Array {
  const hash = nodeCrypto === undefined ? sha256Of.create() : nodeCrypto.createHash('sha256');
  for (const part of parts) hash.update(typeof part === 'string' ? utf8(part) : part);
  return hash.digest();
}

/** Compares a digest with a given one in constant time. The length of a digest is no secret. */
export function safeEqual(digest: string, given: string): boolean {
  if (nodeCrypto !== undefined) {
    const [expected, bytes] = [Buffer.from(digest), Buffer.from(given)];
    return expected.length === bytes.length && nodeCrypto.timingSafeEqual(expected, bytes);
  }
  if (digest.length !== given.length) return false;
  let difference = 0;
  for (let at = 0; at < digest.length; at += 1) {
    difference |= digest.charCodeAt(at) ^ given.charCodeAt(at);
  }
  return difference === 0;
}

const encoder = new TextEncoder();

/** The UTF-8 of a text; a lone surrogate becomes U+FFFD, as everywhere. */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}
