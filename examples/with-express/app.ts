/**
 * An Express application whose routes and browsers share one port: the gateway serves from the application's server.
 *
 *     node -r ts-node/register/transpile-only examples/with-express/app.ts
 *
 * The Pipe client is the application's own object, as a database connection is: routes send with it, handlers answer.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { createClient } from 'standpipe';
import { createGateway } from 'standpipe/gateway';
import { app as credentials, fail, onCtrlC } from '../start-gateway';

const PATH = '/realtime';

export async function start(port: number): Promise<{ port: number; stop(): Promise<void> }> {
  const app = express();
  const server = createServer(app);
  const gateway = createGateway({ path: PATH, apps: [credentials] });
  gateway.attach(server);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  await gateway.start();
  const own = (server.address() as AddressInfo).port;

  const { id: appId, key, secret } = credentials;
  const client = createClient({ appId, key, secret, port: own, path: PATH });
  const stock = new Map([['tea', 3]]);

  // From a route to all browsers. It answers when the gateway has taken the event.
  app.post('/orders/:item', async (request, response) => {
    const { item } = request.params;
    const left = (stock.get(item) ?? 0) - 1;
    if (left < 0) return void response.status(409).json({ error: `no ${item} left` });
    stock.set(item, left);
    await client.channel('shop').publish('stock', { item, left });
    response.status(201).json({ left });
  });

  // From a browser to the backend, and back to that browser alone.
  client.subscribe(['socket_message']);
  client.sockets.on('event:ask', (socketId, item) => {
    client.socket(socketId).trigger('stock', { item, left: stock.get(String(item)) ?? 0 });
  });
  await client.connect();
  await client.subscribed();

  return {
    port: own,
    stop: async () => {
      // The client first: its handlers end while the gateway still takes their answers.
      await client.disconnect();
      await gateway.stop();
      server.close();
      server.closeAllConnections();
    },
  };
}

if (require.main === module) {
  start(Number(process.env['PORT'] ?? 3000)).then(({ port, stop }) => {
    console.log(
      `http://127.0.0.1:${port}; pusher-js: wsPort ${port}, wsPath '${PATH}', key '${credentials.key}'`,
    );
    onCtrlC(stop);
  }, fail);
}
