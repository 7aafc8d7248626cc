import t from 'tap';
import * as Old from 'pusher-pipe';
import * as Standpipe from '../../lib';
import { startGateway, SECRET } from '../support/start-gateway';
import { TestSocket } from '../support/test-socket';
import { connectedClient, settled } from '../support/scripted-client';
import { until } from '../support/until';

// Programs of 2011 run with both clients against one gateway; the library of a program is the only difference.
const LIBRARIES = { 'pusher-pipe': Old, standpipe: Standpipe as unknown as typeof Old };

for (const [name, library] of Object.entries(LIBRARIES)) {
  t.test(`a program of 2011 with ${name}`, async (t) => {
    const gateway = await startGateway(t);
    const options = {
      key: 'key',
      secret: SECRET,
      app_id: 1,
      host: '127.0.0.1',
      port: gateway.port,
    };
    const client = library.createClient({ ...options, secure: false, debug: false });
    const errors: Array<Error & { errno: number }> = [];
    client.on('error', (error: Error & { errno: number }) => errors.push(error));
    t.notOk(client.connected);
    const connected = new Promise<void>((resolve) => client.on('connected', () => resolve()));
    client.connect();
    await connected;
    t.teardown(() => client.disconnect());
    t.equal(client.connected, true);
    t.type(client.connection_id, 'string');

    await t.test('subscribe with a string and a callback', async (t) => {
      for (const kinds of ['socket_existence', ['socket_message', 'channel_existence']]) {
        const [error] = await new Promise<unknown[]>((resolve) =>
          client.subscribe(kinds, (...told) => resolve(told)),
        );
        t.equal(error, null);
      }
    });

    await t.test('listeners by the names of EventEmitter, in the order of arguments', async (t) => {
      const told: unknown[] = [];
      const opened = (...args: unknown[]) => told.push(args.slice(0, 1));
      client.sockets.addListener('open', opened);
      const socket = await TestSocket.connect(t, gateway.port);
      await until(() => told.length === 1);
      t.same(told, [[socket.id]]);
      t.same(client.sockets.listeners('open'), [opened]);
      client.sockets.removeListener('open', opened);
      t.same(client.sockets.listeners('open'), []);
      client.sockets.setMaxListeners(100);

      t.equal(client.hasSocket(socket.id), false);
      client.socket(socket.id).on('event', (...args) => told.push(args.slice(0, 2)));
      t.equal(client.hasSocket(socket.id), true);
      socket.send({ event: 'my_event', data: { a: 1 } });
      await until(() => told.length === 2);
      t.same(told[1], ['my_event', { a: 1 }]);

      const closed = new Promise<void>((resolve) =>
        client.socket(socket.id).on('close', () => resolve()),
      );
      socket.drop();
      await closed;
      await until(() => !client.hasSocket(socket.id));

      client.channels.on('event:said', () => t.fail('was removed'));
      client.channels.removeAllListeners('event:said');
      t.equal(client.channels.emit('event:said', 'room', '1.1', {}), false);
    });

    await t.test('channel.trigger with positional arguments', async (t) => {
      const one = await TestSocket.connect(t, gateway.port);
      const two = await TestSocket.connect(t, gateway.port);
      await one.subscribe('room');
      await two.subscribe('room');
      const channel = client.channel('room');
      const outcomes: unknown[] = [];
      const told = (error: unknown, result: unknown) => outcomes.push([error, typeof result]);
      channel.trigger('e', 1, one.id, told);
      channel.trigger('e', 2, one.id);
      channel.trigger('e', 3, null, told);
      channel.trigger('e', 4, told);
      channel.trigger('e', 5);
      const all = async (socket: TestSocket, count: number) => {
        const data: unknown[] = [];
        while (data.length < count) data.push((await socket.next()).data);
        return data;
      };
      t.same(await all(one, 3), ['3', '4', '5']);
      t.same(await all(two, 5), ['1', '2', '3', '4', '5']);
      await until(() => outcomes.length === 3);
      t.same(outcomes, Array(3).fill([null, 'object']));
    });

    await t.test('socket.trigger with a callback, and errors with errno', async (t) => {
      const socket = await TestSocket.connect(t, gateway.port);
      const error = await new Promise<unknown>((resolve) =>
        client.socket(socket.id).trigger('hello', { a: 1 }, resolve),
      );
      t.equal(error, null);
      t.same(await socket.next(), { event: 'hello', data: '{"a":1}' });
      const failed = await new Promise<{ errno: number } | null>((resolve) =>
        client.socket('1.1').trigger('hello', 1, (error) => resolve(error)),
      );
      t.equal(failed?.errno, 4211);
      client.socket('1.1').trigger('hello', 1);
      await until(() => errors.length > 0);
      t.equal(errors[0]?.errno, 4211);
    });

    const gone = new Promise<void>((resolve) => client.on('disconnected', () => resolve()));
    client.disconnect();
    await gone;
    t.notOk(client.connected);

    await t.test(
      'disconnecting stays true after a disconnect, also when connected again',
      async (t) => {
        const gone = (): Promise<void> =>
          new Promise((resolve) => client.on('disconnected', () => resolve()));
        t.equal(client.disconnecting, false);
        const first = gone();
        const handedOver: unknown = client.disconnect();
        t.equal(client.disconnecting, true);
        await first;
        // Today's client is ready to connect again when its promise has resolved.
        await Promise.resolve(handedOver);
        const again = new Promise<void>((resolve) => client.on('connected', () => resolve()));
        client.connect();
        await again;
        t.equal(client.disconnecting, true);
      },
    );
  });
}

