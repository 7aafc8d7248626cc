import t from 'tap';
import { startRedisCluster } from '../../support/start-cluster';
import { showBackends } from './backends';
import { showSeveralNodes } from './several-nodes';

t.test('two gateways on a real Redis', async (t) => {
  t.jobs = 4;
  showSeveralNodes(t, startRedisCluster);
  showBackends(t, startRedisCluster);
});
