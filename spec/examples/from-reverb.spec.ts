import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import { startEcho } from '../../examples/from-reverb/echo';
import { broadcast, laravel, type Env } from '../../examples/from-reverb/laravel';
import { createTestGateway } from '../../lib/testing';
import { until } from '../support/until';

t.test('Laravel Echo with the settings of Reverb hears what Laravel broadcasts', async (t) => {
  const gateway = await createTestGateway();
  t.teardown(() => gateway.close());
  const { appId, key, secret, host, port } = gateway.client;
  const env: Env = {
    REVERB_APP_ID: appId,
    REVERB_APP_KEY: key,
    REVERB_APP_SECRET: secret,
    REVERB_HOST: host,
    REVERB_PORT: port,
    REVERB_SCHEME: 'http',
  };
  const server = laravel(env, { id: 7, name: 'Zoë' });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const auth = `http://127.0.0.1:${(server.address() as AddressInfo).port}/broadcasting/auth`;
  const [one, two] = await Promise.all([startEcho(env, auth), startEcho(env, auth)]);
  t.teardown(() => [one, two].forEach((echo) => echo.disconnect()));

  const members: unknown[] = [];
  one.join('office').here((here: unknown[]) => members.push(...here));
  await until(() => members.length > 0);
  t.strictSame(members, [{ name: 'Zoë' }], 'who is here');

  const heard: unknown[] = [];
  const whispers: unknown[] = [];
  let ready = 0;
  for (const [name, echo] of Object.entries({ one, two })) {
    echo
      .private('orders.1')
      .subscribed(() => (ready += 1))
      .listen('OrderShipped', (data: unknown) => heard.push([name, data]))
      .listenForWhisper('typing', (data: unknown) => whispers.push([name, data]));
  }
  await until(() => ready === 2);
  const event = String.raw`App\Events\OrderShipped`;
  const order = { id: 1, url: 'https://example.com/ü' };
  t.equal(await broadcast(env, ['private-orders.1'], event, order), 200);
  await until(() => heard.length === 2);
  t.strictSame(heard.sort(), [
    ['one', order],
    ['two', order],
  ]);

  t.equal(await broadcast(env, ['private-orders.1'], event, { id: 2 }, one.socketId()), 200);
  await until(() => heard.length === 3);
  t.strictSame(heard[2], ['two', { id: 2 }], 'to others');

  two.private('orders.1').whisper('typing', { name: 'Zoë' });
  await until(() => whispers.length > 0);
  t.strictSame(whispers, [['one', { name: 'Zoë' }]]);

  t.equal(
    await broadcast({ ...env, REVERB_APP_SECRET: 'other' }, ['private-orders.1'], event, {}),
    401,
  );
});
