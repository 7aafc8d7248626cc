import type { Handler } from '../../util/emitter';
import type { DataThen, Downward, NameIn } from '../../util/app-events';
import { Verb } from '../../wire/frames';
import { Sendable } from './sendable';
import type {
  QueryOptions,
  ChannelEntry,
  ChannelInfo,
  ListChannelsOptions,
  MemberInfo,
} from '../queries/results';
import { checkKeys, checkedChannel, checkedChannels } from '../checks';
import type { Target } from '../outbox/command';
import { eventStream } from '../handlers/event-stream';
import { EVERY } from '../handlers/registry';
import { Listenable, type ClientParts } from './listenable';
import type {
  ChannelEvents,
  ChannelsEvents,
  HeardArgs,
  Meta,
  PublishOptions,
  PublishReceipt,
  ReceivedEvent,
  TriggerCallback,
  TriggerOptions,
} from '../types';

const CHANNEL_WORDS = [
  ...['occupied', 'vacated', 'moved', 'event'],
  ...['member_added', 'member_removed', 'cache_miss'],
];

const LIST_OPTIONS = [...(['prefix', 'info', 'limit', 'timeoutMs'] as const)] satisfies Array<
  keyof ListChannelsOptions
>;

type ChannelsHandler<Events extends object, K extends keyof ChannelsEvents<Events>> = Handler<
  Extract<ChannelsEvents<Events>[K], unknown[]>
>;
type OnChannel = [channelName: string, socketId: string];
type ChannelsWord<Events extends object> = keyof ChannelsEvents<Events> & string;

/**
 * All channels of the app: `occupied`, `vacated`, `moved`, `member_added`, `member_removed`, `cache_miss`, and events
 * with a channel. Called with names, it is a handle of these: `client.channels(['a', 'b']).trigger(…)`.
 */
export interface Channels<Events extends object> {
  /**
   * Several channels, for one event to all of them.
   * @throws StandpipeError `bad_argument`
   */
  (names: readonly string[]): SeveralChannels<Events>;
  /** Adds a handler. It may return a promise: the next event of the same socket waits for it. */
  on(event: 'event', handler: Handler<HeardArgs<Events, OnChannel>>): this;
  on(event: 'event', handler: Handler<HeardArgs<Events, OnChannel, []>>): this;
  on<K extends ChannelsWord<Events>>(event: K, handler: ChannelsHandler<Events, K>): this;
  /** Adds a handler that runs at most once. */
  once(event: 'event', handler: Handler<HeardArgs<Events, OnChannel>>): this;
  once(event: 'event', handler: Handler<HeardArgs<Events, OnChannel, []>>): this;
  once<K extends ChannelsWord<Events>>(event: K, handler: ChannelsHandler<Events, K>): this;
  /** Removes a handler, or all handlers of an event. */
  off<K extends ChannelsWord<Events>>(event: K, handler?: ChannelsHandler<Events, K>): this;
  /** The same as `on`. */
  addListener<K extends ChannelsWord<Events>>(event: K, handler: ChannelsHandler<Events, K>): this;
  /** The same as `off`. */
  removeListener<K extends ChannelsWord<Events>>(
    event: K,
    handler: ChannelsHandler<Events, K>,
  ): this;
  /** Removes all handlers of an event, or of every event. */
  removeAllListeners(event?: ChannelsWord<Events>): this;
  /** The handlers of an event. */
  listeners(event: ChannelsWord<Events>): Array<Handler<never[]>>;
  /** Calls the handlers of an event here, as if it had happened. Nothing is sent. */
  emit(event: ChannelsWord<Events>, ...args: unknown[]): boolean;
  /** Does nothing: an event may have any number of handlers. */
  setMaxListeners(count: number): this;
  /**
   * The occupied channels. A channel that came or went while a long list was written may be in it or not.
   * @throws StandpipeError `bad_argument`, `timeout`, `refused`, `outbox_full`, `closed`
   */
  list(options?: ListChannelsOptions): Promise<ChannelEntry[]>;
}

class EveryChannel<Events extends object> extends Listenable<ChannelsEvents<Events>> {
  constructor({ registries }: ClientParts) {
    super(registries.channels, EVERY, CHANNEL_WORDS);
  }
}

/** Makes `client.channels`: a function that has the methods of an emitter. */
export function channelsOf<Events extends object>(parts: ClientParts): Channels<Events> {
  const every = new EveryChannel<Events>(parts);
  const several = (names: readonly string[]): SeveralChannels<Events> =>
    new SeveralChannels<Events>(parts, names);
  const channels: Channels<Events> = Object.assign(several, {
    on: chained('on'),
    once: chained('once'),
    off: chained('off'),
    addListener: chained('on'),
    removeListener: chained('off'),
    removeAllListeners: (event?: ChannelsWord<Events>) => {
      every.removeAllListeners(event);
      return channels;
    },
    listeners: (event: ChannelsWord<Events>) => every.listeners(event),
    emit: (event: ChannelsWord<Events>, ...args: unknown[]) => every.emit(event, ...args),
    setMaxListeners: () => channels,
    list: (options?: ListChannelsOptions) => listChannels(parts, options),
  });
  return channels;

  function chained(method: 'on' | 'once' | 'off') {
    return <K extends ChannelsWord<Events>>(
      event: K,
      handler: ChannelsHandler<Events, K>,
    ): Channels<Events> => {
      if (method === 'off') every.off(event, handler);
      else if (method === 'once') every.once(event, handler);
      else every.on(event, handler);
      return channels;
    };
  }
}

