import type { AppListener, MemberChange, PublishOptions, Transition } from '../../brokers/broker';
import type { Eventual } from '../../brokers/eventual';
import * as messages from '../../pusher/messages';
import type { Entrance } from './entrance';
import { VOLATILE, type Droppable } from './fanout/droppable';
import type { Turn } from './fanout/turn';
import type { CountPace } from './features/count-pace';
import type { Watchlists } from './features/watchlists';
import type { Happenings } from './happenings';
import type { Journal } from './journal';
import type { Metrics } from './metrics';
import type { App } from './model/app';
import type { Channel } from './model/channel';
import type { Socket } from './model/socket';
import type { Nodes } from './cluster/nodes';

/** Parts of a hub that a feed works with. */
export interface FeedParts {
  readonly turn: Turn;
  readonly entrance: Entrance;
  readonly watchlists: Watchlists;
  readonly happenings: Happenings;
  readonly nodes: Nodes;
  readonly metrics: Metrics;
  readonly journal: Journal;
  readonly counts: CountPace<Channel>;
}

/** All that the broker tells this node about one app: written to the browsers here, and to the model of the app. */
export class AppFeed implements AppListener {
  readonly #app: App;
  readonly #parts: FeedParts;

  constructor(app: App, parts: FeedParts) {
    this.#app = app;
    this.#parts = parts;
  }

  published(name: string, text: string, options: PublishOptions | undefined, seq: number): number {
    const channel = this.#app.channels.get(name);
    if (channel === undefined) return 0;
    const except = options?.except;
    let excluded = except === undefined ? undefined : this.#excluded(channel, except);
    if (options?.cacheMs !== undefined) {
      channel.heardSeq = seq;
      for (const entrant of channel.entering ?? []) entrant.heard = { text, seq };
    }
    if (channel.ahead !== undefined) excluded = [...(excluded ?? []), ...aheadOf(channel, seq)];
    this.#parts.turn.publish(channel, text, excluded, droppableOf(options, excluded));
    const reached = channel.sockets.size - channel.closing;
    const sockets = reached - countOf(excluded);
    this.#parts.metrics.deliveries += sockets;
    this.#parts.journal.recorder?.heard(channel);
    return sockets;
  }

  member(name: string, change: MemberChange): void {
    const channel = this.#app.channels.get(name);
    if (channel?.presence === undefined) return;
    if (channel.presence.list.take(change)) {
      const { userId } = change;
      this.#parts.turn.publish(
        channel,
        change.added ? messages.memberAdded(name, change) : messages.memberRemoved(name, userId),
      );
    }
    this.#parts.entrance.advance(channel);
  }

  counted(name: string, total: number): void {
    const channel = this.#app.channels.get(name);
    if (channel?.isCounted !== true) return;
    const text = messages.subscriptionCount(name, total);
    const { counts, turn } = this.#parts;
    counts.changed(channel, total, () => turn.publish(channel, text));
  }

  user(userId: string, online: boolean, seq: number): void {
    this.#parts.watchlists.changed(this.#app, userId, online, seq);
  }

  message(from: number, text: string): Eventual<string> {
    return this.#parts.nodes.received(this.#app, from, text);
  }

  missed(channels: readonly string[], users: readonly string[]): void {
    for (const name of channels) {
      const channel = this.#app.channels.get(name);
      if (channel?.isOpen === true) this.#parts.entrance.fetchMembers(channel);
    }
    this.#parts.watchlists.missed(this.#app, users);
  }

  recordsLost(): void {
    for (const { stream } of this.#app.observers) stream?.recordsLost();
  }

  homeLost(name: string): void {
    this.#parts.nodes.homeLost(this.#app, name);
  }

  changed(transition: Transition): void {
    this.#parts.happenings.found(this.#app, transition);
  }

  /** Sockets of a channel that must not get an event; ids of others exclude nobody. */
  #excluded(channel: Channel, except: readonly string[]): Socket[] {
    const excluded: Socket[] = [];
    for (const id of except) {
      const socket = this.#app.sockets.get(id);
      if (socket?.closed === false && channel.sockets.has(socket)) excluded.push(socket);
    }
    return excluded;
  }
}

/** Number of sockets, each counted once. */
function countOf(sockets: readonly Socket[] | undefined): number {
  if (sockets === undefined || sockets.length <= 1) return sockets?.length ?? 0;
  return new Set(sockets).size;
}

/** The way in which sockets that are behind may miss an event. An event with exceptions takes the place of no other. */
function droppableOf(
  options: PublishOptions | undefined,
  excluded: readonly Socket[] | undefined,
): Droppable | undefined {
  if (options === undefined) return undefined;
  if (options.volatile === true) return VOLATILE;
  const { latest: key } = options;
  return key === undefined || excluded !== undefined ? undefined : { key };
}

/** Sockets that got an event, or a later one, when they were let in. */
function aheadOf(channel: Channel, seq: number): Socket[] {
  const sockets: Socket[] = [];
  for (const [socket, upTo] of channel.ahead ?? []) {
    if (seq <= upTo) sockets.push(socket);
    else channel.ahead?.delete(socket);
  }
  if (channel.ahead?.size === 0) channel.ahead = undefined;
  return sockets;
}
