/** Target of a request (RFC 9112, section 3.2), split once for all protocols. */
export interface Target {
  /** Path as protocols know it: not decoded and without the gateway's own prefix. */
  path: string;
  /** All behind the first question mark; '' without one. */
  query: string;
  /** Paths that a client may have signed: as received, and with or without the prefix that a proxy or an SDK leaves out. */
  signable: readonly string[];
}

/**
 * Splits a request target, of which the prefix may be missing: some proxies take it away. A path that begins with the
 * prefix may still be meant as it is (the fallback's own paths begin with /pusher), so it comes in both readings, the
 * likelier one first.
 */
export function parseTarget(target: string, prefix: string): [Target, ...Target[]] {
  const local = target.startsWith('/') ? target : localPart(target);
  const at = local.indexOf('?');
  const received = at < 0 ? local : local.slice(0, at);
  const query = at < 0 ? '' : local.slice(at + 1);
  if (prefix === '') return [{ path: received, query, signable: [received] }];
  if (!received.startsWith(`${prefix}/`)) {
    return [{ path: received, query, signable: [received, prefix + received] }];
  }
  const path = received.slice(prefix.length);
  const signable = [received, path];
  return [
    { path, query, signable },
    { path: received, query, signable },
  ];
}

/** Path and query of a target in absolute form, which a server must take (RFC 9112, section 3.2.2). */
function localPart(target: string): string {
  const match = /^https?:\/\/[^/?#]*/i.exec(target);
  if (match === null) return target;
  const rest = target.slice(match[0].length);
  return rest.startsWith('/') ? rest : `/${rest}`;
}
