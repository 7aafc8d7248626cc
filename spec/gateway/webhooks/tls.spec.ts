import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { ManualClock } from '../../support/manual-clock';
import { startChild } from '../../support/processes';
import { SECRET, startGateway } from '../../support/start-gateway';
import { TestSocket } from '../../support/test-socket';
import { certificate } from '../../support/tls';
import { WebhookEndpoint } from '../../support/webhook-endpoint';

const webhookAllow = ['127.0.0.1'];

t.test('an endpoint with TLS is told, where its certificate is trusted', async (t) => {
  const tls = await certificate();
  const endpoint = await WebhookEndpoint.start(t, tls);
  // Node reads whom to trust besides the usual from a file, at its start.
  const dir = t.testdir({ 'trusted.pem': tls.cert });
  process.env['NODE_EXTRA_CA_CERTS'] = join(dir, 'trusted.pem');
  const { said } = await startChild<{ port: number }>(t, 'gateway', {
    port: 0,
    apps: [
      { id: '1', key: 'key', secret: SECRET, webhooks: [{ url: endpoint.url, batch: false }] },
    ],
    webhookAllow,
  });
  const socket = await TestSocket.connect(t, said.port);
  await socket.subscribe('room');
  const [webhook] = await endpoint.received(1, new ManualClock({ turns: 'real' }));
  t.match(webhook, { valid: true, events: [{ name: 'channel_occupied', channel: 'room' }] });
});

t.test('an endpoint whose certificate nobody vouches for is told nothing', async (t) => {
  let asked = 0;
  const server = createServer(await certificate(), () => asked++);
  t.teardown(() => server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const gateway = await startGateway(t, {
    app: { webhooks: [{ url, batch: false }] },
    webhookAllow,
  });
  const broken = once(server, 'tlsClientError');
  const socket = await TestSocket.connect(t, gateway.port);
  await socket.subscribe('room');
  await broken;
  t.equal(asked, 0);
  t.equal(gateway.metrics.webhookEventsWaiting, 1, 'and it is tried again');
});
