import type { Duplex } from 'node:stream';
import type { MemoryWatch } from '../../stream/memory-watch';

/**
 * Connections that came near the end of memory. Each is there for one request, and there are never many of them, so that
 * health checks, and publishes of those who connect for each, are answered, and a crowd of connections fills nothing.
 */
export class SpareConnections {
  readonly memory: MemoryWatch;
  readonly #most: number;
  readonly #streams = new Set<Duplex>();

  /** @param most of them that are open at a time */
  constructor(memory: MemoryWatch, most: number) {
    this.memory = memory;
    this.#most = most;
  }

  /** Judges a new connection: false when it is one too many. */
  admits(stream: Duplex): boolean {
    if (!this.memory.isNear) return true;
    if (this.#streams.size >= this.#most) return false;
    this.#streams.add(stream);
    stream.once('close', () => this.release(stream));
    return true;
  }

  /** The connection is that of a session now, which has limits of its own. */
  release(stream: Duplex): void {
    this.#streams.delete(stream);
  }

  /** True for a connection that ends with its answer. */
  has(stream: Duplex): boolean {
    return this.#streams.has(stream);
  }
}
