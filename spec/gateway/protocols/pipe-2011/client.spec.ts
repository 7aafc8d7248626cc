import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import PusherJs from 'pusher-js';
import t, { type Test } from 'tap';
import * as Pipe from 'pusher-pipe';
import type { Gateway } from '../../../../lib/gateway';
import { attachBackChannel } from '../../../../lib/back-channel';
import { SECRET, startGateway } from '../../../support/start-gateway';
import { TestSocket } from '../../../support/test-socket';
import { certificate } from '../../../support/tls';
import { until } from '../../../support/until';
import { connectedPipe, optionsFor, subscribed, WirePipe } from './backend';

// The promises of the Pipe's documentation of 2011, each shown by the unmodified pusher-pipe 0.0.10.

/** An unmodified pusher-js 8 that is connected. */
async function connectedBrowser(t: Test, { port }: Gateway) {
  const options = { cluster: '', wsHost: '127.0.0.1', wsPort: port, forceTLS: false };
  const browser = new PusherJs('key', {
    ...options,
    enabledTransports: ['ws'],
    enableStats: false,
  });
  t.teardown(() => browser.disconnect());
  await new Promise((resolve) => browser.connection.bind('connected', resolve));
  return { browser, id: browser.connection.socket_id };
}

function joined(browser: PusherJs, name: string) {
  const channel = browser.subscribe(name);
  return new Promise<typeof channel>((resolve) =>
    channel.bind('pusher:subscription_succeeded', () => resolve(channel)),
  );
}

/** Arguments of the next call of a listener. */
async function next(emitter: NodeJS.EventEmitter, event: string): Promise<unknown[]> {
  return (await once(emitter, event)) as unknown[];
}

t.test('connected is emitted by a client that connects by key, secret and app_id', async (t) => {
  const client = await connectedPipe(t, await startGateway(t));
  t.equal(client.connected, true);
  t.match(client.connection_id, /^\d+\.\d+$/);
});

t.test('disconnected is emitted when the client disconnects', async (t) => {
  const client = await connectedPipe(t, await startGateway(t));
  const gone = next(client, 'disconnected');
  client.disconnect();
  await gone;
  t.notOk(client.connected);
});

t.test('subscribe takes event types before and after the connection is there', async (t) => {
  const gateway = await startGateway(t);
  const early = Pipe.createClient(optionsFor(gateway));
  t.teardown(() => early.disconnect());
  early.subscribe(['socket_message', 'socket_existence']);
  early.connect();
  await once(early, 'connected');
  const opened = next(early.sockets, 'open');
  const late = await connectedPipe(t, gateway);
  t.same(await subscribed(late, 'socket_existence'), { events: ['socket_existence'] });
  t.same(await subscribed(late, ['socket_existence', 'channel_existence']), {
    events: ['socket_existence', 'channel_existence'],
  });
  const { id } = await TestSocket.connect(t, gateway.port);
  t.same(await opened, [id]);
});

t.test('listeners run when a new socket connects, and when a socket closes', async (t) => {
  const gateway = await startGateway(t);
  const client = await connectedPipe(t, gateway);
  await subscribed(client, 'socket_existence');
  const opened = next(client.sockets, 'open');
  const socket = await TestSocket.connect(t, gateway.port);
  t.same(await opened, [socket.id]);
  const closed = [next(client.sockets, 'close'), next(client.socket(socket.id), 'close')];
  t.equal(client.hasSocket(socket.id), true);
  socket.drop();
  t.same(await Promise.all(closed), [[socket.id], []]);
  t.equal(client.hasSocket(socket.id), false);
});

t.test('a socket over the HTTP fallback opens and closes as any other', async (t) => {
  const gateway = await startGateway(t);
  const client = await connectedPipe(t, gateway);
  await subscribed(client, 'socket_existence');
  const opened = next(client.sockets, 'open');
  const options = { cluster: '', httpHost: '127.0.0.1', httpPort: gateway.port, forceTLS: false };
  const fallback = new PusherJs('key', {
    ...options,
    enabledTransports: ['xhr_streaming'],
    enableStats: false,
  });
  await new Promise((resolve) => fallback.connection.bind('connected', resolve));
  t.same(await opened, [fallback.connection.socket_id]);
  const closed = next(client.sockets, 'close');
  fallback.disconnect();
  await closed;
});

