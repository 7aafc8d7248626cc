import { isUtf8 } from 'node:buffer';
import type { StandpipeError } from '../../../errors';
import { type Fields, isObject, parseJson } from '../../../pusher/json';
import type { BodyRefusal } from '../../http/body';
import { apiError } from './call';

/** The error that tells a client why its body was not taken. */
export function bodyError(why: BodyRefusal): StandpipeError {
  if (why.status === 415) {
    return apiError(415, 'Unsupported Content-Encoding: send the body as it is');
  }
  const { maxBytes } = why;
  return apiError(413, `The body of this request exceeds the allowed maximum (${maxBytes} bytes)`);
}

/** The body as text. Bytes that are no UTF-8 are refused rather than replaced. */
export function bodyText(body: Buffer): string {
  if (!isUtf8(body)) throw apiError(400, 'Invalid body: expected UTF-8');
  return body.toString();
}

/** The body as the JSON object it must be. */
export function bodyFields(body: Buffer): Fields {
  const fields = parseJson(bodyText(body));
  if (!isObject(fields)) throw apiError(400, 'Invalid body: expected a JSON object');
  return fields;
}
