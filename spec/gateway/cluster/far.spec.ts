import t from 'tap';
import { FarEngine } from '../../../lib/brokers/memory/far-engine';
import { Gateway } from '../../../lib/gateway/gateway';
import { systemClock } from '../../../lib/util/timers';
import { join } from '../../support/group-members';
import { startFarCluster } from '../../support/start-cluster';
import { SECRET } from '../../support/start-gateway';
import { TestSocket } from '../../support/test-socket';
import { until } from '../../support/until';
import { showBackends } from './backends';
import { showSeveralNodes } from './several-nodes';

t.test('two gateways on a memory engine at a distance', async (t) => {
  t.jobs = 4;
  showSeveralNodes(t, startFarCluster);
  showBackends(t, startFarCluster);
});

t.test(
  'an app that is taken out of a gateway leaves its sockets and names to the others',
  async (t) => {
    const engine = new FarEngine();
    const app = { id: '1', key: 'key', secret: SECRET };
    const start = async (): Promise<Gateway> => {
      const gateway = new Gateway({ port: 0, apps: [app] }, systemClock, engine.join().broker);
      t.teardown(() => gateway.stop());
      return gateway.start();
    };
    const [one, two] = [await start(), await start()];
    const first = await join(t, one, { name: 'chat' }, () => undefined);
    const told: string[] = [];
    await join(t, two, {}, (client) => {
      client.subscribe(['socket_existence']);
      client.sockets.on('open', (id) => told.push(`open ${id}`));
      client.sockets.on('close', (id) => told.push(`close ${id}`));
      client.on('gap', () => told.push('gap'));
    });
    const { id } = await TestSocket.connect(t, one.port);
    await until(() => told.length === 1);
    one.reload({ port: 0, apps: [{ ...app, id: '2', key: 'other' }] });
    await until(() => told.length === 2);
    t.strictSame(told, [`open ${id}`, `close ${id}`]);
    first.line.cut();
    const second = await join(t, two, { name: 'chat' }, () => undefined);
    t.equal(second.client.state, 'open');
  },
);
