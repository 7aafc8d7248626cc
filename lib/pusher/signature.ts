import { hmacHex, safeEqual } from './digests';

export { hmacHex, safeEqual };

/** The key and the secret of an app. */
export interface Credentials {
  key: string;
  secret: string;
}

export type SignatureVerdict = { ok: true } | { ok: false; message: string };

/** The text that is signed for a subscription. An empty `channelData` counts: only its absence drops the second colon. */
export function channelStringToSign(
  socketId: string,
  channel: string,
  channelData?: string,
): string {
  const subject = `${socketId}:${channel}`;
  return channelData === undefined ? subject : `${subject}:${channelData}`;
}

export function userStringToSign(socketId: string, userData: string): string {
  return `${socketId}::user::${userData}`;
}

/** Checks the `<key>:<signature>` of a subscription; the message of a refusal is that of the hosted service. */
export function verifyChannelAuth({
  socketId,
  channel,
  channelData,
  ...rest
}: Credentials & {
  socketId: string;
  channel: string;
  auth: string;
  channelData?: string | undefined;
}): SignatureVerdict {
  return verifyAuth(rest, channelStringToSign(socketId, channel, channelData), 'subscription');
}

/** Checks the `<key>:<signature>` of a signin. */
export function verifyUserAuth({
  socketId,
  userData,
  ...rest
}: Credentials & { socketId: string; userData: string; auth: string }): SignatureVerdict {
  return verifyAuth(rest, userStringToSign(socketId, userData), 'signin');
}

/** A refusal shows the text to sign, which the client knows anyway, and never the digest. */
function verifyAuth(
  { key, secret, auth }: Credentials & { auth: string },
  toSign: string,
  where: string,
): SignatureVerdict {
  const colon = auth.indexOf(':');
  const given = colon < 0 ? auth : auth.slice(0, colon);
  if (colon < 0 || given !== key) {
    return { ok: false, message: `Invalid key in ${where} auth data: '${given}'` };
  }
  const signature = auth.slice(colon + 1);
  if (safeEqual(hmacHex(secret, toSign), signature)) return { ok: true };
  const message = `Invalid signature: Expected HMAC SHA256 hex digest of ${toSign}, but got ${signature}`;
  return { ok: false, message };
}

/** Headers of a webhook. The signature covers the exact bytes of the body, so sign last. */
export function signWebhook({ key, secret, body }: Credentials & { body: string }): {
  'Content-Type': string;
  'X-Pusher-Key': string;
  'X-Pusher-Signature': string;
} {
  return {
    // The value has no charset: SDKs compare it whole.
    'Content-Type': 'application/json',
    'X-Pusher-Key': key,
    'X-Pusher-Signature': hmacHex(secret, body),
  };
}
