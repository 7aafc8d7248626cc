import { performance } from 'node:perf_hooks';
import { Numbered, type Order, type Shape } from './numbered';
import type { RawSocket } from './raw-socket';

/** Silence after which missing messages count as lost. */
const PATIENCE_MS = 5_000;

/** Counts the numbered messages that come to some sockets. */
export class Counter {
  #seen = 0;
  #expected: { count: number; resolve: () => void } | undefined;

  constructor(
    sockets: readonly RawSocket[],
    shape: Shape,
    order: Order | 'any' = { first: 0, step: 1 },
  ) {
    for (const socket of sockets) {
      const frames = new Numbered(shape, order);
      socket.received = (bytes, chunk) => {
        this.#seen += frames.read(bytes, chunk);
        if (this.#expected !== undefined) this.#compare(this.#expected);
      };
    }
  }

  reset(): void {
    this.#seen = 0;
  }

  /** Resolves with the time when exactly so many messages have come. Rejects when they do not, or when more come. */
  async reaches(count: number): Promise<number> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve, reject) => {
      this.#expected = { count, resolve };
      let before = this.#seen;
      timer = setInterval(() => {
        if (this.#seen === before) {
          reject(new Error(`${this.#seen} messages came of ${count}`));
        }
        before = this.#seen;
      }, PATIENCE_MS);
      this.#compare(this.#expected);
    }).finally(() => clearInterval(timer));
    return performance.now();
  }

  #compare({ count, resolve }: { count: number; resolve: () => void }): void {
    if (this.#seen === count) resolve();
  }
}
