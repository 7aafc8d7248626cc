import type { Test } from 'tap';
import { FarEngine } from '../../lib/brokers/memory/far-engine';
import { Gateway } from '../../lib/gateway/gateway';
import type { GatewayOptions } from '../../lib/gateway/options/options';
import { systemClock } from '../../lib/util/timers';
import { SECRET } from './start-gateway';
import { TestRedis } from './start-redis';

type App = GatewayOptions['apps'][number];

export interface ClusterOptions extends Partial<Omit<GatewayOptions, 'apps'>> {
  /** Settings of the one app, which has clientEvents otherwise. */
  app?: Partial<App>;
}

/** Starts gateways that are joined, and that stop when the test ends. */
export type StartCluster = (
  t: Test,
  count: number,
  options?: ClusterOptions,
) => Promise<ReadonlyArray<{ port: number }>>;

/** Gateways of this process on a real Redis. */
export const startRedisCluster = async (
  t: Test,
  count: number,
  { app, ...options }: ClusterOptions = {},
): Promise<Gateway[]> => {
  const redis = await TestRedis.start(t);
  const one = { id: '1', key: 'key', secret: SECRET, clientEvents: true, ...app };
  const broker = { redis: redis.address };
  const all = { port: 0, apps: [one], broker, ...options };
  const gateways = Array.from({ length: count }, () => new Gateway(all));
  for (const gateway of gateways) {
    t.teardown(() => gateway.stop());
    await gateway.start();
  }
  return gateways;
};

/** Gateways of this process on a memory engine at a distance, whose messages take 0 to 4 ms each. */
export const startFarCluster = async (
  t: Test,
  count: number,
  { app, ...options }: ClusterOptions = {},
): Promise<Gateway[]> => {
  const engine = new FarEngine({ delayMs: () => Math.random() * 4 });
  const one = { id: '1', key: 'key', secret: SECRET, clientEvents: true, ...app };
  const gateways = Array.from({ length: count }, () => {
    const { broker } = engine.join();
    return new Gateway({ port: 0, apps: [one], ...options }, systemClock, broker);
  });
  for (const gateway of gateways) {
    t.teardown(() => gateway.stop());
    await gateway.start();
  }
  return gateways;
};
