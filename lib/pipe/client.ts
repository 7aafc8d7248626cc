import { StandpipeError } from '../errors';
import { dialWebSocket } from '../net/web-socket';
import { deferred, rejected, type Deferred } from '../util/deferred';
import { systemClock, type Clock } from '../util/timers';
import { RuleKind } from '../wire/frames';
import type { QueryOptions, Stats } from './queries/results';
import { checkCallback } from './checks';
import { ClientEmitter } from './client-emitter';
import { Decider, type AuthenticateHandler, type AuthorizeHandler } from './decisions/decider';
import { ChannelHandle, channelsOf, type Channels } from './handles/channels';
import { deliveryOf, wordFor } from './handlers/deliver';
import { dispatch, type Routes } from './connection/dispatch';
import { Inbox } from './inbox/inbox';
import { Greeting, type Welcomed } from './connection/greeting';
import { Link } from './connection/link';
import { registriesOf, type Registries } from './handlers/registry';
import { Checks } from './handlers/schemas';
import { Unheard } from './handlers/unheard';
import { drained } from './connection/drained';
import { readOptions, warnOfOpenDoors } from './options';
import type { OptionsOf, PipeOptions, Settings, Surroundings } from './options';
import { Reporter } from './reporter';
import { Queries } from './queries/queries';
import type { ClientParts } from './handles/listenable';
import { Sender } from './outbox/sender';
import { SocketHandle, Sockets } from './handles/sockets';
import { Subscriptions, kindName, type Kinds } from './subscriptions';
import type { DefaultEvents, PipeState, SubscribeCallback, SubscriptionFilter } from './types';
import { Ticks, type Tick, type Ticker } from './tick';
import { UserHandle, Users } from './handles/users';

/**
 * A backend's end of the Pipe: hears every browser and answers each one over a single connection, which it keeps alive.
 *
 * Only `connect` connects. All other methods may be used before, in between and after: subscriptions are announced on
 * every connection, triggers wait in the outbox.
 */
export class PipeClient<Events extends object = DefaultEvents> extends ClientEmitter {
  /** All sockets of the app. */
  readonly sockets: Sockets<Events>;
  /** All channels of the app. */
  readonly channels: Channels<Events>;
  /** All signed-in users of the app. */
  readonly users: Users;
  /** True from the first `disconnect()` on, also when connected again: so it was in 2011. */
  disconnecting = false;

  readonly #settings: Settings;
  readonly #clock: Clock;
  readonly #reporter: Reporter;
  readonly #emitter: Reporter['emitter'];
  readonly #registries: Registries;
  readonly #unheard: Unheard;
  readonly #subscriptions: Subscriptions;
  readonly #decider: Decider;
  readonly #greeting: Greeting;
  readonly #sender: Sender;
  readonly #ticks: Ticks;
  readonly #queries: Queries;
  readonly #inbox: Inbox;
  readonly #link: Link;
  readonly #parts: ClientParts;
  #connecting: Deferred<void> | undefined;
  #draining: Promise<void> | undefined;
  #closed: Deferred<void> | undefined;

