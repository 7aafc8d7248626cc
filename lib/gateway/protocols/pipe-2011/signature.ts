import { hmacHex, safeEqual } from '../../../pusher/digests';

/** Version of the signature, the only one there ever was. */
const AUTH_VERSION = '1.0';
/** An unknown key is checked against this secret, so that it takes no less time than a known one. */
const NO_SECRET = '';

/** The one parameter that is not signed, wherever it stands. */
const SIGNATURE = /(^|&)auth_signature=[^&]*/;

/** The request that `verifySignature` judges. */
export interface SignedUpgrade {
  /** Query of the request as received. */
  query: string;
  /** Paths that the client may have signed. */
  paths: readonly string[];
  secretOf: (key: string) => string | undefined;
  nowS: number;
  toleranceS: number;
}

/**
 * Checks the signature of Pipe 0.2: HMAC-SHA256 over `WEBSOCKET`, the path and the query without `auth_signature`, in the
 * order sent and with its escapes, joined by line feeds. Returns what is wrong; undefined when it is in order.
 */
export function verifySignature({
  query,
  paths,
  secretOf,
  nowS,
  toleranceS,
}: SignedUpgrade): string | undefined {
  const params = new URLSearchParams(query);
  for (const name of ['auth_key', 'auth_timestamp', 'auth_version', 'auth_signature']) {
    if (params.getAll(name).length !== 1) return `${name} must be given exactly once`;
  }
  const secret = secretOf(params.get('auth_key') ?? '');
  const signature = params.get('auth_signature') ?? '';
  const signed = query.replace(SIGNATURE, '').replace(/^&/, '');
  const matches = paths.map((path) => {
    const digest = hmacHex(secret ?? NO_SECRET, `WEBSOCKET\n${path}\n${signed}`);
    return safeEqual(digest, signature);
  });
  if (secret === undefined) return 'this app has no such auth_key';
  if (params.get('auth_version') !== AUTH_VERSION) return `auth_version must be ${AUTH_VERSION}`;
  const timestamp = params.get('auth_timestamp') ?? '';
  if (!/^\d{1,15}$/.test(timestamp)) return 'auth_timestamp must be in whole seconds since 1970';
  const awayS = Math.abs(Number(timestamp) - Math.floor(nowS));
  if (awayS >= toleranceS) {
    return `auth_timestamp is ${awayS} s away from the gateway's clock and must be less than ${toleranceS} s away`;
  }
  return matches.includes(true) ? undefined : 'auth_signature does not match; check the secret';
}
