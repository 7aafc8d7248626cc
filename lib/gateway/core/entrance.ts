import type { CachedEvent, Membership, Unavailable } from '../../brokers/broker';
import { later } from '../../brokers/eventual';
import type { ChannelName } from '../../pusher/channel-name';
import { CloseCode } from '../../pusher/close-codes';
import * as messages from '../../pusher/messages';
import { EventKind } from '../../wire/frames';
import type { Limits } from '../options/options';
import type { Turn } from './fanout/turn';
import type { Unauthorized } from './features/unauthorized';
import type { Happenings } from './happenings';
import type { App } from './model/app';
import { Channel } from './model/channel';
import type { Entrant, EntranceOutcome, Found } from './model/entrant';
import type { Identity } from './model/presence';
import type { Socket } from './model/socket';

/** Told to sockets that wait for a channel when the broker cannot say who is on it. */
const UNAVAILABLE = 'Over capacity: the broker of this gateway does not answer';

/** Parts of a hub that the entrance works with. */
export interface EntranceParts {
  readonly turn: Turn;
  readonly limits: Limits;
  readonly unauthorized: Unauthorized;
  readonly happenings: Happenings;
  /** True while the broker does not answer, and has not for so long that nobody waits for it. */
  isBrokerDown(): boolean;
  note(socket: Socket, message: string, about: object): void;
  /** Closes a socket as `Hub.dismiss` does. */
  dismiss(socket: Socket, code: number, reason: string): void;
}

/**
 * The way onto channels and off them. A socket is let in once every event of the channel is heard here, its member
 * stands in the list, and the last event of a cache channel is known. Where the broker answers inside the call, this
 * is at once; elsewhere sockets wait, each until its own conditions are met.
 */
export class Entrance {
  readonly #parts: EntranceParts;

  constructor(parts: EntranceParts) {
    this.#parts = parts;
  }

  /** @param done is told once how it ended, inside the call where nothing has to be waited for */
  subscribe(
    socket: Socket,
    kind: ChannelName,
    identity?: Identity,
    done?: (outcome: EntranceOutcome) => void,
  ): void {
    const channel = this.#open(socket.app, kind);
    const { presence } = channel;
    const entrant: Entrant = {
      socket,
      channel,
      identity,
      done,
      state: 'waiting',
      membership: undefined,
      cached: undefined,
      heard: undefined,
    };
    if (identity !== undefined && presence !== undefined) {
      presence.arrive(socket, identity);
      const { maxMembersPerChannel: max } = this.#parts.limits;
      const connections = presence.connectionsOf(identity.userId);
      const answer = socket.app.broker.member(kind.name, identity, connections, max);
      void later(answer, (membership) => this.#judged(entrant, membership));
    }
    if (channel.isOpen) this.#lookUp(entrant);
    this.#advance(entrant);
    if (entrant.state !== 'waiting') return;
    (channel.entering ??= new Set()).add(entrant);
    (socket.entering ??= new Map()).set(kind.name, entrant);
    // A channel that is opened while the broker is away is heard when it is back, which may take long.
    if (!channel.isOpen && this.#parts.isBrokerDown()) this.#sendAway(entrant);
  }

  /** Takes a socket out of a channel, or out of those that wait for it; an empty channel is dropped. */
  unsubscribe(socket: Socket, channel: Channel): void {
    if (socket.channels?.delete(channel.name) !== true) return;
    const { turn, happenings } = this.#parts;
    const { app, name } = channel;
    socket.granted?.delete(name);
    this.#parts.note(socket, 'unsubscribed', { channel: name });
    turn.leave(channel, socket);
    channel.ahead?.delete(socket);
    if (socket.closed) channel.closing--;
    const removed = this.#depart(socket, channel);
    if (removed !== undefined) {
      const about = { socketId: socket.id, channel: name, userId: removed };
      happenings.tell(app, EventKind.MEMBER_REMOVED, about);
    }
    this.#sayCount(channel);
    if (channel.sockets.size > 0) return;
    this.#dropIfAbandoned(channel);
    if (channel.kind.user === undefined) {
      happenings.tell(app, EventKind.VACATED, { channel: name });
    }
  }

  /** A socket waits for a channel no more. */
  cancel(socket: Socket, name: string): void {
    const entrant = socket.entering?.get(name);
    if (entrant !== undefined) this.#cancel(entrant);
  }

  /** A socket is gone. */
  gone(socket: Socket): void {
    for (const entrant of [...(socket.entering?.values() ?? [])]) this.#cancel(entrant);
    for (const channel of [...(socket.channels?.values() ?? [])]) this.unsubscribe(socket, channel);
  }

  /** Conditions of those that wait for a channel may have been met. */
  advance(channel: Channel): void {
    for (const entrant of channel.entering ?? []) this.#advance(entrant);
  }

  /** The members of a channel are fetched, and the difference to those that were known is told. */
  fetchMembers(channel: Channel): void {
    const { presence, name, app } = channel;
    if (presence === undefined) return;
    const { list } = presence;
    const fetch = list.fetching();
    void later(app.broker.members(name), (fetched) => {
      if (fetched === 'unavailable') return this.#giveUp(channel);
      const { added = [], removed = [] } = list.fetched(fetched, fetch) ?? {};
      const { turn } = this.#parts;
      for (const userId of removed) turn.publish(channel, messages.memberRemoved(name, userId));
      for (const member of added) turn.publish(channel, messages.memberAdded(name, member));
      this.advance(channel);
    });
  }

  /** Sockets that wait for any channel of an app are sent away: the broker does not answer. */
  giveUpAll(app: App): void {
    for (const channel of [...app.channels.values()]) this.#giveUp(channel);
  }

  #open(app: App, kind: ChannelName): Channel {
    const known = app.channels.get(kind.name);
    if (known !== undefined) return known;
    const channel = new Channel(app, kind);
    app.channels.set(kind.name, channel);
    void later(app.broker.watch(kind.name), () => this.#opened(channel));
    return channel;
  }

  #opened(channel: Channel): void {
    if (channel.app.channels.get(channel.name) !== channel) return;
    channel.isOpen = true;
    for (const entrant of channel.entering ?? []) this.#lookUp(entrant);
    this.fetchMembers(channel);
    this.advance(channel);
  }

  /** The list of members, and the last event, are asked for once the channel is heard, so that nothing is missed between. */
  #lookUp(entrant: Entrant): void {
    const { channel, socket } = entrant;
    if (!channel.kind.cache) return;
    void later(socket.app.broker.cached(channel.name), (cached) => {
      if (cached === 'unavailable') return this.#sendAway(entrant);
      entrant.cached = { event: newer(cached, entrant.heard) };
      this.#advance(entrant);
    });
  }

