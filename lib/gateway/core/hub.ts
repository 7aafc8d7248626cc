import type { Broker, Unavailable } from '../../brokers/broker';
import { MemoryEngine } from '../../brokers/memory/engine';
import { type Eventual, later } from '../../brokers/eventual';
import { type ChannelName, parseChannelName } from '../../pusher/channel-name';
import * as messages from '../../pusher/messages';
import { newSocketId } from '../../pusher/socket-id';
import { Ring } from '../../util/ring';
import type { Clock } from '../../util/timers';
import { EventKind } from '../../wire/frames';
import type { Limits } from '../options/options';
import { AppFeed } from './app-feed';
import { Entrance } from './entrance';
import type { EntranceOutcome } from './model/entrant';
import type { App } from './model/app';
import type { Channel } from './model/channel';
import type { Journal } from './journal';
import { Holdback } from './streams/holdback';
import type { Identity } from './model/presence';
import { countUp, type Metrics } from './metrics';
import { Nodes } from './cluster/nodes';
import { Reports } from './cluster/reports';
import { BrowserRequests } from './features/browser-requests';
import { CountPace } from './features/count-pace';
import { Happenings } from './happenings';
import type { Socket } from './model/socket';
import type { Turn } from './fanout/turn';
import { Unauthorized } from './features/unauthorized';
import { Watchlists } from './features/watchlists';

/** Sockets that leave within one turn; thousands that go at once must not keep the others waiting. */
const MAX_CLOSES_PER_TURN = 100;

/** An event on its way to the subscribers of a channel. `data` becomes the frame's JSON string as it is. */
export interface Publication {
  channel: string;
  event: string;
  data: string;
  /** Ids of sockets that must not get it; unknown ones exclude nobody. */
  except?: readonly string[] | undefined;
  /** A socket that is behind may miss it when a later one of the channel has the same key. Not with `except`. */
  latest?: string | undefined;
  /** A socket that is behind misses it, and a cache channel does not keep it. */
  volatile?: boolean | undefined;
}

/** The last event of a cache channel, and the time until it is forgotten. */
export interface CachedPublication {
  event: string;
  data: string;
  ttlMs: number;
}

/** Parts that a hub is made of. */
export interface HubParts {
  readonly turn: Turn;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly journal: Journal;
  readonly metrics: Metrics;
  readonly broker: Broker;
}

/**
 * Registries of connected sockets and their subscriptions on this node. It changes the registries, says to the broker
 * what is true here, writes to sockets through the turn, and tells the observers of the app (groups, webhooks) what
 * happened; it decides nothing about who may do what.
 */
export class Hub {
  readonly turn: Turn;
  readonly watchlists: Watchlists;
  readonly browserRequests: BrowserRequests;
  readonly holdback: Holdback;
  readonly happenings: Happenings;
  readonly nodes: Nodes;
  readonly reports: Reports;
  readonly #clock: Clock;
  readonly #limits: Limits;
  readonly #journal: Journal;
  readonly #metrics: Metrics;
  readonly #broker: Broker;
  readonly #entrance: Entrance;
  readonly #counts: CountPace<Channel>;
  readonly #unauthorized: Unauthorized;
  readonly #closes = new Ring<{ socket: Socket; code: number; reason: string }>();
  #closesLeft = MAX_CLOSES_PER_TURN;

