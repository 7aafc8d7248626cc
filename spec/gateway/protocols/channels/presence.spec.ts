import fc from 'fast-check';
import t from 'tap';
import { MemberList } from '../../../../lib/gateway/core/model/member-list';
import { startGateway } from '../../../support/start-gateway';
import { type Message, TestSocket } from '../../../support/test-socket';

const ROOM = 'presence-room';

/** The member list that a joiner was given. */
function members({ event, data }: Message): unknown {
  if (event !== 'pusher_internal:subscription_succeeded') throw new Error(event);
  return (JSON.parse(data as string) as { presence: unknown }).presence;
}

function added(data: object): Message {
  return { event: 'pusher_internal:member_added', channel: ROOM, data: JSON.stringify(data) };
}

function removed(userId: string): Message {
  const data = JSON.stringify({ user_id: userId });
  return { event: 'pusher_internal:member_removed', channel: ROOM, data };
}

t.test('a member comes with the first connection of a user and goes with the last', async (t) => {
  const { port } = await startGateway(t);
  const watcher = await TestSocket.connect(t, port);
  await watcher.subscribe(ROOM, { user_id: 'w' });
  const [one, two] = [await TestSocket.connect(t, port), await TestSocket.connect(t, port)];
  await one.subscribe(ROOM, { user_id: 'u' });
  t.match(members(await two.subscribe(ROOM, { user_id: 'u' })), { count: 2, ids: ['w', 'u'] });
  t.strictSame(await one.settled(), [], 'the user hears nothing of their second connection');
  t.strictSame(await watcher.settled(), [added({ user_id: 'u' })]);
  one.send({ event: 'pusher:unsubscribe', data: { channel: ROOM } });
  await one.settled();
  t.strictSame(await watcher.settled(), []);
  two.send({ event: 'pusher:unsubscribe', data: { channel: ROOM } });
  await two.settled();
  t.strictSame(await watcher.settled(), [removed('u')]);
});

t.test('the user information of a member stays that of the first connection', async (t) => {
  const { port } = await startGateway(t);
  const [one, two] = [await TestSocket.connect(t, port), await TestSocket.connect(t, port)];
  await one.subscribe(ROOM, { user_id: 'u', user_info: { name: 'first' } });
  const second = await two.subscribe(ROOM, { user_id: 'u', user_info: { name: 'second' } });
  t.match(members(second), { count: 1, hash: { u: { name: 'first' } } });
  one.send({ event: 'pusher:unsubscribe', data: { channel: ROOM } });
  await one.settled();
  const third = await TestSocket.connect(t, port);
  const list = members(await third.subscribe(ROOM, { user_id: 'x' }));
  t.match(list, { hash: { u: { name: 'first' } } }, 'even when that one has gone');
  two.send({ event: 'pusher:unsubscribe', data: { channel: ROOM } });
  await two.settled();
  const again = await two.subscribe(ROOM, { user_id: 'u', user_info: { name: 'second' } });
  t.match(members(again), { hash: { u: { name: 'second' } } }, 'until all have');
});

t.test('user_info may be missing', async (t) => {
  const { port } = await startGateway(t);
  const [one, two] = [await TestSocket.connect(t, port), await TestSocket.connect(t, port)];
  t.strictSame(members(await one.subscribe(ROOM, { user_id: 'a' })), {
    count: 1,
    ids: ['a'],
    hash: { a: null },
  });
  await two.subscribe(ROOM, { user_id: 'b', user_info: {} });
  t.strictSame(await one.settled(), [added({ user_id: 'b', user_info: {} })]);
});

t.test('a lost member is removed like a member that leaves', async (t) => {
  const { port } = await startGateway(t);
  const watcher = await TestSocket.connect(t, port);
  await watcher.subscribe(ROOM, { user_id: 'w' });
  for (const how of ['drop', 'close'] as const) {
    const member = await TestSocket.connect(t, port);
    await member.subscribe(ROOM, { user_id: how });
    t.strictSame(await watcher.next(), added({ user_id: how }));
    if (how === 'drop') member.drop();
    else member.raw.send(8);
    t.strictSame(await watcher.next(), removed(how));
  }
});

t.test('a joiner finds itself in its list and hears no member_added of itself', async (t) => {
  const { port } = await startGateway(t);
  const [one, two] = [await TestSocket.connect(t, port), await TestSocket.connect(t, port)];
  await one.subscribe(ROOM, { user_id: 'a', user_info: { n: 1 } });
  t.strictSame(members(await two.subscribe(ROOM, { user_id: 'b', user_info: { n: 2 } })), {
    count: 2,
    ids: ['a', 'b'],
    hash: { a: { n: 1 }, b: { n: 2 } },
  });
  t.strictSame(await two.settled(), []);
});

t.test('the data of member messages is a string', async (t) => {
  const { port } = await startGateway(t);
  const [one, two] = [await TestSocket.connect(t, port), await TestSocket.connect(t, port)];
  await one.subscribe(ROOM, { user_id: 'a' });
  await two.subscribe(ROOM, { user_id: 'b', user_info: { n: 1 } });
  t.equal(
    await one.nextText(),
    `{"event":"pusher_internal:member_added","channel":"${ROOM}","data":"{\\"user_id\\":\\"b\\",\\"user_info\\":{\\"n\\":1}}"}`,
  );
  two.drop();
  t.equal(
    await one.nextText(),
    `{"event":"pusher_internal:member_removed","channel":"${ROOM}","data":"{\\"user_id\\":\\"b\\"}"}`,
  );
});

