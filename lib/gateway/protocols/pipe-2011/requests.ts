import { isEventName, isReservedEvent, parseChannelName } from '../../../pusher/channel-name';
import {
  MAX_LEVELS,
  isObject,
  measureJson,
  optional,
  parseJson,
  type Fields,
} from '../../../pusher/json';
import { rawValue } from '../../../pusher/raw-value';
import { type Eventual, later } from '../../../brokers/eventual';
import type { App } from '../../core/model/app';
import type { Parts } from '../../core/parts';
import { ErrorCode, type RequestError, type RequestId } from './frames';

/** Kinds of events that a backend may subscribe to. */
export const SUBSCRIPTIONS = ['socket_existence', 'socket_message', 'channel_existence'] as const;
export type Subscription = (typeof SUBSCRIPTIONS)[number];

/** Longest id of a request, socket id to exclude, or list of subscriptions. */
const MAX_ID_LENGTH = 200;
const MAX_SUBSCRIPTIONS = 100;

/** The backend that asks. */
export interface Asking {
  readonly app: App;
  readonly subscriptions: Set<Subscription>;
  /** The backend's subscriptions are others from now on. */
  subscribed(): void;
}

/** Outcome of a request: JSON text of its result, or the reason why it was not done. */
type Outcome = { result: string } | RequestError;

type RequestParts = Pick<Parts, 'router' | 'limits' | 'log'>;

/** A request, as far as it could be read. */
export interface Answered {
  id: RequestId;
  outcome: Outcome;
  /** The frame was no request. */
  malformed?: true;
}

/** Reads one request (`{"id","method","params"}`), does it, and returns its one answer. Never throws, nor rejects. */
export function answer(parts: RequestParts, asking: Asking, text: string): Eventual<Answered> {
  // A deep text takes a second to parse, of which every connection would have its share.
  if (measureJson(text).levels > MAX_LEVELS) {
    return malformed(null, `a request must not have more than ${MAX_LEVELS} levels`);
  }
  const request = parseJson(text);
  if (!isObject(request)) {
    return malformed(null, 'a request must be a JSON object');
  }
  const id = readId(request.id);
  if (id === undefined) {
    return malformed(null, `id must be a string of 1 to ${MAX_ID_LENGTH} characters`);
  }
  const { method, params } = request;
  if (typeof method !== 'string') return malformed(id, 'method must be a string');
  if (!isObject(params)) return malformed(id, 'params must be an object');
  const data = (): string => rawValue(rawValue(text, 'params'), 'data') || '""';
  try {
    return later(run(parts, asking, { method, params, data }), (outcome) => ({ id, outcome }));
  } catch (error) {
    parts.log.error({ err: error }, 'a request of Pipe 0.2 failed');
    return { id, outcome: { code: ErrorCode.INTERNAL, message: 'Internal error' } };
  }
}

interface Request {
  method: string;
  params: Fields;
  /** JSON text of the data. */
  data: () => string;
}

function run(
  parts: RequestParts,
  asking: Asking,
  { method, params, data }: Request,
): Eventual<Outcome> {
  switch (method) {
    case 'subscribe':
      return change(asking, params, (each) => asking.subscriptions.add(each));
    case 'unsubscribe':
      return change(asking, params, (each) => asking.subscriptions.delete(each));
    case 'send_to_socket':
      return sendToSocket(parts, asking.app, params, data());
    case 'send_to_channel':
      return sendToChannel(parts, asking.app, params, data());
    default: {
      // A method that Pipe 0.2 does not have.
      const message = `Unknown method: '${method.slice(0, MAX_ID_LENGTH)}'`;
      return { code: ErrorCode.UNKNOWN_METHOD, message };
    }
  }
}

function readId(id: unknown): RequestId | undefined {
  if (typeof id === 'number') return id;
  return typeof id === 'string' && id !== '' && id.length <= MAX_ID_LENGTH ? id : undefined;
}

