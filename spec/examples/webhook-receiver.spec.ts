import type { AddressInfo } from 'node:net';
import t from 'tap';
import { createReceiver, type WebhookEvent } from '../../examples/webhook-receiver/receiver';
import { createTestGateway } from '../../lib/testing';

const CREDENTIALS = { appId: '1', key: 'test-key', secret: 'test-secret' };

t.test('the receiver takes the webhooks of a gateway and of nobody else', async (t) => {
  const events: WebhookEvent[] = [];
  let heard: () => void = () => undefined;
  const receiver = createReceiver(CREDENTIALS, (event) => {
    events.push(event);
    heard();
  });
  await new Promise<void>((listening) => receiver.listen(0, '127.0.0.1', listening));
  t.teardown(() => receiver.close());
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  const { appId: id, key, secret } = CREDENTIALS;
  const gateway = await createTestGateway({
    apps: [{ id, key, secret, webhooks: [{ url }] }],
    webhookAllow: ['127.0.0.1'],
  });
  t.teardown(() => gateway.close());
  const browser = await gateway.browser();
  const first = new Promise<void>((resolve) => (heard = resolve));
  await browser.subscribe('room');
  await first;
  t.strictSame(events, [{ name: 'channel_occupied', channel: 'room' }]);

  const forged = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-pusher-key': key, 'x-pusher-signature': '0' },
    body: '{"time_ms":1,"events":[{"name":"channel_occupied","channel":"forged"}]}',
  });
  t.equal(forged.status, 401);
  t.equal(events.length, 1);
});
