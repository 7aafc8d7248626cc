import { type ChannelName, parseChannelName } from '../../pusher/channel-name';
import * as messages from '../../pusher/messages';
import { Ring } from '../../util/ring';
import type { Clock } from '../../util/timers';
import { EventKind, type PipeEvent } from '../../wire/frames';
import type { Limits } from '../options/options';
import type { App } from './model/app';
import type { CachedEvent } from './model/cache';
import { Channel } from './model/channel';
import type { Journal } from './journal';
import { Holdback } from './streams/holdback';
import type { Identity } from './model/presence';
import { BrowserRequests } from './features/browser-requests';
import type { Socket } from './model/socket';
import { SubscriptionCounts } from './features/subscription-counts';
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
}

/**
 * Registries of connected sockets and their subscriptions on this node. It changes the registries, writes to sockets
 * through the turn, and tells the observers of the app (groups, webhooks) what happened; it decides nothing about
 * who may do what.
 */
export class Hub {
  readonly turn: Turn;
  readonly watchlists: Watchlists;
  readonly browserRequests: BrowserRequests;
  readonly holdback: Holdback;
  readonly #clock: Clock;
  readonly #journal: Journal;
  readonly #counts: SubscriptionCounts;
  readonly #unauthorized: Unauthorized;
  readonly #closes = new Ring<{ socket: Socket; code: number; reason: string }>();
  #closesLeft = MAX_CLOSES_PER_TURN;

  constructor(turn: Turn, clock: Clock, limits: Limits, journal: Journal) {
    this.turn = turn;
    this.#clock = clock;
    this.#journal = journal;
    this.watchlists = new Watchlists(turn, clock);
    this.browserRequests = new BrowserRequests(turn, clock);
    this.holdback = new Holdback(turn, clock, limits.pipePauseMs);
    this.#counts = new SubscriptionCounts(turn, clock);
    this.#unauthorized = new Unauthorized(turn, clock, limits.authorizationTimeoutMs);
  }

  /** Ends all timers; the hub goes on without what they would have brought about. */
  stop(): void {
    this.watchlists.stop();
    this.browserRequests.stop();
    this.holdback.stop();
    this.#counts.stop();
    this.#unauthorized.stop();
  }

  tell(app: App, event: PipeEvent): void {
    for (const observer of app.observers) observer.offer(event);
  }

  /** A socket is there: it has its id and may send. */
  open(socket: Socket): void {
    socket.app.sockets.set(socket.id, socket);
    this.#unauthorized.opened(socket);
    this.tell(socket.app, this.event(EventKind.OPEN, { socketId: socket.id }));
  }

  /** A socket does not read what it is sent. */
  slow(socket: Socket, unsentBytes: number): void {
    const data = JSON.stringify({ unsentBytes });
    this.tell(socket.app, this.event(EventKind.SLOW, { socketId: socket.id, data }));
  }

  /** A slow socket has read everything. */
  drained(socket: Socket): void {
    this.tell(socket.app, this.event(EventKind.DRAINED, { socketId: socket.id }));
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
    for (const channel of [...(socket.channels?.values() ?? [])]) this.unsubscribe(socket, channel);
    this.#signOut(socket);
    this.browserRequests.closed(socket);
    this.holdback.gone(socket);
    this.#unauthorized.settled(socket);
    socket.app.sockets.delete(socket.id);
    socket.app.closing.delete(socket);
    this.#note(socket, 'socket closed', { code, ...(reason !== '' && { why: reason }) });
    this.tell(socket.app, this.event(EventKind.CLOSE, { socketId: socket.id, code, reason }));
  }

  /** Adds a socket to a channel and answers it. `identity` is needed on presence channels. */
  subscribe(socket: Socket, kind: ChannelName, identity?: Identity): Channel {
    const { app } = socket;
    let channel = app.channels.get(kind.name);
    if (channel === undefined) {
      channel = new Channel(app, kind);
      app.channels.set(kind.name, channel);
    }
    const first = channel.sockets.size === 0;
    const joined = identity !== undefined && channel.presence?.add(socket, identity) === true;
    // The others hear of the member before the joiner is among them: it finds itself in its own member list.
    if (joined) this.turn.publish(channel, messages.memberAdded(kind.name, identity));
    this.turn.join(channel, socket);
    (socket.channels ??= new Map()).set(kind.name, channel);
    this.#note(socket, 'subscribed', { channel: kind.name });
    this.welcome(socket, channel);
    if (kind.visibility !== 'public') this.#unauthorized.settled(socket);
    // A user's own channel is the server's: apps did not create it and hear nothing of it.
    if (first && kind.user === undefined) {
      this.tell(app, this.event(EventKind.OCCUPIED, { channel: kind.name }));
    }
    if (joined) {
      const { userId } = identity;
      const about = { socketId: socket.id, channel: kind.name, userId };
      this.tell(app, this.event(EventKind.MEMBER_ADDED, about));
    }
    if (kind.cache) this.#sendCached(socket, kind.name);
    this.#counts.changed(channel);
    return channel;
  }

  /** Subscribes a socket that has not asked for it. When it does, it is answered and stays as it is. */
  grant(socket: Socket, kind: ChannelName, identity?: Identity): void {
    (socket.granted ??= new Set()).add(kind.name);
    this.subscribe(socket, kind, identity);
  }