function change(
  asking: Asking,
  { events }: Fields,
  apply: (subscription: Subscription) => void,
): Outcome {
  if (!Array.isArray(events) || events.length > MAX_SUBSCRIPTIONS) {
    return invalid(`events must be an array of at most ${MAX_SUBSCRIPTIONS} names`);
  }
  const known: Subscription[] = [];
  for (const name of events as unknown[]) {
    const found = SUBSCRIPTIONS.find((each) => each === name);
    if (found === undefined) {
      const shown = typeof name === 'string' ? name.slice(0, MAX_ID_LENGTH) : typeof name;
      const message = `Unknown event type: '${shown}'; there are ${SUBSCRIPTIONS.join(', ')}`;
      return { code: ErrorCode.UNKNOWN_SUBSCRIPTION, message };
    }
    known.push(found);
  }
  for (const each of known) apply(each);
  asking.subscribed();
  return { result: JSON.stringify({ events: [...asking.subscriptions] }) };
}

function sendToSocket(
  { router, limits }: RequestParts,
  app: App,
  { socket_id: id, event }: Fields,
  data: string,
): Eventual<Outcome> {
  if (typeof id !== 'string') return invalid('socket_id must be a string');
  const bad = badEvent(event, data, limits);
  if (bad !== undefined) return bad;
  return later(router.sendTo(app, id, event as string, data), (sockets) => {
    if (sockets > 0) return { result: '{"sockets":1}' };
    const message = `Socket ${id.slice(0, MAX_ID_LENGTH)} is not connected`;
    return { code: ErrorCode.UNKNOWN_SOCKET, message };
  });
}

function sendToChannel(
  { router, limits }: RequestParts,
  app: App,
  { channel, event, socket_id: socketId }: Fields,
  data: string,
): Eventual<Outcome> {
  const except = optional(socketId);
  if (typeof channel !== 'string') return invalid('channel must be a string');
  if (except !== undefined && (typeof except !== 'string' || except.length > MAX_ID_LENGTH)) {
    return invalid(`socket_id must be a string of at most ${MAX_ID_LENGTH} characters`);
  }
  const bad = badEvent(event, data, limits);
  if (bad !== undefined) return bad;
  const kind = parseChannelName(channel, limits.maxChannelNameLength);
  // A user's own channel has no name that an app could send to.
  if (kind === undefined || kind.user !== undefined) {
    const message = `Invalid channel name: '${channel.slice(0, MAX_ID_LENGTH)}'`;
    return { code: ErrorCode.BAD_CHANNEL_NAME, message };
  }
  const published = router.publish(app, {
    channel,
    event: event as string,
    data,
    except: except === undefined ? undefined : [except],
  });
  // Without a receipt the number is that of this node.
  return later(published, (sockets) => {
    if (sockets !== 'unavailable') return { result: `{"sockets":${sockets}}` };
    return { code: ErrorCode.INTERNAL, message: 'The broker of this gateway does not answer' };
  });
}

function badEvent(
  event: unknown,
  data: string,
  { maxEventNameLength, maxEventDataBytes: max }: Parts['limits'],
): RequestError | undefined {
  if (typeof event !== 'string') return invalid('event must be a string');
  if (!isEventName(event, maxEventNameLength) || isReservedEvent(event)) {
    const message = `Invalid event name: '${event.slice(0, MAX_ID_LENGTH)}'`;
    return { code: ErrorCode.BAD_EVENT_NAME, message };
  }
  if (data.length * 3 > max && Buffer.byteLength(data) > max) {
    return { code: ErrorCode.DATA_TOO_LARGE, message: `The data is larger than ${max} bytes` };
  }
  return undefined;
}

function invalid(message: string): RequestError {
  return { code: ErrorCode.INVALID_REQUEST, message: `Invalid request: ${message}` };
}

function malformed(id: RequestId, message: string): Answered {
  return { id, outcome: invalid(message), malformed: true };
}
