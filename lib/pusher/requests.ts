import { isObject, optional, parseJson } from './json';
import { socketEvent } from './messages';
import { rawValue } from './raw-value';

/**
 * A request of a backend to one browser, as events outside of any channel. Not part of the Channels protocol: the
 * server sends `standpipe:request` with `{id, event, data}`, the browser answers `standpipe:reply` with `{id, data}`,
 * or `{id, error}` where it cannot.
 */
export const REQUEST_EVENT = 'standpipe:request';
export const REPLY_EVENT = 'standpipe:reply';

/** `data` is the JSON text of the answer, `error` the reason why the browser has none. */
export type Reply = { id: string; data: string } | { id: string; error: string };

const MAX_ERROR_LENGTH = 500;

/** `data` is JSON text. */
export function requestMessage(id: string, event: string, data: string): string {
  return socketEvent(
    REQUEST_EVENT,
    `{"id":"${id}","event":${JSON.stringify(event)},"data":${data}}`,
  );
}

/** Reads the data of a reply; undefined when it is none. */
export function parseReply(text: string): Reply | undefined {
  const reply = parseJson(text);
  if (!isObject(reply) || typeof reply.id !== 'string') return undefined;
  const { id } = reply;
  const error = optional(reply.error);
  if (error === undefined) return { id, data: rawValue(text, 'data') || 'null' };
  return { id, error: (typeof error === 'string' ? error : 'failed').slice(0, MAX_ERROR_LENGTH) };
}