t.test('a user id may be a number and is a string ever after', async (t) => {
  const { port } = await startGateway(t);
  const [one, two] = [await TestSocket.connect(t, port), await TestSocket.connect(t, port)];
  t.strictSame(members(await one.subscribe(ROOM, { user_id: 10 })), {
    count: 1,
    ids: ['10'],
    hash: { '10': null },
  });
  t.match(members(await two.subscribe(ROOM, { user_id: '10' })), { count: 1 });
});

t.test('channel_data that breaks a rule is refused', async (t) => {
  const { port } = await startGateway(t);
  const socket = await TestSocket.connect(t, port);
  const id =
    'user_id supplied to presence subscription is invalid - it must be a string or a number';
  const info =
    'user_info supplied to presence subscription is invalid - if supplied it must be a type of hash';
  const rows: Array<[string | undefined, string]> = [
    [undefined, 'Missing parameter: channel_data'],
    ['', 'channel_data must be a JSON object'],
    ['null', 'channel_data must be a JSON object'],
    ['{}', id],
    ['{"user_id":null}', id],
    ['{"user_id":""}', id],
    ['{"user_id":{}}', id],
    ['{"user_id":"a","user_info":"b"}', info],
    ['{"user_id":"a","user_info":[]}', info],
  ];
  for (const [channelData, message] of rows) {
    const auth = socket.auth(ROOM, channelData);
    const data = { auth, channel: ROOM, channel_data: channelData };
    socket.send({ event: 'pusher:subscribe', data });
    t.strictSame((await socket.next()).data, { code: null, message });
    t.match(await socket.next(), { data: { type: 'AuthError', error: message, status: 401 } });
  }
});

t.test('a presence channel takes its number of users and no more', async (t) => {
  const { port } = await startGateway(t, { limits: { maxMembersPerChannel: 2 } });
  const sockets = await Promise.all([1, 2, 3, 4].map(() => TestSocket.connect(t, port)));
  const [a, b, again, c] = sockets as [TestSocket, TestSocket, TestSocket, TestSocket];
  await a.subscribe(ROOM, { user_id: 'a' });
  await b.subscribe(ROOM, { user_id: 'b' });
  t.match(members(await again.subscribe(ROOM, { user_id: 'a' })), { count: 2 }, 'users count');
  const error = 'Presence channel is full (2 members)';
  t.match(await c.subscribe(ROOM, { user_id: 'c' }), { data: { code: null, message: error } });
  t.match(await c.next(), { data: { type: 'LimitReached', error, status: 4100 } });
  b.drop();
  await a.next();
  await a.next();
  t.match(members(await c.subscribe(ROOM, { user_id: 'c' })), { ids: ['a', 'c'] });
});

t.test('user ids and user information are held to their sizes', async (t) => {
  const { port } = await startGateway(t);
  const socket = await TestSocket.connect(t, port);
  // The JSON text {"i":"…"} has 8 characters around its value, which counts in UTF-8.
  const info = { i: `é${'x'.repeat(1024 - 8 - 2)}` };
  const id = 'i'.repeat(128);
  members(await socket.subscribe('presence-1', { user_id: id, user_info: info }));
  const large = await socket.subscribe(ROOM, { user_id: id, user_info: { i: `${info.i}x` } });
  const tooLarge = 'user_info is larger than the allowed maximum (1024 bytes)';
  t.match(large, { data: { code: null, message: tooLarge } });
  t.match(await socket.next(), { data: { type: 'LimitReached', error: tooLarge, status: 4301 } });
  const tooLong = 'user id is longer than the allowed maximum (128 characters)';
  t.match(await socket.subscribe(ROOM, { user_id: `${id}i` }), { data: { message: tooLong } });
  t.match(await socket.next(), { data: { type: 'LimitReached', error: tooLong, status: 4301 } });
});

t.test('the list of members that a joiner is given follows every change', async () => {
  const userId = fc.oneof(fc.integer({ min: 0, max: 400 }).map(String), fc.string());
  const info = fc.option(fc.json(), { nil: undefined });
  const step = fc.record({ userId, userInfo: info, added: fc.boolean() });
  // Many leave a long list now and then, so that its blocks are filled up again.
  const run = fc
    .record({ from: fc.nat(400), count: fc.nat(300), added: fc.boolean() })
    .map((some) =>
      Array.from({ length: some.count }, (_, i) => ({
        ...{ userId: String(some.from + i), userInfo: undefined, added: some.added },
      })),
    );
  const steps = fc.array(
    fc.oneof({ weight: 8, arbitrary: fc.tuple(step) }, { weight: 1, arbitrary: run }),
    {
      maxLength: 60,
      size: 'max',
    },
  );
  fc.assert(
    fc.property(steps, fc.nat(300), (changes, fetched) => {
      const list = new MemberList();
      const fetch = list.fetching();
      const present = Array.from({ length: fetched }, (_, i) => String(i));
      const members = present.map((id) => ({ userId: id, userInfo: undefined }));
      list.fetched({ members, seq: 0 }, fetch);
      const model = new Map<string, string | undefined>(present.map((id) => [id, undefined]));
      let seq = 0;
      return changes.every((some) => {
        for (const change of some) {
          list.take({ ...change, seq: ++seq });
          if (!change.added) model.delete(change.userId);
          else if (!model.has(change.userId)) model.set(change.userId, change.userInfo);
        }
        const hash = [...model].map(([id, text]) => `${JSON.stringify(id)}:${text ?? 'null'}`);
        const ids = JSON.stringify([...model.keys()]);
        const presence = `{"count":${model.size},"ids":${ids},"hash":{${hash.join()}}}`;
        const { data } = JSON.parse(list.answer(ROOM)) as { data: string };
        return data === `{"presence":${presence}}`;
      });
    }),
    { numRuns: 50 },
  );
});
