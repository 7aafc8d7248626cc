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

/** HMAC-SHA256 in lower-case hex. Texts are signed as UTF-8. */
export function hmacHex(secret: string, text: string | Uint8Array): string {
  if (nodeCrypto === undefined) return bytesToHex(hmac(sha256Of, secret, text));
  return nodeCrypto.createHmac('sha256', secret).update(text).digest('hex');
}

/** The MD5 of a text's UTF-8 or of bytes, in lower-case hex. */
export function md5Hex(text: string | Uint8Array): string {
  if (nodeCrypto === undefined) return bytesToHex(md5(text));
  return nodeCrypto.createHash('md5').update(text).digest('hex');
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
