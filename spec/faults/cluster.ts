import type { Test } from 'tap';
import { redisBroker } from '../../lib/brokers/redis/broker';
import { FEATURES } from '../conformance/features/list';
import { showJoined } from '../conformance/features/joined';
import { startRedisProcesses } from '../support/start-cluster';
import { TestRedis } from '../support/start-redis';
import { showBackends } from '../gateway/cluster/backends';
import { showSeveralNodes } from '../gateway/cluster/several-nodes';

const UNTIMED = 'an event of a browser is not kept, and no event is kept for ever';

/** Gateways that a real Redis joins: every feature of pusher-js over two of them, and two real processes. */
export async function cluster(t: Test): Promise<Record<string, unknown>> {
  const redis = await TestRedis.start(t);
  const { [UNTIMED]: _untimed, ...features } = FEATURES;
  console.log(`# skipped: ${UNTIMED}; the clock of Redis cannot be advanced`);
  let engines = 0;
  await t.test('pusher-js over two gateways on Redis', { timeout: 300_000 }, (t) =>
    showJoined(t, features, async () => {
      const prefix = `sp${++engines}`;
      // The features stop the clock of their gateways; leases need one that runs.
      return () => redisBroker({ address: redis.address, prefix });
    }),
  );
  await t.test('processes on Redis', { timeout: 300_000 }, async (t) => {
    showSeveralNodes(t, startRedisProcesses);
    showBackends(t, startRedisProcesses);
  });
  return { features: engines };
}
