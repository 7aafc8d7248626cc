import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import t, { type Test } from 'tap';
import * as Pipe from 'pusher-pipe';
import { startGateway } from '../../../support/start-gateway';
import { TestSocket } from '../../../support/test-socket';
import { turns, until } from '../../../support/until';
import { connectedPipe, optionsFor, subscribed } from './backend';

/** A balancer: connections go to the port that is its target when they come. */
async function startBalancer(t: Test, target: number) {
  const balancer = { port: 0, target, connections: 0 };
  const open = new Set<Socket>();
  const server = createServer((near) => {
    balancer.connections++;
    const far = connect(balancer.target, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => to.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  balancer.port = (server.address() as AddressInfo).port;
  t.teardown(() => {
    server.close();
    for (const socket of open) socket.destroy();
  });
  return balancer;
}

/** Resolves when the gateway has handled all that the client has sent. */
function handled(client: Pipe.Client): Promise<void> {
  return new Promise((resolve) => client._rpc('no_such_method', {}, () => resolve()));
}

t.test('a close by the server: the client of 2011 reconnects, and subscribes again', async (t) => {
  const [first, second] = [await startGateway(t), await startGateway(t)];
  const balancer = await startBalancer(t, first.port);
  const client = await connectedPipe(t, balancer);
  client.on('error', (error) => t.fail(String(error)));
  await subscribed(client, ['socket_existence', 'socket_message']);
  const id = client.connection_id;
  const again = once(client, 'connected');
  balancer.target = second.port;
  await first.stop();
  await again;
  await handled(client);
  t.not(client.connection_id, id);
  t.equal(balancer.connections, 2, 'with one attempt');
  const opened = once(client.sockets, 'open');
  const socket = await TestSocket.connect(t, second.port);
  t.same(await opened, [socket.id]);
  const told = once(client.sockets, 'event:said');
  socket.send({ event: 'said', data: 1 });
  t.same(await told, [socket.id, 1]);
});

t.test('a refused port: the client of 2011 tells one error and gives up', async (t) => {
  const gateway = await startGateway(t);
  const errors: unknown[] = [];
  const client = await connectedPipe(t, gateway);
  client.on('error', (error) => errors.push(error));
  await gateway.stop();
  await until(() => errors.length > 0);
  const fresh = Pipe.createClient(optionsFor(gateway));
  fresh.on('error', (error) => errors.push(error));
  fresh.connect();
  await until(() => errors.length > 1);
  await turns(100);
  t.match(errors, [{ code: 'ECONNREFUSED' }, { code: 'ECONNREFUSED' }]);
  t.equal(errors.length, 2);
  t.notOk(client.connected);
});

t.test(
  'a gateway that drains tells old backends of all its sockets, then closes them',
  async (t) => {
    const first = await startGateway(t, { limits: { drainMs: 2_000, drainDelayMs: 1 } });
    const second = await startGateway(t);
    const balancer = await startBalancer(t, first.port);
    const clients = [await connectedPipe(t, balancer), await connectedPipe(t, balancer)];
    const closed: unknown[][] = [[], []];
    for (const [n, client] of clients.entries()) {
      await subscribed(client, ['socket_existence', 'socket_message']);
      client.on('error', (error) => t.fail(String(error)));
      client.sockets.on('close', (id) => closed[n]?.push(id));
    }
    const sockets: TestSocket[] = [];
    for (let i = 0; i < 20; i++) sockets.push(await TestSocket.connect(t, first.port));
    const ids = sockets.map(({ id }) => id).sort();
    const again = clients.map((client) => once(client, 'connected'));
    balancer.target = second.port;
    const drained = first.drain();
    // A backend still speaks to the sockets that are left.
    const answered = new Promise((resolve) =>
      clients[0]?.channel('room').trigger('last', 1, (...told) => resolve(told)),
    );
    t.match(await answered, [null, { sockets: 0 }]);
    await Promise.all(again);
    await drained;
    await Promise.all(clients.map(handled));
    for (const each of closed) t.same([...each].sort(), ids);
    const opened = clients.map((client) => once(client.sockets, 'open'));
    const { id } = await TestSocket.connect(t, second.port);
    t.same(await Promise.all(opened), [[id], [id]]);
  },
);
