import { MemberList } from './member-list';
import type { Socket } from './socket';

/** A user's identity, from a presence subscription or a sign-in: checked and signed. `userInfo` is raw JSON text. */
export interface Identity {
  userId: string;
  userInfo: string | undefined;
}

interface Here {
  sockets: number;
  /** At least one of them is subscribed; others may wait until they are let in. */
  isIn: boolean;
}

/**
 * The users of one presence channel: their connections on this node, and the list of members, which is that of all
 * nodes. A member is a distinct user id, however many connections it has; the information of its first connection stays
 * until the last one has left (Channels protocol, presence channels).
 */
export class Presence {
  readonly list = new MemberList();
  readonly #here = new Map<string, Here>();
  readonly #users = new Map<Socket, string>();

  /** User id under which a socket is here. */
  userOf(socket: Socket): string | undefined {
    return this.#users.get(socket);
  }

  /** Connections of a user on this node, those that wait included. */
  connectionsOf(userId: string): number {
    return this.#here.get(userId)?.sockets ?? 0;
  }

  /** Users with a connection on this node. */
  usersHere(): Iterable<string> {
    return this.#here.keys();
  }

  /** Users with a subscription on this node. */
  *usersIn(): IterableIterator<string> {
    for (const [userId, { isIn }] of this.#here) if (isIn) yield userId;
  }

  isIn(userId: string): boolean {
    return this.#here.get(userId)?.isIn === true;
  }

  /** A connection is there, and may have to wait. */
  arrive(socket: Socket, { userId }: Identity): void {
    this.#users.set(socket, userId);
    const here = this.#here.get(userId);
    if (here === undefined) this.#here.set(userId, { sockets: 1, isIn: false });
    else here.sockets++;
  }

  /** A connection is subscribed. True when it is the user's first one on this node. */
  enter(userId: string): boolean {
    const here = this.#here.get(userId);
    if (here === undefined || here.isIn) return false;
    here.isIn = true;
    return true;
  }

  /** A connection is gone. Returns its user; `wasIn` when it was the last one here of a user with a subscription. */
  depart(socket: Socket): { userId: string; wasIn: boolean } | undefined {
    const userId = this.#users.get(socket);
    if (userId === undefined) return undefined;
    this.#users.delete(socket);
    const here = this.#here.get(userId) as Here;
    if (--here.sockets > 0) return { userId, wasIn: false };
    this.#here.delete(userId);
    return { userId, wasIn: here.isIn };
  }
}
