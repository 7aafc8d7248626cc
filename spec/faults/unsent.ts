import diagnostics from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import type { Test } from 'tap';

/**
 * Bytes that a server in this process has written and its peers have not taken. Neither the size of the process nor the
 * `bufferedAmount` of one connection tells: many connections share one buffer.
 */
export class Unsent {
  readonly #sockets = new Set<Socket>();
  #port = 0;
  /** The highest sum there was at a look, in bytes. */
  most = 0;

  /** Begin before anybody connects. */
  constructor(t: Pick<Test, 'teardown'>) {
    const accepted = (message: unknown): void => {
      const { socket } = message as { socket: Socket };
      if (socket.localPort !== this.#port) return;
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    };
    diagnostics.subscribe('net.server.socket', accepted);
    t.teardown(() => diagnostics.unsubscribe('net.server.socket', accepted));
  }

  /** Counts the connections to a port from now on. */
  watch(port: number): void {
    this.#port = port;
  }

  /** Connections that are open. */
  get connections(): number {
    return this.#sockets.size;
  }

  /** Connections that have something unsent. */
  get waiting(): number {
    return [...this.#sockets].filter(({ writableLength }) => writableLength > 0).length;
  }

  /** Bytes, over all connections. */
  look(): number {
    let sum = 0;
    for (const { writableLength } of this.#sockets) sum += writableLength;
    this.most = Math.max(this.most, sum);
    return sum;
  }
}
