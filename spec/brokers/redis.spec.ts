import t from 'tap';
import { redisBroker } from '../../lib/brokers/redis/broker';
import { hasRedis, TestRedis } from '../support/start-redis';
import { holdsTheContract } from './contract';

t.test('Redis holds the contract of brokers', async (t) => {
  if (!hasRedis(t)) return;
  const redis = await TestRedis.start(t);
  let clusters = 0;
  holdsTheContract(t, (_t, nodes) => {
    const prefix = `sp${clusters++}`;
    const limits = { leaseMs: 4000, holdMs: 4000 };
    return Array.from({ length: nodes }, () =>
      redisBroker({ address: redis.address, prefix, limits }),
    );
  });
});