  #judged(entrant: Entrant, membership: Membership | 'full' | Unavailable): void {
    if (entrant.state === 'gone') {
      // The socket has left before the answer came: the answer of its leave tells of that.
      if (typeof membership === 'object') this.#tellChange(entrant, membership);
      return;
    }
    if (membership === 'unavailable') return this.#sendAway(entrant);
    if (membership === 'full') {
      const { maxMembersPerChannel: max } = this.#parts.limits;
      const message = `Presence channel is full (${max} members)`;
      return this.#cancel(entrant, { rule: 'limit', message, status: 4100 });
    }
    entrant.membership = membership;
    this.#advance(entrant);
  }

  #advance(entrant: Entrant): void {
    const { socket, channel, identity, membership, cached, state } = entrant;
    if (state !== 'waiting' || socket.closed || !channel.isOpen) return;
    if (identity !== undefined && channel.presence !== undefined) {
      if (membership === undefined) return;
      if (!channel.presence.list.shows(identity.userId, membership.seq)) return;
    }
    if (channel.kind.cache && cached === undefined) return;
    this.#letIn(entrant);
  }

  #letIn(entrant: Entrant): void {
    const { socket, channel, identity, membership } = entrant;
    const { turn, unauthorized, happenings } = this.#parts;
    const { app, kind, name, presence } = channel;
    this.#settle(entrant, 'in');
    const isFirst = channel.sockets.size === 0;
    if (isFirst) channel.source = socket.source;
    turn.join(channel, socket);
    (socket.channels ??= new Map()).set(name, channel);
    this.#parts.note(socket, 'subscribed', { channel: name });
    this.welcome(socket, channel);
    if (kind.visibility !== 'public') unauthorized.settled(socket);
    if (kind.cache) this.#sendCached(entrant);
    this.#sayCount(channel);
    // A user's own channel is the server's: apps did not create it and hear nothing of it.
    if (isFirst && kind.user === undefined) {
      happenings.tell(app, EventKind.OCCUPIED, { channel: name });
    }
    if (identity !== undefined) {
      if (membership !== undefined) this.#tellChange(entrant, membership);
      const { userId } = identity;
      if (presence?.enter(userId) === true) {
        const about = { socketId: socket.id, channel: name, userId };
        happenings.tell(app, EventKind.MEMBER_ADDED, about);
      }
    }
    if (kind.cache && entrant.cached?.event === undefined) this.#tellMiss(socket, channel);
    entrant.done?.('in');
  }

  /** Tells a socket that it is on a channel, and who else is. */
  welcome(socket: Socket, { name, presence }: Channel): void {
    const text = presence?.list.answer(name) ?? messages.subscriptionSucceeded(name);
    this.#parts.turn.send(socket, text);
  }

  #sendCached({ socket, channel, cached }: Entrant): void {
    const { turn } = this.#parts;
    const event = cached?.event;
    if (event === undefined) return turn.send(socket, messages.cacheMiss(channel.name));
    turn.send(socket, event.text);
    // The event may still be on its way to this node, and must not come twice.
    if (event.seq > channel.heardSeq) (channel.ahead ??= new Map()).set(socket, event.seq);
  }

  #tellMiss({ source }: Socket, { app, name }: Channel): void {
    void later(app.broker.cacheMissed(name), (isFirst) => {
      if (!isFirst) return;
      this.#parts.happenings.tell(app, EventKind.CACHE_MISS, { channel: name }, source);
    });
  }

  #sayCount(channel: Channel): void {
    const { app, name, sockets, isCounted, source } = channel;
    const { happenings } = this.#parts;
    const answer = app.broker.subscriptions(name, sockets.size, isCounted);
    if (channel.kind.user !== undefined) return;
    void later(answer, (occupancy) => {
      // The broker says it again when it can, and tells then.
      if (occupancy === 'unavailable') return;
      const { total, change, seq } = occupancy;
      if (isCounted) happenings.counted(app, name, total, source);
      if (change !== undefined)
        happenings.changed(app, { kind: change, channel: name, seq, source });
    });
  }

  #tellChange({ socket, channel, identity }: Entrant, { change, seq }: Membership): void {
    if (change === undefined) return;
    const { app, name } = channel;
    const userId = identity?.userId ?? '';
    const { source } = socket;
    this.#parts.happenings.changed(app, { kind: change, channel: name, userId, seq, source });
  }

  #cancel(entrant: Entrant, outcome: EntranceOutcome = 'gone'): void {
    const { socket, channel } = entrant;
    if (entrant.state !== 'waiting') return;
    this.#settle(entrant, 'gone');
    if (entrant.membership !== undefined) this.#tellChange(entrant, entrant.membership);
    socket.granted?.delete(channel.name);
    this.#depart(socket, channel);
    this.#dropIfAbandoned(channel);
    entrant.done?.(outcome);
  }

  #settle(entrant: Entrant, state: 'in' | 'gone'): void {
    const { socket, channel } = entrant;
    entrant.state = state;
    channel.entering?.delete(entrant);
    socket.entering?.delete(channel.name);
  }

  #sendAway({ socket, state }: Entrant): void {
    if (state === 'waiting') {
      this.#parts.dismiss(socket, CloseCode.OVER_CAPACITY, UNAVAILABLE);
    }
  }

  #giveUp({ entering }: Channel): void {
    for (const entrant of entering ?? []) this.#sendAway(entrant);
  }

  /** Takes a connection from the user of a socket. Returns the user when it had a subscription here, and has none any more. */
  #depart(socket: Socket, { app, name, presence }: Channel): string | undefined {
    const departed = presence?.depart(socket);
    if (presence === undefined || departed === undefined) return undefined;
    const { userId, wasIn } = departed;
    const who = { userId, userInfo: undefined };
    const answer = app.broker.member(name, who, presence.connectionsOf(userId), Infinity);
    void later(answer, (membership) => {
      if (typeof membership !== 'object' || membership.change === undefined) return;
      const { change, seq } = membership;
      const { source } = socket;
      this.#parts.happenings.changed(app, { kind: change, channel: name, userId, seq, source });
    });
    return wasIn ? userId : undefined;
  }

  #dropIfAbandoned(channel: Channel): void {
    if (!channel.isAbandoned) return;
    channel.app.channels.delete(channel.name);
    channel.app.broker.unwatch(channel.name);
  }
}

function newer(cached: CachedEvent | undefined, heard: Found | undefined): Found | undefined {
  if (cached === undefined || heard === undefined) return heard ?? cached;
  return heard.seq > cached.seq ? heard : cached;
}
