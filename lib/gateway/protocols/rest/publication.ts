import { isEventName, isReservedEvent, parseChannelName } from '../../../pusher/channel-name';
import { MAX_LATEST_KEY_LENGTH } from '../../../pusher/limits';
import { type Fields, optional, writeJson } from '../../../pusher/json';
import type { Unavailable } from '../../../brokers/broker';
import type { Eventual } from '../../../brokers/eventual';
import type { App } from '../../core/model/app';
import { type AppKey, forbidden } from '../../core/model/app-keys';
import type { Limits } from '../../options/options';
import { type Call, apiError } from './call';
import { readInfo } from './info';

/** Real ids are shorter. A text that is no id excludes nobody, as on the hosted service. */
const MAX_SOCKET_ID_LENGTH = 200;

/** As many as a command of a Pipe may name. */
const MAX_EXCEPT = 1_000;

/** An event that was checked whole and may be published. */
export interface Publication {
  channels: readonly string[];
  event: string;
  data: string;
  except: readonly string[] | undefined;
  info: ReadonlySet<string>;
  /** Key of a latest event. */
  latest: string | undefined;
  volatile: boolean;
}

/** Checks an event and the channels it is for, which the caller has read from it. */
export function readPublication(
  { app, key, limits }: Pick<Call, 'app' | 'key' | 'limits'>,
  fields: Fields,
  channels: readonly unknown[],
): Publication {
  const event = readEventName(fields.name, limits);
  return {
    event,
    channels: channels.map((name) => readChannelName(app, name, limits)),
    data: readData(fields.data, limits),
    except: readExcept(fields.socket_id, fields.except),
    info: readCounts(key, fields.info),
    ...readDropping(event, optional(fields.latest), optional(fields.volatile)),
  };
}

/** Publishes on each of the channels, in their order. */
export function publish({ app, router, traced }: Call, publication: Publication): void {
  const { channels, info: _, ...event } = publication;
  for (const channel of channels) {
    const send = (): Eventual<number | Unavailable> => router.publish(app, { channel, ...event });
    void (traced === undefined
      ? send()
      : traced.by.fanOut(app, traced.trace, { channel, event: event.event }, send));
  }
}

/** Counts that an answer is to tell. They say who listens, which a key without `read` is not told by any other call either. */
function readCounts(key: AppKey, given: unknown): ReadonlySet<string> {
  const info = readInfo(given);
  const why = info.size === 0 ? undefined : forbidden(key, 'read');
  if (why !== undefined) throw apiError(403, `info: ${why}`);
  return info;
}

export function missing(name: string): Error {
  return apiError(400, `Missing required parameter: ${name}`);
}

/** The name of a channel if it may have it. Users' own channels are legal: that is how an app sends to a user. */
export function readChannelName(app: App, name: unknown, limits: Limits): string {
  if (typeof name !== 'string') throw apiError(400, 'Invalid channel name: expected a string');
  // An occupied channel's name was checked when it was subscribed to.
  if (
    !app.channels.has(name) &&
    parseChannelName(name, limits.maxChannelNameLength) === undefined
  ) {
    throw apiError(400, `Invalid channel name: ${shown(name)}`);
  }
  return name;
}

function readEventName(name: unknown, { maxEventNameLength }: Limits): string {
  if (optional(name) === undefined) throw missing('name');
  if (typeof name !== 'string') throw apiError(400, 'Invalid event name: expected a string');
  if (!isEventName(name, maxEventNameLength) || isReservedEvent(name)) {
    throw apiError(400, `Invalid event name: ${shown(name)}`);
  }
  return name;
}

/** Strings pass as they are; of any other value browsers get the JSON text. */
function readData(data: unknown, { maxEventDataBytes: max }: Limits): string {
  if (data === undefined) throw missing('data');
  const text = typeof data === 'string' ? data : jsonText(data);
  if (text.length * 3 > max && Buffer.byteLength(text) > max) {
    throw apiError(
      413,
      `The data content of this event exceeds the allowed maximum (${max} bytes). ` +
        'See https://pusher.com/docs/channels/server_api/http-api#publishing-events for more info',
    );
  }
  return text;
}

function jsonText(data: unknown): string {
  const text = writeJson(data);
  if (text === undefined) throw apiError(400, 'Invalid data: nested too deeply');
  return text;
}

/** Sockets that an event is not for: `socket_id`, and those of the list `except`, which is Standpipe's own. */
function readExcept(socketId: unknown, given: unknown): readonly string[] | undefined {
  const except = optional(given) ?? [];
  if (!Array.isArray(except) || except.length > MAX_EXCEPT) {
    throw apiError(400, `Invalid except: expected a list of up to ${MAX_EXCEPT} socket ids`);
  }
  const one = optional(socketId);
  const ids: unknown[] = one === undefined ? except : [one, ...(except as unknown[])];
  if (!ids.every(isSocketIdText)) throw apiError(400, 'Invalid socket_id');
  return ids.length === 0 ? undefined : ids;
}

/** Fields by which sockets that are behind may miss the event, `latest` and `volatile`; they are Standpipe's own. */
function readDropping(
  event: string,
  latest: unknown = false,
  volatile: unknown = false,
): Pick<Publication, 'latest' | 'volatile'> {
  const key = latest === true ? event : latest;
  const isKey = typeof key === 'string' && key !== '' && key.length <= MAX_LATEST_KEY_LENGTH;
  if (key !== false && !isKey) {
    const allowed = `true or a text of 1 to ${MAX_LATEST_KEY_LENGTH} characters`;
    throw apiError(400, `Invalid latest: expected ${allowed}`);
  }
  if (typeof volatile !== 'boolean') throw apiError(400, 'Invalid volatile: expected a boolean');
  if (volatile && isKey) throw apiError(400, 'An event is either latest or volatile, not both');
  return { latest: isKey ? key : undefined, volatile };
}

function isSocketIdText(id: unknown): id is string {
  return typeof id === 'string' && id.length <= MAX_SOCKET_ID_LENGTH;
}

function shown(name: string): string {
  return name.length <= 200 ? name : `${name.slice(0, 200)}…`;
}