t.test('socket events reach all their listeners, in the order of arguments of 2011', async (t) => {
  const gateway = await startGateway(t);
  const client = await connectedPipe(t, gateway);
  await subscribed(client, 'socket_message');
  const { browser, id } = await connectedBrowser(t, gateway);
  const data = { answer: 42, text: 'ä€😀"\\' };
  const told = [
    next(client.sockets, 'event'),
    next(client.sockets, 'event:my_event'),
    next(client.socket(id), 'event'),
    next(client.socket(id), 'event:my_event'),
  ];
  browser.send_event('my_event', data);
  t.same(await Promise.all(told), [['my_event', id, data], [id, data], ['my_event', data], [data]]);
});

t.test(
  'channel events reach all their listeners, also of a public channel and of any name',
  async (t) => {
    const gateway = await startGateway(t);
    const client = await connectedPipe(t, gateway);
    await subscribed(client, 'socket_message');
    const { browser, id } = await connectedBrowser(t, gateway);
    await joined(browser, 'my_channel');
    const told = [
      next(client.channels, 'event'),
      next(client.channels, 'event:my_event'),
      next(client.channel('my_channel'), 'event'),
      next(client.channel('my_channel'), 'event:my_event'),
    ];
    t.equal(client.hasChannel('my_channel'), true);
    browser.send_event('my_event', [1, null], 'my_channel');
    t.same(await Promise.all(told), [
      ['my_event', 'my_channel', id, [1, null]],
      ['my_channel', id, [1, null]],
      ['my_event', id, [1, null]],
      [id, [1, null]],
    ]);
  },
);

t.test('an event without a name of client- is not broadcast to other browsers', async (t) => {
  const gateway = await startGateway(t);
  const client = await connectedPipe(t, gateway);
  await subscribed(client, 'socket_message');
  const [one, two] = [await connectedBrowser(t, gateway), await connectedBrowser(t, gateway)];
  await joined(one.browser, 'my_channel');
  const heard: unknown[] = [];
  (await joined(two.browser, 'my_channel')).bind('my_event', (data: unknown) => heard.push(data));
  const told = next(client.channels, 'event');
  one.browser.send_event('my_event', 1, 'my_channel');
  await told;
  client.channel('my_channel').trigger('my_event', 2);
  await until(() => heard.length > 0);
  t.same(heard, [2]);
});

t.test(
  'socket.trigger reaches one socket: the back channel of pusher-js 8, both ways',
  async (t) => {
    const gateway = await startGateway(t);
    const client = await connectedPipe(t, gateway);
    await subscribed(client, 'socket_message');
    const { browser, id } = await connectedBrowser(t, gateway);
    const { back_channel: back } = attachBackChannel(browser);
    const heard: unknown[] = [];
    back.bind('my_event', (data: unknown) => heard.push(data));
    client.sockets.on('event:ping', (from: string, data: unknown) =>
      client.socket(from).trigger('my_event', { echo: data }),
    );
    back.trigger('ping', { n: 1 });
    await until(() => heard.length === 1);
    t.same(heard, [{ echo: { n: 1 } }]);
    const result = await new Promise((resolve) =>
      client.socket(id).trigger('my_event', 'text', (...told) => resolve(told)),
    );
    t.same(result, [null, { sockets: 1 }]);
    await until(() => heard.length === 2);
    t.equal(heard[1], 'text');
  },
);