t.test('Client is createClient, with new and without', async (t) => {
  const options = { key: 'key', secret: 'secret', appId: 1 };
  const made = Standpipe.Client(options);
  t.ok(made instanceof Standpipe.Client);
  t.ok(new Standpipe.Client(options) instanceof Standpipe.Client);
  t.ok(Standpipe.createClient(options) instanceof Standpipe.Client);
  t.throws(() => Standpipe.Client({ ...options, key: '' }), { code: 'bad_option' });
});

t.test('emit calls the handlers here and sends nothing', async (t) => {
  const { client, gateway, clock } = connectedClient();
  const told: unknown[] = [];
  client.sockets.on('event:e', (...args) => told.push(args));
  client.socket('1.1').on('close', (...args) => told.push(args));
  client.on('drain', () => told.push('drain'));
  t.equal(client.sockets.emit('event:e', '1.1', 1), true);
  t.equal(client.socket('1.1').emit('close'), true);
  t.equal(client.socket('2.2').emit('close'), false);
  t.equal(client.emit('drain'), true);
  t.equal(client.emit('gap'), false);
  t.same(told, [['1.1', 1], [], 'drain']);
  client.removeAllListeners().sockets.removeAllListeners();
  t.equal(client.emit('drain'), false);
  t.equal(client.sockets.emit('event:e', '1.1', 1), false);
  t.same(client.listeners('drain'), []);
  clock.endTurn();
  t.equal(gateway.socket.commands.length, 0);
});

t.test('the callback of a subscription hears of a refusal, and may throw', async (t) => {
  const { client, gateway, errors, clock } = connectedClient();
  const told: unknown[] = [];
  client.subscribe('socket_message', (error) => told.push(error));
  client.subscribe('socket_existence', () => {
    throw new Error('in the callback');
  });
  clock.endTurn();
  const { id } = gateway.socket.find('subscribe') as { id: number };
  gateway.socket.say({ type: 'subscribed', id, error: { code: 4221, message: 'no' } });
  await settled();
  t.match(told, [{ code: 'refused', errno: 4221 }]);
  t.match(errors, [{ code: 'handler_failed', cause: { message: 'in the callback' } }]);
  t.throws(() => client.unsubscribe('socket_message', 'x' as never), { code: 'bad_argument' });
});
