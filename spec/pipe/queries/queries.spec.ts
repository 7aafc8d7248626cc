import t from 'tap';
import type { StandpipeError } from '../../../lib/errors';
import type { Frame } from '../../../lib/wire/frames';
import { connectedClient, scriptedClient, settled } from '../../support/scripted-client';
import type { ScriptedSocket } from '../../support/scripted-socket';

type Query = Extract<Frame, { type: 'query' }>;

function queries({ sent }: ScriptedSocket): Query[] {
  return sent.filter((frame) => frame.type === 'query');
}

function reply(id: number, value: unknown, more = false): Frame {
  return { type: 'reply', id, result: JSON.stringify(value), asOf: [], more };
}

function refusal(id: number, code: number, message = ''): Frame {
  return { type: 'reply', id, result: '', error: { code, message }, asOf: [], more: false };
}

t.test('each question names its method and its params', async (t) => {
  const { client, gateway } = connectedClient();
  const room = client.channel('presence-room');
  const asked = [
    client.channels.list({ prefix: 'p', info: ['userCount'], limit: 3 }),
    room.info(),
    room.members(),
    client.sockets.count(),
    client.sockets.list({ limit: 2 }),
    client.socket('1.1').info({ timeoutMs: 9 }),
    client.socket('1.1').request('ready?', { n: 1 }),
    client.user('ada').info(),
    client.stats(),
  ];
  t.same(
    queries(gateway.socket).map(({ method, params, deadlineMs }) => [
      method,
      JSON.parse(params),
      deadlineMs,
    ]),
    [
      ['channels.list', { prefix: 'p', info: ['userCount'], limit: 3 }, 5_000],
      ['channel.info', { channel: 'presence-room' }, 5_000],
      ['channel.members', { channel: 'presence-room' }, 5_000],
      ['sockets.count', {}, 5_000],
      ['sockets.list', { limit: 2 }, 5_000],
      ['socket.info', { socket: '1.1' }, 9],
      ['socket.request', { socket: '1.1', event: 'ready?', data: { n: 1 } }, 5_000],
      ['user.info', { user: 'ada' }, 5_000],
      ['stats', {}, 5_000],
    ],
  );
  const answers = [[], 1, [2], 3, [4], null, [6], 7, 8];
  queries(gateway.socket).forEach(({ id }, i) => gateway.socket.say(reply(id, answers[i])));
  t.same(await Promise.all(asked), [[], 1, [2], 3, [4], undefined, [6], 7, 8]);
});

t.test('pieces of a list become one list, without what came twice', async (t) => {
  const { client, gateway } = connectedClient();
  const list = client.channels.list({ info: ['subscriptionCount'] });
  const { id } = gateway.socket.find('query');
  gateway.socket.say(
    reply(id, [{ name: 'a', subscriptionCount: 1 }, { name: 'b' }], true),
    reply(id, [{ name: 'a', subscriptionCount: 2 }], true),
    reply(id, []),
  );
  t.same(await list, [{ name: 'a', subscriptionCount: 2 }, { name: 'b' }]);
});

t.test('commands that were triggered before a query leave before it', (t) => {
  const { client, gateway } = connectedClient();
  client.channel('room').trigger('e');
  void client.stats();
  t.same(
    gateway.socket.sent.slice(-2).map(({ type }) => type),
    ['commands', 'query'],
  );
  t.end();
});

t.test('a question that is refused says why', async (t) => {
  const { client, gateway } = connectedClient();
  const rows: Array<[number, string, { code: string; message: string | RegExp }]> = [
    [4218, '', { code: 'refused', message: /does not know the method/ }],
    [4211, 'gone', { code: 'refused', message: 'stats: gone' }],
    [4219, '', { code: 'timeout', message: /no answer within/ }],
    [9, '', { code: 'refused', message: 'stats: code 9' }],
  ];
  for (const [code, message, expected] of rows) {
    const asked = client.stats();
    gateway.socket.say(refusal(gateway.socket.find('query').id, code, message));
    await t.rejects(asked, expected);
    t.equal(await asked.catch((error: StandpipeError) => error.status), code);
  }
});

