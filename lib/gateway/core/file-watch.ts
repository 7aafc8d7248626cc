import { close, open } from 'node:fs';
import { devNull } from 'node:os';
import type { Logger } from '../../util/logger';
import type { Clock } from '../../util/timers';
import type { Metrics } from './metrics';

/** Time between two warnings that file descriptors are used up. */
const WARNING_MS = 60_000;

/** Without free file descriptors connections vanish silently: the kernel's queue is emptied and nobody is told. */
export class FileWatch {
  readonly #metrics: Metrics;
  readonly #log: Logger;
  readonly #clock: Clock;
  #nextWarning = 0;

  constructor(metrics: Metrics, log: Logger, clock: Clock) {
    this.#metrics = metrics;
    this.#log = log;
    this.#clock = clock;
  }

  check(): void {
    open(devNull, 'r', (error, fd) => {
      if (error === null) return void close(fd, () => undefined);
      const { code } = error;
      if (code !== 'EMFILE' && code !== 'ENFILE') return;
      this.#metrics.fileLimitHits++;
      const now = this.#clock.now();
      if (now < this.#nextWarning) return;
      this.#nextWarning = now + WARNING_MS;
      const message = 'no file descriptors are left: new connections fail; raise ulimit -n';
      this.#log.error({ code }, message);
    });
  }
}
