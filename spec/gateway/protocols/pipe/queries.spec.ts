import t, { type Test } from 'tap';
import type { Gateway } from '../../../../lib/gateway';
import { Verb, type Frame } from '../../../../lib/wire/frames';
import { SECRET, startGateway, type StartOptions } from '../../../support/start-gateway';
import { TestSocket } from '../../../support/test-socket';
import { WireClient } from '../../../support/wire-client';

type Reply = Extract<Frame, { type: 'reply' }>;

async function pair(
  t: Test,
  options?: StartOptions,
): Promise<{ gateway: Gateway; client: WireClient; socket: TestSocket }> {
  const gateway = await startGateway(t, options);
  const { client } = await WireClient.attach(t, gateway.port);
  const socket = await TestSocket.connect(t, gateway.port);
  // The backend hears that it is open.
  await client.expect('events');
  return { gateway, client, socket };
}

function ask(client: WireClient, method: string, params?: unknown, id = 1, deadlineMs = 0): void {
  const text = params === undefined ? '' : JSON.stringify(params);
  client.send({ type: 'query', id, method, params: text, deadlineMs });
}

/** The next reply, whatever else comes. */
async function reply(client: WireClient): Promise<Reply> {
  for (;;) {
    const frame = await client.next();
    if (frame.type === 'reply') return frame;
  }
}

/** Asks, and takes the answer: a value, or the code of a refusal. */
async function answer(client: WireClient, method: string, params?: unknown): Promise<unknown> {
  ask(client, method, params);
  const { result, error, more } = await reply(client);
  if (more) throw new Error('more is to come');
  return error?.code ?? (JSON.parse(result) as unknown);
}

t.test('the gateway tells what is live in the app', async (t) => {
  const { gateway, client, socket } = await pair(t);
  const second = await TestSocket.connect(t, gateway.port);
  await socket.subscribe('room');
  await second.subscribe('room');
  await second.subscribe('presence-lounge', { user_id: 'ada', user_info: { name: 'Ada' } });
  await socket.signIn({ id: 'bob', user_info: { age: 7 } });
  await socket.subscribe('#server-to-user-bob');

  t.same(await answer(client, 'channels.list'), [{ name: 'room' }, { name: 'presence-lounge' }]);
  const info = ['subscriptionCount', 'userCount'];
  t.same(await answer(client, 'channels.list', { info, prefix: 'p' }), [
    { name: 'presence-lounge', subscriptionCount: 1, userCount: 1 },
  ]);
  t.same(await answer(client, 'channels.list', { limit: 1 }), [{ name: 'room' }]);
  t.same(await answer(client, 'channel.info', { channel: 'room' }), {
    name: 'room',
    occupied: true,
    subscriptionCount: 2,
  });
  t.same(await answer(client, 'channel.info', { channel: 'presence-empty' }), {
    name: 'presence-empty',
    occupied: false,
    subscriptionCount: 0,
    userCount: 0,
  });
  t.match(await answer(client, 'channel.info', { channel: 'presence-lounge' }), { userCount: 1 });
  t.same(await answer(client, 'channel.members', { channel: 'presence-lounge' }), [
    { userId: 'ada', userInfo: { name: 'Ada' } },
  ]);
  t.same(await answer(client, 'channel.members', { channel: 'presence-empty' }), []);
  t.equal(await answer(client, 'sockets.count'), 2);
  t.same(await answer(client, 'sockets.list'), [
    { id: socket.id, userId: 'bob' },
    { id: second.id },
  ]);
  t.same(await answer(client, 'socket.info', { socket: socket.id }), {
    id: socket.id,
    userId: 'bob',
    userInfo: { age: 7 },
    channels: ['room'],
  });
  t.equal(await answer(client, 'socket.info', { socket: '1.1' }), null);
  t.same(await answer(client, 'user.info', { user: 'bob' }), {
    id: 'bob',
    userInfo: { age: 7 },
    socketCount: 1,
    sockets: [socket.id],
  });
  t.same(await answer(client, 'user.info', { user: 'ada' }), {
    id: 'ada',
    socketCount: 0,
    sockets: [],
  });
  t.match(await answer(client, 'stats'), { sockets: 2, channels: 2, users: 1, pipes: 1 });
});

