import { totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import type { Logger } from '../../../util/logger';
import type { Clock } from '../../../util/timers';
import type { Metrics } from '../metrics';

/**
 * Share of the memory from which on nothing new is taken. V8 collects at the latest when half of what was free behind the
 * last collection is used, so that most of it is no garbage.
 */
const FULL = 0.85;
/** Time for which a reading of the heap counts: a subscription takes less than the reading does. */
const FRESH_MS = 50;
/** Time between two warnings. */
const WARNING_MS = 60_000;
/** Young generation of V8, three times 16 MiB unless set. The limit of the heap holds it besides. */
const YOUNG_BYTES = 48 * 1024 * 1024;

/** Memory that is used, and how much of it there may be, in bytes. */
export interface MemoryUse {
  used: number;
  max: number;
}

/** Sources of the readings; specs have others. */
export interface MemorySources {
  heap(): MemoryUse;
  /** Resident memory of the process within that of its container; `max` is Infinity without a limit. */
  resident(): MemoryUse;
}

const SOURCES: MemorySources = {
  heap: () => {
    const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
    return { used, max: limit - YOUNG_BYTES };
  },
  resident: () => {
    const limit = process.constrainedMemory();
    // Without a limit the system gives 0, or more than the machine has.
    const max = limit > 0 && limit < totalmem() ? limit : Infinity;
    return { used: max === Infinity ? 0 : process.memoryUsage.rss(), max };
  },
};

/**
 * Watch on memory. Limits of single things are counts, and many of them together may be more than the process has: near
 * its end a gateway takes no new browsers and subscriptions, so that those it has are served.
 */
export class MemoryLimit {
  readonly #parts: { metrics: Metrics; log: Logger; clock: Clock };
  readonly #sources: MemorySources;
  #isHeapFull = false;
  #isResidentFull = false;
  #readMs = -Infinity;
  #nextWarningMs = 0;

  constructor(parts: { metrics: Metrics; log: Logger; clock: Clock }, sources = SOURCES) {
    this.#parts = parts;
    this.#sources = sources;
  }

  /** True while nothing new is to be taken. */
  get isNear(): boolean {
    const now = this.#parts.clock.now();
    if (now - this.#readMs >= FRESH_MS) {
      this.#readMs = now;
      this.#isHeapFull = isFull(this.#sources.heap());
    }
    return this.#isHeapFull || this.#isResidentFull;
  }

  /** Looks at the process as a whole, once a second, counts and tells. */
  check(): void {
    this.#isResidentFull = isFull(this.#sources.resident());
    if (!this.isNear) return;
    const { metrics, log, clock } = this.#parts;
    metrics.memoryLimitHits++;
    const now = clock.now();
    if (now < this.#nextWarningMs) return;
    this.#nextWarningMs = now + WARNING_MS;
    const message =
      'memory is nearly used up: new browsers and subscriptions are refused; raise --max-old-space-size or the limit of the container, or lower the limits';
    log.error({ heap: this.#sources.heap(), resident: this.#sources.resident() }, message);
  }
}

function isFull({ used, max }: MemoryUse): boolean {
  return used > FULL * max;
}
