import type { ChannelName } from '../../pusher/channel-name';
import * as messages from '../../pusher/messages';
import type { Clock } from '../../util/timers';
import { Kind, type PipeEvent } from '../../wire/frames';
import type { App, Listener } from './app';
import { Channel } from './channel';
import type { Identity } from './presence';
import type { Socket } from './socket';
import type { Turn } from './turn';

/** An event on its way to the subscribers of a channel. `data` becomes the frame's JSON string as it is. */
export interface Publication {
  channel: string;
  event: string;
  data: string;
  /** Ids of sockets that must not get it; unknown ones exclude nobody. */
  except?: readonly string[] | undefined;
}

/**
 * Who is connected and subscribed, on this node. It changes the registries, writes to sockets through the turn, and
 * tells its listeners (backends, webhooks, metrics) what happened; it decides nothing about who may do what.
 */
export class Hub {
  readonly turn: Turn;
  readonly #clock: Clock;
  readonly #listeners: Listener[] = [];

  constructor(turn: Turn, clock: Clock) {
    this.turn = turn;
    this.#clock = clock;
  }

  listen(listener: Listener): void {
    this.#listeners.push(listener);
  }

  tell(app: App, event: PipeEvent): void {
    for (const listener of this.#listeners) listener(app, event);
  }

  /** A socket is there: it has its id and may send. */
  open(socket: Socket): void {
    socket.app.sockets.set(socket.id, socket);
    this.tell(socket.app, this.event(Kind.OPEN, { socketId: socket.id }));
  }

  /** A socket is gone, for whatever cause. Leaves everything it was in. Repeated calls do nothing. */
  close(socket: Socket, code: number, reason: string): void {
    if (socket.app.sockets.get(socket.id) !== socket) return;
    for (const channel of [...(socket.channels?.values() ?? [])]) this.unsubscribe(socket, channel);
    socket.app.sockets.delete(socket.id);
    this.tell(socket.app, this.event(Kind.CLOSE, { socketId: socket.id, code, reason }));
  }

  /** Adds a socket to a channel and answers it. `identity` is needed on presence channels. */
  subscribe(socket: Socket, kind: ChannelName, identity?: Identity): Channel {
    const { app } = socket;
    let channel = app.channels.get(kind.name);
    if (channel === undefined) {
      channel = new Channel(kind);
      app.channels.set(kind.name, channel);
    }
    const first = channel.sockets.size === 0;
    const joined = identity !== undefined && channel.presence?.add(socket, identity) === true;
    // The others hear of the member before the joiner is among them: it finds itself in its own member list.
    if (joined) this.turn.publish(channel, messages.memberAdded(kind.name, identity));
    this.turn.join(channel, socket);
    (socket.channels ??= new Map()).set(kind.name, channel);
    const members = channel.presence?.members();
    this.turn.send(socket, messages.subscriptionSucceeded(kind.name, members));
    if (first) this.tell(app, this.event(Kind.OCCUPIED, { channel: kind.name }));
    if (joined) {
      const { userId } = identity;
      const about = { socketId: socket.id, channel: kind.name, userId };
      this.tell(app, this.event(Kind.MEMBER_ADDED, about));
    }
    return channel;
  }

  /** Takes a socket out of a channel; an empty channel is dropped. */
  unsubscribe(socket: Socket, channel: Channel): void {
    const { app } = socket;
    if (socket.channels?.delete(channel.name) !== true) return;
    this.turn.leave(channel, socket);
    const userId = channel.presence?.remove(socket);
    if (userId !== undefined) {
      this.turn.publish(channel, messages.memberRemoved(channel.name, userId));
      const about = { socketId: socket.id, channel: channel.name, userId };
      this.tell(app, this.event(Kind.MEMBER_REMOVED, about));
    }
    if (channel.sockets.size === 0) {
      app.channels.delete(channel.name);
      this.tell(app, this.event(Kind.VACATED, { channel: channel.name }));
    }
  }

  /** Sends an event to the subscribers of a channel on this node; returns how many sockets it goes to. */
  deliver(app: App, { channel: name, event, data, except }: Publication): number {
    const channel = app.channels.get(name);
    if (channel === undefined) return 0;
    const excluded = except?.flatMap((id) => {
      const socket = app.sockets.get(id);
      return socket !== undefined && channel.sockets.has(socket) ? [socket] : [];
    });
    this.turn.publish(channel, messages.channelEvent(event, name, data), excluded);
    return channel.sockets.size - (excluded === undefined ? 0 : new Set(excluded).size);
  }

  /** Passes a client event on to the other subscribers of its channel, its data untouched. */
  relay(socket: Socket, channel: Channel, event: string, rawData: string): void {
    const userId = channel.presence?.userOf(socket);
    const text = messages.relayedClientEvent(event, channel.name, rawData, userId);
    this.turn.publish(channel, text, [socket]);
  }

  /** Makes a record of something that happened now. */
  event(kind: Kind, about: Partial<PipeEvent>): PipeEvent {
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
