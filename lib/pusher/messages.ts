import { isReservedEvent, isWellFormed } from './channel-name';
import { isObject, optional, parseJson } from './json';
import type { Fields } from './json';
import { rawValue } from './raw-value';

/** A message of a socket that follows the Channels protocol. */
export type ClientMessage =
  | { type: 'ping' }
  | { type: 'pong' }
  /** `auth` is '' when absent; `channelData` is the string that was signed, '' included. */
  | { type: 'subscribe'; channel: string; auth: string; channelData: string | undefined }
  | { type: 'unsubscribe'; channel: string }
  | { type: 'signin'; auth: string; userData: string }
  | EventMessage
  /** `pusher:` or `pusher_internal:` with a name that clients may not send. */
  | { type: 'unknown_internal'; event: string };

export interface EventMessage {
  type: 'event';
  event: string;
  channel: string | undefined;
  /** JSON text of the data exactly as it was sent; '' when there was none. */
  data: string;
  /** `traceparent` that the page sent with it; any text. */
  trace: string | undefined;
}

/** A message that cannot be understood; `message` is for the `pusher:error` that answers it. */
export interface MessageError {
  type: 'error';
  message: string;
}

const PING_MESSAGE: ClientMessage = { type: 'ping' };
const PONG_MESSAGE: ClientMessage = { type: 'pong' };
const INVALID_JSON = invalid('Received invalid JSON');
const NOT_AN_OBJECT = invalid('Invalid message: expected a JSON object');
const BAD_EVENT = invalid('Invalid message: event must be a non-empty string');
const BAD_CHANNEL = invalid('Invalid message: channel must be a string');
const BAD_AUTH = invalid('Invalid message: auth must be a string');
const BAD_CHANNEL_DATA = invalid('Invalid message: channel_data must be a string');
const BAD_USER_DATA = invalid('Invalid message: user_data must be a string');

/**
 * Reads one text frame of a socket. Never throws. Lengths and the characters of channel names are left to the caller,
 * whose limits are settings.
 */
export function parseClientMessage(text: string): ClientMessage | MessageError {
  const message = parseJson(text);
  if (message === undefined) return INVALID_JSON;
  if (!isObject(message)) return NOT_AN_OBJECT;
  const { event } = message;
  if (typeof event !== 'string' || event === '' || !isWellFormed(event)) return BAD_EVENT;
  if (isReservedEvent(event)) return parseCommand(event, message.data);
  const channel = optional(message.channel);
  if (channel !== undefined && typeof channel !== 'string') return BAD_CHANNEL;
  const { data, traceparent } = message;
  return {
    type: 'event',
    event,
    channel,
    data: data === undefined ? '' : rawValue(text, 'data'),
    trace: typeof traceparent === 'string' ? traceparent : undefined,
  };
}

function parseCommand(event: string, data: unknown): ClientMessage | MessageError {
  switch (event) {
    case 'pusher:ping':
      return PING_MESSAGE;
    case 'pusher:pong':
      return PONG_MESSAGE;
    case 'pusher:subscribe':
      return parseSubscribe(fields(data));
    case 'pusher:unsubscribe':
      return parseUnsubscribe(fields(data));
    case 'pusher:signin':
      return parseSignin(fields(data));
    default:
      // Answered with an error and never relayed: these names are the server's.
      return { type: 'unknown_internal', event };
  }
}

function parseSubscribe(data: Fields | undefined): ClientMessage | MessageError {
  if (data === undefined) return INVALID_JSON;
  const { channel } = data;
  const auth = optional(data.auth) ?? '';
  const channelData = optional(data.channel_data);
  if (typeof channel !== 'string') return BAD_CHANNEL;
  if (typeof auth !== 'string') return BAD_AUTH;
  if (channelData !== undefined && typeof channelData !== 'string') return BAD_CHANNEL_DATA;
  return { type: 'subscribe', channel, auth, channelData };
}

function parseUnsubscribe(data: Fields | undefined): ClientMessage | MessageError {
  if (data === undefined) return INVALID_JSON;
  const { channel } = data;
  return typeof channel === 'string' ? { type: 'unsubscribe', channel } : BAD_CHANNEL;
}

function parseSignin(data: Fields | undefined): ClientMessage | MessageError {
  if (data === undefined) return INVALID_JSON;
  const { auth, user_data: userData } = data;
  if (typeof auth !== 'string') return BAD_AUTH;
  return typeof userData === 'string' ? { type: 'signin', auth, userData } : BAD_USER_DATA;
}

/** The data of a command: an object, or the JSON text of one, as clients that encode twice send it. */
function fields(data: unknown): Fields | undefined {
  const value = typeof data === 'string' ? parseJson(data) : data;
  if (value === undefined && data !== undefined) return undefined;
  return isObject(value) ? value : {};
}

function invalid(message: string): MessageError {
  return { type: 'error', message };
}

export const PING = '{"event":"pusher:ping","data":"{}"}';
export const PONG = '{"event":"pusher:pong","data":"{}"}';

/** A member of a presence channel. `userInfo` is the JSON text of an object. */
export interface Member {
  userId: string;
  userInfo: string | undefined;
}

const quote = JSON.stringify as (text: string) => string;

const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

/** JSON.stringify for names: nearly all are plain ASCII, and looking costs a quarter of escaping. */
function quoteName(name: string): string {
  return PLAIN.test(name) ? `"${name}"` : quote(name);
}

