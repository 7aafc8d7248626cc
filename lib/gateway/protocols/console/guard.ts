import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import type { Fault } from './api';

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** Headers of every answer: no page of another origin reads, frames or runs any of it, and nothing of it is kept. */
export const GUARD_HEADERS: OutgoingHttpHeaders = {
  'Content-Security-Policy': POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

/**
 * Refuses requests that a page of another origin has made. A name that was made to resolve to this address belongs to such
 * a page (DNS rebinding): only addresses, localhost and the configured names are the console's own.
 */
export function foreign(
  { headers, method }: Pick<IncomingMessage, 'headers' | 'method'>,
  ownNames: ReadonlySet<string>,
): Fault | undefined {
  const { host = '', origin, 'content-type': type = '' } = headers;
  if (!isOwnName(host, ownNames)) {
    const message = 'this name is not the console’s: add it to console.hosts, or use the address';
    return { status: 421, message };
  }
  if (origin !== undefined && hostOf(origin) !== host.toLowerCase()) {
    return { status: 403, message: 'pages of other origins are not served' };
  }
  const { 'sec-fetch-site': site, 'sec-fetch-mode': mode, 'sec-fetch-dest': dest } = headers;
  // A link may lead to the page itself, which says nothing without a token.
  const isLink = method === 'GET' && mode === 'navigate' && dest === 'document';
  if ((site === 'cross-site' || site === 'same-site') && !isLink) {
    return { status: 403, message: 'pages of other sites are not served' };
  }
  if (method === 'POST' && !/^application\/json *(;|$)/i.test(type)) {
    return { status: 415, message: 'a body must be application/json' };
  }
  return undefined;
}

function isOwnName(host: string, ownNames: ReadonlySet<string>): boolean {
  const name = host
    .toLowerCase()
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1');
  return name === 'localhost' || isIP(name) !== 0 || ownNames.has(name);
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
