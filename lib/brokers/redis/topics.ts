import { deferred, type Deferred } from '../../util/deferred';
import { readBatch, readHeardUpTo, readNodeMessages, readUserChange } from '../../wire/cluster';
import type { LinkListener } from '../joined/engine-link';
import type { Connection } from './connection';

/** Receiver of a topic's messages. */
export type Target =
  | { kind: 'channel'; app: string; channel: string }
  | { kind: 'user'; app: string; userId: string }
  | { kind: 'numbers'; app: string }
  | { kind: 'node' };

interface Topic {
  target: Target;
  /** Resolved when the topic is heard for the first time. */
  heard: Deferred<void>;
}

/** Topics that a node wants to hear, over all connections that it has one after the other. */
export class Topics {
  readonly #topics = new Map<string, Topic>();
  #connection: Connection | undefined;
  /** Topics that are subscribed to together, at the end of what runs now. */
  #fresh: string[] = [];

  add(name: string, target: Target): Promise<void> {
    const known = this.#topics.get(name);
    if (known !== undefined) return known.heard.promise;
    const heard = deferred<void>();
    this.#topics.set(name, { target, heard });
    this.#fresh.push(name);
    if (this.#fresh.length === 1) queueMicrotask(() => this.#subscribeFresh());
    return heard.promise;
  }

  remove(name: string): void {
    this.#topics.delete(name);
    this.#connection?.unsubscribe(name);
  }

  /** A new connection hears everything that is wanted. Rejects when it ends before. */
  async connected(connection: Connection, answered: () => void): Promise<void> {
    this.#fresh = [];
    this.#connection = connection;
    await this.#subscribe(connection, [...this.#topics.keys()], answered);
  }

  away(): void {
    this.#connection = undefined;
  }

  /** Passes a message on. Returns false when it can not be read. */
  pass(name: string, message: Buffer, listener: LinkListener): boolean {
    const target = this.#topics.get(name)?.target;
    if (target === undefined) return true;
    try {
      if (target.kind === 'channel') {
        listener.heard(target.app, target.channel, readBatch(message));
      } else if (target.kind === 'user') {
        const { online, seq } = readUserChange(message);
        listener.heardUser(target.app, target.userId, online, seq);
      } else if (target.kind === 'numbers') {
        listener.heardUpTo(target.app, readHeardUpTo(message));
      } else for (const each of readNodeMessages(message)) listener.posted(each);
      return true;
    } catch {
      return false;
    }
  }

  #subscribeFresh(): void {
    const fresh = this.#fresh.filter((name) => this.#topics.has(name));
    this.#fresh = [];
    const connection = this.#connection;
    if (connection === undefined || fresh.length === 0) return;
    // A topic that could not be subscribed to belongs to a connection that ends; the next one subscribes to it.
    this.#subscribe(connection, fresh).catch(() => connection.end());
  }

  async #subscribe(
    connection: Connection,
    names: readonly string[],
    answered?: () => void,
  ): Promise<void> {
    await connection.subscribe(names, answered);
    for (const name of names) this.#topics.get(name)?.heard.resolve();
  }
}
