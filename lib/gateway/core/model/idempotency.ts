import { createHash } from 'node:crypto';

export const MAX_IDEMPOTENCY_KEY_LENGTH = 255;

/** Short text for the content of a publish: another one under the same key is an error of the caller. */
export function fingerprint(what: string, body: Buffer | string = ''): string {
  return createHash('sha256').update(`${what}\n`).update(body).digest('base64');
}
