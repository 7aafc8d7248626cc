import t from 'tap';
import { startFarCluster } from '../../support/start-cluster';
import { showBackends } from './backends';
import { showSeveralNodes } from './several-nodes';

t.test('two gateways on a memory engine at a distance', async (t) => {
  t.jobs = 4;
  showSeveralNodes(t, startFarCluster);
  showBackends(t, startFarCluster);
});
