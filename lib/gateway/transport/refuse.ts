import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Answer, answerText } from '../http/answer';
import { MAX_HEADERS, MAX_PIECES } from './http-connection';

/** Answers to what the parser or its deadlines refuse. From Node 26 on the parser itself refuses too many headers. */
const CLIENT_ERRORS: ReadonlyMap<string, Answer> = new Map([
  ['ERR_HTTP_REQUEST_TIMEOUT', { status: 408, body: 'The request did not come in time\n' }],
  [
    'HPE_HEADER_OVERFLOW',
    {
      status: 431,
      body: `The head of the request is too large, or has more than ${MAX_HEADERS} headers; send less\n`,
    },
  ],
]);
const BAD_HOST: Answer = { status: 400, body: 'Send one Host header\n' };
const BAD_EXPECTATION: Answer = {
  status: 417,
  body: 'Expect takes 100-continue and nothing else\n',
};
const BAD_REQUEST: Answer = { status: 400, body: 'Bad request\n' };

/** Answer to a body in too many chunks. */
export const TOO_MANY_PIECES: Answer = {
  status: 413,
  body: `The body comes in more than ${MAX_PIECES} chunks; send larger ones\n`,
};

/** Answer to a head of too many lines. */
export const TOO_MANY_HEADERS: Answer = {
  status: 431,
  body: `The request has more than ${MAX_HEADERS} headers; send fewer\n`,
};

/** Answer of a gateway that has no room now. */
export function unavailable(why: string, retryAfterS: number): Answer {
  return { status: 503, body: `${why}\n`, headers: { 'Retry-After': String(retryAfterS) } };
}

/** Answer to pipelined requests that there is no room for. */
export const TOO_MANY_WAITING = unavailable('Over capacity: too many pipelined requests', 10);

/** Answer to a head that HTTP does not allow: a Host that is missing or there twice (RFC 9112 §3.2), an unknown Expect. */
export function faultOf(request: IncomingMessage): Answer | undefined {
  const { headers, rawHeaders, httpVersionMinor } = request;
  let hosts = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string;
    if (name.length === 4 && name.toLowerCase() === 'host') hosts++;
  }
  if (hosts > 1 || (hosts === 0 && httpVersionMinor > 0)) return BAD_HOST;
  const { expect = '100-continue' } = headers;
  return expect.toLowerCase() === '100-continue' ? undefined : BAD_EXPECTATION;
}

/** Answers a request, and ends its connection. */
export function answerAndEnd(response: ServerResponse, { status, body, headers }: Answer): void {
  response.shouldKeepAlive = false;
  response.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(body) }).end(body);
}

/** Answers an upgrade, or bytes that are no HTTP, and ends the connection. */
export function end(stream: Duplex, answer: Answer): void {
  if (stream.destroyed || !stream.writable) return;
  stream.end(answerText(answer), () => stream.destroy());
}

/** Ends a connection in order, without an answer. */
export function hangUp(stream: Duplex): void {
  stream.end(() => stream.destroy());
}

/** Answer to a request that the parser could not read, or that did not come in time. */
export function unreadable(error: NodeJS.ErrnoException): Answer {
  return CLIENT_ERRORS.get(error.code ?? '') ?? BAD_REQUEST;
}
