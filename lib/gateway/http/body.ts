import type { IncomingMessage } from 'node:http';

const EMPTY = Buffer.alloc(0);

/** Reason why a body is not taken, with the HTTP status that says so. */
export type BodyRefusal = { status: 413; maxBytes: number } | { status: 415 };

/** True when bytes follow the head of a request (RFC 9112, section 6.3). */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0;
}

/**
 * Reads the bytes of a body as they were sent, or past them when they are not wanted: `whole` then gets none. An encoded
 * body, or a body above `maxBytes`, is refused as soon as that is known: by its head, or at the byte that is too many.
 * Calls one of both functions once, or none when the peer goes away before the end.
 */
export function readBody(
  request: IncomingMessage,
  { maxBytes, wanted = true }: { maxBytes: number; wanted?: boolean },
  whole: (body: Buffer) => void,
  refused: (why: BodyRefusal) => void,
): void {
  if (!hasBody(request)) return whole(EMPTY);
  const { 'content-encoding': encoding, 'content-length': length } = request.headers;
  if (encoding !== undefined && encoding !== 'identity') return refused({ status: 415 });
  if (Number(length ?? 0) > maxBytes) return refused({ status: 413, maxBytes });
  const chunks: Buffer[] = [];
  let size = 0;
  request.on('data', (chunk: Buffer) => {
    // Bytes that come after a refusal are dropped until the connection is closed.
    if (size > maxBytes) return;
    size += chunk.length;
    if (wanted) chunks.push(chunk);
    if (size <= maxBytes) return;
    chunks.length = 0;
    refused({ status: 413, maxBytes });
  });
  request.on('end', () => {
    if (size > maxBytes) return;
    const [first] = chunks;
    whole(chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks));
  });
}
