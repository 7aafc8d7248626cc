import { hmacHex, md5Hex, safeEqual, sha256Hex } from './digests';
import type { Credentials } from './signature';

/** Decoded query parameters in the order they were sent. */
export type Params = ReadonlyArray<readonly [name: string, value: string]>;

export const AUTH_VERSION = '1.0';

/** A timestamp is accepted when it is less than this many seconds away. */
export const DEFAULT_TOLERANCE_S = 600;

/** A timestamp is in whole seconds; more digits than these would leave the range of dates. */
export const TIMESTAMP = /^\d{1,12}$/;

export type RequestVerdict =
  | { ok: true; key: string }
  | { ok: false; status: 400 | 401; message: string };

/** The parameters that are signed, sorted by their names in lower case; `auth_signature` is left out. */
function signedParams(params: Params): Array<{ signed: string; name: string; value: string }> {
  return params
    .map(([name, value]) => ({ signed: name.toLowerCase(), name, value }))
    .filter(({ signed }) => signed !== 'auth_signature')
    .sort(({ signed: a }, { signed: b }) => (a < b ? -1 : a > b ? 1 : 0));
}

/** The text that is signed for an HTTP request: method, path and signed parameters, values not encoded. */
export function stringToSign(method: string, path: string, params: Params): string {
  const signed = signedParams(params).map(({ signed, value }) => `${signed}=${value}`);
  return `${method}\n${path}\n${signed.join('&')}`;
}

/** Texts that mean themselves in a query string. */
const PLAIN = /^[A-Za-z0-9\-._~!$'()*,;:@/?[\]]*$/;

function encoded(text: string): string {
  return PLAIN.test(text) ? text : encodeURIComponent(text);
}

/** The MD5 that binds a body to the signature of its request, in lower-case hex. */
export function bodyMd5(body: string | Uint8Array): string {
  return md5Hex(body);
}

/**
 * Signs an HTTP request and returns its whole query string, sorted by name with the signature at the end. `path` has no
 * query, `timestamp` is in seconds.
 */
export function signRequest({
  method,
  path,
  query = [],
  key,
  secret,
  timestamp,
  bodyMd5: md5,
}: Credentials & {
  method: string;
  path: string;
  query?: Params;
  timestamp: number;
  bodyMd5?: string | undefined;
}): string {
  const params: Array<readonly [string, string]> = [
    ...query,
    ['auth_key', key],
    ['auth_timestamp', String(timestamp)],
    ['auth_version', AUTH_VERSION],
  ];
  if (md5 !== undefined) params.push(['body_md5', md5]);
  const signature = hmacHex(secret, stringToSign(method, path, params));
  return [...signedParams(params), { name: 'auth_signature', value: signature }]
    .map(({ name, value }) => `${encoded(name)}=${encoded(value)}`)
    .join('&');
}

/**
 * Checks the signature of an HTTP request, which covers all but its body; `bodyError` checks the body. `rawPath` is the
 * path as received, `path` the same percent-decoded: SDKs sign either. `secretOf` knows only the keys of the app in the
 * path. Texts and the order of checks follow the hosted service. The text of a refusal shows what to sign and never the
 * digest.
 */
export function verifyRequest({
  method,
  path,
  rawPath,
  params,
  secretOf,
  nowMs,
  toleranceS = DEFAULT_TOLERANCE_S,
}: {
  method: string;
  path: string;
  rawPath: string;
  params: Params;
  secretOf: (key: string) => string | undefined;
  nowMs: number;
  toleranceS?: number;
}): RequestVerdict {
  const values = new Map<string, string>();
  for (const [name, value] of params) {
    const known = name.toLowerCase();
    // Parsers differ in which of two values counts, so a parameter given twice is refused. `name[]` is a list.
    if (values.has(known) && !known.endsWith('[]')) {
      return { ok: false, status: 400, message: `Duplicate query parameter: ${known}` };
    }
    values.set(known, value);
  }
  const key = values.get('auth_key');
  if (key === undefined) return unauthorized('Missing parameter: auth_key');
  const secret = secretOf(key);
  if (secret === undefined) return unauthorized('Unknown auth_key');
  const version = values.get('auth_version');
  if (version === undefined) return unauthorized('Version required');
  if (version !== AUTH_VERSION) return unauthorized('Version not supported');
  const late = timestampError(values.get('auth_timestamp'), nowMs, toleranceS);
  if (late !== undefined) return unauthorized(late);

  const signature = values.get('auth_signature');
  if (signature === undefined) return unauthorized('Missing parameter: auth_signature');
  const toSign = stringToSign(method, rawPath, params);
  const matches =
    safeEqual(hmacHex(secret, toSign), signature) ||
    (path !== rawPath && safeEqual(hmacHex(secret, stringToSign(method, path, params)), signature));
  if (!matches) {
    const shown = `HmacSHA256Hex(${JSON.stringify(toSign)}, your_secret_key)`;
    return unauthorized(
      `Invalid signature: you should have sent ${shown}, but you sent ${JSON.stringify(signature)}`,
    );
  }
  return { ok: true, key };
}

/**
 * The fault in the body of a request whose signature was right: a body must be covered by a `body_md5`. `body` are the
 * bytes as received. A signed `body_sha256`, which is Standpipe's own, is checked too.
 */
export function bodyError(params: Params, body: Uint8Array): string | undefined {
  const signed = (hash: string): string | undefined =>
    params.find(([name]) => name.toLowerCase() === hash)?.[1];
  const md5 = signed('body_md5');
  if (md5 === undefined && body.length > 0) return 'Missing parameter: body_md5';
  // A signed hash without a body is wrong too: it says that there was one.
  if (md5 !== undefined && !safeEqual(bodyMd5(body), md5)) return 'Invalid body MD5';
  const sha256 = signed('body_sha256');
  if (sha256 === undefined) return undefined;
  return safeEqual(sha256Hex(body), sha256) ? undefined : 'Invalid body SHA-256';
}

function unauthorized(message: string): RequestVerdict {
  return { ok: false, status: 401, message };
}

function timestampError(
  timestamp: string | undefined,
  nowMs: number,
  toleranceS: number,
): string | undefined {
  if (timestamp === undefined) return 'Timestamp required';
  if (!TIMESTAMP.test(timestamp)) return 'Timestamp must be in whole seconds since 1970';
  const nowS = Math.floor(nowMs / 1000);
  if (Math.abs(Number(timestamp) - nowS) < toleranceS) return undefined;
  return (
    `Timestamp expired: Given timestamp (${isoSeconds(Number(timestamp))}) ` +
    `not within ${toleranceS}s of server time (${isoSeconds(nowS)})`
  );
}

function isoSeconds(timeS: number): string {
  return new Date(timeS * 1000).toISOString().replace('.000Z', 'Z');
}
