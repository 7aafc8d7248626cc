import t, { type Test } from 'tap';
import { FarEngine } from '../../../lib/brokers/memory/far-engine';
import type { FarLink } from '../../../lib/brokers/memory/far-link';
import { Gateway } from '../../../lib/gateway/gateway';
import type { GatewayOptions } from '../../../lib/gateway/options/options';
import { systemClock } from '../../../lib/util/timers';
import { join } from '../../support/group-members';
import { SECRET } from '../../support/start-gateway';
import { TestSocket } from '../../support/test-socket';
import { turns, until } from '../../support/until';
import { WebhookEndpoint } from '../../support/webhook-endpoint';

const APP = { id: '1', key: 'key', secret: SECRET };
const ADDED = { id: '2', key: 'added', secret: SECRET };
const LEASE = { leaseMs: 30_000, holdMs: 20_000 };

async function start(
  t: Test,
  engine: FarEngine,
  options: GatewayOptions,
): Promise<{ gateway: Gateway; link: FarLink }> {
  const { broker, link } = engine.join({ limits: LEASE });
  const gateway = new Gateway({ port: 0, ...options }, systemClock, broker);
  t.teardown(() => gateway.stop());
  await gateway.start();
  return { gateway, link };
}

t.test('an app that a reload adds here last is heard by backends elsewhere at once', async (t) => {
  const engine = new FarEngine({ delayMs: 'none' });
  const { gateway: first, link } = await start(t, engine, { apps: [APP] });
  const { gateway: last } = await start(t, engine, { apps: [APP] });
  first.reload({ apps: [APP, ADDED] });
  const handled: unknown[] = [];
  await join(t, first, { appId: '2', key: 'added', host: '127.0.0.1' }, (client) => {
    client.subscribe(['socket_message']);
    client.sockets.on('event:hi', (_, data) => handled.push(data));
  });
  // The last question was in vain, and would be asked again after a second or two.
  let asked = 0;
  const post = link.post.bind(link);
  link.post = async (node, messages) => {
    await post(node, messages);
    if (JSON.stringify(messages).includes('hear')) asked++;
  };
  await until(() => asked > 0);
  asked = 0;
  last.reload({ apps: [APP, ADDED] });
  await turns(300);
  t.ok(asked > 0, 'it is asked again at once');
  const socket = await TestSocket.connect(t, last.port, { key: 'added' });
  socket.send({ event: 'hi', data: 1 });
  await until(() => {
    socket.send({ event: 'hi', data: 2 });
    return handled.length > 0;
  });
  t.equal(handled[0], 1);
});

t.test('an endpoint that a reload takes out leaves no debt behind', async (t) => {
  const engine = new FarEngine();
  const taking = await WebhookEndpoint.start(t);
  const refusing = await WebhookEndpoint.start(t);
  refusing.answer = (response) => response.writeHead(500).end();
  const withWebhooks = (...urls: string[]): GatewayOptions => ({
    apps: [{ ...APP, webhooks: urls.map((url) => ({ url })) }],
    webhookAllow: ['127.0.0.1'],
  });
  const { gateway } = await start(t, engine, withWebhooks(taking.url, refusing.url));
  const owed = (): number => engine.app('1').state.told.owed().length;
  const socket = await TestSocket.connect(t, gateway.port);
  for (const webhooks of [[taking.url], []]) {
    const room = `room for ${webhooks.length}`.replaceAll(' ', '-');
    await socket.subscribe(room);
    await until(() => owed() === 1 && refusing.webhooks.length > 0);
    gateway.reload(withWebhooks(...webhooks));
    await until(() => owed() === 0);
    gateway.reload(withWebhooks(refusing.url));
  }
  t.pass('nothing is owed');
});
