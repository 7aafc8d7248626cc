import t from 'tap';
import { FarEngine } from '../../../lib/brokers/memory/far-engine';
import type { FarLink } from '../../../lib/brokers/memory/far-link';
import { Gateway } from '../../../lib/gateway/gateway';
import { systemClock } from '../../../lib/util/timers';
import { join } from '../../support/group-members';
import { startFarCluster } from '../../support/start-cluster';
import { SECRET } from '../../support/start-gateway';
import { TestSocket } from '../../support/test-socket';
import { until, untilAnswered } from '../../support/until';
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

t.test('a list of sockets has those of a gateway that does not answer', async (t) => {
  const engine = new FarEngine();
  const app = { id: '1', key: 'key', secret: SECRET };
  const parts = [engine.join(), engine.join()] as const;
  const nodes: Gateway[] = [];
  for (const { broker } of parts) {
    const gateway = new Gateway({ port: 0, apps: [app] }, systemClock, broker);
    t.teardown(() => gateway.stop());
    nodes.push(await gateway.start());
  }
  const [here, there] = nodes as [Gateway, Gateway];
  const { client } = await join(t, here, {}, () => undefined);
  // More than one piece of the engine's list.
  const sockets = Array.from({ length: 250 }, async () => TestSocket.connect(t, there.port));
  const ids = (await Promise.all(sockets)).map(({ id }) => id);
  await (await sockets[0])?.signIn({ id: 'ann' });
  const listed = async (): Promise<string[]> =>
    (await client.sockets.list()).map(({ id, userId = '' }) => `${id} ${userId}`).sort();
  const named = ids.map((id, i) => `${id} ${i === 0 ? 'ann' : ''}`).sort();
  await until(() => there.socketCount === 250);
  await untilAnswered(async () => (await client.sockets.count()) === 250);
  t.strictSame(await listed(), named);
  parts[1].link.cut('both', Infinity);
  t.strictSame(await listed(), ids.map((id) => `${id} `).sort(), 'without their users');
  t.match(await client.user('ann').info(), { socketCount: 0 });
});

t.test('messages to a gateway that has just come are heard by the others', async (t) => {
  const lease = { leaseMs: 4_000, holdMs: 2_000 };
  const engine = new FarEngine({ delayMs: () => 50 });
  const make = (): { gateway: Gateway; link: FarLink } => {
    const { broker, link } = engine.join({ limits: lease });
    const app = { id: '1', key: 'key', secret: SECRET };
    const gateway = new Gateway({ port: 0, apps: [app] }, systemClock, broker);
    t.teardown(() => gateway.stop());
    return { gateway, link };
  };
  const one = await make().gateway.start();
  const heard: unknown[] = [];
  await join(t, one, {}, (client) => {
    client.subscribe(['socket_message']);
    client.sockets.on('event:hi', (_, n) => heard.push(n));
  });
  const { gateway: two, link } = make();
  await two.start();
  (await TestSocket.connect(t, two.port)).send({ event: 'hi', data: 'after its start' });
  await until(() => heard.length === 1);
  // Long enough for the others to take it for dead: it begins anew under another number.
  link.cut('both', 2 * lease.leaseMs);
  await until(() => engine.links.length === 2 && !link.isUp);
  await until(() => link.isUp);
  await untilAnswered(async () => {
    try {
      const socket = await TestSocket.connect(t, two.port);
      socket.send({ event: 'hi', data: 'after its return' });
      return true;
    } catch {
      return false;
    }
  });
  await until(() => heard.length === 2);
  t.strictSame(heard, ['after its start', 'after its return']);
});