t.test('channel.trigger reaches all sockets, or all but one', async (t) => {
  const gateway = await startGateway(t);
  const client = await connectedPipe(t, gateway);
  const [one, two] = [await connectedBrowser(t, gateway), await connectedBrowser(t, gateway)];
  const heard: unknown[] = [];
  for (const { browser } of [one, two]) {
    const channel = await joined(browser, 'my_channel');
    channel.bind('my_event', (data: unknown) => heard.push([browser === one.browser, data]));
  }
  const trigger = (...args: [string, unknown, string?]) =>
    new Promise((resolve) =>
      client.channel('my_channel').trigger(args[0], args[1], args[2], (...told) => resolve(told)),
    );
  t.same(await trigger('my_event', 1, one.id), [null, { sockets: 1 }]);
  t.same(await trigger('my_event', 2), [null, { sockets: 2 }]);
  await new Promise((resolve) => client.channel('my_channel').trigger('my_event', 3, resolve));
  client.channel('my_channel').trigger('my_event');
  await until(() => heard.length === 7);
  const of = (first: boolean) => heard.filter((each) => (each as unknown[])[0] === first);
  t.same(
    of(true).map((each) => (each as unknown[])[1]),
    [2, 3, ''],
  );
  t.same(
    of(false).map((each) => (each as unknown[])[1]),
    [1, 2, 3, ''],
  );
});

t.test('an error comes to the callback of its request, or to the listeners of error', async (t) => {
  const client = await connectedPipe(t, await startGateway(t));
  const asked = (method: string, params: object) =>
    new Promise<{ errno: number; message: string }>((resolve) =>
      client._rpc(method, params, (error) => resolve(error as never)),
    );
  t.match(await asked('no_such_method', {}), { errno: 4201 });
  t.match(await asked('subscribe', { events: ['nothing'] }), { errno: 4214 });
  const failed = next(client, 'error');
  client.channel('my_channel').trigger('pusher:bad', 1);
  t.match(await failed, [{ errno: 4210, message: /Invalid event name/ }]);
  const unknown = next(client, 'error');
  client.socket('1.1').trigger('my_event', 1);
  t.match(await unknown, [{ errno: 4211 }]);
});

t.test('a client whose connection was lost reconnects, and its subscriptions hold', async (t) => {
  const gateway = await startGateway(t);
  const client = await connectedPipe(t, gateway);
  await subscribed(client, 'socket_existence');
  const again = once(client, 'connected');
  (
    client as unknown as { connection: { socket: { destroy(): void } } }
  ).connection.socket.destroy();
  await again;
  const opened = next(client.sockets, 'open');
  const { id } = await TestSocket.connect(t, gateway.port);
  t.same(await opened, [id]);
});

t.test('unsubscribe ends the events of a type', async (t) => {
  const gateway = await startGateway(t);
  const client = await connectedPipe(t, gateway);
  await subscribed(client, ['socket_existence', 'socket_message']);
  await new Promise((resolve) => client.unsubscribe('socket_existence', resolve));
  client.sockets.on('open', () => t.fail('heard of a socket'));
  const socket = await TestSocket.connect(t, gateway.port);
  const told = next(client.sockets, 'event');
  socket.send({ event: 'my_event', data: 1 });
  t.same(await told, ['my_event', socket.id, 1]);
});

t.test('events come only to a client that subscribed to their type', async (t) => {
  const gateway = await startGateway(t);
  const client = await connectedPipe(t, gateway);
  for (const emitter of [client.sockets, client.channels]) {
    for (const event of ['open', 'close', 'event']) emitter.on(event, () => t.fail(event));
  }
  const socket = await TestSocket.connect(t, gateway.port);
  await socket.subscribe('room');
  socket.send({ event: 'my_event', data: 1 });
  socket.send({ event: 'my_event', data: 1, channel: 'room' });
  await socket.settled();
  await subscribed(client, 'channel_existence');
  client.sockets.removeAllListeners();
  const told = next(client.sockets, 'event');
  await subscribed(client, 'socket_message');
  socket.send({ event: 'later', data: 2 });
  t.same(await told, ['later', socket.id, 2]);
});

t.test('a lot of messages go over the one connection, in their order', async (t) => {
  const gateway = await startGateway(t);
  const client = await connectedPipe(t, gateway);
  const socket = await TestSocket.connect(t, gateway.port);
  await socket.subscribe('room');
  for (let n = 0; n < 2_000; n++) client.channel('room').trigger('my_event', n);
  for (let n = 0; n < 2_000; n++) {
    const { data } = await socket.next();
    if (data !== String(n)) throw new Error(`${String(data)} came in place of ${n}`);
  }
  t.match(await gateway.metrics.registry.metrics(), /^standpipe_pipes 1$/m);
});

