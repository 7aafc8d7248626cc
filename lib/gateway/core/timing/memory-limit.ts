import { totalmem } from 'node:os';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Logger } from '../../../util/logger';
import type { MemoryWatch } from '../../../stream/memory-watch';
import type { Clock } from '../../../util/timers';
import type { GatewaySettings } from '../../options/options';
import type { Metrics } from '../metrics';
import { BytePool } from './byte-pool';
import { oldGenerationBytes } from './old-generation';

/**
 * Share of the memory from which on nothing new is taken. V8 collects at the latest when half of what was free behind the
 * last collection is used, so that most of it is no garbage. V8 ends the process where more
 * than 80 % are left behind collections that take most of the time.
 */
const FULL = 0.75;
/** Time for which a reading of the heap counts: a subscription takes less than the reading does. */
const FRESH_MS = 20;
/** The same for resident memory, whose reading opens a file. */
const RESIDENT_FRESH_MS = 100;
/** Share of the time that ordered collections take at most. */
const COLLECTING = 0.1;
/** Share of the memory that requests without an answer hold together, and another one that posts out of order do. */
const POOL_SHARE = 1 / 16;
/** Time between two warnings. */
const WARNING_MS = 60_000;

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
  /** Has V8 collect all garbage. */
  collect(): void;
}

const SOURCES: MemorySources = {
  heap: () => {
    const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
    return { used, max: oldGenerationBytes(limit) };
  },
  resident: () => {
    const limit = process.constrainedMemory();
    // Without a limit the system gives 0, or more than the machine has.
    const max = limit > 0 && limit < totalmem() ? limit : Infinity;
    return { used: max === Infinity ? 0 : process.memoryUsage.rss(), max };
  },
  collect: () => {
    if (collect === undefined) {
      // The flag adds the function to contexts that are made later.
      setFlagsFromString('--expose-gc');
      collect = runInNewContext('gc') as () => void;
      setFlagsFromString('--no-expose-gc');
    }
    collect();
  },
};
let collect: (() => void) | undefined;

/**
 * Watch on memory. Limits of single things are counts, and many of them together may be more than the process has: near
 * its end a gateway takes no new browsers and subscriptions, and what it keeps of those it has grows no further.
 *
 * V8 collects when something is allocated. Where a crowd has left and nothing new is taken, its garbage would keep all
 * others out, so that a gateway that stays near the end orders a collection.
 */
export class MemoryLimit implements MemoryWatch {
  readonly #clock: Clock;
  readonly #sources: MemorySources;
  #isHeapFull = false;
  #isResidentFull = false;
  /** True when memory was asked for since the last check, and there was none. */
  #wasNear = false;
  #readMs = -Infinity;
  #residentReadMs = -Infinity;
  /** True when memory was short at the last check too. */
  #staysNear = false;
  #nextCollectionMs = 0;
  #nextWarningMs = 0;

  constructor(clock: Clock, sources = SOURCES) {
    this.#clock = clock;
    this.#sources = sources;
  }

  /** True while nothing new is to be taken. */
  get isNear(): boolean {
    const now = this.#clock.now();
    if (now - this.#readMs >= FRESH_MS) this.#read(now);
    const isNear = this.#isHeapFull || this.#isResidentFull;
    if (isNear) this.#wasNear = true;
    return isNear;
  }

  /** Makes a pool for what peers have begun and not finished. */
  pool(): BytePool {
    return new BytePool(POOL_SHARE * this.#maxBytes);
  }

  /** Looks at the process as a whole, once a second, counts and tells. */
  check({ metrics, log }: { metrics: Metrics; log: Logger }): void {
    this.#residentReadMs = -Infinity;
    this.#read(this.#clock.now());
    this.#collect(log);
    const wasNear = this.#wasNear || this.isNear;
    this.#wasNear = false;
    if (!wasNear) return;
    metrics.memoryLimitHits++;
    const now = this.#clock.now();
    if (now < this.#nextWarningMs) return;
    this.#nextWarningMs = now + WARNING_MS;
    const message =
      'memory is nearly used up: new browsers, subscriptions and sign-ins are refused, the oldest kept events and answers are dropped for new ones, and slow connections are ended; raise --max-old-space-size or the limit of the container, or lower the limits';
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
    const maxBytes = this.#maxBytes;
    if (bytes <= FULL * maxBytes) return;
    const names = Object.keys(kept).join(', ');
    const message = `an app may keep more than there is memory for: lower limits (${names}), or raise --max-old-space-size or the limit of the container`;
    log.warn({ limits: kept, bytes, maxBytes }, message);
  }

  get #maxBytes(): number {
    return Math.min(this.#sources.heap().max, this.#sources.resident().max);
  }

  #read(now: number): void {
    this.#readMs = now;
    this.#isHeapFull = isFull(this.#sources.heap());
    if (now - this.#residentReadMs < RESIDENT_FRESH_MS) return;
    this.#residentReadMs = now;
    this.#isResidentFull = isFull(this.#sources.resident());
  }

  /** Orders a collection when it has been near for a second, and judges anew. */
  #collect(log: Logger): void {
    const stayedNear = this.#staysNear;
    this.#staysNear = this.isNear;
    const beginMs = this.#clock.now();
    if (!stayedNear || !this.#staysNear || beginMs < this.#nextCollectionMs) return;
    const { used } = this.#sources.heap();
    this.#sources.collect();
    const endMs = this.#clock.now();
    // A full heap of gigabytes takes a second to look through.
    this.#nextCollectionMs = endMs + (endMs - beginMs) / COLLECTING;
    this.#residentReadMs = -Infinity;
    this.#read(endMs);
    this.#staysNear = this.isNear;
    const collectedBytes = used - this.#sources.heap().used;
    log.debug(
      { collectedBytes, tookMs: endMs - beginMs },
      'garbage was collected near the end of memory',
    );
  }
}

function isFull({ used, max }: MemoryUse): boolean {
  return used > FULL * max;
}
