import { randomBytes } from 'node:crypto';
import { isObject, parseJson, writeJson } from '../../../pusher/json';
import type { Audience, Batch } from '../../core/fanout/outlet';
import type { Turn } from '../../core/fanout/turn';
import type { Socket } from '../../core/model/socket';
import { ownEvent } from './frames';

const MEMBER_ID_BYTES = 4;

/** A client on a channel. `json` is told to the others. */
interface Member {
  id: string;
  json: string;
}

/** A channel of the app with pushy clients on it; its audience are these alone. */
export class PushyMembers implements Audience {
  /** As its first subscriber wrote it. */
  readonly name: string;
  /** True when its members are told of each other. The first subscriber decides. */
  readonly presence: boolean;
  readonly sockets = new Set<Socket>();
  readonly members = new Map<Socket, Member>();
  batch: Batch | undefined;

  constructor(name: string, presence: boolean) {
    this.name = name;
    this.presence = presence;
  }
}

/** The pushy clients of an app's channels. Names are compared without case, and are lower-cased in the app. */
export class ChannelMembers {
  readonly #turn: Turn;
  readonly #byKey = new Map<string, PushyMembers>();
  readonly #joined = new Map<Socket, Set<PushyMembers>>();

  constructor(turn: Turn) {
    this.#turn = turn;
  }

  get size(): number {
    return this.#byKey.size;
  }

  get(name: string): PushyMembers | undefined {
    return this.#byKey.get(name.toLowerCase());
  }

  /** The name that clients know a channel of the app by. */
  readonly nameOf = (channel: string): string => this.#byKey.get(channel)?.name ?? channel;

  add(name: string, presence: boolean): PushyMembers {
    const channel = new PushyMembers(name, presence);
    this.#byKey.set(name.toLowerCase(), channel);
    return channel;
  }

  /**
   * Adds a client; the others are told when the channel has presence. `data` is JSON text from the client. Returns the data
   * of `pushy:subscription-success`, as JSON.
   */
  join(channel: PushyMembers, socket: Socket, data: unknown, nowMs: number): string {
    const id = randomBytes(MEMBER_ID_BYTES).toString('hex');
    const given = typeof data === 'string' && channel.presence ? parseJson(data) : undefined;
    const about = { subscribed: nowMs, memberId: id, idle: false };
    const whole = writeJson({ ...(isObject(given) ? given : {}), ...about });
    // Data that are nested too deeply count as none.
    const json = whole ?? JSON.stringify(about);
    if (channel.presence) {
      const member = `{"member":${json}}`;
      this.#turn.publish(channel, ownEvent('pushy:presence-add', member, channel.name));
    }
    this.#turn.join(channel, socket);
    channel.members.set(socket, { id, json });
    this.#joined.set(socket, (this.#joined.get(socket) ?? new Set()).add(channel));
    const all = Array.from(channel.members.values(), (member) => member.json);
    const presence = channel.presence ? `,"presence":[${all.join()}]` : '';
    return `{"channel":${JSON.stringify(channel.name)},"memberId":"${id}"${presence}}`;
  }

  /** Takes a client off a channel; a channel without clients is dropped. */
  leave(channel: PushyMembers, socket: Socket): void {
    const member = channel.members.get(socket);
    if (member === undefined) return;
    channel.members.delete(socket);
    const joined = this.#joined.get(socket);
    if (joined?.delete(channel) === true && joined.size === 0) this.#joined.delete(socket);
    this.#turn.leave(channel, socket);
    if (channel.members.size === 0) this.drop(channel);
    else if (channel.presence) {
      const data = `{"member":${member.json}}`;
      this.#turn.publish(channel, ownEvent('pushy:presence-quit', data, channel.name));
    }
  }

  /** A client is gone. */
  leaveAll(socket: Socket): void {
    for (const channel of [...(this.#joined.get(socket) ?? [])]) this.leave(channel, socket);
  }

  drop({ name }: PushyMembers): void {
    this.#byKey.delete(name.toLowerCase());
  }
}
