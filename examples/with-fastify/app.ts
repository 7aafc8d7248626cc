/**
 * A Fastify application whose routes and browsers share one port, with the Pipe client as a decorator: `fastify.pipe`.
 *
 *     node -r ts-node/register/transpile-only examples/with-fastify/app.ts
 */
import type { AddressInfo } from 'node:net';
import fastify from 'fastify';
import { createClient, type PipeClient } from 'standpipe';
import { createGateway } from 'standpipe/gateway';
import { app as credentials, fail, onCtrlC } from '../start-gateway';

declare module 'fastify' {
  interface FastifyInstance {
    pipe: PipeClient;
  }
}

const PATH = '/realtime';
const ORDER = {
  params: { type: 'object', properties: { item: { type: 'string', maxLength: 40 } } },
};

export async function start(port: number): Promise<{ port: number; stop(): Promise<void> }> {
  const app = fastify();
  const gateway = createGateway({ path: PATH, apps: [credentials] });
  gateway.attach(app.server);
  const stock = new Map([['tea', 3]]);

  app.post<{ Params: { item: string } }>(
    '/orders/:item',
    { schema: ORDER },
    async (request, reply) => {
      const { item } = request.params;
      const left = (stock.get(item) ?? 0) - 1;
      if (left < 0) return reply.status(409).send({ error: `no ${item} left` });
      stock.set(item, left);
      await app.pipe.channel('shop').publish('stock', { item, left });
      return reply.status(201).send({ left });
    },
  );
  // Runs before the server closes: handlers end while the gateway still takes their answers.
  app.addHook('preClose', async () => {
    await app.pipe.disconnect();
    await gateway.stop();
  });
  // A decorator is made before the application is ready, and its value is known when it listens.
  app.decorate('pipe', null as unknown as PipeClient);

  await app.listen({ port, host: '127.0.0.1' });
  await gateway.start();
  const own = (app.server.address() as AddressInfo).port;
  const { id: appId, key, secret } = credentials;
  const client = createClient({ appId, key, secret, port: own, path: PATH });
  app.pipe = client;
  client.subscribe(['socket_message']);
  client.sockets.on('event:ask', (socketId, item) => {
    client.socket(socketId).trigger('stock', { item, left: stock.get(String(item)) ?? 0 });
  });
  await client.connect();
  await client.subscribed();
  return { port: own, stop: () => app.close() };
}

if (require.main === module) {
  start(Number(process.env['PORT'] ?? 3000)).then(({ port, stop }) => {
    console.log(
      `http://127.0.0.1:${port}; pusher-js: wsPort ${port}, wsPath '${PATH}', key '${credentials.key}'`,
    );
    onCtrlC(stop);
  }, fail);
}
