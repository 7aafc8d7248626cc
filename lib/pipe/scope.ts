import { StandpipeError } from '../errors';
import { parseChannelName } from '../pusher/channel-name';
import type { Handler } from '../util/emitter';
import { Verb } from '../wire/frames';
import { checkedSocketId, type Target } from './command';
import { EventStream } from './event-stream';
import {
  EVERY,
  checkEvent,
  checkHandler,
  type AnyHandler,
  type Listeners,
  type Registry,
  type Scope,
} from './listeners';
import type { Sender } from './sender';
import type {
  CauseOptions,
  ChannelEvents,
  ChannelsEvents,
  EventName,
  Meta,
  PublishOptions,
  PublishReceipt,
  ReceivedEvent,
  SocketEvents,
  SocketPublishOptions,
  SocketsEvents,
  TriggerCallback,
  TriggerOptions,
} from './types';

/** What handles stand on. They hold nothing else, so they may be made, kept, shared and dropped at will. */
export interface Ground {
  readonly listeners: Listeners;
  readonly sender: Sender;
}

/** `on`, `once` and `off`, the same for every handle. */
abstract class Listening<M> {
  readonly #registry: Registry;
  readonly #scope: Scope;
  readonly #words: readonly string[];

  protected constructor(registry: Registry, scope: Scope, words: readonly string[]) {
    this.#registry = registry;
    this.#scope = scope;
    this.#words = words;
  }

  /** Adds a handler. It may return a promise: the next event of the same socket waits for it. */
  on<K extends keyof M & string>(event: K, handler: Handler<Extract<M[K], unknown[]>>): this {
    return this.#add(event, handler as AnyHandler, false);
  }

  /** Adds a handler that runs at most once. */
  once<K extends keyof M & string>(event: K, handler: Handler<Extract<M[K], unknown[]>>): this {
    return this.#add(event, handler as AnyHandler, true);
  }

  /** Removes a handler, or all handlers of an event. */
  off<K extends keyof M & string>(event: K, handler?: Handler<Extract<M[K], unknown[]>>): this {
    this.#registry.remove(this.#scope, event, handler as AnyHandler | undefined);
    return this;
  }

  #add(event: string, handler: AnyHandler, once: boolean): this {
    if (!/^event:./s.test(event)) checkEvent(event, [...this.#words, 'event:NAME']);
    checkHandler(handler);
    this.#registry.add(this.#scope, event, handler, once);
    return this;
  }
}

/** All sockets of the app: `open`, `close`, and events without a channel. */
export class Sockets<Events extends object> extends Listening<SocketsEvents<Events>> {
  constructor({ listeners }: Ground) {
    super(listeners.sockets, EVERY, ['open', 'close', 'event']);
  }
}

/** All channels of the app: `occupied`, `vacated`, and events with a channel. */
export class Channels<Events extends object> extends Listening<ChannelsEvents<Events>> {
  constructor({ listeners }: Ground) {
    super(listeners.channels, EVERY, ['occupied', 'vacated', 'event']);
  }
}

const SOCKET_WORDS = ['close', 'event'];
const CHANNEL_WORDS = ['occupied', 'vacated', 'event'];

/**
 * One socket. The handle itself is nothing: handlers live until `off`, or until the socket's `close` was delivered,
 * which takes the subscription `socket_existence`.
 */
export class SocketHandle<Events extends object> extends Listening<SocketEvents<Events>> {
  readonly id: string;
  readonly #ground: Ground;
  readonly #target: Target;

  constructor(ground: Ground, id: string) {
    super(ground.listeners.sockets, checkedSocketId(id), SOCKET_WORDS);
    this.id = id;
    this.#ground = ground;
    this.#target = { verb: Verb.TRIGGER_SOCKET, channel: undefined, socketId: id };
  }

