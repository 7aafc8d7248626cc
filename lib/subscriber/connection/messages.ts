import { isObject } from '../../pusher/json';

/** A message of a gateway; data that is JSON in a string is decoded. */
export interface PusherEvent {
  event: string;
  channel: string | undefined;
  data: unknown;
  user_id?: string;
}

/** Errors of `connection.bind('error')`, in the shapes of pusher-js. */
export type ConnectionError =
  /** The gateway said so, in band or by closing. */
  | { type: 'PusherError'; data: PusherErrorData }
  /** The transport failed, or ended the attempt: then `error` is the reason as a PusherError. */
  | { type: 'WebSocketError'; error: unknown }
  | { type: 'HandshakeError'; error: unknown }
  | { type: 'MessageParseError'; error: unknown; data: string };

/** Data of an error that the gateway sends. */
export interface PusherErrorData {
  /** Code of the Channels protocol, or of RFC 6455; null where the gateway gives none. */
  code: number | null;
  message: string | undefined;
}

/** Decodes a message. Throws the `MessageParseError` of pusher-js. */
export function decodeMessage(text: string): PusherEvent {
  try {
    const message = JSON.parse(text) as unknown;
    if (!isObject(message) || typeof message.event !== 'string') {
      throw new TypeError('a message is a JSON object with an event');
    }
    const { event, channel, data, user_id } = message;
    const decoded: PusherEvent = {
      event,
      channel: typeof channel === 'string' ? channel : undefined,
      data: typeof data === 'string' ? decodeData(data) : data,
    };
    // Gateways send strings; pusher-js passes on any id that is not empty.
    if (user_id) decoded.user_id = user_id as string;
    return decoded;
  } catch (error) {
    const failure: ConnectionError = { type: 'MessageParseError', error, data: text };
    // oxlint-disable-next-line typescript/only-throw-error -- handlers get this shape, as from pusher-js
    throw failure;
  }
}

/** Data is JSON, or a text as it is. */
export function decodeData(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

export function encodeMessage(event: string, data: unknown, channel?: string): string {
  return JSON.stringify(channel ? { event, data, channel } : { event, data });
}

/** Content of the first message. */
export type Greeting =
  | { kind: 'established'; socketId: string; activityTimeoutMs: number }
  | { kind: 'error'; data: PusherErrorData }
  | { kind: 'invalid'; error: unknown };

/** Reads the first message of a connection (Channels protocol, "Connection established"). */
export function readGreeting(text: string): Greeting {
  let message: PusherEvent;
  try {
    message = decodeMessage(text);
  } catch (error) {
    return { kind: 'invalid', error };
  }
  const data = isObject(message.data) ? message.data : {};
  if (message.event === 'pusher:error') return { kind: 'error', data: errorData(data) };
  if (message.event !== 'pusher:connection_established') {
    return { kind: 'invalid', error: 'Invalid handshake' };
  }
  const { activity_timeout: timeoutS, socket_id: socketId } = data;
  if (typeof timeoutS !== 'number' || !(timeoutS > 0)) {
    return { kind: 'invalid', error: 'No activity timeout specified in handshake' };
  }
  if (typeof socketId !== 'string') {
    return { kind: 'invalid', error: 'No socket id specified in handshake' };
  }
  return { kind: 'established', socketId, activityTimeoutMs: timeoutS * 1000 };
}

export function errorData({ code, message }: Readonly<Record<string, unknown>>): PusherErrorData {
  return {
    code: typeof code === 'number' ? code : null,
    message: typeof message === 'string' ? message : undefined,
  };
}
