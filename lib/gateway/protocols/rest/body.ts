import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { StandpipeError } from '../../../errors';
import { type Fields, isObject, parseJson } from '../../../pusher/json';
import { refuse } from './call';

const EMPTY = Buffer.alloc(0);

/** Whether bytes follow the head of a request (RFC 9112, section 6.3). */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0;
}

/**
 * Reads the bytes of a body as they were sent, for their signature covers just these. One that is encoded, or larger
 * than `maxBytes`, is refused as soon as that is known: by its head, or at the byte that is too many. Calls one of both
 * functions once, or none when the peer goes away before the end.
 */
export function readBody(
  request: IncomingMessage,
  maxBytes: number,
  whole: (body: Buffer) => void,
  refused: (error: StandpipeError) => void,
): void {
  if (!hasBody(request)) return whole(EMPTY);
  const { 'content-encoding': encoding, 'content-length': length } = request.headers;
  if (encoding !== undefined) {
    return refused(refuse(415, 'Unsupported Content-Encoding: send the body as it is'));
  }
  if (Number(length ?? 0) > maxBytes) return refused(tooLarge(maxBytes));
  const chunks: Buffer[] = [];
  let size = 0;
  request.on('data', (chunk: Buffer) => {
    // What is still on its way after a refusal is read into nothing, until the connection is closed.
    if (size > maxBytes) return;
    size += chunk.length;
    chunks.push(chunk);
    if (size <= maxBytes) return;
    chunks.length = 0;
    refused(tooLarge(maxBytes));
  });
  request.on('end', () => {
    if (size > maxBytes) return;
    const [first] = chunks;
    whole(chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks, size));
  });
}

/** The body as text. Bytes that are no UTF-8 are refused rather than replaced. */
export function bodyText(body: Buffer): string {
  if (!isUtf8(body)) throw refuse(400, 'Invalid body: expected UTF-8');
  return body.toString();
}

/** The body as the JSON object it must be. */
export function bodyFields(body: Buffer): Fields {
  const fields = parseJson(bodyText(body));
  if (!isObject(fields)) throw refuse(400, 'Invalid body: expected a JSON object');
  return fields;
}

function tooLarge(maxBytes: number): StandpipeError {
  return refuse(413, `The body of this request exceeds the allowed maximum (${maxBytes} bytes)`);
}
