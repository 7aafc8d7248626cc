import { attachBackChannel, type RequestHandlerOf, type BackChannel } from '../back-channel';
import type { AppEvents, BrowserEvents, RequestEvents, ServerEvents } from '../util/app-events';
import { systemClock } from '../util/timers';
import { channelAuthorizer, userAuthenticator } from './auth/authorizers';
import { authCallbacks } from './auth/jsonp';
import type { Channel, ChannelOwner } from './channels/channel';
import { Channels } from './channels/channels';
import type { Members, Member } from './channels/members';
import type { PresenceChannel } from './channels/presence-channel';
import { Connection } from './connection/connection';
import { Dispatcher, type EventHandler, type GlobalHandler, type NameOf } from './dispatcher';
import type { AuthErrorData } from './errors';
import { Log, reportFailure } from './log';
import { type Options, type Settings, settingsOf } from './options';
import type { Platform } from './platform/platform';
import { candidates, VERSION } from './transports/candidates';
import { User } from './user';

/** Events of channels besides the app's own. */
export interface ChannelEvents {
  /** On presence channels its data are the members. */
  'pusher:subscription_succeeded': Members;
  'pusher:subscription_error': AuthErrorData;
  'pusher:subscription_count': { subscription_count: number };
  'pusher:member_added': Member;
  'pusher:member_removed': Member;
  'pusher:cache_miss': unknown;
}

/** The events that a channel of an app tells. */
export type Heard<E extends AppEvents> = ServerEvents<E> & BrowserEvents<E> & ChannelEvents;

/**
 * Listens to a Pusher Channels gateway: Standpipe's, the hosted service, or another one. The API is that of pusher-js 8,
 * with the names of pusher-client and of the Pipe's 2011 browser library besides.
 */
export class Subscriber<E extends AppEvents = AppEvents> {
  /** Clients that are not disconnected. */
  static instances: Array<Subscriber<never>> = [];
  /** Set by pusher-js when a page is ready; nothing waits for it here. */
  static isReady = true;
  /** When false, a new client waits for `connect`. */
  static autoConnect = true;
  /** Writes what happens to the console. */
  static logToConsole = false;
  /** Is told what happens, in place of the console. */
  static log: ((message: string) => void) | undefined;
  /**
   * There for programs that set parts of it, as `createXHR`. Nothing in it has an effect: requests of pages go by
   * `fetch`, and `channelAuthorization.customHandler` is the place for requests of one's own.
   */
  static readonly Runtime: Record<string, unknown> = {};
  static readonly auth_callbacks = authCallbacks;
  static readonly VERSION = VERSION;

  key: string;
  options: Options;
  config: Settings;
  readonly channels = new Channels();
  readonly connection: Connection;
  readonly user: User;
  /** The line between this client and the backends of a Standpipe gateway: no channel, nobody else hears it. */
  readonly back_channel: BackChannel<E>;
  /** Events of all channels, and those outside of any. */
  readonly global_emitter = new Dispatcher<Heard<E>>();
  readonly #platform: Platform;
  readonly #owner: ChannelOwner;
  readonly #log: Log;
  readonly #class: typeof Subscriber;

