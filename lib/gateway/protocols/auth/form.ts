import { isUtf8 } from 'node:buffer';
import { parseChannelName } from '../../../pusher/channel-name';
import { isObject, parseJson } from '../../../pusher/json';
import { rawValue } from '../../../pusher/raw-value';
import { RuleKind } from '../../../wire/frames';
import type { DecisionRequest } from '../../core/decisions';
import type { Exchange } from '../../http/exchange';
import { type Refusal, refusal } from './refusal';

const SOCKET_ID = /^\d{1,20}\.\d{1,20}$/;

/** Request of a browser for a signature. */
export interface AuthForm {
  socketId: string;
  /** Undefined for a sign-in. */
  channel: string | undefined;
  /** Everything else it sent along. */
  rest: ReadonlyMap<string, string>;
}

/** Reads the body of a request. A body that is not JSON by its type is a form, as pusher-js sends it. */
export function readAuthForm(
  body: Buffer,
  type: string | undefined,
  { signIn, maxChannelNameLength }: { signIn: boolean; maxChannelNameLength: number },
): AuthForm | Refusal {
  if (/^multipart\//i.test(type ?? '')) {
    const message = 'send application/x-www-form-urlencoded or application/json, not multipart';
    return refusal(415, 'bad_body', message);
  }
  const rest = readFields(body, type);
  if (rest === undefined) {
    const message = 'the body must be a form or a JSON object of strings and numbers, in UTF-8';
    return refusal(400, 'bad_body', message);
  }
  const socketId = rest.get('socket_id');
  const channel = rest.get('channel_name');
  if (socketId === undefined || !SOCKET_ID.test(socketId)) {
    return refusal(400, 'bad_socket_id', 'socket_id must be that of the connection, digits.digits');
  }
  rest.delete('socket_id');
  if (signIn) return { socketId, channel: undefined, rest };
  const kind = channel === undefined ? undefined : parseChannelName(channel, maxChannelNameLength);
  if (kind === undefined || kind.user !== undefined || kind.visibility === 'public') {
    const message = 'channel_name must be that of a private or presence channel';
    return refusal(400, 'bad_channel_name', message);
  }
  rest.delete('channel_name');
  return { socketId, channel: kind.name, rest };
}

/** Request for a decision, with all that a backend may go by. */
export function decisionRequest(
  { socketId, channel, rest }: AuthForm,
  { request, remoteAddress }: Exchange,
): DecisionRequest {
  const params = JSON.stringify({
    socketId,
    channel,
    headers: request.headers,
    body: Object.fromEntries(rest),
    remoteAddress,
  });
  return {
    kind: channel === undefined ? RuleKind.AUTHENTICATE : RuleKind.AUTHORIZE,
    channel,
    params,
  };
}

/** Fields of a body, flat as in a form: deeply nested JSON can be read but not written again. */
function readFields(body: Buffer, type: string | undefined): Map<string, string> | undefined {
  if (!isUtf8(body)) return undefined;
  const text = body.toString();
  if (!/^application\/json\b/i.test(type ?? '')) return new Map(new URLSearchParams(text));
  const fields = parseJson(text);
  if (!isObject(fields)) return undefined;
  const texts = new Map<string, string>();
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === 'string') texts.set(name, value);
    // Digits as they were sent: socket ids look like numbers to some clients.
    else if (typeof value === 'number') texts.set(name, rawValue(text, name));
    else return undefined;
  }
  return texts;
}
