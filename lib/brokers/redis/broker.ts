import { silent, type Logger } from '../../util/logger';
import { systemClock, type Clock } from '../../util/timers';
import type { Broker, BrokerLimits } from '../broker';
import { JoinedNode } from '../joined/node';
import type { JoinedLimits } from '../joined/parts';
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
  /** `maxCachedChannels` and `cacheTtlMs` of the engine, and the limits of this node. */
  limits?: Partial<BrokerLimits & JoinedLimits>;
}

const CACHE = { maxCachedChannels: 10_000, cacheTtlMs: 1_800_000 };

/** A broker that joins this gateway to all others on a Redis 7.0, Valkey 8.0 or later, over one engine and prefix. */
export function redisBroker({
  address,
  prefix = 'sp',
  clock = systemClock,
  log = silent,
  limits,
}: RedisBrokerOptions): Broker {
  const link = new RedisLink({ address, prefix, clock, log, limits: { ...CACHE, ...limits } });
  return new JoinedNode(link, { clock, log, ...(limits && { limits }) });
}
