import PusherJs from 'pusher-js';
import t from 'tap';
import { convert } from '../../examples/from-soketi/convert';
import { createGateway, type GatewayOptions } from '../../lib/gateway';

const FILE = {
  port: 6005,
  debug: true,
  adapter: { driver: 'redis' },
  database: { redis: { host: 'redis.internal', password: 'p' } },
  eventLimits: { maxPayloadInKb: 50 },
  metrics: { enabled: true },
  appManager: {
    array: {
      apps: [
        {
          id: 'one',
          key: 'one-key',
          secret: 'a-secret-of-the-first-app',
          enableClientMessages: true,
          maxConnections: 200,
          maxBackendEventsPerSecond: -1,
          maxReadRequestsPerSecond: 50,
          webhooks: [
            {
              url: 'https://example.com/hooks',
              event_types: ['channel_occupied', 'server_event'],
              filter: { channel_name_starts_with: 'room-', channel_name_ends_with: 'x' },
            },
            { lambda_function: 'hook', event_types: ['channel_vacated'] },
          ],
        },
        { id: 2, key: 'two-key', secret: 'a-secret-of-the-second-app', enabled: false },
      ],
    },
  },
};

t.test('a configuration of soketi is converted, and all that is left out is named', async (t) => {
  const { config, left } = convert(FILE, {
    SOKETI_PORT: '6001',
    SOKETI_DEFAULT_APP_KEY: 'better-key',
  });
  t.strictSame(config, {
    host: '0.0.0.0',
    port: 6001,
    metrics: { port: 9601 },
    broker: { redis: 'redis://redis.internal:6379' },
    apps: [
      {
        id: 'one',
        key: 'better-key',
        secret: 'a-secret-of-the-first-app',
        clientEvents: true,
        maxRequestsPerSecond: 50,
        webhooks: [
          { url: 'https://example.com/hooks', events: ['channel_occupied'], channels: ['room-*'] },
        ],
      },
      { id: '2', key: 'two-key', secret: 'a-secret-of-the-second-app', enabled: false },
    ],
    limits: { maxEventDataBytes: 51_200 },
  });
  t.equal(left.length, 6, left.join('\n'));
  for (const name of [
    'debug',
    'password',
    'server_event',
    'ends_with',
    'webhooks.1',
    'maxConnections',
  ]) {
    t.ok(
      left.some((line) => line.includes(name)),
      name,
    );
  }
  t.doesNotThrow(() => createGateway(config as unknown as GatewayOptions), 'the gateway takes it');
});

t.test('a gateway with the variables of soketi serves pusher-js', async (t) => {
  const { config, left } = convert(
    {},
    {
      SOKETI_HOST: '127.0.0.1',
      SOKETI_PORT: '0',
      SOKETI_DEFAULT_APP_ID: 'app-id',
      SOKETI_DEFAULT_APP_KEY: 'app-key',
      SOKETI_DEFAULT_APP_SECRET: 'app-secret',
      SOKETI_DEFAULT_APP_ENABLE_CLIENT_MESSAGES: 'true',
      SOKETI_DEFAULT_APP_WEBHOOKS:
        '[{"url":"https://example.com/","event_types":["client_event"]}]',
    },
  );
  t.strictSame(left, []);
  const gateway = createGateway(config as unknown as GatewayOptions);
  await gateway.start();
  t.teardown(() => gateway.stop());
  const page = new PusherJs('app-key', {
    ...{ cluster: '', wsHost: '127.0.0.1', wsPort: gateway.port, forceTLS: false },
    enabledTransports: ['ws'],
  });
  t.teardown(() => page.disconnect());
  const room = page.subscribe('room');
  await new Promise((resolve) => room.bind('pusher:subscription_succeeded', resolve));
  t.pass('it subscribes');
});