  /** Tells a socket that it is on a channel, and who else is. */
  welcome(socket: Socket, { name, presence }: Channel): void {
    this.turn.send(socket, messages.subscriptionSucceeded(name, presence?.members()));
  }

  /** Takes a socket out of a channel; an empty channel is dropped. */
  unsubscribe(socket: Socket, channel: Channel): void {
    const { app } = socket;
    if (socket.channels?.delete(channel.name) !== true) return;
    socket.granted?.delete(channel.name);
    this.#note(socket, 'unsubscribed', { channel: channel.name });
    this.turn.leave(channel, socket);
    if (socket.closed) channel.closing--;
    const userId = channel.presence?.remove(socket);
    if (userId !== undefined) {
      this.turn.publish(channel, messages.memberRemoved(channel.name, userId));
      const about = { socketId: socket.id, channel: channel.name, userId };
      this.tell(app, this.event(EventKind.MEMBER_REMOVED, about));
    }
    this.#counts.changed(channel);
    if (channel.sockets.size > 0) return;
    app.channels.delete(channel.name);
    if (channel.kind.user === undefined) {
      this.tell(app, this.event(EventKind.VACATED, { channel: channel.name }));
    }
  }

  /** Signs a socket in, or tells anew who the user is that it signed in as. */
  signIn(socket: Socket, identity: Identity): void {
    const { app } = socket;
    const { userId } = identity;
    socket.user = identity;
    this.#note(socket, 'signed in', { userId });
    this.#unauthorized.settled(socket);
    if (!app.users.add(userId, socket)) return;
    this.watchlists.online(app, userId);
    this.tell(app, this.event(EventKind.USER_ONLINE, { socketId: socket.id, userId }));
  }

  /** Closes all connections of a signed-in user; returns how many. Members of presence channels are no users. */
  terminate(app: App, userId: string): number {
    let closed = 0;
    for (const socket of app.users.socketsOf(userId)) {
      if (socket.closed) continue;
      closed++;
      this.turn.close(socket, app.options.terminateCode, 'The user was disconnected by the app');
    }
    return closed;
  }

  /** The last event published on a cache channel, if it is still kept. */
  cached(app: App, channel: string): CachedEvent | undefined {
    return app.cache.get(channel, this.#clock.now());
  }

  /** Sends an event to the subscribers of a channel on this node; returns how many sockets it is written to. */
  deliver(app: App, { channel: name, event, data, except }: Publication): number {
    const channel = app.channels.get(name);
    const keeps = channel === undefined ? isCacheChannel(name) : channel.kind.cache;
    if (keeps) app.cache.put(name, event, data, this.#clock.now());
    if (channel === undefined) return 0;
    const excluded = except?.flatMap((id) => {
      const socket = app.sockets.get(id);
      return socket?.closed === false && channel.sockets.has(socket) ? [socket] : [];
    });
    this.turn.publish(channel, messages.channelEvent(event, name, data), excluded);
    const reached = channel.sockets.size - channel.closing;
    return reached - (excluded === undefined ? 0 : new Set(excluded).size);
  }

  /**
   * Passes a client event on to the other subscribers of its channel, its data untouched unless the app wants
   * strings.
   */
  relay(socket: Socket, channel: Channel, event: string, rawData: string): void {
    const userId = channel.presence?.userOf(socket);
    const asString = socket.app.options.stringifyClientEvents && !isStringOrNothing(rawData);
    const text = asString
      ? messages.channelEvent(event, channel.name, rawData, userId)
      : messages.relayedClientEvent(event, channel.name, rawData, userId);
    this.turn.publish(channel, text, [socket]);
  }

  #sendCached(socket: Socket, channel: string): void {
    const { app } = socket;
    const cached = this.cached(app, channel);
    if (cached !== undefined) {
      this.turn.send(socket, messages.channelEvent(cached.event, channel, cached.data));
      return;
    }
    this.turn.send(socket, messages.cacheMiss(channel));
    if (app.cache.miss(channel, this.#clock.now())) {
      this.tell(app, this.event(EventKind.CACHE_MISS, { channel }));
    }
  }

  #note({ app, id }: Socket, message: string, about: object): void {
    if (this.#journal.isRead) this.#journal.note({ app: app.id, socket: id, ...about }, message);
  }

  #signOut(socket: Socket): void {
    this.watchlists.unwatch(socket);
    const { app, user } = socket;
    if (user === undefined || !app.users.remove(user.userId, socket)) return;
    this.watchlists.offline(app, user.userId);
    const about = { socketId: socket.id, userId: user.userId };
    this.tell(app, this.event(EventKind.USER_OFFLINE, about));
  }

  /** Makes a record of something that happened now. */
  event(kind: EventKind, about: Partial<PipeEvent>): PipeEvent {
    return {
      kind,
      socketId: about.socketId ?? '',
      channel: about.channel,
      event: about.event,
      data: about.data,
      time: this.#clock.wall(),
      userId: about.userId,
      code: about.code,
      reason: about.reason,
    };
  }
}

/** The name was checked before: its length is limited by the settings, not here. */
function isCacheChannel(name: string): boolean {
  return name.includes('cache-') && parseChannelName(name, name.length)?.cache === true;
}

function isStringOrNothing(rawData: string): boolean {
  return rawData === '' || rawData.startsWith('"');
}
