/**
 * Sends an order on an encrypted channel, and shows it as the gateway sees it and as a subscriber reads it.
 *
 *     node -r ts-node/register/transpile-only examples/encrypted-channel/main.ts
 *
 * The example is about one thing: the master key stays with the backend. A subscriber gets the key of a channel with its
 * authorisation; the gateway gets neither. Gateway, backend and subscriber share this process.
 */
import { randomBytes } from 'node:crypto';
import PusherJs from 'pusher-js';
import { createGateway } from 'standpipe/gateway';
import { Pusher } from 'standpipe/http';
import { app, credentials, fail } from '../start-gateway';

const CHANNEL = 'private-encrypted-orders';

async function main(): Promise<void> {
  const gateway = createGateway({ host: '127.0.0.1', port: 0, apps: [app] });
  await gateway.start();

  const backend = new Pusher({
    ...credentials,
    host: '127.0.0.1',
    port: gateway.port,
    encryptionMasterKeyBase64: randomBytes(32).toString('base64'),
  });

  const subscriber = new PusherJs(app.key, {
    cluster: '',
    wsHost: '127.0.0.1',
    wsPort: gateway.port,
    forceTLS: false,
    enabledTransports: ['ws'],
    channelAuthorization: {
      transport: 'ajax',
      endpoint: '',
      // In an application this is a request to an endpoint such as examples/auth-endpoint.
      customHandler: ({ socketId, channelName }, done) => {
        done(null, backend.authorizeChannel(socketId, channelName));
      },
    },
  });
  subscriber.connection.bind('message', (message: { channel?: string; data?: unknown }) => {
    if (message.channel === CHANNEL) console.log('on the wire:', JSON.stringify(message.data));
  });

  const channel = subscriber.subscribe(CHANNEL);
  await new Promise((subscribed) => channel.bind('pusher:subscription_succeeded', subscribed));
  const order = new Promise((heard) => channel.bind('order', heard));
  await backend.trigger(CHANNEL, 'order', { total: 7 });
  console.log('decrypted:', JSON.stringify(await order));

  subscriber.disconnect();
  await gateway.stop();
}

main().catch(fail);
