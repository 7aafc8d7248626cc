import type { Test } from 'tap';
import { FarEngine } from '../../lib/brokers/memory/far-engine';
import { Gateway } from '../../lib/gateway/gateway';
import type { GatewayOptions } from '../../lib/gateway/options/options';
import { systemClock } from '../../lib/util/timers';
import { startChild } from './processes';
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

/** Gateways of this process on a memory engine at a distance, whose messages take 0 to 4 ms each. */
export const startFarCluster: StartCluster = async (t, count, options) => {
  const engine = new FarEngine({ delayMs: () => Math.random() * 4 });
  const make = (): Gateway => new Gateway(optionsOf(options), systemClock, engine.join().broker);
  return started(t, Array.from({ length: count }, make));
};

/** Gateways of this process on a real Redis. */
export const startRedisCluster: StartCluster = async (t, count, options) => {
  const { address } = await TestRedis.start(t);
  const make = (): Gateway => new Gateway({ ...optionsOf(options), broker: { redis: address } });
  return started(t, Array.from({ length: count }, make));
};

/** Gateways in processes of their own on a real Redis. */
export const startRedisProcesses: StartCluster = async (t, count, options) => {
  const { address } = await TestRedis.start(t);
  const nodes: Array<{ port: number }> = [];
  while (nodes.length < count) {
    const all = { ...optionsOf(options), broker: { redis: address } };
    const { said } = await startChild<{ port: number }>(t, 'gateway', all);
    nodes.push(said);
  }
  return nodes;
};

function optionsOf({ app, ...options }: ClusterOptions = {}): GatewayOptions {
  const one = { id: '1', key: 'key', secret: SECRET, clientEvents: true, ...app };
  return { port: 0, apps: [one], ...options };
}

async function started(t: Test, gateways: readonly Gateway[]): Promise<readonly Gateway[]> {
  for (const gateway of gateways) {
    t.teardown(() => gateway.stop());
    await gateway.start();
  }
  return gateways;
}
