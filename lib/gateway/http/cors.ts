import type { AllowedOrigins } from '../options/allowed-origins';
import type { Exchange } from './exchange';

export const METHODS = 'POST, OPTIONS';
/** Header names that a page may ask to send; they are sent back in a header of the answer. */
const HEADER_NAMES = /^[A-Za-z0-9!#$%&'*+.^_`|~, -]{1,1024}$/;
const PREFLIGHT_S = 600;

/**
 * Lets pages read the answer (Fetch standard, CORS protocol). With `cookies`, those of another site are let in for origins
 * that the app names: with `*` a browser keeps the answer to a request with cookies from the page.
 */
export function allowOrigin(
  origins: AllowedOrigins | undefined,
  { request, response }: Exchange,
  { cookies }: { cookies: boolean },
): void {
  const { origin } = request.headers;
  if (origins === undefined || origins.all) {
    response.setHeader('Access-Control-Allow-Origin', '*');
    return;
  }
  response.setHeader('Vary', 'Origin');
  if (origin === undefined || !origins.names(origin)) return;
  response.setHeader('Access-Control-Allow-Origin', origin);
  if (cookies) response.setHeader('Access-Control-Allow-Credentials', 'true');
}

/** Answers a preflight request: pusher-js may be given headers of the app's own. */
export function answerPreflight({ request, response }: Exchange): void {
  const names = request.headers['access-control-request-headers'];
  response.setHeader('Access-Control-Allow-Methods', METHODS);
  response.setHeader('Access-Control-Max-Age', PREFLIGHT_S);
  if (names !== undefined && HEADER_NAMES.test(names)) {
    response.setHeader('Access-Control-Allow-Headers', names);
    response.appendHeader('Vary', 'Access-Control-Request-Headers');
  }
  response.writeHead(204).end();
}
