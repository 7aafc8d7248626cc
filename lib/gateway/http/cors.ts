import type { IncomingMessage, ServerResponse } from 'node:http';

export const METHODS = 'POST, OPTIONS';
/** What a page may ask to send; it is sent back in a header of the answer. */
const HEADER_NAMES = /^[A-Za-z0-9!#$%&'*+.^_`|~, -]{1,1024}$/;
const PREFLIGHT_S = 600;

/** Every page of a browser states its origin; who states none is no page, and could have stated any. */
export function allows(origins: readonly string[] | undefined, request: IncomingMessage): boolean {
  const { origin } = request.headers;
  return origins === undefined || origin === undefined || origins.includes(origin);
}

/**
 * Lets pages read the answer (Fetch standard, CORS protocol). Cookies of another site are let in only for origins that
 * the app names: with `*` a browser keeps the answer to a request with cookies from the page.
 */
export function allowOrigin(
  origins: readonly string[] | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { origin } = request.headers;
  if (origins === undefined) return void response.setHeader('Access-Control-Allow-Origin', '*');
  response.setHeader('Vary', 'Origin');
  if (origin === undefined || !origins.includes(origin)) return;
  response.setHeader('Access-Control-Allow-Origin', origin);
  response.setHeader('Access-Control-Allow-Credentials', 'true');
}

/** Answers a preflight request: pusher-js may be given headers of the app's own. */
export function answerPreflight(request: IncomingMessage, response: ServerResponse): void {
  const names = request.headers['access-control-request-headers'];
  response.setHeader('Access-Control-Allow-Methods', METHODS);
  response.setHeader('Access-Control-Max-Age', PREFLIGHT_S);
  if (names !== undefined && HEADER_NAMES.test(names)) {
    response.setHeader('Access-Control-Allow-Headers', names);
    response.appendHeader('Vary', 'Access-Control-Request-Headers');
  }
  response.writeHead(204).end();
}
