/**
 * Frames of Pipe 0.2 from the gateway to the backend: JSON texts with the keys `id`, `error` and `result`, all three in each
 * of them. The client of 2011 takes a frame without one of them for an error, which ends a program that listens to none.
 */

const quote = JSON.stringify as (text: string) => string;

/** Id of a request as it was sent; null for none, as on what the gateway says unasked. */
export type RequestId = string | number | null;

/** Codes of errors. 4210 is known from the source of the client, the others are the gateway's own. */
export const ErrorCode = {
  INVALID_REQUEST: 4200,
  UNKNOWN_METHOD: 4201,
  BAD_EVENT_NAME: 4210,
  UNKNOWN_SOCKET: 4211,
  BAD_CHANNEL_NAME: 4212,
  DATA_TOO_LARGE: 4213,
  UNKNOWN_SUBSCRIPTION: 4214,
  INTERNAL: 4500,
} as const;

/** Reason why a request is not done. */
export interface RequestError {
  code: (typeof ErrorCode)[keyof typeof ErrorCode];
  message: string;
}

/** The answer to a request that was done; `result` is JSON text. */
export function reply(id: RequestId, result: string): string {
  return `{"id":${JSON.stringify(id)},"error":null,"result":${result}}`;
}

/** The answer to a request that was not done, or an error without a request when `id` is null. */
export function errorReply(id: RequestId, { code, message }: RequestError): string {
  return `{"id":${JSON.stringify(id)},"error":{"code":${code},"message":${quote(message)}},"result":null}`;
}

/** An event; `data` is JSON text. */
function notification(event: string, data: string): string {
  return `{"id":null,"error":null,"result":{"event":"${event}","data":${data}}}`;
}

/** The first frame. The id is the one of this connection. */
export function connectionEstablished(id: string): string {
  return notification('connection_established', `{"socket_id":${quote(id)}}`);
}

export function socketOpened(socketId: string): string {
  return notification('socket_opened', `{"socket_id":${quote(socketId)}}`);
}

export function socketClosed(socketId: string): string {
  return notification('socket_closed', `{"socket_id":${quote(socketId)}}`);
}

/** An event of a browser. `data` is its JSON text, '' for none; without a channel the key must be absent. */
export function socketMessage(
  socketId: string,
  event: string,
  data: string,
  channel: string | undefined,
): string {
  const on = channel === undefined ? '' : `,"channel":${quote(channel)}`;
  const value = data === '' ? 'null' : data;
  const about = `{"socket_id":${quote(socketId)},"event":${quote(event)},"data":${value}${on}}`;
  return notification('socket_message', about);
}

/** A channel has its first subscriber, or has lost its last one. The client of 2011 passes over both. */
export function channelChanged(
  event: 'channel_occupied' | 'channel_vacated',
  name: string,
): string {
  return notification(event, `{"channel":${quote(name)}}`);
}

/** A line for the standard error of the backend's process. */
export function warning(message: string): string {
  return notification('warning', quote(message));
}
