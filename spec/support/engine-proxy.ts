import { rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Test } from 'tap';

/** Both ends of a connection, and whether it is one for topics. */
interface Pair {
  readonly near: Socket;
  readonly far: Socket;
  hearsTopics: boolean;
}

/** A way to an engine on a Unix socket that can be cut, for the nodes that go over it. */
export class EngineProxy {
  readonly address: string;
  readonly #pairs = new Set<Pair>();
  readonly #server: Server;
  #isCut = false;

  private constructor(path: string, target: string) {
    this.address = `unix:${path}`;
    this.#server = createServer((near) => this.#join(near, connect(target)));
  }

  /** @param engine `unix:` and the path of its socket */
  static async start(t: Test, engine: string): Promise<EngineProxy> {
    const target = engine.slice('unix:'.length);
    const path = `${target}-proxy`;
    const proxy = new EngineProxy(path, target);
    await new Promise<void>((resolve) => proxy.#server.listen(path, resolve));
    t.teardown(() => {
      proxy.cut();
      proxy.#server.close();
      rmSync(path, { force: true });
    });
    return proxy;
  }

  /** Ends all connections, and those that come, until `restore`. Bytes on their way are lost. */
  cut(): void {
    this.#isCut = true;
    for (const { near, far } of this.#pairs) for (const socket of [near, far]) socket.destroy();
  }

  restore(): void {
    this.#isCut = false;
  }

  /** Connections for topics carry nothing more, and stay open. New ones carry all. */
  deafen(): void {
    this.#silence(({ hearsTopics }) => hearsTopics);
  }

  /** All connections carry nothing more, and stay open, as behind a firewall that has forgotten them. New ones carry all. */
  forget(): void {
    this.#silence(() => true);
  }

  #silence(which: (pair: Pair) => boolean): void {
    for (const pair of this.#pairs) {
      if (!which(pair)) continue;
      pair.near.unpipe(pair.far);
      pair.far.unpipe(pair.near);
    }
  }

  #join(near: Socket, far: Socket): void {
    const pair: Pair = { near, far, hearsTopics: false };
    this.#pairs.add(pair);
    const end = (): void => {
      this.#pairs.delete(pair);
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) socket.on('error', end).on('close', end);
    if (this.#isCut) return end();
    near.on('data', (bytes: Buffer) => {
      pair.hearsTopics ||= /\r\nsubscribe\r\n/i.test(bytes.toString('latin1'));
    });
    near.pipe(far);
    far.pipe(near);
  }
}
