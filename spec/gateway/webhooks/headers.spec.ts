import t from 'tap';
import { ManualClock } from '../../support/manual-clock';
import { startGateway } from '../../support/start-gateway';
import { TestSocket } from '../../support/test-socket';
import { WebhookEndpoint } from '../../support/webhook-endpoint';

t.test('each delivery has an id, the same in all of its attempts', async (t) => {
  const clock = new ManualClock({ turns: 'real' });
  const endpoint = await WebhookEndpoint.start(t);
  const { port } = await startGateway(t, {
    clock,
    webhookAllow: ['127.0.0.1'],
    app: { webhooks: [{ url: endpoint.url, batch: false, events: ['channel_occupied'] }] },
  });
  endpoint.answer = (response) => response.writeHead(500).end();
  const socket = await TestSocket.connect(t, port);
  await socket.subscribe('one');
  await endpoint.received(1, clock);
  while (endpoint.webhooks.length < 3) {
    clock.advance(1_000);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  endpoint.answer = (response) => response.end();
  await socket.subscribe('two');
  const bodyOf = (channel: string): string[] =>
    endpoint.webhooks
      .filter(({ body }) => body.includes(`"${channel}"`))
      .map(({ headers }) => String(headers['x-standpipe-delivery']));
  while (bodyOf('two').length === 0) {
    clock.advance(1_000);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const [id, ...again] = bodyOf('one');
  t.match(id, /^[0-9a-f-]{36}$/);
  t.ok(again.length >= 2);
  t.ok(
    again.every((other) => other === id),
    'attempts',
  );
  t.not(bodyOf('two')[0], id);
});

t.test('headers of a webhook go with every request of it', async (t) => {
  const clock = new ManualClock({ turns: 'real' });
  const endpoint = await WebhookEndpoint.start(t);
  const headers = { Authorization: 'Bearer of-the-specs', 'X-Tenant': 'blue' };
  const { port } = await startGateway(t, {
    clock,
    webhookAllow: ['127.0.0.1'],
    app: { webhooks: [{ url: endpoint.url, batch: false, headers }] },
  });
  const socket = await TestSocket.connect(t, port);
  await socket.subscribe('one');
  await socket.subscribe('two');
  await endpoint.received(2, clock);
  for (const webhook of endpoint.webhooks) {
    t.match(webhook.headers, { authorization: 'Bearer of-the-specs', 'x-tenant': 'blue' });
    t.ok(webhook.valid, 'and those of the gateway are its own');
  }
});
