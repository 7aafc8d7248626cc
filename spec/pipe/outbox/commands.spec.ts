import t from 'tap';
import { Verb, type Command } from '../../../lib/wire/frames';
import { connectedClient } from '../../support/scripted-client';

t.test('several channels are one command, each name in it once', (t) => {
  const { client, gateway, clock } = connectedClient();
  const rooms = client.channels(['a', 'b', 'a', 'c']);
  t.same(rooms.names, ['a', 'b', 'c']);
  rooms.trigger('e', 1, { except: ['1.1', '1.2'], ifOccupied: true, idempotencyKey: 'k' });
  client.channels(['only']).trigger('e');
  clock.endTurn();
  t.match(gateway.socket.commands, [
    {
      verb: Verb.TRIGGER_CHANNEL,
      channel: 'a',
      channels: ['b', 'c'],
      exceptSockets: ['1.1', '1.2'],
      ifOccupied: true,
      idempotencyKey: 'k',
    },
    { verb: Verb.TRIGGER_CHANNEL, channel: 'only', channels: undefined },
  ]);
  t.end();
});

t.test('channels is a function and an emitter, and chains as one', (t) => {
  const { client, gateway } = connectedClient();
  const heard: string[] = [];
  const never = (): void => void heard.push('never');
  t.equal(
    client.channels
      .on('event:e', (channel) => void heard.push(channel))
      .once('event:e', () => void heard.push('once'))
      .on('event:e', never)
      .off('event:e', never),
    client.channels,
  );
  gateway.socket.events({ event: 'e', channel: 'a' }, { event: 'e', channel: 'b' });
  t.same(heard, ['a', 'once', 'b']);
  t.equal(client.channels(['a']).names.length, 1);
  t.end();
});

t.test('each power of a backend over sockets and users is one command', (t) => {
  const { client, gateway, clock } = connectedClient();
  const socket = client.socket('1.1');
  const user = client.user('ada');
  const all = [
    socket.close(),
    socket.close(4100, 'later'),
    socket.subscribe('private-a'),
    socket.subscribe('presence-a', { userId: '7', userInfo: { name: 'Ada' } }),
    socket.unsubscribe('private-a'),
    user.publish('e', { a: 1 }, { except: '1.2' }),
    user.terminate(),
  ];
  clock.endTurn();
  const { commands } = gateway.socket;
  const expected: Command[] = [
    { verb: Verb.CLOSE_SOCKET, socketId: '1.1' },
    { verb: Verb.CLOSE_SOCKET, socketId: '1.1', code: 4100, reason: 'later' },
    { verb: Verb.SUBSCRIBE_SOCKET, socketId: '1.1', channel: 'private-a' },
    {
      verb: Verb.SUBSCRIBE_SOCKET,
      socketId: '1.1',
      channel: 'presence-a',
      data: '{"user_id":"7","user_info":{"name":"Ada"}}',
    },
    { verb: Verb.UNSUBSCRIBE_SOCKET, socketId: '1.1', channel: 'private-a' },
    { verb: Verb.TRIGGER_USER, userId: 'ada', event: 'e', data: '{"a":1}', exceptSockets: ['1.2'] },
    { verb: Verb.TERMINATE_USER, userId: 'ada' },
  ];
  t.equal(commands.length, expected.length);
  t.match(commands, expected);
  gateway.socket.applied(expected.length);
  return Promise.all(all);
});

t.test('a command that is refused or not sent rejects', async (t) => {
  const { client, gateway, clock } = connectedClient();
  const refused = client.socket('1.1').subscribe('room');
  clock.endTurn();
  const told = [{ seq: 1, code: 4211, message: 'gone' }];
  gateway.socket.say({ type: 'commandAck', applied: 1, refused: told, receipts: [] });
  await t.rejects(refused, { code: 'refused', status: 4211, message: 'socket 1.1: gone' });

  const user = client.user('ada').publish('e');
  clock.endTurn();
  gateway.socket.say({
    type: 'commandAck',
    applied: 2,
    refused: [{ seq: 2, code: 4213, message: '' }],
    receipts: [],
  });
  await t.rejects(user, { status: 4213, message: /^e to user ada: data is longer/ });

  const lost = client.user('ada').terminate();
  gateway.socket.drop(4401);
  clock.endTurn();
  await t.rejects(lost, { code: 'not_sent' });
  await t.rejects(client.socket('1.1').close(), { code: 'closed' });
});

t.test('bad arguments are refused, and nothing is sent', async (t) => {
  const { client, gateway, clock } = connectedClient();
  const bad = { code: 'bad_argument' };
  const names = Array.from({ length: 101 }, (_, i) => `n${i}`);
  for (const wrong of [[], names, ['a b'], [7], 'room', undefined]) {
    t.throws(() => client.channels(wrong as string[]), bad, String(wrong));
  }
  const socket = client.socket('1.1');
  for (const code of [0, 3999, 5000, 4000.5, NaN]) {
    await t.rejects(socket.close(code), bad, String(code));
  }
  await t.rejects(socket.close(4000, 'x'.repeat(124)), bad);
  await t.rejects(socket.subscribe('a b'), bad);
  await t.rejects(socket.unsubscribe(''), bad);
  await t.rejects(socket.subscribe('presence-a', { userId: 1n } as never), bad);
  for (const idempotencyKey of ['', 'x'.repeat(256), 7 as never]) {
    t.throws(() => client.channel('a').trigger('e', 1, { idempotencyKey }), bad);
  }
  clock.endTurn();
  t.same(gateway.socket.commands, []);
});
