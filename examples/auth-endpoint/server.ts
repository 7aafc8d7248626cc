/**
 * An Express application that says who may subscribe to private, presence and encrypted channels, and takes webhooks.
 *
 *     STANDPIPE_URL=http://KEY:SECRET@127.0.0.1:6001/apps/1 node -r ts-node/register/transpile-only examples/auth-endpoint/server.ts
 *
 * It is about one thing: signatures. Sessions and users are those of your application. Give pusher-js
 * `channelAuthorization: { endpoint: 'http://127.0.0.1:3000/pusher/auth' }`.
 */
import type { AddressInfo } from 'node:net';
import express from 'express';
import { Pusher } from 'standpipe/http';

// Key of encrypted channels: `openssl rand -base64 32`, kept like the secret.
const encryptionMasterKeyBase64 = process.env.MASTER_KEY ?? Buffer.alloc(32, 7).toString('base64');
const pusher = Pusher.forURL(process.env.STANDPIPE_URL, { encryptionMasterKeyBase64 });
const app = express();

app.post('/pusher/auth', express.urlencoded(), (request, response) => {
  const { socket_id: socketId, channel_name: channel } = request.body as Record<string, string>;
  const member = channel?.startsWith('presence-') ? { user_id: 'ada' } : undefined;
  try {
    response.json(pusher.authorizeChannel(`${socketId}`, `${channel}`, member));
  } catch (error) {
    response.status(403).send((error as Error).message);
  }
});

// The signature covers the bytes of the body, so they have to get here as they came.
app.post('/webhooks', express.text({ type: 'application/json' }), (request, response) => {
  const webhook = pusher.webhook({ headers: request.headers, rawBody: request.body as string });
  if (!webhook.isValid()) return void response.sendStatus(401);
  response.sendStatus(200);
  for (const event of webhook.getEvents()) console.log(event.name, event.channel);
});

app.post('/orders', (_request, response) => {
  // Subscribers get the key with the answer above; the gateway sees ciphertext.
  void pusher
    .trigger('private-encrypted-orders', 'order', { total: 7 })
    .then(() => response.sendStatus(202))
    .catch((error: Error) => response.status(502).send(error.message));
});

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
