import type { Fields } from '../../../pusher/json';
import { type Params, bodyError, verifyRequest } from '../../../pusher/request-signature';
import type { Permission } from '../../options/app-keys';
import type { App } from '../../core/model/app';
import { type AppKey, forbidden } from '../../core/model/app-keys';
import { apiError } from './call';

const NO_FIELDS: Fields = {};

/** Parameters of the signature, which every endpoint has. */
const AUTH_PARAM = /^(auth_.*|body_md5|body_sha256)$/;

/**
 * Checks who sends a request, by all of it but the body, and answers with the app and the key: the app that its path names, if there is
 * one and the request is signed with a key of it that has the permission (Channels protocol, HTTP API authentication).
 */
export function authenticate(
  app: App | undefined,
  {
    paths,
    method,
    params,
    permission,
    nowMs,
    toleranceS,
  }: {
    method: string;
    /** Paths of which the client may have signed one. */
    paths: readonly string[];
    params: Params;
    permission: Permission;
    nowMs: number;
    toleranceS: number;
  },
): { app: App; key: AppKey } {
  const secretOf = (key: string): string | undefined => app?.keys.secretOf(key);
  const verify = (rawPath = ''): ReturnType<typeof verifyRequest> => {
    const path = decode(rawPath);
    return verifyRequest({ method, path, rawPath, params, secretOf, nowMs, toleranceS });
  };
  const [received, ...others] = paths;
  const first = verify(received);
  // A refusal tells of the path as it was received.
  const verdict = first.ok ? first : (others.map(verify).find(({ ok }) => ok) ?? first);
  if (!verdict.ok) throw apiError(verdict.status, verdict.message);
  const key = app?.keys.find(verdict.key);
  // No request of an unknown app passes; this tells the compiler.
  if (app === undefined || key === undefined) throw apiError(401, 'Unknown auth_key');
  const why = forbidden(key, permission);
  if (why !== undefined) throw apiError(403, why);
  key.uses++;
  return { app, key };
}

/**
 * Checks that the body is the one that was signed. `body_md5` binds it only as well as MD5 can: an attacker who chooses
 * what an app signs can prepare two bodies of one hash. Hence `body_sha256` beside it, for senders that care.
 */
export function authenticateBody(params: Params, body: Buffer): void {
  const error = bodyError(params, body);
  if (error !== undefined) throw apiError(401, error);
}

/** Decoded parameters of a query string, in their order. */
export function parseQuery(query: string): Params {
  if (query === '') return [];
  // Queries of SDKs for a publish have nothing to decode, and URLSearchParams costs as much as an HMAC.
  if (/[%+]/.test(query)) return [...new URLSearchParams(query)];
  const params: Array<[string, string]> = [];
  for (const pair of query.split('&')) {
    const at = pair.indexOf('=');
    if (at >= 0) params.push([pair.slice(0, at), pair.slice(at + 1)]);
    else if (pair !== '') params.push([pair, '']);
  }
  return params;
}

/** The parameters that are an endpoint's own. Others beside those of the signature are refused by their names. */
export function ownParams(params: Params, known: ReadonlySet<string>): Fields {
  const fields = new Map<string, string | string[]>();
  const extraneous: string[] = [];
  for (const [name, value] of params) {
    const lower = name.toLowerCase();
    if (AUTH_PARAM.test(lower)) continue;
    if (!known.has(lower)) {
      extraneous.push(name);
      continue;
    }
    if (!lower.endsWith('[]')) {
      fields.set(lower, value);
      continue;
    }
    const list = fields.get(lower.slice(0, -2));
    if (Array.isArray(list)) list.push(value);
    else fields.set(lower.slice(0, -2), [value]);
  }
  if (extraneous.length > 0) {
    const names = extraneous.join(', ');
    throw apiError(400, `The following query string parameters are extraneous: ${names}`);
  }
  return fields.size === 0 ? NO_FIELDS : Object.fromEntries(fields);
}

/** Percent-decodes once: a name that is encoded twice stays encoded. */
export function decode(path: string): string {
  if (!path.includes('%')) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    throw apiError(400, 'Invalid path: malformed percent-encoding');
  }
}
