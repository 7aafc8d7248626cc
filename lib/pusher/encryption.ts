import { xsalsa20poly1305 } from '@noble/ciphers/salsa';
import { sha256, utf8 } from './digests';
import { isObject, parseJson } from './json';

/** Bytes of a master key, and of the key of a channel. */
const KEY_BYTES = 32;

const NONCE_BYTES = 24;
const TAG_BYTES = 16;

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * The text of an encrypted event, or why there is none: 'format' for what is no encrypted event at all, 'key' for one that
 * this key does not open, or that was changed on its way.
 */
export type Opened =
  | { ok: true; text: string }
  | { ok: false; reason: 'format' | 'key'; message: string };

/** The 32 bytes of a master key, or what is wrong with it. Messages are upstream's and never show the key. */
export function readMasterKey(
  base64: unknown,
): { ok: true; key: Uint8Array } | { ok: false; message: string } {
  const keyError = (message: string): { ok: false; message: string } => ({ ok: false, message });
  if (typeof base64 !== 'string') return keyError('encryptionMasterKeyBase64 must be a string');
  const key = fromBase64(base64);
  if (key === undefined) return keyError('encryptionMasterKeyBase64 must be valid base64');
  if (key.length === KEY_BYTES) return { ok: true, key };
  return keyError(
    `encryptionMasterKeyBase64 must decode to ${KEY_BYTES} bytes, but the provided key decodes to ${key.length} bytes`,
  );
}

/** The key of one `private-encrypted-` channel: the SHA-256 of its name followed by the master key. */
export function channelKey(channel: string, masterKey: Uint8Array): Uint8Array {
  return sha256(channel, masterKey);
}

/**
 * Encrypts the data of an event for its channel, as NaCl's secretbox (XSalsa20-Poly1305): the JSON text of
 * `{nonce, ciphertext}`, both in base64. A nonce is never used twice, so it is drawn at random unless a test gives it.
 */
export function seal(
  text: string,
  key: Uint8Array,
  nonce: Uint8Array = crypto.getRandomValues(new Uint8Array(NONCE_BYTES)),
): string {
  const ciphertext = xsalsa20poly1305(key, nonce).encrypt(utf8(text));
  return `{"nonce":"${toBase64(nonce)}","ciphertext":"${toBase64(ciphertext)}"}`;
}

/** Decrypts what `seal` made: its JSON text, or the object that it says. Never throws. */
export function open(data: unknown, key: Uint8Array): Opened {
  const box = typeof data === 'string' ? parseJson(data) : data;
  if (!isObject(box)) return malformed('expected an object with `ciphertext` and `nonce`');
  const nonce = fromBase64(box.nonce);
  const ciphertext = fromBase64(box.ciphertext);
  if (nonce?.length !== NONCE_BYTES) {
    return malformed(`expected a nonce of ${NONCE_BYTES} bytes in base64`);
  }
  if (ciphertext === undefined || ciphertext.length < TAG_BYTES) {
    return malformed(`expected a ciphertext of at least ${TAG_BYTES} bytes in base64`);
  }
  let bytes: Uint8Array;
  try {
    bytes = xsalsa20poly1305(key, nonce).decrypt(ciphertext);
  } catch {
    const message = 'the key of this channel does not open the event';
    return { ok: false, reason: 'key', message };
  }
  return { ok: true, text: new TextDecoder().decode(bytes) };
}

function malformed(message: string): Opened {
  return { ok: false, reason: 'format', message: `Invalid encrypted event: ${message}` };
}

/** Node's atob and btoa are thirty times as slow as its Buffer, which browsers do not have. */
function nodeBuffer(): typeof Buffer | undefined {
  return globalThis.Buffer;
}

/** Standard base64 with padding. */
export function toBase64(bytes: Uint8Array): string {
  const buffers = nodeBuffer();
  if (buffers !== undefined) return buffers.from(bytes).toString('base64');
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** The bytes of standard base64 with padding; undefined for anything else. */
export function fromBase64(text: unknown): Uint8Array | undefined {
  if (typeof text !== 'string' || !BASE64.test(text)) return undefined;
  const buffers = nodeBuffer();
  if (buffers !== undefined) return new Uint8Array(buffers.from(text, 'base64'));
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}