async function listChannels(
  { queries }: ClientParts,
  given: ListChannelsOptions = {},
): Promise<ChannelEntry[]> {
  checkKeys('options', given, LIST_OPTIONS);
  const { prefix, info, limit, ...options } = given;
  const params = { prefix, info, limit };
  const entries = await queries.list<ChannelEntry>('channels.list', params, options);
  // A channel that was left and entered again meanwhile came twice.
  return [...new Map(entries.map((entry) => [entry.name, entry])).values()];
}

/** Several channels. An event reaches a socket once for each of them that it is on. */
export class SeveralChannels<Events extends object> extends Sendable<Events> {
  readonly names: readonly string[];

  constructor({ sender }: ClientParts, names: readonly string[]) {
    const [channel, ...channels] = checkedChannels(names);
    super(sender, { verb: Verb.TRIGGER_CHANNEL, channel, channels });
    this.names = [channel, ...channels];
  }
}

/** A channel. The handle holds no state: handlers live until `off`. */
export class ChannelHandle<Events extends object> extends Listenable<
  ChannelEvents<Events>,
  {
    full: HeardArgs<Events, [socketId: string]>;
    short: HeardArgs<Events, [socketId: string], []>;
  }
> {
  readonly name: string;
  readonly #parts: ClientParts;
  readonly #target: Target;

  constructor(parts: ClientParts, name: string) {
    super(parts.registries.channels, checkedChannel(name), CHANNEL_WORDS);
    this.name = name;
    this.#parts = parts;
    this.#target = { verb: Verb.TRIGGER_CHANNEL, channel: name };
  }

  /**
   * Sends an event to the channel's sockets. Never fails for a reason of the network: the event is kept until the
   * gateway answers. The outcome goes to `callback`; without one, a failure goes to the client's `error` event.
   * @returns false when the outbox is nearly full, or full and the event refused: pause until `drain`
   * @throws StandpipeError `bad_argument` for a bad name, or data that is too large or no JSON
   */
  trigger<N extends NameIn<Downward<Events>>>(
    event: N,
    ...args: DataThen<Downward<Events>[N], [options?: TriggerOptions, callback?: TriggerCallback]>
  ): boolean;
  /** The arguments of 2011: the id of a socket that does not get the event, and a callback, either of which may be missing. */
  trigger<N extends NameIn<Downward<Events>>>(
    event: N,
    data: Downward<Events>[N],
    socketId: string | null | TriggerCallback,
    callback?: TriggerCallback,
  ): boolean;
  trigger(
    event: string,
    data?: unknown,
    third?: TriggerOptions | string | null | TriggerCallback,
    callback?: TriggerCallback,
  ): boolean {
    const { sender } = this.#parts;
    if (typeof third === 'function') {
      return sender.trigger(this.#target, event, data, undefined, third);
    }
    const options = typeof third === 'string' ? { except: third } : (third ?? undefined);
    return sender.trigger(this.#target, event, data, options, callback);
  }

  /**
   * Sends an event to the channel's sockets and resolves with the gateway's receipt.
   * @throws StandpipeError `bad_argument`, `refused` (see `status`), `not_sent`, `unknown_outcome`, `outbox_full`,
   * `closed`
   */
  publish<N extends NameIn<Downward<Events>>>(
    event: N,
    ...args: DataThen<Downward<Events>[N], [options?: PublishOptions]>
  ): Promise<PublishReceipt>;
  publish(event: string, data?: unknown, options: PublishOptions = {}): Promise<PublishReceipt> {
    return this.#parts.sender.publish(this.#target, event, data, options);
  }

  /**
   * The channel's occupation and counts.
   * @throws StandpipeError `timeout`, `refused`, `outbox_full`, `closed`
   */
  info(options?: QueryOptions): Promise<ChannelInfo> {
    return this.#parts.queries.one('channel.info', { channel: this.name }, options);
  }

  /**
   * The members of a presence channel, each user once. On other channels it is `refused`. Throws as `info` does.
   */
  members(options?: QueryOptions): Promise<MemberInfo[]> {
    return this.#parts.queries.list('channel.members', { channel: this.name }, options);
  }

  /**
   * The channel's events from now on, until the loop is left. An event is finished when the loop asks for the next
   * one: until then it is not acknowledged, and comes again when the process dies. A slow loop delays the sockets
   * whose events wait for it; it loses nothing.
   */
  events(): AsyncIterableIterator<ReceivedEvent<Events>, undefined> {
    const { channels } = this.#parts.registries;
    return eventStream(
      channels,
      this.name,
      (event: string, socketId: string, data: unknown, meta: Meta) =>
        ({ event, socketId, data, meta }) as ReceivedEvent<Events>,
    );
  }
}
