import { isUtf8 } from 'node:buffer';
import { parseChannelName } from '../../../pusher/channel-name';
import { isObject, parseJson } from '../../../pusher/json';
import { rawValue } from '../../../pusher/raw-value';
import { RuleKind } from '../../../wire/frames';
import type { DecisionRequest } from '../../core/decisions';
import type { Exchange } from '../../http/exchange';
import { type AuthRefusal, refusal } from './refusal';

const SOCKET_ID = /^\d{1,20}\.\d{1,20}$/;

/** Request of a browser for a signature. */
export interface AuthForm {
  socketId: string;
  /** Undefined for a sign-in. */
  channel: string | undefined;
  /** The other fields of the form. */
  rest: ReadonlyMap<string, string>;
}

/** A request for one signature, or for the signatures of several channels that are answered by name. */
export type AuthForms =
  | { kind: 'one'; form: AuthForm }
  | { kind: 'several'; forms: ReadonlyMap<string, AuthForm | AuthRefusal> };

/** Channels of one request; each is a decision asked of a backend. */
const MAX_CHANNELS = 100;
/** Name of one channel field of several, as in the plugin pusher-js-auth and in frameworks with lists in forms. */
const ONE_OF_SEVERAL = /^channel_name\[\d{1,4}\]$/;

/** Reads the body of a request. A body without the type of JSON is a form; pusher-js sends forms. */
export function readAuthForms(
  body: Buffer,
  type: string | undefined,
  { signIn, maxChannelNameLength }: { signIn: boolean; maxChannelNameLength: number },
): AuthForms | AuthRefusal {
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
  if (socketId === undefined || !SOCKET_ID.test(socketId)) {
    return refusal(400, 'bad_socket_id', 'socket_id must be that of the connection, digits.digits');
  }
  rest.delete('socket_id');
  if (signIn) return { kind: 'one', form: { socketId, channel: undefined, rest } };
  const formFor = (channel: string | undefined): AuthForm | AuthRefusal => {
    const kind =
      channel === undefined ? undefined : parseChannelName(channel, maxChannelNameLength);
    if (kind !== undefined && kind.user === undefined && kind.visibility !== 'public') {
      return { socketId, channel: kind.name, rest };
    }
    const message = 'channel_name must be that of a private or presence channel';
    return refusal(400, 'bad_channel_name', message);
  };
  const several = [...rest].filter(([field]) => ONE_OF_SEVERAL.test(field));
  if (several.length > MAX_CHANNELS) {
    return refusal(400, 'too_many_channels', `ask for at most ${MAX_CHANNELS} channels at a time`);
  }
  const one = rest.get('channel_name');
  for (const field of ['channel_name', ...several.map(([field]) => field)]) rest.delete(field);
  if (several.length > 0) {
    return { kind: 'several', forms: new Map(several.map(([, name]) => [name, formFor(name)])) };
  }
  const form = formFor(one);
  return 'status' in form ? form : { kind: 'one', form };
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
