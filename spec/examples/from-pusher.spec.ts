import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Pusher from 'pusher';
import PusherJs from 'pusher-js';
import { createClient } from 'standpipe';
import t from 'tap';
import { createApp, type Heard } from '../../examples/from-pusher/app';
import { pageSettings, serverSettings } from '../../examples/from-pusher/settings';
import { hearByPipe } from '../../examples/from-pusher/with-pipe';
import { createTestGateway } from '../../lib/testing';
import { built } from '../support/built';
import { until } from '../support/until';

built('index.js');

const APP = { id: '1', key: 'test-key', secret: 'test-secret' };

t.test(
  'an application of Pusher works with two settings changed, and then over the Pipe',
  async (t) => {
    // Listens before it has an application: the gateway is told its address, and the application that of the gateway.
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.teardown(() => server.close());
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const gateway = await createTestGateway({
      apps: [{ ...APP, webhooks: [{ url: `${address}/webhooks` }] }],
      webhookAllow: ['127.0.0.1'],
    });
    t.teardown(() => gateway.close());
    const { appId, key, secret, host, port } = gateway.client;
    const place = { host, port, isSecure: false };
    const byWebhook: Heard[] = [];
    const pusher = new Pusher(serverSettings({ appId, key, secret }, place));
    server.on(
      'request',
      createApp(pusher, (event) => byWebhook.push(event)),
    );

    const byPipe: Heard[] = [];
    const client = createClient(gateway.client);
    hearByPipe(client, (event) => byPipe.push(event));
    await client.connect();
    await client.subscribed();
    t.teardown(() => client.disconnect());

    const page = new PusherJs(key, {
      ...pageSettings(place),
      channelAuthorization: { transport: 'ajax', endpoint: `${address}/pusher/auth` },
    });
    t.teardown(() => page.disconnect());
    const orders = page.subscribe('private-orders');
    await new Promise((resolve) => orders.bind('pusher:subscription_succeeded', resolve));
    const placed = new Promise((resolve) => orders.bind('placed', resolve));
    t.equal((await fetch(`${address}/orders`, { method: 'POST' })).status, 201);
    t.strictSame(await placed, { id: 1 });

    const occupied = { name: 'channel_occupied', channel: 'private-orders' };
    await until(() => byWebhook.length > 0 && byPipe.length > 0);
    t.strictSame(byWebhook, [occupied]);
    t.strictSame(byPipe, [occupied], 'the Pipe tells the same');
    const answered = new Promise((resolve) => page.bind('answer', resolve));
    page.send_event('ask', {});
    t.equal(await answered, 42);
  },
);
