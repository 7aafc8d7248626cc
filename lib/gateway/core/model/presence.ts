import type { Socket } from './socket';

/** A user's identity, from a presence subscription or a sign-in: checked and signed. `userInfo` is raw JSON text. */
export interface Identity {
  userId: string;
  userInfo: string | undefined;
}

interface Member {
  userInfo: string | undefined;
  sockets: number;
}

/**
 * The members of one presence channel. A member is a distinct user id, however many connections it has; the
 * information of its first connection stays until the last one has left (Channels protocol, presence channels).
 */
export class Presence {
  readonly #members = new Map<string, Member>();
  readonly #users = new Map<Socket, string>();

  get size(): number {
    return this.#members.size;
  }

  has(userId: string): boolean {
    return this.#members.has(userId);
  }

  /** User id under which a socket is here. */
  userOf(socket: Socket): string | undefined {
    return this.#users.get(socket);
  }

  ids(): string[] {
    return [...this.#members.keys()];
  }

  members(): Array<Identity> {
    return Array.from(this.#members, ([userId, { userInfo }]) => ({ userId, userInfo }));
  }

  /** True when the user was not here before. */
  add(socket: Socket, { userId, userInfo }: Identity): boolean {
    this.#users.set(socket, userId);
    const member = this.#members.get(userId);
    if (member !== undefined) {
      member.sockets++;
      return false;
    }
    this.#members.set(userId, { userInfo, sockets: 1 });
    return true;
  }

  /** The user id when this was its last connection. */
  remove(socket: Socket): string | undefined {
    const userId = this.#users.get(socket);
    if (userId === undefined) return undefined;
    this.#users.delete(socket);
    const member = this.#members.get(userId) as Member;
    if (--member.sockets > 0) return undefined;
    this.#members.delete(userId);
    return userId;
  }
}
