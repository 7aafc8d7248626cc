import { silent, type Logger } from '../../util/logger';
import { systemClock, type Clock } from '../../util/timers';
import type { Broker, BrokerLimits } from '../broker';
import { JoinedNode } from '../joined/node';
import { JOINED_LIMITS, type JoinedLimits } from '../joined/parts';
import type { RedisAddress } from './address';
import { RedisLink } from './link';

export interface RedisBrokerOptions {
  /**
   * `redis://[user:password@]host[:port][/database]`, `rediss://…`, `unix:` and the path of a socket, or the primary of some
   * sentinels: `redis+sentinel://[user:password@]host:port,…/name[/database]`.
   */
  address: RedisAddress;
  /** Beginning of all keys and topics. Default: `sp`. */
  prefix?: string;
  clock?: Clock;
  log?: Logger;
  /**
   * `maxCachedChannels`, `cacheTtlMs` and `maxReplayBytes` (32 MiB) of the engine, and the limits of this node. The last one
   * bounds the events of an app that are kept for nodes that are away; with 0 none are.
   */
  limits?: Partial<BrokerLimits & JoinedLimits & { maxReplayBytes: number }>;
}

const ENGINE_LIMITS = {
  ...{ maxCachedChannels: 10_000, cacheTtlMs: 1_800_000 },
  maxReplayBytes: 32 * 1024 * 1024,
};
/** Leases for which events are kept: a node that was away for longer than one begins anew. */
const REPLAY_LEASES = 2;

/** A broker that joins this gateway to all others on a Redis 7.0, Valkey 8.0 or later, over one engine and prefix. */
export function redisBroker({
  address,
  prefix = 'sp',
  clock = systemClock,
  log = silent,
  limits,
}: RedisBrokerOptions): Broker {
  const { leaseMs = JOINED_LIMITS.leaseMs } = limits ?? {};
  const ofEngine = { ...ENGINE_LIMITS, ...limits, replayMs: REPLAY_LEASES * leaseMs };
  const link = new RedisLink({ address, prefix, clock, log, limits: ofEngine });
  return new JoinedNode(link, { clock, log, ...(limits && { limits }) });
}
