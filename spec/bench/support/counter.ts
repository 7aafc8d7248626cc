import { performance } from 'node:perf_hooks';
import type { RawSocket } from './raw-socket';

/** Silence after which missing messages count as lost. */
const PATIENCE_MS = 5_000;

/** Counts what comes to some sockets, where every message has one size. */
export class Counter {
  #bytes = 0;
  readonly #messageBytes: number;
  #expected: { count: number; resolve: () => void } | undefined;

  constructor(sockets: readonly RawSocket[], messageBytes: number) {
    this.#messageBytes = messageBytes;
    for (const socket of sockets) {
      socket.received = (bytes) => {
        this.#bytes += bytes;
        if (this.#expected !== undefined) this.#compare(this.#expected);
      };
    }
  }

  reset(): void {
    this.#bytes = 0;
  }

  /** Resolves with the time when exactly so many messages have come. Rejects when they do not, or when more come. */
  async reaches(count: number): Promise<number> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve, reject) => {
      this.#expected = { count, resolve };
      let before = this.#bytes;
      timer = setInterval(() => {
        if (this.#bytes === before) {
          reject(new Error(`${this.#bytes / this.#messageBytes} messages came of ${count}`));
        }
        before = this.#bytes;
      }, PATIENCE_MS);
      this.#compare(this.#expected);
    }).finally(() => clearInterval(timer));
    return performance.now();
  }

  #compare({ count, resolve }: { count: number; resolve: () => void }): void {
    if (this.#bytes === count * this.#messageBytes) resolve();
  }
}