t.test('several Node processes each hear everything', async (t) => {
  const gateway = await startGateway(t);
  const clients = [await connectedPipe(t, gateway), await connectedPipe(t, gateway)];
  for (const client of clients) await subscribed(client, 'socket_existence');
  const opened = clients.map((client) => next(client.sockets, 'open'));
  const { id } = await TestSocket.connect(t, gateway.port);
  t.same(await Promise.all(opened), [[id], [id]]);
});

t.test(
  'a message of more than 16 KiB arrives in fragments, and is told when it is too large',
  async (t) => {
    const gateway = await startGateway(t, { limits: { maxEventDataBytes: 100_000 } });
    const client = await connectedPipe(t, gateway);
    const sent = (size: number) =>
      new Promise<unknown>((resolve) =>
        client
          .channel('my_channel')
          .trigger('my_event', 'x'.repeat(size), (error) => resolve(error?.errno)),
      );
    t.equal(await sent(90_000), undefined);
    t.equal(await sent(110_000), 4213);
  },
);

t.test('a frame of a client of 2011 may have 1 MiB, and no byte more', async (t) => {
  const gateway = await startGateway(t);
  const request = (bytes: number): string => {
    const [head, tail] = ['{"id":"a","method":"m","params":{"data":"', '"}}'];
    return head + 'x'.repeat(bytes - head.length - tail.length) + tail;
  };
  const pipe = await WirePipe.connect(t, gateway.port);
  t.match(await pipe.ask(request(1024 * 1024)), { id: 'a', error: { code: 4201 } });
  await t.rejects(pipe.ask(request(1024 * 1024 + 1)), /closed with 1009/);
});

t.test('an add-on of the program authorizes private channels over the back channel', async (t) => {
  const gateway = await startGateway(t);
  const client = await connectedPipe(t, gateway);
  await subscribed(client, 'socket_message');
  type Request = { request_id: number; channel: string; identity: string };
  client.sockets.on('event:pusher-auth-request', (id: string, asked: Request) => {
    const signature = createHmac('sha256', SECRET).update(`${id}:${asked.channel}`).digest('hex');
    const granted = { status: 'success', data: { auth: `key:${signature}` } };
    const answer = asked.identity === 'ada' ? granted : { status: 'failed' };
    const { request_id } = asked;
    client.socket(id).trigger('pusher-auth-response', { request_id, ...answer });
  });
  let identity = 'eve';
  const browser = new PusherJs('key', {
    ...{ cluster: '', wsHost: '127.0.0.1', wsPort: gateway.port, forceTLS: false },
    enabledTransports: ['ws'],
    channelAuthorization: {
      endpoint: '',
      transport: 'ajax',
      customHandler: ({ channelName: channel }, done) => {
        back.unbind('pusher-auth-response');
        back.bind('pusher-auth-response', (answer) => {
          const { status, data } = answer as { status: string; data?: { auth: string } };
          done(status === 'success' ? null : new Error(status), data ?? null);
        });
        back.trigger('pusher-auth-request', { request_id: 1, channel, identity });
      },
    },
  });
  t.teardown(() => browser.disconnect());
  const { back_channel: back } = attachBackChannel(browser);
  const refused = new Promise((resolve) =>
    browser.subscribe('private-a').bind('pusher:subscription_error', resolve),
  );
  t.match(await refused, { error: 'failed' });
  browser.unsubscribe('private-a');
  identity = 'ada';
  t.equal((await joined(browser, 'private-a')).subscribed, true);
});

t.test('the client with secure set to true connects to the TLS port', async (t) => {
  const { cert, key } = await certificate();
  const gateway = await startGateway(t, { tls: { port: 0, cert, key } });
  // The client of 2011 cannot be told whom to trust.
  process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
  t.teardown(() => delete process.env['NODE_TLS_REJECT_UNAUTHORIZED']);
  const client = await connectedPipe(t, { port: gateway.tlsPort as number }, { secure: true });
  await subscribed(client, 'socket_existence');
  const opened = next(client.sockets, 'open');
  const { id } = await TestSocket.connect(t, gateway.port);
  t.same(await opened, [id]);
});