t.test('a cache channel tells what it keeps, and null when that is nothing', async (t) => {
  const { client } = await pair(t);
  const channel = 'private-cache-a';
  t.match(await answer(client, 'channel.info', { channel }), { cached: null });
  const command = { verb: Verb.TRIGGER_CHANNEL, channel, event: 'e', data: '{"a":1}' };
  client.send({ type: 'commands', firstSeq: 1, commands: [command] });
  t.match(await answer(client, 'channel.info', { channel }), {
    occupied: false,
    cached: { event: 'e', data: '{"a":1}', ttlMs: Number },
  });
});

t.test('a query without an answer is refused, and the connection goes on', async (t) => {
  const { client } = await pair(t);
  const rows: Array<[string, unknown, number]> = [
    ['channels.forget', {}, 4218],
    ['__proto__', {}, 4218],
    ['channels.list', [], 4220],
    ['channels.list', 7, 4220],
    ['channels.list', { prefix: 7 }, 4220],
    ['channels.list', { info: ['all'] }, 4220],
    ['channels.list', { info: 'userCount' }, 4220],
    ['channels.list', { limit: 0 }, 4220],
    ['channels.list', { limit: '1' }, 4220],
    ['sockets.list', { limit: 1.5 }, 4220],
    ['channel.info', {}, 4220],
    ['channel.info', { channel: 'a b' }, 4212],
    ['channel.members', { channel: 'room' }, 4220],
    ['socket.info', {}, 4220],
    ['user.info', { user: 1 }, 4220],
    ['socket.request', {}, 4220],
    ['socket.request', { socket: '1.1', event: 'e' }, 4211],
    ['socket.request', { socket: '1.1', event: 'pusher:e' }, 4210],
    ['socket.request', { socket: '1.1', event: 'e', data: 'x'.repeat(2e4) }, 4213],
  ];
  for (const [method, params, code] of rows) {
    t.equal(await answer(client, method, params), code, `${method} ${JSON.stringify(params)}`);
  }
  client.send({ type: 'query', id: 1, method: 'stats', params: '{', deadlineMs: 0 });
  t.equal((await reply(client)).error?.code, 4220);
});

t.test('a backend learns nothing of another app', async (t) => {
  const { gateway, client } = await pair(t, {
    apps: [
      { id: '1', key: 'key', secret: SECRET },
      { id: '2', key: 'other', secret: SECRET },
    ],
  });
  const foreign = await TestSocket.connect(t, gateway.port, { key: 'other' });
  await foreign.subscribe('room');
  await foreign.signIn({ id: 'eve' });
  t.same(await answer(client, 'channels.list'), []);
  t.match(await answer(client, 'channel.info', { channel: 'room' }), { occupied: false });
  t.equal(await answer(client, 'sockets.count'), 1);
  t.equal(((await answer(client, 'sockets.list')) as unknown[]).length, 1);
  t.equal(await answer(client, 'socket.info', { socket: foreign.id }), null);
  t.equal(await answer(client, 'socket.request', { socket: foreign.id, event: 'e' }), 4211);
  t.match(await answer(client, 'user.info', { user: 'eve' }), { socketCount: 0 });
  t.match(await answer(client, 'stats'), { sockets: 1, channels: 0, users: 0, pipes: 1 });
  t.same(await foreign.settled(), []);
});

t.test('an answer says which events it knows of', async (t) => {
  const { client, socket } = await pair(t);
  socket.send({ event: 'hi', data: 1 });
  await socket.settled();
  ask(client, 'stats');
  t.same((await reply(client)).asOf, [{ partition: 0, generation: 1, epoch: 1, offset: 2 }]);
});

t.test('a long list comes in pieces of at most 64 KiB, each channel once', async (t) => {
  const { client, socket } = await pair(t, { limits: { maxChannelsPerSocket: 5_000 } });
  const names = Array.from({ length: 2_000 }, (_, i) => `${'x'.repeat(100)}${i}`);
  const subscribe = (channel: string) => ({
    verb: Verb.SUBSCRIBE_SOCKET,
    socketId: socket.id,
    channel,
  });
  for (const [firstSeq, part] of [
    [1, names.slice(0, 1000)],
    [1001, names.slice(1000)],
  ] as const) {
    client.send({ type: 'commands', firstSeq, commands: part.map(subscribe) });
  }
  ask(client, 'channels.list', undefined, 1);
  ask(client, 'sockets.count', undefined, 2);
  ask(client, 'channels.list', { limit: 1 }, 3);
  const replies: Reply[] = [];
  while (!replies.some(({ id, more }) => id === 3 && !more)) replies.push(await reply(client));
  const pieces = replies.filter(({ id }) => id === 1);
  t.ok(pieces.length > 2, `${pieces.length} pieces`);
  t.ok(pieces.every(({ result }) => result.length <= 64 * 1024));
  t.same(
    pieces.map(({ more }) => more),
    pieces.map((_, i) => i < pieces.length - 1),
  );
  const listed = pieces.flatMap(({ result }) => JSON.parse(result) as Array<{ name: string }>);
  t.same(
    listed.map(({ name }) => name),
    names,
  );
  t.ok(replies.findIndex(({ id }) => id === 2) < replies.length - 2, 'others need not wait');
});

