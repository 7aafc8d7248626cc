import type { Socket } from './socket';

const NONE: ReadonlySet<Socket> = new Set();

/** The signed-in users of an app, each with the connections that signed in as it. */
export class Users {
  readonly #byId = new Map<string, Set<Socket>>();

  get size(): number {
    return this.#byId.size;
  }

  ids(): Iterable<string> {
    return this.#byId.keys();
  }

  has(id: string): boolean {
    return this.#byId.has(id);
  }

  /** All connections of a user; empty when nobody signed in as it. */
  socketsOf(id: string): ReadonlySet<Socket> {
    return this.#byId.get(id) ?? NONE;
  }

  /** True when it is the user's first connection. */
  add(id: string, socket: Socket): boolean {
    const sockets = this.#byId.get(id);
    if (sockets === undefined) this.#byId.set(id, new Set([socket]));
    else sockets.add(socket);
    return sockets === undefined;
  }

  /** True when it was the user's last connection. */
  remove(id: string, socket: Socket): boolean {
    const sockets = this.#byId.get(id);
    if (sockets?.delete(socket) !== true || sockets.size > 0) return false;
    return this.#byId.delete(id);
  }
}
