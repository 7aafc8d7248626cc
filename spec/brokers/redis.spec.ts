import { createClient } from '@redis/client';
import t from 'tap';
import { redisBroker } from '../../lib/brokers/redis/broker';
import { packed } from '../../lib/brokers/redis/packed';
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

  await t.test('a script reads each text that was packed for it', async (t) => {
    const path = redis.address.slice('unix:'.length);
    const client = await createClient({ socket: { path, tls: false } }).connect();
    t.teardown(() => client.destroy());
    const texts = ['', 'P', 'ü', '漢字'.repeat(8), 'é'.repeat(24), 'é'.repeat(25), '🂡'];
    const long = ['a'.repeat(70_000), '漢'.repeat(30_000)];
    const all = [...texts, ...long];
    const script = 'return cmsgpack.unpack(ARGV[1])';
    const read = await client.sendCommand(['EVAL', script, '0', packed(all)]);
    t.strictSame(read, all);
    const lengths = 'return #cmsgpack.unpack(ARGV[1])[1]';
    const raw = packed([Buffer.from([0, 128, 255])]);
    t.equal(await client.sendCommand(['EVAL', lengths, '0', raw]), 3, 'bytes stay bytes');
    t.strictSame(await client.sendCommand(['EVAL', script, '0', packed([])]), []);
  });
});