  /** @throws StandpipeError `bad_option` */
  constructor(options: PipeOptions, surroundings: Partial<Surroundings> = {}) {
    const settings = readOptions(options);
    const clock = surroundings.clock ?? systemClock;
    const reporter = new Reporter(settings.log, clock, settings.tracing);
    super(reporter.emitter);
    this.#settings = settings;
    this.#reporter = reporter;
    this.#emitter = reporter.emitter;
    this.#clock = clock;
    const eventFailed = (thrown: unknown, event: string): void => {
      this.#eventFailed();
      reporter.handlerFailed(thrown, event);
    };
    this.#registries = registriesOf(eventFailed, (...added) => this.#unheard.added(...added));
    this.#link = new Link(settings, clock, surroundings.dial ?? dialWebSocket, {
      hello: (nonce) => this.#greeting.hello(nonce),
      welcome: (frame) => this.#greeting.welcome(frame, this.#draining !== undefined),
      frame: (frame) => dispatch(frame, routes),
      entered: (state, previous) => this.#entered(state, previous),
      lost: (info) => void this.#emitter.emit('disconnected', info),
      attemptFailed: (error) => this.#attemptFailed(error),
      failed: (error) => this.#failed(error),
    });
    this.#sender = new Sender(settings, clock, {
      send: (frame) => void this.#link.send({ ...frame, ack: this.#inbox.takeAck() }),
      sent: () => this.#inbox.commandsSent(),
      drained: () => void this.#emitter.emit('drain'),
      report: (error) => reporter.error(error),
      callbackFailed: (thrown) => reporter.handlerFailed(thrown, 'callback of trigger'),
    });
    this.#ticks = new Ticks(clock, {
      flush: () => this.#sender.flush(),
      failed: (thrown) => reporter.handlerFailed(thrown, 'tick'),
    });
    this.#queries = new Queries(clock, (query) => {
      // Commands that were triggered before a query are on their way before it.
      this.#sender.flush();
      return this.#link.send(query);
    });
    this.#subscriptions = new Subscriptions(clock, (frame) => this.#link.send(frame));
    this.#unheard = new Unheard(clock, {
      asks: (rule) => this.#subscriptions.asks(rule),
      warn: (word, rule) => reporter.unheard(word, kindName(rule)),
    });
    this.#decider = new Decider(this.#subscriptions, reporter, (frame) => this.#link.send(frame));
    const schemas = new Checks(settings, clock, (info) => reporter.invalid(info));
    this.#inbox = new Inbox(settings, clock, {
      deliver: deliveryOf(this.#registries, schemas, settings.tracing),
      send: (frame) => this.#link.send(frame),
      ackDue: () => this.#acknowledge(),
      failed: (error) => eventFailed(error, 'delivery'),
      slow: (arrival, key, runningMs) =>
        reporter.handlerSlow({ event: wordFor(arrival), key, runningMs }),
      commands: () => this.#sender.progress,
      sendCommands: () => this.#sender.flush(),
    });
    this.#greeting = new Greeting({
      ...{ name: settings.name ?? '', group: settings.group },
      ...{ inbox: this.#inbox, sender: this.#sender, subscriptions: this.#subscriptions },
    });
    const routes: Routes = {
      inbox: this.#inbox,
      decider: this.#decider,
      sender: this.#sender,
      queries: this.#queries,
      subscriptions: this.#subscriptions,
      send: (answer) => void this.#link.send(answer),
      gap: (gap) => reporter.gap(gap),
      report: (error) => reporter.error(error),
      note: (details, message) => settings.log.info(details, message),
    };
    this.#parts = { registries: this.#registries, sender: this.#sender, queries: this.#queries };
    this.sockets = new Sockets<Events>(this.#parts);
    this.channels = channelsOf<Events>(this.#parts);
    this.users = new Users(this.#parts);
    warnOfOpenDoors(settings);
  }

  /** State of the connection. */
  get state(): PipeState {
    return this.#link.state;
  }

  /** True while there is a connection. */
  get connected(): boolean {
    return this.#link.state === 'open';
  }

  /** Id of this client's session with the gateway; undefined before the first connection. */
  get connection_id(): string | undefined {
    return this.#greeting.welcomed?.id;
  }

  /**
   * Connects and stays connected: a failed or lost connection is tried again, after random waits that grow.
   *
   * Resolves at the first welcome. Rejects only when nothing more will be tried: with `bad_credentials` when the gateway
   * refuses key, secret or app, with `closed` after `disconnect()`. Failures in between are told by `error`. The promise
   * need not be awaited.
   */
  connect(): Promise<void> {
    if (this.#draining !== undefined) {
      return rejected(new StandpipeError('closed', 'disconnect() has not finished'));
    }
    if (this.#link.state === 'open') return Promise.resolve();
    if (this.#connecting === undefined) {
      this.#connecting = deferred<void>();
      this.#connecting.promise.catch(() => undefined);
    }
    const { promise } = this.#connecting;
    this.#sender.open();
    this.#queries.open();
    this.#subscriptions.open();
    this.#inbox.start();
    this.#link.start();
    return promise;
  }

  /**
   * Takes no more events, waits for running handlers, for answers to commands and, if others would get finished events
   * again, for a lost connection, for at most `drainMs` together, says goodbye and closes. Handlers must not await it: it
   * waits for them. Never rejects.
   *
   * In a group this is how a member leaves: events that it has received and not begun go to the others at once, and so
   * does everything that comes after.
   */
  disconnect(): Promise<void> {
    this.disconnecting = true;
    this.#draining ??= this.#drain().finally(() => (this.#draining = undefined));
    return this.#draining;
  }

  /**
   * Subscribes to kinds of events, in addition to earlier subscriptions. Holds for every connection, the present one
   * included. A callback is told when the gateway has taken it.
   * @throws StandpipeError `bad_argument`
   */
  subscribe(kinds: Kinds, filter?: SubscriptionFilter | SubscribeCallback): this {
    const [filters, callback] = typeof filter === 'function' ? [undefined, filter] : [filter];
    this.#subscriptions.add(kinds, filters);
    return this.#ask(kinds, callback);
  }

  /**
   * Takes back all subscriptions of these kinds, whatever their filters. A callback is told when the gateway knows.
   * @throws StandpipeError `bad_argument`
   */
  unsubscribe(kinds: Kinds, callback?: SubscribeCallback): this {
    checkCallback(callback);
    this.#subscriptions.remove(kinds);
    return this.#ask(kinds, callback);
  }

  /**
   * Resolves when the gateway has taken all subscriptions made so far: events from then on are heard. Waits for a
   * connection.
   * @throws StandpipeError `refused`, `closed`
   */
  subscribed(): Promise<void> {
    return this.#subscriptions.subscribed();
  }

  /**
   * Decides for the gateway which sockets may subscribe to private and presence channels. Patterns are names, or
   * prefixes that end in `*`; of several that fit, the one given first. A handler that throws refuses.
   * @throws StandpipeError `bad_argument`
   */
  authorize(patterns: string | readonly string[], handler: AuthorizeHandler): this {
    this.#decider.authorize(patterns, handler);
    return this;
  }

  /** Decides for the gateway as which user a browser signs in. A handler that throws refuses. */
  authenticate(handler: AuthenticateHandler): this {
    this.#decider.authenticate(handler);
    return this;
  }

  /**
   * Runs a function `hz` times a second, above 0 and at most 1 000, without drift, until `stop()` or `disconnect()`, connected
   * or not. All that is triggered in a run leaves at its end, as one frame of up to 64 KiB or as few as it takes, and a browser
   * gets its part of a frame in one write. A tick for which the process was too busy is skipped. An error of `run` is told
   * as that of a handler is.
   * @throws StandpipeError `bad_argument`
   */
  tick(hz: number, run: (tick: Tick) => unknown): Ticker {
    return this.#ticks.start(hz, run);
  }

  /** Triggers with `latest` or `volatile` that were dropped here: the outbox was full, or, volatile, there was no connection. */
  get droppedTriggers(): number {
    return this.#sender.dropped;
  }

  /** A handle of one socket. Making one costs next to nothing and leaves nothing behind. */
  socket(id: string): SocketHandle<Events> {
    return new SocketHandle<Events>(this.#parts, id);
  }

  /** A handle of one channel. Making one costs next to nothing and leaves nothing behind. */
  channel(name: string): ChannelHandle<Events> {
    return new ChannelHandle<Events>(this.#parts, name);
  }

  /** True when this socket has handlers. */
  hasSocket(id: string): boolean {
    return this.#registries.sockets.has(id);
  }

  /** True when this channel has handlers. */
  hasChannel(name: string): boolean {
    return this.#registries.channels.has(name);
  }

  /** A handle of one signed-in user. Making one costs next to nothing and leaves nothing behind. */
  user(id: string): UserHandle<Events> {
    return new UserHandle<Events>(this.#parts, id);
  }

  /**
   * Counts of the app, at the gateway process that this client is connected to.
   * @throws StandpipeError `timeout`, `refused`, `outbox_full`, `closed`
   */
  stats(options?: QueryOptions): Promise<Stats> {
    return this.#queries.one('stats', {}, options);
  }

  #entered(state: PipeState, previous: PipeState): void {
    if (previous === 'open') {
      this.#inbox.away();
      this.#sender.offline();
      this.#queries.offline();
      this.#subscriptions.offline();
      this.#unheard.offline();
      this.#decider.offline();
    }
    if (state === 'open') this.#link.send({ type: 'ready' });
    void this.#emitter.emit('state', state, previous);
    if (state === 'open') this.#opened();
    if (state === 'closed') {
      this.#forget();
      this.#closed?.resolve();
      this.#connecting?.reject(new StandpipeError('closed', 'disconnect() was called'));
      this.#connecting = undefined;
    }
  }

  #opened(): void {
    // Handlers run inside of each `emit`, and any of them may disconnect.
    this.#connecting?.resolve();
    this.#connecting = undefined;
    this.#subscriptions.online();
    this.#unheard.online();
    this.#sender.online();
    this.#queries.online();
    const { session, node, reason, unhandled } = this.#greeting.welcomed as Welcomed;
    void this.#emitter.emit('connected', { session, node });
    if (session === 'reset') void this.#emitter.emit('reset', { reason });
    if (unhandled > 0) this.#reporter.unhandled(unhandled);
    // Events that make good a loss are told after `reset`, which tells of the loss.
    this.#inbox.opened();
  }

  #attemptFailed(error: StandpipeError): void {
    this.#greeting.failed(error);
    this.#reporter.error(error);
  }

  #failed(error: StandpipeError): void {
    this.#forget();
    this.#connecting?.reject(error);
    this.#connecting = undefined;
    this.#reporter.error(error);
  }

  async #drain(): Promise<void> {
    this.#ticks.stop();
    if (this.#link.isLive) {
      const [inbox, sender, link] = [this.#inbox, this.#sender, this.#link];
      await drained({ inbox, sender, link, clock: this.#clock }, this.#settings.drainMs);
      this.#acknowledge();
    }
    this.#closed = deferred<void>();
    this.#link.stop('disconnect');
    if (this.#link.state === 'closing') await this.#closed.promise;
  }

  /** Ends the session and everything that waited for it. */
  #forget(): void {
    this.#greeting.end();
    this.#inbox.clear();
    this.#sender.clear();
    this.#queries.close();
    this.#subscriptions.close();
  }

  #acknowledge(): void {
    if (this.#link.state !== 'open') return;
    const ack = this.#inbox.takeAck();
    if (ack !== undefined) this.#link.send({ type: 'ack', ...ack });
  }

  /** Tells the inbox which kinds are subscribed to: it makes good their losses. */
  #ask(kinds: Kinds, callback: SubscribeCallback | undefined): this {
    const { SOCKET, CHANNEL } = RuleKind;
    this.#inbox.ask(this.#subscriptions.asks(SOCKET), this.#subscriptions.asks(CHANNEL));
    const failed = (thrown: unknown): void =>
      this.#reporter.handlerFailed(thrown, 'callback of subscribe');
    if (callback !== undefined) this.#subscriptions.tell(kinds, callback).catch(failed);
    return this;
  }

  /** Called before the event of a failed handler counts as handled. */
  #eventFailed(): void {
    if (this.#settings.onHandlerError === 'continue') return;
    this.#inbox.halt();
    void this.disconnect();
  }
}

/**
 * Makes a client; `connect()` connects it. With the events of your app, handlers, triggers and requests are checked: an
 * `AppEvents`, which holds for browsers too, or one table for both ends, `createClient<{ move: { x: number } }>({…})`.
 * @throws StandpipeError `bad_option`
 */
export function createClient<Events extends object = DefaultEvents>(
  options: OptionsOf<Events>,
  surroundings?: Partial<Surroundings>,
): PipeClient<Events> {
  return new PipeClient<Events>(options, surroundings);
}