/** The first message to every socket. The time is in seconds and must not be 0. */
export function connectionEstablished(socketId: string, activityTimeoutS: number): string {
  const data = `{"socket_id":${quote(socketId)},"activity_timeout":${activityTimeoutS}}`;
  return `{"event":"pusher:connection_established","data":${quote(data)}}`;
}

/** Parts of the texts that list a member, escaped as parts of a JSON string inside JSON. */
export interface ListedMember {
  readonly id: string;
  /** Key and value in the `hash`. */
  readonly entry: string;
}

/** Makes those parts once for each member: escaping a list of thousands takes ten times as long as joining it. */
export function listedMember({ userId, userInfo }: Member): ListedMember {
  const id = quote(userId);
  return { id: escaped(id), entry: escaped(`${id}:${userInfo ?? 'null'}`) };
}

function escaped(text: string): string {
  return quote(text).slice(1, -1);
}

/** The parts of some members joined, which list them as one. */
export function joinListed(members: Iterable<ListedMember>): ListedMember {
  const all = [...members];
  return { id: all.map(({ id }) => id).join(), entry: all.map(({ entry }) => entry).join() };
}

/**
 * The answer to a subscription. `members` are those of a presence channel, the newcomer among them; `count` is their
 * number where some are joined.
 */
export function subscriptionSucceeded(
  channel: string,
  members?: readonly ListedMember[],
  count = members?.length,
): string {
  if (members === undefined) {
    return `{"event":"pusher_internal:subscription_succeeded","data":"{}","channel":${quote(channel)}}`;
  }
  const { id: ids, entry: hash } = joinListed(members);
  const data = `{\\"presence\\":{\\"count\\":${count},\\"ids\\":[${ids}],\\"hash\\":{${hash}}}}`;
  return `{"event":"pusher_internal:subscription_succeeded","channel":${quote(channel)},"data":"${data}"}`;
}

/**
 * An event of a channel. `data` is any text: it becomes the JSON string that clients decode. `userId` names the
 * presence member who sent it.
 */
export function channelEvent(
  event: string,
  channel: string,
  data: string,
  userId?: string,
): string {
  return relayedClientEvent(event, channel, quote(data), userId);
}

/** Event and data of a text that `channelEvent` made. */
export function readChannelEvent(text: string): { event: string; data: string } {
  const { event, data } = JSON.parse(text) as { event: string; data: string };
  return { event, data };
}

/**
 * A client event on its way to the other sockets. `rawData` is JSON text and goes in as it is; '' leaves the key out.
 */
export function relayedClientEvent(
  event: string,
  channel: string,
  rawData: string,
  userId?: string,
): string {
  const data = rawData === '' ? '' : `,"data":${rawData}`;
  const user = userId === undefined ? '' : `,"user_id":${quoteName(userId)}`;
  return `{"event":${quoteName(event)},"channel":${quoteName(channel)}${data}${user}}`;
}

/** An event to one socket, outside of any channel. */
export function socketEvent(event: string, data: string): string {
  return `{"event":${quoteName(event)},"data":${quote(data)}}`;
}

export function memberAdded(channel: string, { userId, userInfo }: Member): string {
  const info = userInfo === undefined ? '' : `,"user_info":${userInfo}`;
  return onChannel('pusher_internal:member_added', channel, `{"user_id":${quote(userId)}${info}}`);
}

export function memberRemoved(channel: string, userId: string): string {
  return onChannel('pusher_internal:member_removed', channel, `{"user_id":${quote(userId)}}`);
}

export function subscriptionCount(channel: string, count: number): string {
  const data = `{"subscription_count":${count}}`;
  return onChannel('pusher_internal:subscription_count', channel, data);
}

export function cacheMiss(channel: string): string {
  return onChannel('pusher:cache_miss', channel, '{}');
}

/** `userData` is the string that was signed, returned as it came. */
export function signinSuccess(userData: string): string {
  return `{"event":"pusher:signin_success","data":${quote(`{"user_data":${quote(userData)}}`)}}`;
}

/** Users of a watchlist that came or went; an empty list is left out. */
export function watchlistEvents(online: readonly string[], offline: readonly string[]): string {
  const events = [
    { name: 'online', user_ids: online },
    { name: 'offline', user_ids: offline },
  ].filter(({ user_ids }) => user_ids.length > 0);
  const data = quote(JSON.stringify({ events }));
  return `{"event":"pusher_internal:watchlist_events","data":${data}}`;
}

/** The one event whose data is an object on the wire. */
export function errorMessage(code: number | null, message: string): string {
  return `{"event":"pusher:error","data":{"code":${code},"message":${quote(message)}}}`;
}

/** An error for the handlers of one channel, as `pusher:error` is one for the handlers of the connection. */
export function subscriptionError(
  channel: string,
  { type, error, status }: { type: 'AuthError' | 'LimitReached'; error: string; status: number },
): string {
  const data = `{"type":"${type}","error":${quote(error)},"status":${status}}`;
  return `{"event":"pusher:subscription_error","channel":${quote(channel)},"data":${data}}`;
}

function onChannel(event: string, channel: string, data: string): string {
  return `{"event":"${event}","channel":${quote(channel)},"data":${quote(data)}}`;
}
