import { isObject, parseJson } from '../../../pusher/json';
import { isReservedEvent } from '../../../pusher/channel-name';
import { rawValue } from '../../../pusher/raw-value';

const quote = JSON.stringify as (text: string) => string;

/** First character of pushy's own texts on their way to the encoder. A text of the Channels protocol begins with `{`. */
const OWN = ' ';

/** Codes of `pushy:error`, which are texts. The first five are those of pushy. */
export const ErrorCode = {
  BOGUS: '100',
  UNKNOWN_COMMAND: '200',
  NO_CHANNEL: '300',
  NOT_SUBSCRIBED: '403',
  CHANNEL_NOT_FOUND: '404',
  TOO_MANY: '429',
  FAILED: '500',
} as const;

export type ErrorCode = (typeof ErrorCode)[keyof typeof ErrorCode];

/** A text of pushy's own for one client or for the clients of a channel; `data` is JSON text. */
export function ownEvent(event: string, data: string, channel?: string): string {
  const on = channel === undefined ? '' : `,"channel":${quote(channel)}`;
  return `${OWN}{"event":${quote(event)}${on},"data":${data}}`;
}

/** A text that a command sends as it is. */
export function ownText(text: string): string {
  return OWN + text;
}

export function errorEvent(code: ErrorCode, message: string): string {
  return ownEvent('pushy:error', JSON.stringify({ message, code }));
}

/**
 * The pushy text for a text that was published on a channel, or sent to a socket: pushy's own as it is, and an event of the
 * Channels protocol with its data decoded. Undefined for what pushy does not know: the Channels protocol's own events.
 * @param nameOf the name that clients know a channel by
 */
export function pushyText(text: string, nameOf: (channel: string) => string): string | undefined {
  if (text.startsWith(OWN)) return text.slice(OWN.length);
  const message = parseJson(text);
  if (!isObject(message)) return undefined;
  const { event, channel, data } = message;
  if (typeof event !== 'string' || isReservedEvent(event)) return undefined;
  const on = typeof channel === 'string' ? `,"channel":${quote(nameOf(channel))}` : '';
  const value =
    typeof data === 'string' && parseJson(data) !== undefined
      ? data
      : rawValue(text, 'data') || 'null';
  return `{"event":${quote(event)}${on},"data":${value}}`;
}