  /**
   * Connects with an app key. Throws where the key is missing, or where an option cannot be used here. `platform` is
   * given by the entry for Node or for browsers.
   */
  constructor(key: string, options: Options | undefined, platform: Platform) {
    if (key === null || key === undefined) {
      throw new Error('You must pass your app key when you instantiate Pusher.');
    }
    this.key = key;
    this.options = options ?? {};
    this.config = settingsOf(this.options, platform.onTlsPage);
    this.#platform = platform;
    this.#class = new.target;
    this.#log = new Log(this.#class, this.options.logger);
    this.connection = new Connection({
      settings: () => this.config,
      candidates: (useTLS) =>
        candidates({ ...this.config, useTLS }, this.key, this.#platform.openers),
      watchNetwork: (online, offline) => platform.watchNetwork(online, offline),
      clock: systemClock,
      log: this.#log,
    });
    this.#owner = this.#makeOwner();
    this.user = new User(this.#owner, () => userAuthenticator(this.#authParts()));
    this.#listen();
    this.back_channel = attachBackChannel(
      {
        send_event: (event, data) => this.send_event(event, data),
        connection: { bind: (_event, handler) => this.connection.bind('message', handler) },
      },
      reportFailure,
    ).back_channel;
    // Bad options of sign-ins throw now, not at the first sign-in.
    userAuthenticator(this.#authParts());
    if (this.#class.autoConnect) this.connect();
  }

  /** Connects whatever is not connected; pusher-js calls it when a page is ready. */
  static ready(): void {
    for (const client of this.instances) client.connect();
  }

  /** The channel of this name; undefined where it was not subscribed to, which the type of pusher-js does not say. */
  channel(name: string): Channel<Heard<E>, BrowserEvents<E>> {
    return this.channels.find(name) as unknown as Channel<Heard<E>, BrowserEvents<E>>;
  }

  allChannels(): Channel[] {
    return this.channels.all();
  }

  connect(): void {
    const { instances } = this.#class;
    const self = this as unknown as Subscriber<never>;
    if (!instances.includes(self)) instances.push(self);
    this.connection.connect();
  }

  disconnect(): void {
    const { instances } = this.#class;
    const at = instances.indexOf(this);
    if (at >= 0) instances.splice(at, 1);
    this.connection.disconnect();
  }

  /** Calls `handler` for the events of this name of all channels, and outside of any. */
  bind<K extends NameOf<Heard<E>>>(
    event: K,
    handler: EventHandler<Heard<E>[K]>,
    context?: unknown,
  ): this {
    this.global_emitter.bind(event, handler, context);
    return this;
  }

  unbind<K extends NameOf<Heard<E>>>(
    event?: K,
    handler?: EventHandler<Heard<E>[K]>,
    context?: unknown,
  ): this {
    this.global_emitter.unbind(event, handler, context);
    return this;
  }

  bind_global(handler: GlobalHandler): this {
    this.global_emitter.bind_global(handler);
    return this;
  }

  /** `bind_global` under the name that pusher-client has. */
  bind_all(handler: GlobalHandler): this {
    return this.bind_global(handler);
  }

  unbind_global(handler?: GlobalHandler): this {
    this.global_emitter.unbind_global(handler);
    return this;
  }

  unbind_all(): this {
    this.global_emitter.unbind_all();
    return this;
  }

  /**
   * Subscribes, now or when there is a connection, and on every later one. Returns the channel, the same one for the
   * same name. Throws BadChannelName for names that begin with `#`.
   */
  subscribe(name: `presence-${string}`): PresenceChannel<Heard<E>, BrowserEvents<E>>;
  subscribe(name: string): Channel<Heard<E>, BrowserEvents<E>>;
  subscribe(name: string): Channel<Heard<E>, BrowserEvents<E>> {
    const channel = this.channels.add(name, this.#owner);
    channel.subscribe();
    return channel as unknown as Channel<Heard<E>, BrowserEvents<E>>;
  }

  subscribeAll(): void {
    for (const channel of this.channels.all()) channel.subscribe();
  }

  /** Ends a subscription and forgets its channel; one that is pending ends when it is answered. */
  unsubscribe(name: string): void {
    const channel = this.channels.find(name);
    if (channel === undefined) return;
    channel.unsubscribe();
  }

  /** Sends an event as it is. False when it could not be sent. */
  send_event(event: string, data: unknown, channel?: string): boolean {
    return this.connection.send_event(event, data, channel);
  }

  /** `send_event` under the name that pusher-client has. */
  sendEvent(event: string, data: unknown, channel?: string): boolean {
    return this.send_event(event, data ?? {}, channel);
  }

  /** Signs in, now or when there is a connection, and on every later one. */
  signin(): void {
    this.user.signin();
  }

  /** Answers the requests of this name that a backend makes with `client.socket(id).request(…)`. */
  onRequest<K extends NameOf<RequestEvents<E>>>(
    event: K,
    handler: RequestHandlerOf<RequestEvents<E>[K]>,
  ): this {
    this.back_channel.onRequest(event, handler);
    return this;
  }

  /** Goes on with another app, on the same channels. */
  switchCluster({ appKey, cluster }: { appKey: string; cluster: string }): void {
    this.key = appKey;
    this.options = { ...this.options, cluster };
    this.config = settingsOf(this.options, this.#platform.onTlsPage);
    this.#owner.authorizer = channelAuthorizer(this.#authParts());
    this.connection.reconnect();
  }

  shouldUseTLS(): boolean {
    return this.config.useTLS;
  }

  /** `shouldUseTLS` under the name that pusher-client has. */
  isEncrypted(): boolean {
    return this.shouldUseTLS();
  }

  /** Passes on what the connection tells. */
  #listen(): void {
    const { connection, user } = this;
    connection.bind('state_change', ({ previous, current }) => {
      if (previous === 'connected') user.disconnected();
      if (current === 'connected') user.connected();
    });
    connection.bind('connected', () => this.subscribeAll());
    for (const state of ['connecting', 'disconnected', 'unavailable', 'failed'] as const) {
      connection.bind(state, () => this.channels.disconnect());
    }
    connection.bind('message', (message) => {
      const { event, channel, data } = message;
      if (channel !== undefined) this.channels.find(channel)?.handleEvent(message);
      if (!event.startsWith('pusher_internal:')) this.global_emitter.emit(event, data);
    });
    connection.bind('message', (message) => user.handleEvent(message));
    connection.bind('error', (error) => this.#log.warn('Connection error', error));
  }

  #makeOwner(): ChannelOwner {
    return {
      send_event: (event, data, channel) => this.send_event(event, data, channel),
      socketId: () => this.connection.connection?.id,
      authorizer: channelAuthorizer(this.#authParts()),
      signedInId: async () => {
        await this.user.signinDonePromise;
        return this.user.user_data?.id;
      },
      loadCrypto: () => this.#platform.loadCrypto(),
      gone: (name) => this.channels.remove(name),
      log: this.#log,
    };
  }

  #authParts(): Parameters<typeof channelAuthorizer>[0] {
    const { askByScript, ownId, post } = this.#platform;
    return {
      key: this.key,
      options: this.options,
      channel: (name) => this.channels.find(name),
      loadCrypto: () => this.#platform.loadCrypto(),
      askByScript,
      ownId,
      post,
    };
  }
}
