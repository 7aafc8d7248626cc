import { type OutgoingHttpHeaders, STATUS_CODES } from 'node:http';
import { hasBody } from './body';
import type { Exchange } from './exchange';

/** An answer: JSON when its body begins with a brace, plain text otherwise. */
export interface Answer {
  status: number;
  body: string;
  /** Never holds anything that came from outside. */
  headers?: Readonly<Record<string, string>>;
}

/** Answers a request. The rest of a body that was not read is not worth reading: the connection ends with the answer. */
export function sendAnswer(exchange: Exchange, answer: Answer): void {
  const { request, response } = exchange;
  if (answer.status >= 400) noteRefusal(exchange, answer);
  const headers = headersOf(answer);
  const received = Number(request.headers['content-length'] ?? 0) || 0;
  const sent = headers['Content-Length'] as number;
  exchange.journal.answered(exchange.entrance, answer.status, { received, sent });
  if (hasBody(request) && !request.complete) headers['Connection'] = 'close';
  response.writeHead(answer.status, headers);
  response.end(answer.body);
}

function noteRefusal(exchange: Exchange, { status, body }: Answer): void {
  const { entrance, app, path, remoteAddress, request, journal } = exchange;
  const refused = { entrance, app, message: body, status };
  journal.refused(refused, { method: request.method, path, remoteAddress });
}

/** Answers with a line of plain text that says why a request is not served. */
export function sendRefusal(exchange: Exchange, status: number, text: string): void {
  sendAnswer(exchange, { status, body: `${text}\n` });
}

/** Bytes of an answer to a connection that no response object stands for, and that ends with it. */
export function answerText(answer: Answer): string {
  const { status, body } = answer;
  const headers = { ...headersOf(answer), Connection: 'close' };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('\r\n')}\r\n\r\n${body}`;
}

function headersOf({ body, headers }: Answer): OutgoingHttpHeaders {
  return {
    'Content-Type': body.startsWith('{') ? 'application/json' : 'text/plain; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    // Names from the request stand in error texts: no browser may take them for a page.
    'X-Content-Type-Options': 'nosniff',
    ...headers,
  };
}