t.test('a question ends at its deadline, whether or not it was asked', async (t) => {
  const { client, gateway, clock } = scriptedClient();
  const early = client.sockets.count({ timeoutMs: 100 });
  clock.advance(99);
  void client.connect();
  gateway.socket.open();
  t.match(queries(gateway.socket), [{ method: 'sockets.count', deadlineMs: 1 }]);
  clock.advance(1);
  await t.rejects(early, { code: 'timeout', message: /not answered within 100 ms/ });
  gateway.socket.say(reply(1, 7));
  t.equal(gateway.socket.closed, undefined, 'an answer that comes too late is no harm');
});

t.test('after a lost connection what only reads is asked again, from the start', async (t) => {
  const { client, gateway, clock } = connectedClient();
  const list = client.sockets.list();
  const request = client.socket('1.1').request('e');
  const [first] = queries(gateway.socket);
  gateway.socket.say(reply(first!.id, [{ id: 'old' }], true));
  gateway.socket.drop();
  const unsent = client.socket('1.1').request('later');
  await t.rejects(request, { code: 'unknown_outcome' }, 'the browser may have been asked');
  clock.advance(1_000);
  gateway.socket.open();
  const again = queries(gateway.socket);
  t.match(again, [
    { method: 'sockets.list', deadlineMs: 4_000 },
    { method: 'socket.request', params: '{"socket":"1.1","event":"later"}' },
  ]);
  gateway.socket.say(reply(again[0]!.id, [{ id: 'new' }]), reply(again[1]!.id, 'yes'));
  t.same(await list, [{ id: 'new' }]);
  t.equal(await unsent, 'yes');
});

t.test('disconnect ends every question, and connect takes new ones', async (t) => {
  const { client, gateway, clock } = connectedClient();
  const open = t.rejects(client.stats(), { code: 'closed' });
  const leaving = client.disconnect();
  await settled();
  gateway.socket.drop(1000);
  await leaving;
  await open;
  await t.rejects(client.stats(), { code: 'closed' });
  t.equal(clock.timers, 0);
  void client.connect();
  gateway.socket.open();
  const stats = client.stats();
  gateway.socket.say(reply(gateway.socket.find('query').id, { sockets: 1 }));
  t.same(await stats, { sockets: 1 });
});

t.test('a client that fails ends every question', async (t) => {
  const { client, gateway } = connectedClient();
  const stats = t.rejects(client.stats(), { code: 'closed' });
  gateway.socket.drop(4401);
  await stats;
});

t.test('bad arguments are refused before anything is asked', async (t) => {
  const { client, gateway } = connectedClient();
  const bad = { code: 'bad_argument' };
  for (const timeoutMs of [0, -1, 1.5, 600_001, NaN, '5' as never]) {
    await t.rejects(client.stats({ timeoutMs }), bad, String(timeoutMs));
  }
  const odd = (options: object): never => options as never;
  await t.rejects(client.stats(odd({ timeout: 5 })), {
    ...bad,
    message: /did you mean timeoutMs\?/,
  });
  await t.rejects(client.sockets.list(odd({ limits: 5 })), { ...bad, message: /mean limit\?/ });
  await t.rejects(client.channels.list(odd({ prefx: 'a' })), { ...bad, message: /mean prefix\?/ });
  await t.rejects(client.socket('1.1').request('e', 1n), bad);
  await t.rejects(client.socket('1.1').request('pusher:e'), bad);
  await t.rejects(client.socket('1.1').request('e', 'x'.repeat(600_000)), bad);
  t.throws(() => client.user('a b'), bad);
  t.throws(() => client.user(''), bad);
  t.same(queries(gateway.socket), []);
});

t.test('a thousand questions may be open, and one more is refused', async (t) => {
  const { client, gateway } = connectedClient();
  const open = Array.from({ length: 1_000 }, () => client.sockets.count());
  await t.rejects(client.sockets.count(), { code: 'outbox_full' });
  for (const { id } of queries(gateway.socket)) gateway.socket.say(reply(id, id));
  t.equal(new Set(await Promise.all(open)).size, 1_000);
  const next = client.sockets.count();
  gateway.socket.say(reply(gateway.socket.find('query').id, 0));
  t.equal(await next, 0);
});

t.test('a result that is no JSON breaks the protocol', (t) => {
  const { client, gateway } = connectedClient();
  client.stats().catch(() => undefined);
  const { id } = gateway.socket.find('query');
  gateway.socket.say({ type: 'reply', id, result: '{', asOf: [], more: false });
  t.match(gateway.socket.closed, { code: 4400 });
  t.end();
});
