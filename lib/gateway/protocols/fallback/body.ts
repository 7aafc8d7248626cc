import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { parseJson } from '../../../pusher/json';

/** Whether bytes follow the head of a request (RFC 9112, section 6.3). */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0;
}

/** The messages of an `xhr_send`, or the status and text that refuse it. Undefined: the peer went before its end. */
export type SendBody = { texts: string[] } | { refuse: number; text: string } | undefined;

/** Reads the body of an `xhr_send`. Never rejects; a body that is too large is known as soon as it is. */
export async function readSendBody(request: IncomingMessage, maxBytes: number): Promise<SendBody> {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    return { refuse: 415, text: 'The body must not be encoded' };
  }
  const body = await readBytes(request, maxBytes);
  if (body === 'aborted') return undefined;
  if (body === 'too_large') return { refuse: 413, text: `The body exceeds ${maxBytes} bytes` };
  const texts = isUtf8(body) ? parseJson(body.toString()) : undefined;
  if (!Array.isArray(texts) || !texts.every((text) => typeof text === 'string')) {
    return { refuse: 400, text: 'The body must be a JSON array of strings' };
  }
  return { texts };
}

function readBytes(
  request: IncomingMessage,
  maxBytes: number,
): Promise<Buffer | 'too_large' | 'aborted'> {
  return new Promise((resolve) => {
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) return resolve('too_large');
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) {
        chunks.length = 0;
        resolve('too_large');
      } else chunks.push(chunk);
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', () => resolve('aborted'));
    request.on('close', () => resolve('aborted'));
  });
}
