import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { parseJson } from '../../pusher/json';
import { readBody } from '../http/body';

/** The messages of an `xhr_send`, or the status and text that refuse it. Undefined: the peer went before its end. */
export type SendBody = { texts: string[] } | { refuse: number; text: string } | undefined;

/** Reads the body of an `xhr_send`. Never rejects; one that is too large is known as soon as it is. */
export function readSendBody(request: IncomingMessage, maxBytes: number): Promise<SendBody> {
  return new Promise((resolve) => {
    readBody(
      request,
      { maxBytes },
      (body) => resolve(textsOf(body)),
      ({ status }) => resolve({ refuse: status, text: REFUSALS[status](maxBytes) }),
    );
    request.on('error', () => resolve(undefined));
    request.on('close', () => resolve(undefined));
  });
}

const REFUSALS = {
  413: (maxBytes: number): string => `The body exceeds ${maxBytes} bytes`,
  415: (): string => 'The body must not be encoded',
};

function textsOf(body: Buffer): SendBody {
  const texts = isUtf8(body) ? parseJson(body.toString()) : undefined;
  if (!Array.isArray(texts) || !texts.every((text) => typeof text === 'string')) {
    return { refuse: 400, text: 'The body must be a JSON array of strings' };
  }
  return { texts };
}
