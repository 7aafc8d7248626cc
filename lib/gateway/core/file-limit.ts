import { close, open } from 'node:fs';
import { devNull } from 'node:os';
import type { Logger } from '../../util/logger';
import type { Clock } from '../../util/timers';
import type { Metrics } from './metrics';

/** Time between two warnings that file descriptors are used up. */
const WARNING_MS = 60_000;

/** Watch on file descriptors. Without free ones connections vanish silently: the kernel's queue is emptied and nobody is told. */
export class FileLimit {
  readonly #parts: { metrics: Metrics; log: Logger; clock: Clock };
  #nextWarningMs = 0;

  constructor(parts: { metrics: Metrics; log: Logger; clock: Clock }) {
    this.#parts = parts;
  }

  /** Opens a file, and counts and tells when that fails for want of a descriptor. */
  check(): void {
    open(devNull, 'r', (error, fd) => {
      if (error === null) return void close(fd, () => undefined);
      const { code } = error;
      if (code !== 'EMFILE' && code !== 'ENFILE') return;
      const { metrics, log, clock } = this.#parts;
      metrics.fileLimitHits++;
      const now = clock.now();
      if (now < this.#nextWarningMs) return;
      this.#nextWarningMs = now + WARNING_MS;
      log.error({ code }, 'no file descriptors are left: new connections fail; raise ulimit -n');
    });
  }
}
