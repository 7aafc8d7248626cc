import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import { type AddressInfo, createServer as createNetServer } from 'node:net';
import { text } from 'node:stream/consumers';
import express from 'express';
import fastify from 'fastify';
import Pusher from 'pusher';
import PusherJs from 'pusher-js';
import t, { type Test } from 'tap';
import { WebSocket, WebSocketServer } from 'ws';
import { createClient } from '../../lib';
import { attachTo } from '../../lib/gateway/http/attached-server';
import { createGateway, type Gateway, type GatewayOptions } from '../../lib/gateway';
import { ConsoleVisitor } from '../support/console-visitor';
import { SECRET } from '../support/start-gateway';
import { until } from '../support/until';

const APP = { id: '1', key: 'key', secret: SECRET, clientEvents: true };

/** A gateway that serves from a server of the program's own. */
async function attached(
  t: Test,
  server: Server,
  path = '',
  console?: GatewayOptions['console'],
): Promise<Gateway> {
  const gateway = createGateway({ path, apps: [APP], limits: { drainDelayMs: 1 }, console });
  t.teardown(() => gateway.stop());
  await gateway.attach(server).start();
  return gateway;
}

async function listening(t: Test, server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Status and text that a path is answered with. */
async function got(port: number, path: string): Promise<[number, string]> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`);
  return [answer.status, await answer.text()];
}

/** An unmodified browser, a server SDK and a backend speak with each other through the gateway. */
async function isServed(t: Test, port: number, path: string): Promise<void> {
  const { id: appId, key, secret } = APP;
  const page = new PusherJs(key, {
    ...{ cluster: '', wsHost: '127.0.0.1', wsPort: port, wsPath: path, forceTLS: false },
    ...{ enabledTransports: ['ws'], enableStats: false },
  });
  const heard: unknown[] = [];
  const channel = page.subscribe('room');
  channel.bind('note', (data: unknown) => heard.push(data));
  await new Promise((resolve) => channel.bind('pusher:subscription_succeeded', resolve));
  const client = createClient({ appId, key, secret, port, path, log: false });
  await client.connect();
  await client.channel('room').publish('note', 'of the backend');
  await client.disconnect();
  if (path === '') {
    const sdk = new Pusher({
      appId,
      key,
      secret,
      host: '127.0.0.1',
      port: `${port}`,
      useTLS: false,
    });
    t.equal((await sdk.trigger('room', 'note', 'of the SDK')).status, 200);
  }
  const expected = ['of the backend', ...(path === '' ? ['of the SDK'] : [])];
  while (heard.length < expected.length) await new Promise((next) => setTimeout(next, 5));
  t.strictSame(heard, expected);
  page.disconnect();
}

t.test(
  'a gateway serves from the server of Express, beside its routes and other WebSockets',
  async (t) => {
    const app = express();
    app.get('/hello', (_request, response) => void response.send('world'));
    const server = createServer(app);
    const gateway = await attached(t, server);
    // Attached later, and with a path of its own: it refuses all other upgrades that it hears of.
    const echo = new WebSocketServer({ server, path: '/echo' });
    echo.on('connection', (each) =>
      each.on('message', (data) => each.send(data as Buffer, { binary: false })),
    );
    const port = await listening(t, server);
    t.equal(gateway.port, port);
    t.strictSame(await got(port, '/hello'), [200, 'world']);
    t.strictSame(await got(port, '/readyz'), [200, 'ok\n']);
    t.equal((await got(port, '/application'))[0], 404);
    await isServed(t, port, '');
    const other = new WebSocket(`ws://127.0.0.1:${port}/echo`);
    await once(other, 'open');
    other.send('a');
    t.match(String((await once(other, 'message'))[0]), 'a');
    other.close();

    await gateway.drain();
    t.strictSame(await got(port, '/hello'), [200, 'world'], 'the program goes on without it');
    t.match(await got(port, '/readyz'), [404, /Cannot GET/]);
  },
);

t.test('a gateway with a path leaves all other paths to Fastify', async (t) => {
  const app = fastify();
  app.get('/app/:id', () => ({ route: 'of the program' }));
  const gateway = await attached(t, app.server, '/realtime');
  await app.listen({ port: 0, host: '127.0.0.1' });
  t.teardown(() => app.close());
  const { port } = gateway;
  t.strictSame(await got(port, '/app/key'), [200, '{"route":"of the program"}']);
  t.strictSame(await got(port, '/realtime/readyz'), [200, 'ok\n']);
  t.equal((await got(port, '/realtimes'))[0], 404);
  await isServed(t, port, '/realtime');
});

