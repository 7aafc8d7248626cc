import type { BrokerLimits } from '../broker';

/** Limits of a memory engine that was given none. */
export const MEMORY_LIMITS: BrokerLimits = {
  maxCachedChannels: 10_000,
  maxCachedBytes: 16 * 1024 * 1024,
  cacheTtlMs: 1_800_000,
  maxIdempotencyKeys: 100_000,
  maxIdempotencyBytes: 32 * 1024 * 1024,
};