  /**
   * Sends an event to the socket. Never fails for a reason of the network: the event is kept until the gateway answers.
   * What became of it is told to `callback`; without one, failures go to the client's `error` event.
   * @returns false when the outbox is nearly full, or full and the event refused: pause until `drain`
   * @throws StandpipeError `bad_argument` for a bad name, or data that is too large or no JSON
   */
  trigger<N extends EventName<Events>>(
    event: N,
    data?: Events[N],
    callback?: TriggerCallback,
  ): boolean;
  trigger<N extends EventName<Events>>(
    event: N,
    data: Events[N],
    options: CauseOptions | undefined,
    callback?: TriggerCallback,
  ): boolean;
  trigger<N extends EventName<Events>>(
    event: N,
    data?: Events[N],
    options?: CauseOptions | TriggerCallback,
    callback?: TriggerCallback,
  ): boolean {
    const { sender } = this.#ground;
    return typeof options === 'function'
      ? sender.trigger(this.#target, event, data, undefined, options)
      : sender.trigger(this.#target, event, data, options, callback);
  }

  /**
   * Sends an event to the socket and resolves with the gateway's receipt.
   * @throws StandpipeError `bad_argument`, `refused` (see `status`), `not_sent`, `unknown_outcome`, `outbox_full`,
   * `closed`
   */
  publish<N extends EventName<Events>>(
    event: N,
    data?: Events[N],
    options: SocketPublishOptions = {},
  ): Promise<PublishReceipt> {
    return this.#ground.sender.publish(this.#target, event, data, options);
  }

  /**
   * The socket's events from now on, until it closes or the loop is left. A slow loop slows the gateway down; it loses
   * nothing.
   */
  events(): AsyncIterableIterator<ReceivedEvent<Events>, undefined> {
    const { sockets } = this.#ground.listeners;
    const close = (): void => stream.end();
    const event = (name: string, data: unknown, meta: Meta): Promise<void> | undefined =>
      stream.push({ event: name, socketId: this.id, data, meta } as ReceivedEvent<Events>);
    const stream = new EventStream<ReceivedEvent<Events>>(() => {
      sockets.remove(this.id, 'event', event as AnyHandler);
      sockets.remove(this.id, 'close', close);
      sockets.remove(this.id, 'left', close);
    });
    sockets.add(this.id, 'event', event as AnyHandler, false);
    sockets.add(this.id, 'close', close, false);
    sockets.add(this.id, 'left', close, false);
    return stream;
  }
}

/** One channel. The handle itself is nothing: handlers live until `off`. */
export class ChannelHandle<Events extends object> extends Listening<ChannelEvents<Events>> {
  readonly name: string;
  readonly #ground: Ground;
  readonly #target: Target;

  constructor(ground: Ground, name: string) {
    if (typeof name !== 'string' || parseChannelName(name) === undefined) {
      throw new StandpipeError(
        'bad_argument',
        'a channel name must be of letters, digits and _ - = @ , . ; and at most 164 characters',
      );
    }
    super(ground.listeners.channels, name, CHANNEL_WORDS);
    this.name = name;
    this.#ground = ground;
    this.#target = { verb: Verb.TRIGGER_CHANNEL, channel: name, socketId: undefined };
  }

  /**
   * Sends an event to the channel's sockets. Never fails for a reason of the network: the event is kept until the
   * gateway answers. What became of it is told to `callback`; without one, failures go to the client's `error` event.
   * @returns false when the outbox is nearly full, or full and the event refused: pause until `drain`
   * @throws StandpipeError `bad_argument` for a bad name, or data that is too large or no JSON
   */
  trigger<N extends EventName<Events>>(
    event: N,
    data?: Events[N],
    options?: TriggerOptions,
    callback?: TriggerCallback,
  ): boolean {
    return this.#ground.sender.trigger(this.#target, event, data, options, callback);
  }

  /**
   * Sends an event to the channel's sockets and resolves with the gateway's receipt.
   * @throws StandpipeError `bad_argument`, `refused` (see `status`), `not_sent`, `unknown_outcome`, `outbox_full`,
   * `closed`
   */
  publish<N extends EventName<Events>>(
    event: N,
    data?: Events[N],
    options: PublishOptions = {},
  ): Promise<PublishReceipt> {
    return this.#ground.sender.publish(this.#target, event, data, options);
  }

  /** The channel's events from now on, until the loop is left. A slow loop slows the gateway down; it loses nothing. */
  events(): AsyncIterableIterator<ReceivedEvent<Events>, undefined> {
    const { channels } = this.#ground.listeners;
    const event = (
      name: string,
      socketId: string,
      data: unknown,
      meta: Meta,
    ): Promise<void> | undefined =>
      stream.push({ event: name, socketId, data, meta } as ReceivedEvent<Events>);
    const stream = new EventStream<ReceivedEvent<Events>>(() =>
      channels.remove(this.name, 'event', event as AnyHandler),
    );
    channels.add(this.name, 'event', event as AnyHandler, false);
    return stream;
  }
}