t.test('upgrades that are nobody’s are refused, and others than WebSocket end', async (t) => {
  const server = createServer((_request, response) => void response.end('of the program'));
  await attached(t, server);
  const port = await listening(t, server);
  const upgrade = (path: string, name: string): Promise<number | undefined> => {
    const headers = { Connection: 'Upgrade', Upgrade: name };
    return new Promise((resolve) => {
      const asked = request({ port, path, headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      asked.on('error', () => resolve(undefined)).end();
    });
  };
  t.equal(await upgrade('/nobody', 'websocket'), 404);
  t.equal(await upgrade('/app/key', 'other'), undefined);
  t.equal(await upgrade('/app/key', 'websocket'), 400, 'without the headers of a WebSocket');
  t.strictSame(await got(port, '/hello'), [200, 'of the program']);
});

t.test(
  'two gateways of one server serve their paths, and an upgrade of neither ends',
  async (t) => {
    const server = createServer();
    await attached(t, server, '/one');
    await attached(t, server, '/two');
    const port = await listening(t, server);
    for (const [path, status] of [
      ['/nobody', 404],
      ['/one/app/key', 101],
      ['/two/app/key', 101],
    ] as const) {
      const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`);
      socket.on('error', () => undefined);
      const answer = await new Promise((resolve) => {
        socket.on('unexpected-response', (_, { statusCode }) => resolve(statusCode));
        socket.on('open', () => resolve(101));
      });
      t.equal(answer, status, path);
      socket.terminate();
    }
  },
);

t.test(
  'a console with public: true is a path of the server, and its streams end with it',
  async (t) => {
    const tokens = [{ name: 'ops', token: 'o'.repeat(32) }];
    const program = express();
    program.get('/console/', (_request, response) => void response.send('of the program'));
    const server = createServer(program);
    await attached(t, server);
    const port = await listening(t, server);
    t.strictSame(await got(port, '/console/'), [200, 'of the program'], 'without public');
    const gateway = await attached(t, server, '/one', { public: true, tokens });
    t.strictSame(await got(port, '/console/'), [200, 'of the program'], 'below its path alone');
    const visitor = new ConsoleVisitor(gateway, tokens[0]?.token);
    t.equal(visitor.path, '/one/console');
    t.match((await visitor.get('/')).text, '<title>Standpipe console</title>');
    const stream = await visitor.stream(t, { watch: ['/api/me'] });
    await until(() => stream.lines.length > 0);
    await gateway.stop();
    await until(() => stream.hasEnded);
    t.equal((await got(port, '/one/console/'))[0], 404, 'the program goes on without it');

    const other = createServer(program);
    const rooted = await attached(t, other, '', { public: true, tokens });
    const otherPort = await listening(t, other);
    t.match(await got(otherPort, '/console/'), [200, '<title>Standpipe console</title>']);
    t.equal(rooted.consoleUrl, `http://127.0.0.1:${otherPort}/console/`);
  },
);

t.test('a server has its own emit back, however many gateways it had', async (t) => {
  const server = createServer((_request, response) => void response.end('of the program'));
  const port = await listening(t, server);
  const { emit } = server;
  const names = (): PropertyKey[] => [...Reflect.ownKeys(server), server.listenerCount('upgrade')];
  const before = names();
  for (let i = 0; i < 1_000; i++) {
    const ends = ['/one', '/two'].map((prefix) =>
      attachTo(
        server,
        { prefix, more: [] },
        { request: () => undefined, upgrade: () => undefined },
      ),
    );
    if (i % 2 === 0) ends.reverse();
    for (const end of ends) end();
  }
  t.equal(server.emit, emit);
  t.strictSame(names(), before, 'no property and no listener is left');
  const gateway = await attached(t, server, '/one');
  t.strictSame(await got(port, '/one/livez'), [200, 'ok\n']);
  await gateway.stop();
  t.equal(server.emit, emit);
  t.strictSame(await got(port, '/one/livez'), [200, 'of the program']);
});

t.test('an emit that somebody has wrapped in front of the gateway’s stays', async (t) => {
  const server = createServer((_request, response) => void response.end('of the program'));
  const port = await listening(t, server);
  const first = await attached(t, server, '/one');
  const behind = server.emit.bind(server) as (...event: unknown[]) => boolean;
  let wrapped = 0;
  server.emit = (...event: unknown[]): boolean => {
    if (event[0] === 'request') wrapped++;
    return behind(...event);
  };
  const { emit } = server;
  await first.stop();
  t.equal(server.emit, emit);
  t.strictSame(await got(port, '/one/livez'), [200, 'of the program']);
  const second = await attached(t, server, '/one');
  t.equal(server.emit, emit, 'the gateway’s is there already');
  t.strictSame(await got(port, '/one/livez'), [200, 'ok\n']);
  await second.stop();
  t.strictSame(await got(port, '/one/livez'), [200, 'of the program']);
  t.equal(wrapped, 3);
});

t.test('a path of a server is one gateway’s at a time', async (t) => {
  const server = createServer();
  const first = createGateway({ apps: [APP], path: '/one' }).attach(server);
  t.teardown(() => first.stop());
  const second = createGateway({ apps: [APP], path: '/one' });
  t.teardown(() => second.stop());
  const taken = { code: 'bad_option', message: /^attach: another gateway .* at \/one: stop it/ };
  t.throws(() => second.attach(server), taken, 'though the first one has not started');
  await first.stop();
  await second.attach(server).start();
  const port = await listening(t, server);
  t.strictSame(await got(port, '/one/livez'), [200, 'ok\n']);
});

t.test('a start that failed begins again on the same server', async (t) => {
  const blocker = createNetServer().listen(0, '127.0.0.1');
  await once(blocker, 'listening');
  const { port: taken } = blocker.address() as AddressInfo;
  const server = createServer();
  const gateway = createGateway({ apps: [APP], metrics: { port: taken } }).attach(server);
  t.teardown(() => gateway.stop());
  await t.rejects(gateway.start(), { code: 'listen_failed' });
  await new Promise((closed) => blocker.close(closed));
  await gateway.start();
  const port = await listening(t, server);
  t.strictSame(await got(port, '/livez'), [200, 'ok\n']);
});

t.test('attach takes the server of Node, before the start', async (t) => {
  const gateway = createGateway({ apps: [APP] });
  t.teardown(() => gateway.stop());
  for (const wrong of [express(), createNetServer(), undefined, null]) {
    t.throws(() => gateway.attach(wrong as unknown as Server), {
      code: 'bad_option',
      message: /^attach: takes the server of node:http/,
    });
  }
  const server = createServer();
  await gateway.attach(server).start();
  t.throws(() => gateway.attach(server), { code: 'refused' });
  const asked = request({ port: await listening(t, server), path: '/livez' }).end();
  const [answer] = (await once(asked, 'response')) as [NodeJS.ReadableStream];
  t.equal(await text(answer as never), 'ok\n');
});
