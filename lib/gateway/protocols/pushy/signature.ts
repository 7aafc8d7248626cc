import { safeEqual, sha256Hex } from '../../../pusher/digests';
import { writeJson } from '../../../pusher/json';

/** Joins the parts with colons, the secret last, and compares their SHA-256 with a given one. */
function verify(parts: readonly string[], secretKey: string, given: string): boolean {
  return safeEqual(sha256Hex([...parts, secretKey].join(':')), given);
}

/** A signed trigger. */
export interface SignedTrigger {
  /** Lower-cased. */
  channel: string;
  event: string;
  timestampS: number;
  /** The body as JSON, as JSON.stringify writes it. */
  body: string;
  authKey: string;
}

/**
 * Checks `auth_key` of a trigger: SHA-256 of `channel:event:timestamp:body:secretKey`. PHP writes an empty body as `[]`
 * where the server has read `{}`, and both are taken.
 */
export function verifyTrigger(
  { channel, event, timestampS, body, authKey }: SignedTrigger,
  secretKey: string,
): boolean {
  const about = [channel, event, String(timestampS)];
  const matches = verify([...about, body], secretKey, authKey);
  return matches || (body === '{}' && verify([...about, '[]'], secretKey, authKey));
}

/**
 * Checks `auth` of a subscription: SHA-256 of `connection_id:channel[:data]:secretKey`. `data` is itself a JSON text, so
 * that it is encoded twice in what is signed.
 */
export function verifySubscription(
  { id, channel, data, auth }: { id: string; channel: string; data: unknown; auth: string },
  secretKey: string,
): boolean {
  if (data === undefined) return verify([id, channel], secretKey, auth);
  const json = writeJson(data);
  return json !== undefined && verify([id, channel, json], secretKey, auth);
}
