import { EventKind, type PipeEvent } from '../../../wire/frames';
import type { ListCause, Present } from './report';

/** Names that are present on a node. */
class Names {
  readonly sockets = new Set<string>();
  readonly channels = new Set<string>();
  readonly members = new Map<string, Set<string>>();
  readonly users = new Set<string>();

  add({ sockets = [], channels = [], members = [], users = [] }: Partial<Present>): void {
    for (const id of sockets) this.sockets.add(id);
    for (const name of channels) this.channels.add(name);
    for (const [channel, userId] of members) this.addMember(channel, userId);
    for (const id of users) this.users.add(id);
  }

  addMember(channel: string, userId: string): void {
    const members = this.members.get(channel);
    if (members === undefined) this.members.set(channel, new Set([userId]));
    else members.add(userId);
  }

  removeMember(channel: string, userId: string): void {
    const members = this.members.get(channel);
    if (members?.delete(userId) === true && members.size === 0) this.members.delete(channel);
  }

  hasMember(channel: string, userId: string): boolean {
    return this.members.get(channel)?.has(userId) === true;
  }
}

/** The close of a socket whose gateway was lost: as that of a connection without a close frame. */
export function lost(socketId: string, time: number): PipeEvent {
  const reason = 'the gateway of this socket was lost';
  return { kind: EventKind.CLOSE, socketId, time, code: 1006, reason };
}

/** Another node, as far as its reports tell: the sockets, channels, members and users that are present there. */
export class FarNode {
  /** Number of the next report; undefined until a list begins. */
  next: number | undefined;
  /** Number of the last question that it has answered. */
  heard = 0;
  /** A node that came when streams were running already, and has yet to tell them what is present there. */
  isNew: boolean;
  /** This node may have missed reports since the last list. */
  isBroken = false;
  #names = new Names();
  /** A list that has not come to its end. */
  #draft: { names: Names; cause: ListCause } | undefined;

  readonly node: number;

  constructor(node: number, isNew: boolean) {
    this.node = node;
    this.isNew = isNew;
  }

  get sockets(): ReadonlySet<string> {
    return this.#names.sockets;
  }

  get channels(): ReadonlySet<string> {
    return this.#names.channels;
  }

  /** True when the thing that an event is about is present there: the channel, the member, or the user. */
  has({ kind, channel = '', userId = '' }: PipeEvent): boolean {
    switch (kind) {
      case EventKind.OCCUPIED:
      case EventKind.VACATED:
        return this.#names.channels.has(channel);
      case EventKind.MEMBER_ADDED:
      case EventKind.MEMBER_REMOVED:
        return this.#names.hasMember(channel, userId);
      case EventKind.USER_ONLINE:
      case EventKind.USER_OFFLINE:
        return this.#names.users.has(userId);
      default:
        // Other events are about a socket, which is of one node alone.
        return false;
    }
  }

  /** Takes note of an event of this node. */
  note({ kind, socketId, channel = '', userId = '' }: PipeEvent): void {
    const names = this.#names;
    switch (kind) {
      case EventKind.OPEN:
        names.sockets.add(socketId);
        break;
      case EventKind.CLOSE:
        names.sockets.delete(socketId);
        break;
      case EventKind.OCCUPIED:
        names.channels.add(channel);
        break;
      case EventKind.VACATED:
        names.channels.delete(channel);
        break;
      case EventKind.MEMBER_ADDED:
        names.addMember(channel, userId);
        break;
      case EventKind.MEMBER_REMOVED:
        names.removeMember(channel, userId);
        break;
      case EventKind.USER_ONLINE:
        names.users.add(userId);
        break;
      case EventKind.USER_OFFLINE:
        names.users.delete(userId);
        break;
      default:
      // Messages change nothing of what is present.
    }
  }

  /** Nothing is asked of the node any more: its names would grow old. */
  forget(): void {
    this.#names = new Names();
    this.#draft = undefined;
    this.isBroken = false;
    this.next = undefined;
  }

  /** A list begins. */
  begin(cause: ListCause): void {
    this.#draft = { names: new Names(), cause: this.isBroken ? 'lost' : cause };
    this.isBroken = false;
  }

  piece(present: Partial<Present>): void {
    this.#draft?.names.add(present);
  }

  /**
   * A list has come to its end, where one has begun. Where more was asked for, it is the truth from now on. Otherwise,
   * and from a node that came when streams were running, its difference to what was known is returned, to be told.
   */
  end(timeMs: number): { events: PipeEvent[]; isLost: boolean } | undefined {
    const draft = this.#draft;
    const { isNew } = this;
    this.#draft = undefined;
    this.isNew = false;
    if (draft === undefined) return undefined;
    const { names, cause } = draft;
    if (cause !== 'more' || isNew) {
      return { events: [...difference(this.#names, names, timeMs)], isLost: cause === 'lost' };
    }
    this.#names = names;
    return undefined;
  }

  /** Events that tell of everything here as gone, in the order of sockets that close. */
  gone(timeMs: number): Iterator<PipeEvent, undefined> {
    return difference(this.#names, new Names(), timeMs);
  }
}

function* difference(before: Names, after: Names, time: number): Generator<PipeEvent, undefined> {
  const event = (kind: EventKind, about: Partial<PipeEvent>): PipeEvent => {
    return { kind, socketId: '', time, ...about };
  };
  for (const id of after.sockets) {
    if (!before.sockets.has(id)) yield event(EventKind.OPEN, { socketId: id });
  }
  for (const channel of after.channels) {
    if (!before.channels.has(channel)) yield event(EventKind.OCCUPIED, { channel });
  }
  for (const [channel, userId] of membersOf(after)) {
    if (!before.hasMember(channel, userId))
      yield event(EventKind.MEMBER_ADDED, { channel, userId });
  }
  for (const userId of after.users) {
    if (!before.users.has(userId)) yield event(EventKind.USER_ONLINE, { userId });
  }
  for (const [channel, userId] of [...membersOf(before)]) {
    if (!after.hasMember(channel, userId)) {
      yield event(EventKind.MEMBER_REMOVED, { channel, userId });
    }
  }
  for (const channel of [...before.channels]) {
    if (!after.channels.has(channel)) yield event(EventKind.VACATED, { channel });
  }
  for (const userId of [...before.users]) {
    if (!after.users.has(userId)) yield event(EventKind.USER_OFFLINE, { userId });
  }
  for (const id of [...before.sockets]) {
    if (!after.sockets.has(id)) yield lost(id, time);
  }
}

function* membersOf({ members }: Names): IterableIterator<[string, string]> {
  for (const [channel, users] of members) for (const userId of users) yield [channel, userId];
}
