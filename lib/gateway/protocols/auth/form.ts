import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { parseChannelName } from '../../../pusher/channel-name';
import { isObject, parseJson } from '../../../pusher/json';
import { RuleKind } from '../../../wire/frames';
import type { DecisionRequest } from '../../core/decisions';
import { type Refusal, refusal } from './refusal';

const SOCKET_ID = /^\d{1,20}\.\d{1,20}$/;

/** What a browser wants to have signed. */
export interface AuthForm {
  socketId: string;
  /** Undefined for a sign-in. */
  channel: string | undefined;
  /** Everything else it sent along. */
  rest: ReadonlyMap<string, string>;
}

/** Reads the body of a request. What is not JSON by its type is a form, which is what pusher-js sends. */
export function readAuthForm(
  body: Buffer,
  type: string | undefined,
  { signIn, maxChannelNameLength }: { signIn: boolean; maxChannelNameLength: number },
): AuthForm | Refusal {
  const rest = readFields(body, type);
  if (rest === undefined) {
    const message = 'the body must be a form or a JSON object of strings, in UTF-8';
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

/** What a backend is asked, with all that it may go by. */
export function decisionRequest(
  { socketId, channel, rest }: AuthForm,
  request: IncomingMessage,
): DecisionRequest {
  const params = JSON.stringify({
    socketId,
    channel,
    headers: request.headers,
    body: Object.fromEntries(rest),
    remoteAddress: request.socket.remoteAddress ?? '',
  });
  return {
    kind: channel === undefined ? RuleKind.AUTHENTICATE : RuleKind.AUTHORIZE,
    channel,
    params,
  };
}

/** Strings only, as in a form: what is nested very deep can be read but not written again. */
function readFields(body: Buffer, type: string | undefined): Map<string, string> | undefined {
  if (!isUtf8(body)) return undefined;
  const text = body.toString();
  if (!/^application\/json\b/i.test(type ?? '')) return new Map(new URLSearchParams(text));
  const fields = parseJson(text);
  if (!isObject(fields)) return undefined;
  const entries = Object.entries(fields);
  const isText = (entry: [string, unknown]): entry is [string, string] =>
    typeof entry[1] === 'string';
  return entries.every(isText) ? new Map(entries) : undefined;
}
