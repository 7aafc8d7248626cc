import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** The version of the protocol that this code speaks. */
export const PROTOCOL_VERSION = 1;

/** Reason of a RESET: the session is gone with its gateway, and nothing of its stream is lost. */
export const STREAM_KEPT = 'stream_kept';

/** The subprotocol of the WebSocket. It names the framing, and changes only with it. */
export const SUBPROTOCOL = 'standpipe.v1';

/** The header of the 101 answer whose text HELLO's proof has to use. */
export const NONCE_HEADER = 'Standpipe-Nonce';

/** The header of a refused upgrade that has its code, for clients that do not see the body. */
export const ERROR_HEADER = 'Standpipe-Error';

/** HELLO's proof that a session is this client's: HMAC-SHA256, 32 bytes (PROTOCOL.md, HELLO). */
export function sessionProof(secret: Uint8Array, nonce: string, attempt: number): Buffer {
  return createHmac('sha256', secret).update(`${nonce}.${attempt}`).digest();
}

/** True when HELLO answers the challenge of its connection with the session's secret. */
export function provesSession(
  secret: Uint8Array,
  nonce: string,
  { proof, attempt }: { proof: Uint8Array; attempt: number },
): boolean {
  const expected = sessionProof(secret, nonce, attempt);
  return timingSafeEqual(sha256(expected), sha256(proof));
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
