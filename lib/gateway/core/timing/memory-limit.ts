import { totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import type { Logger } from '../../../util/logger';
import type { MemoryWatch } from '../../../stream/memory-watch';
import type { Clock } from '../../../util/timers';
import type { GatewaySettings } from '../../options/options';
import type { Metrics } from '../metrics';

/**
 * Share of the memory from which on nothing new is taken. V8 collects at the latest when half of what was free behind the
 * last collection is used, so that most of it is no garbage. V8 ends the process where more
 * than 80 % are left behind collections that take most of the time.
 */
const FULL = 0.75;
/** Time for which a reading of the heap counts: a subscription takes less than the reading does. */
const FRESH_MS = 20;
/** Time between two warnings. */
const WARNING_MS = 60_000;
/** Young generation of V8, three times 16 MiB, or 32 from V8 14 on, unless set. The limit of the heap holds it besides. */
const YOUNG_BYTES = (parseInt(process.versions.v8, 10) < 14 ? 48 : 96) * 1024 * 1024;

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
 * its end a gateway takes no new browsers and subscriptions, and what it keeps of those it has grows no further.
 */
export class MemoryLimit implements MemoryWatch {
  readonly #clock: Clock;
  readonly #sources: MemorySources;
  #isHeapFull = false;
  #isResidentFull = false;
  /** True when memory was asked for since the last check, and there was none. */
  #wasNear = false;
  #readMs = -Infinity;
  #nextWarningMs = 0;

  constructor(clock: Clock, sources = SOURCES) {
    this.#clock = clock;
    this.#sources = sources;
  }

  /** True while nothing new is to be taken. */
  get isNear(): boolean {
    const now = this.#clock.now();
    if (now - this.#readMs >= FRESH_MS) {
      this.#readMs = now;
      this.#isHeapFull = isFull(this.#sources.heap());
    }
    const isNear = this.#isHeapFull || this.#isResidentFull;
    if (isNear) this.#wasNear = true;
    return isNear;
  }

  /** Looks at the process as a whole, once a second, counts and tells. */
  check({ metrics, log }: { metrics: Metrics; log: Logger }): void {
    this.#isResidentFull = isFull(this.#sources.resident());
    const wasNear = this.#wasNear || this.isNear;
    this.#wasNear = false;
    if (!wasNear) return;
    metrics.memoryLimitHits++;
    const now = this.#clock.now();
    if (now < this.#nextWarningMs) return;
    this.#nextWarningMs = now + WARNING_MS;
    const message =
      'memory is nearly used up: new browsers and subscriptions are refused, and the oldest kept events and answers are dropped for new ones; raise --max-old-space-size or the limit of the container, or lower the limits';
    log.error({ heap: this.#sources.heap(), resident: this.#sources.resident() }, message);
  }

  /** Warns when the limits in bytes of an app, all of them used, are more than the process has. */
  warnOfLimits({ apps, broker, limits, log }: GatewaySettings): void {
    const { maxPipeUnackedBytes, maxPipeWaitingBytes, maxWebhookBytes } = limits;
    const { maxCachedBytes, maxIdempotencyBytes } = limits;
    const kept = {
      ...{ maxPipeUnackedBytes, maxPipeWaitingBytes },
      ...(broker === undefined && { maxCachedBytes, maxIdempotencyBytes }),
      ...(apps.some(({ webhooks }) => webhooks.length > 0) && { maxWebhookBytes }),
    };
    const bytes = Object.values(kept).reduce((sum, each) => sum + each, 0);
    const maxBytes = Math.min(this.#sources.heap().max, this.#sources.resident().max);
    if (bytes <= FULL * maxBytes) return;
    const names = Object.keys(kept).join(', ');
    const message = `an app may keep more than there is memory for: lower limits (${names}), or raise --max-old-space-size or the limit of the container`;
    log.warn({ limits: kept, bytes, maxBytes }, message);
  }
}

function isFull({ used, max }: MemoryUse): boolean {
  return used > FULL * max;
}
