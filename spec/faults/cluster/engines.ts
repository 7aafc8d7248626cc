import { setTimeout } from 'node:timers/promises';
import type { Test } from 'tap';
import { EngineProxy } from '../../support/engine-proxy';
import type { Chance } from '../../support/simulator/chance';
import { TestRedis } from '../../support/start-redis';
import { TestSentinels } from '../../support/start-sentinels';

/** The engine of the gateways, and the ways in which it fails. */
export interface Engine {
  readonly address: string;
  /** True where it may lose what it has acknowledged: a group may lose events then, and is told. */
  readonly mayForget: boolean;
  /** Kills it; it, or its replica, is there again when this resolves. */
  die(chance: Chance): Promise<void>;
  cutConnections(): Promise<void>;
  /** Connections carry nothing more, and stay open; undefined where there is no way to do that. */
  forgetConnections?(): void;
}

/** A Redis with fsync at every write. */
export async function startAlone(t: Test): Promise<Engine> {
  const redis = await TestRedis.start(t, 'always');
  const proxy = await EngineProxy.start(t, redis.address);
  return {
    address: proxy.address,
    mayForget: false,
    async die(chance) {
      await redis.kill();
      await setTimeout(chance.whole(0, 2000));
      await redis.start();
    },
    cutConnections: () => redis.cutConnections(),
    forgetConnections: () => proxy.forget(),
  };
}

/** A primary with a replica that takes its place, with what it had. */
export async function startReplicated(t: Test): Promise<Engine> {
  const redis = await TestSentinels.start(t);
  return {
    address: redis.address,
    // A replica may lack the last writes.
    mayForget: true,
    die: () => redis.failOver(),
    cutConnections: () => redis.cutConnections(),
  };
}
