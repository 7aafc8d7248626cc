import { hmacHex, safeEqual } from './digests';
import {
  AUTH_VERSION,
  DEFAULT_TOLERANCE_S,
  TIMESTAMP,
  signRequest,
  stringToSign,
} from './request-signature';
import type { Credentials } from './signature';

/** An unknown key is checked against this secret, so that it takes no less time than a known one. */
const NO_SECRET = '';

export type PipeRefusal =
  | 'missing_parameter'
  | 'unknown_key'
  | 'bad_version'
  | 'bad_timestamp'
  | 'expired'
  | 'bad_signature';

export type PipeVerdict =
  | { ok: true; key: string }
  | { ok: false; code: PipeRefusal; message: string };

/**
 * The four signed parameters with which a Pipe opens, for its Authorization header or its query string: the same as for
 * an HTTP GET of `path`.
 */
export function signPipeRequest({
  key,
  secret,
  path,
  timestampS,
}: Credentials & { path: string; timestampS: number }): string {
  return signRequest({ method: 'GET', path, key, secret, timestamp: timestampS });
}

/**
 * Checks the parameters with which a Pipe opens, encoded as a query string. The message of a refusal says what to fix;
 * its reader holds the secret. An unknown key costs the same hashes as a known one.
 */
export function verifyPipeRequest({
  params,
  path,
  secretOf,
  nowS,
  toleranceS = DEFAULT_TOLERANCE_S,
}: {
  params: string;
  path: string;
  secretOf: (key: string) => string | undefined;
  nowS: number;
  toleranceS?: number;
}): PipeVerdict {
  const query = new URLSearchParams(params);
  for (const name of ['auth_key', 'auth_timestamp', 'auth_version', 'auth_signature']) {
    if (query.getAll(name).length === 1) continue;
    return refusedVerdict('missing_parameter', `${name} must be given exactly once`);
  }
  const [key, timestamp, version, signature] = [
    query.get('auth_key') ?? '',
    query.get('auth_timestamp') ?? '',
    query.get('auth_version'),
    query.get('auth_signature') ?? '',
  ];
  const secret = secretOf(key);
  const toSign = stringToSign('GET', path, [...query]);
  const matches = safeEqual(hmacHex(secret ?? NO_SECRET, toSign), signature);
  if (secret === undefined) {
    return refusedVerdict('unknown_key', 'this app has no such key; check the app id and the key');
  }
  if (version !== AUTH_VERSION) {
    return refusedVerdict('bad_version', `auth_version must be ${AUTH_VERSION}`);
  }
  if (!TIMESTAMP.test(timestamp)) {
    return refusedVerdict('bad_timestamp', 'auth_timestamp must be in whole seconds since 1970');
  }
  const awayS = Math.abs(Number(timestamp) - Math.floor(nowS));
  if (awayS >= toleranceS) {
    return refusedVerdict(
      'expired',
      `auth_timestamp is ${awayS} s away from the gateway's clock and must be less than ${toleranceS} s away; ` +
        'check the clocks of both machines',
    );
  }
  if (!matches) {
    return refusedVerdict(
      'bad_signature',
      `auth_signature does not match; check the secret, and that this was signed: ${JSON.stringify(toSign)}`,
    );
  }
  return { ok: true, key };
}

function refusedVerdict(code: PipeRefusal, message: string): PipeVerdict {
  return { ok: false, code, message };
}