t.test('a browser is asked, and its answer is what the backend gets', async (t) => {
  const { client, socket } = await pair(t);
  const params = { socket: socket.id, event: 'ready?', data: { n: 1 } };
  ask(client, 'socket.request', params, 5);
  const { event, channel, data } = await socket.next();
  t.same([event, channel], ['standpipe:request', undefined]);
  const request = JSON.parse(data as string) as { id: string; event: string; data: unknown };
  t.match(request, { id: String, event: 'ready?', data: { n: 1 } });
  socket.text(
    `{"event":"standpipe:reply","data":{"id":"${request.id}","data":{ "big": 12345678901234567890 }}}`,
  );
  const { id, result } = await reply(client);
  t.same([id, result], [5, '{ "big": 12345678901234567890 }'], 'byte for byte');
  await socket.settled();
  const frames = await client.settled();
  t.notOk(
    frames.some(({ type }) => type === 'events'),
    'the reply is no event',
  );
});

t.test('a browser may answer with an error, or with nothing', async (t) => {
  const { client, socket } = await pair(t);
  for (const [given, expected] of [
    [{ error: 'busy' }, { error: { code: 4223, message: 'busy' } }],
    [{ error: { a: 1 } }, { error: { code: 4223, message: 'failed' } }],
    [{ error: 'x'.repeat(9_000) }, { error: { message: 'x'.repeat(500) } }],
    [{}, { result: 'null' }],
  ] as const) {
    ask(client, 'socket.request', { socket: socket.id, event: 'e' });
    const { id } = JSON.parse((await socket.next()).data as string) as { id: string };
    socket.send({ event: 'standpipe:reply', data: { id, ...given } });
    t.match(await reply(client), expected);
  }
});

t.test('only the browser that was asked answers, once and in time', async (t) => {
  const { gateway, client, socket } = await pair(t);
  const other = await TestSocket.connect(t, gateway.port);
  ask(client, 'socket.request', { socket: socket.id, event: 'e' }, 1);
  ask(client, 'socket.request', { socket: socket.id, event: 'late' }, 2, 1);
  const { id } = JSON.parse((await socket.next()).data as string) as { id: string };
  const late = JSON.parse((await socket.next()).data as string) as { id: string };
  t.match(await reply(client), { id: 2, error: { code: 4219 } });
  for (const each of ['1', '2', id]) other.send({ event: 'standpipe:reply', data: { id: each } });
  for (const data of [{ id: late.id }, { id: 7 }, {}, 'x', null]) {
    socket.send({ event: 'standpipe:reply', data });
  }
  await other.settled();
  socket.send({ event: 'standpipe:reply', data: { id, data: 'mine' } });
  socket.send({ event: 'standpipe:reply', data: { id, data: 'again' } });
  t.match(await reply(client), { id: 1, result: '"mine"' });
  await socket.settled();
  t.notOk((await client.settled()).some(({ type }) => type === 'reply'));
});

t.test('a socket that goes leaves no request open', async (t) => {
  const { client, socket } = await pair(t);
  for (const id of [1, 2]) ask(client, 'socket.request', { socket: socket.id, event: 'e' }, id);
  await socket.next();
  socket.drop();
  t.match(await reply(client), { id: 1, error: { code: 4211 } });
  t.match(await reply(client), { id: 2, error: { code: 4211 } });
});

t.test('an id that is open already breaks the protocol', async (t) => {
  const { client, socket } = await pair(t);
  for (let i = 0; i < 2; i++) ask(client, 'socket.request', { socket: socket.id, event: 'e' }, 9);
  const { code, reason } = await client.closed();
  t.same([code, reason], [4400, 'query 9 is open already']);
});

t.test('a connection has at most 1 000 questions open', async (t) => {
  const { client, socket } = await pair(t);
  for (let id = 1; id <= 1_001; id++) {
    ask(client, 'socket.request', { socket: socket.id, event: 'e' }, id);
  }
  t.match(await reply(client), { id: 1_001, error: { code: 4221 } });
  t.equal((await socket.settled()).length, 1_000);
});