  constructor({ turn, clock, limits, journal, metrics, broker }: HubParts) {
    this.turn = turn;
    this.#clock = clock;
    this.#limits = limits;
    this.#journal = journal;
    this.#metrics = metrics;
    this.#broker = broker;
    this.nodes = new Nodes(broker, clock);
    const { nodes } = this;
    this.reports = new Reports({ clock, nodes, journal, limits });
    this.happenings = new Happenings(clock, nodes);
    this.watchlists = new Watchlists(turn, clock);
    this.browserRequests = new BrowserRequests(turn, clock);
    this.holdback = new Holdback(turn, clock, limits.pipePauseMs);
    this.#counts = new CountPace(clock);
    this.#unauthorized = new Unauthorized(
      clock,
      limits.authorizationTimeoutMs,
      (socket, code, reason) => this.dismiss(socket, code, reason),
    );
    this.#entrance = new Entrance({
      turn,
      limits,
      unauthorized: this.#unauthorized,
      happenings: this.happenings,
      isBrokerDown: () => this.#broker.state === 'down',
      note: (...noted) => this.#note(...noted),
      dismiss: (...closed) => this.dismiss(...closed),
    });
    this.nodes.on('terminate', (app, { userId }) =>
      String(typeof userId === 'string' ? this.#terminateHere(app, userId) : 0),
    );
  }

  /** Joins an app with the broker, before anything else is done with it. */
  attach(app: App): void {
    app.join(this.#broker.app(app.id, this.#feed(app)));
    this.reports.attach(app);
  }

  #feed(app: App): AppFeed {
    return new AppFeed(app, {
      turn: this.turn,
      entrance: this.#entrance,
      watchlists: this.watchlists,
      happenings: this.happenings,
      nodes: this.nodes,
      ...{ metrics: this.#metrics, journal: this.#journal },
      counts: this.#counts,
    });
  }

  /** An app was taken out of the configuration: the cluster hears no more of what is left of it here. */
  detach(app: App): void {
    this.reports.detach(app);
    const { broker } = app;
    for (const { name, presence, sockets } of app.channels.values()) {
      for (const userId of presence?.usersHere() ?? []) {
        void broker.member(name, { userId, userInfo: undefined }, 0, Infinity);
      }
      if (sockets.size > 0) void broker.subscriptions(name, 0, false);
      broker.unwatch(name);
    }
    for (const userId of app.users.ids()) void broker.user(userId, 0);
    for (const userId of app.watched.keys()) broker.unwatchUser(userId);
    for (const id of app.sockets.keys()) broker.socket(id, false);
    const nobody = new MemoryEngine({ clock: this.#clock, isAlone: true }).join();
    app.join(nobody.app(app.id, this.#feed(app)));
  }

  /** The broker does not answer any more: sockets that wait for a channel are sent away. */
  giveUpWaiting(apps: Iterable<App>): void {
    for (const app of apps) this.#entrance.giveUpAll(app);
  }

  /** Ends all timers; the hub goes on without what they would have brought about. */
  stop(): void {
    this.watchlists.stop();
    this.browserRequests.stop();
    this.holdback.stop();
    this.reports.stop();
    this.happenings.stop();
    this.#counts.stop();
    this.#unauthorized.stop();
  }

  /** A fresh id for a socket of an app. */
  newId({ broker }: App): string {
    return newSocketId(broker.isAlone ? undefined : this.nodes.own);
  }

  /** A socket is there: it has its id and may send. */
  open(socket: Socket): void {
    socket.app.sockets.set(socket.id, socket);
    socket.openedS = Math.floor(this.#clock.wall() / 1000);
    socket.app.broker.socket(socket.id, true);
    this.#unauthorized.opened(socket);
    this.happenings.tell(socket.app, EventKind.OPEN, { socketId: socket.id });
  }

  /** A socket does not read what it is sent. */
  slow(socket: Socket, unsentBytes: number): void {
    const data = JSON.stringify({ unsentBytes });
    this.happenings.tell(socket.app, EventKind.SLOW, { socketId: socket.id, data });
  }

  /** A slow socket has read everything. */
  drained(socket: Socket): void {
    this.happenings.tell(socket.app, EventKind.DRAINED, { socketId: socket.id });
  }

  /** A socket has read what it was sent a while ago, and may be behind no more. */
  caughtUp(socket: Socket): void {
    this.turn.caughtUp(socket);
  }

  /** Closes a socket after everything sent to it. Messages of it that were read and held back are handled first. */
  dismiss(socket: Socket, code: number, reason: string): void {
    this.holdback.letGo(socket);
    this.turn.close(socket, code, reason);
  }

  /** Sockets that are gone and have yet to leave everything they were in. */
  get closesWaiting(): number {
    return this.#closes.length;
  }

  /**
   * A socket is gone, for whatever cause. It leaves everything it was in, at once unless many go in the same turn.
   * Repeated calls do nothing.
   */
  close(socket: Socket, code: number, reason: string): void {
    if (this.#closesLeft === MAX_CLOSES_PER_TURN) this.#clock.endOfTurn(() => this.#closeNext());
    if (this.#closesLeft > 0) {
      this.#closesLeft--;
      this.#close(socket, code, reason);
    } else this.#closes.push({ socket, code, reason });
  }

  /** A turn is over: the next closes of those that wait are worked off, before any newer one. */
  #closeNext(): void {
    this.#closesLeft = MAX_CLOSES_PER_TURN;
    if (this.#closes.length === 0) return;
    this.#clock.endOfTurn(() => this.#closeNext());
    for (; this.#closesLeft > 0; this.#closesLeft--) {
      const next = this.#closes.shift();
      if (next === undefined) return;
      this.#close(next.socket, next.code, next.reason);
    }
  }

  #close(socket: Socket, code: number, reason: string): void {
    if (socket.app.sockets.get(socket.id) !== socket) return;
    this.#journal.recorder?.closed(socket, code, reason);
    this.#entrance.gone(socket);
    this.turn.gone(socket);
    this.#signOut(socket);
    this.browserRequests.closed(socket);
    this.holdback.gone(socket);
    this.#unauthorized.settled(socket);
    socket.app.sockets.delete(socket.id);
    socket.app.broker.socket(socket.id, false);
    socket.app.closing.delete(socket);
    countUp(this.#metrics.socketCloses, code);
    this.#note(socket, 'socket closed', { code, ...(reason !== '' && { why: reason }) });
    this.happenings.tell(socket.app, EventKind.CLOSE, { socketId: socket.id, code, reason });
  }

  /**
   * Adds a socket to a channel and answers it, at once or when the broker has answered. `identity` is needed on presence
   * channels. `done` is told once how it ended.
   */
  subscribe(
    socket: Socket,
    kind: ChannelName,
    identity?: Identity,
    done?: (outcome: EntranceOutcome) => void,
  ): void {
    this.#entrance.subscribe(socket, kind, identity, done);
  }

  /** Subscribes a socket that has not asked for it. When it does, it is answered and stays as it is. */
  grant(socket: Socket, kind: ChannelName, identity?: Identity): Eventual<EntranceOutcome> {
    (socket.granted ??= new Set()).add(kind.name);
    let outcome: EntranceOutcome | undefined;
    let done = (ended: EntranceOutcome): void => {
      outcome = ended;
    };
    this.subscribe(socket, kind, identity, (ended) => done(ended));
    return outcome ?? new Promise((resolve) => (done = resolve));
  }

  /** Tells a socket that it is on a channel, and who else is. */
  welcome(socket: Socket, channel: Channel): void {
    this.#entrance.welcome(socket, channel);
  }

  /** Takes a socket out of a channel; an empty channel is dropped. */
  unsubscribe(socket: Socket, channel: Channel): void {
    this.#entrance.unsubscribe(socket, channel);
  }

  /** A socket waits for a channel no more, if it does. */
  cancel(socket: Socket, channel: string): void {
    this.#entrance.cancel(socket, channel);
  }

  /** Signs a socket in, or tells anew who the user is that it signed in as. */
  signIn(socket: Socket, identity: Identity): void {
    const { app } = socket;
    const { userId } = identity;
    socket.user = identity;
    this.#note(socket, 'signed in', { userId });
    this.#unauthorized.settled(socket);
    const isFirst = app.users.add(userId, socket);
    void app.broker.user(userId, app.users.socketsOf(userId).size);
    if (isFirst) this.happenings.tell(app, EventKind.USER_ONLINE, { socketId: socket.id, userId });
  }

  /**
   * Closes all connections of a signed-in user, on all nodes; answers how many. Members of presence channels are no
   * users.
   */
  terminate(app: App, userId: string): Eventual<number> {
    const closed = this.#terminateHere(app, userId);
    return later(this.nodes.ask(app, { type: 'terminate', userId }), (answers) =>
      answers.reduce((sum, answer) => sum + (Number(answer) || 0), closed),
    );
  }

  #terminateHere(app: App, userId: string): number {
    let closed = 0;
    for (const socket of app.users.socketsOf(userId)) {
      if (socket.closed) continue;
      closed++;
      this.dismiss(socket, app.options.terminateCode, 'The user was disconnected by the app');
    }
    return closed;
  }

  /** The last event published on a cache channel, if it is still kept. `ttlMs` is left of its time. */
  cached(app: App, channel: string): Eventual<CachedPublication | undefined | Unavailable> {
    return later(app.broker.cached(channel), (cached) => {
      if (cached === undefined || cached === 'unavailable') return cached;
      return { ...messages.readChannelEvent(cached.text), ttlMs: cached.ttlMs };
    });
  }

  /**
   * Publishes an event for the subscribers of a channel, on all nodes. Answers with the number of sockets of this
   * node that it is written to, or with `receipt` of all nodes.
   */
  publish(app: App, publication: Publication, receipt = false): Eventual<number | Unavailable> {
    const { channel: name, event, data, except, volatile = false } = publication;
    const { broker } = app;
    const channel = app.channels.get(name);
    const isCache = channel === undefined ? isCacheChannel(name) : channel.kind.cache;
    const keeps = isCache && !volatile;
    // Nobody hears it, so no text is made.
    if (channel === undefined && !keeps && broker.isAlone) return 0;
    const text = messages.channelEvent(event, name, data);
    const latest = publication.latest ?? (app.rules.isLatest(name, event) ? event : undefined);
    const isDroppable = volatile || latest !== undefined;
    if (!keeps && except === undefined && !receipt && !isDroppable) {
      return broker.publish(name, text);
    }
    const cacheMs = keeps ? this.#limits.cacheTtlMs : undefined;
    return broker.publish(name, text, { except, cacheMs, receipt, latest, volatile });
  }

  /**
   * Passes a client event on to the other subscribers of its channel, its data untouched unless the app wants
   * strings.
   */
  relay(
    socket: Socket,
    channel: Channel,
    event: string,
    rawData: string,
  ): Eventual<number | Unavailable> {
    const userId = channel.presence?.userOf(socket);
    const asString = socket.app.options.stringifyClientEvents && !isStringOrNothing(rawData);
    const text = asString
      ? messages.channelEvent(event, channel.name, rawData, userId)
      : messages.relayedClientEvent(event, channel.name, rawData, userId);
    const answer = socket.app.broker.publish(channel.name, text, { except: [socket.id] });
    this.holdback.published(socket, channel);
    return answer;
  }

  #note({ app, id }: Socket, message: string, about: object): void {
    if (this.#journal.isRead) this.#journal.note({ app: app.id, socket: id, ...about }, message);
  }

  #signOut(socket: Socket): void {
    this.watchlists.unwatch(socket);
    const { app, user } = socket;
    if (user === undefined) return;
    const { userId } = user;
    const wasLast = app.users.remove(userId, socket);
    void app.broker.user(userId, app.users.socketsOf(userId).size);
    if (wasLast) this.happenings.tell(app, EventKind.USER_OFFLINE, { socketId: socket.id, userId });
  }
}

/** The name was checked before: its length is limited by the settings, not here. */
function isCacheChannel(name: string): boolean {
  return name.includes('cache-') && parseChannelName(name, name.length)?.cache === true;
}

function isStringOrNothing(rawData: string): boolean {
  return rawData === '' || rawData.startsWith('"');
}
