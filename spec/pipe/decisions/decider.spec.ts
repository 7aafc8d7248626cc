import fc from 'fast-check';
import t from 'tap';
import { deferred } from '../../../lib/util/deferred';
import { RuleKind } from '../../../lib/wire/frames';
import type { ScriptedSocket } from '../../support/scripted-socket';
import { connectedClient, scriptedClient, settled } from '../../support/scripted-client';
import { runs } from '../../support/depth';

const REQUEST = { socketId: '1.2', channel: 'private-a', headers: {}, body: {} };

function ask(socket: ScriptedSocket, method: string, params: unknown = REQUEST, id = 5): void {
  const text = typeof params === 'string' ? params : JSON.stringify(params);
  socket.say({ type: 'query', id, method, params: text, deadlineMs: 1000 });
}

t.test('the rules of a decider stand in HELLO', async (t) => {
  const { client, gateway } = scriptedClient();
  client
    .authorize(['private-*', 'presence-a'], () => true)
    .authorize('private-b', () => true)
    .authenticate(() => ({ id: 'u' }));
  void client.connect();
  t.strictSame(gateway.socket.open().hello.rules, [
    { kind: RuleKind.AUTHORIZE, channels: ['private-*', 'presence-a'], events: [] },
    { kind: RuleKind.AUTHORIZE, channels: ['private-b'], events: [] },
    { kind: RuleKind.AUTHENTICATE, channels: [], events: [] },
  ]);
});

t.test('a later decider is announced, and is no subscription', async (t) => {
  const { client, gateway, clock } = connectedClient();
  client.authorize('private-*', () => true);
  clock.endTurn();
  const rules = [{ kind: RuleKind.AUTHORIZE, channels: ['private-*'], events: [] }];
  t.strictSame(gateway.socket.find('subscribe').rules, rules);
  client.subscribe(['socket_message']).unsubscribe(['socket_message']);
  clock.endTurn();
  t.strictSame(gateway.socket.find('subscribe').rules, rules);
});

t.test('bad patterns and handlers are refused, and change nothing', async (t) => {
  const { client, gateway, clock } = connectedClient();
  const good = (): boolean => true;
  for (const [patterns, handler] of [
    ...[undefined, null, [], [''], [7], 7, {}, 'x'.repeat(201)].map((each) => [each, good]),
    ...[undefined, null, true, {}].map((each) => ['private-*', each]),
  ]) {
    t.throws(() => client.authorize(patterns as never, handler as never), { code: 'bad_argument' });
  }
  t.throws(() => client.authenticate(undefined as never), { code: 'bad_argument' });
  clock.endTurn();
  t.equal(gateway.socket.count('subscribe'), 0);
});

t.test('the answer carries the id of its question, whichever is first', async (t) => {
  const { client, gateway } = connectedClient();
  const first = deferred<boolean>();
  client.authorize('private-a', () => first.promise).authorize('private-b', () => false);
  ask(gateway.socket, 'authorize', REQUEST, 1);
  ask(gateway.socket, 'authorize', { ...REQUEST, channel: 'private-b' }, 2);
  await settled();
  first.resolve(true);
  await settled();
  const replies = gateway.socket.sent.filter(({ type }) => type === 'reply');
  t.match(replies, [
    { id: 2, result: '{"allowed":false}', more: false },
    { id: 1, result: '{"allowed":true}', more: false },
  ]);
  t.equal(replies.length, 2);
});

t.test('an answer never goes over another connection than its question came on', async (t) => {
  for (const outcome of ['yes', 'failure']) {
    const { client, gateway, clock } = connectedClient();
    const decision = deferred<boolean>();
    client.authorize('private-*', () => decision.promise);
    ask(gateway.socket, 'authorize');
    gateway.socket.drop();
    clock.advance(30_000);
    gateway.socket.open();
    if (outcome === 'yes') decision.resolve(true);
    else decision.reject(new Error('late'));
    await settled();
    for (const socket of gateway.sockets) t.equal(socket.count('reply'), 0, outcome);
  }
});

t.test('a question that nothing here decides is answered so', async (t) => {
  const { client, gateway } = connectedClient();
  const called = (): boolean => t.fail('no handler runs');
  client.authorize('private-*', called);
  for (const [method, params] of [
    ['authenticate', REQUEST],
    ['authorize', { ...REQUEST, channel: 'presence-a' }],
    ['authorize', { ...REQUEST, channel: 7 }],
    ['authorize', { channel: 'private-a' }],
    ['authorize', 'no JSON'],
    ['authorize', '[]'],
    ['anything', REQUEST],
    ['', ''],
  ] as const) {
    ask(gateway.socket, method, params);
    await settled();
    t.match(gateway.socket.sent.pop(), { type: 'reply', id: 5, error: { code: 4218 } });
  }
});

t.test('a handler that fails is told of here, and not to the gateway', async (t) => {
  const { client, gateway, errors } = connectedClient();
  client.authorize('private-*', () => {
    throw new Error('the password of the database is 1234');
  });
  ask(gateway.socket, 'authorize');
  await settled();
  t.match(errors, [{ code: 'handler_failed', message: /authorize failed: the password/ }]);
  const { result, error } = gateway.socket.find('reply');
  t.strictSame([result, error], ['', { code: 4500, message: 'the handler failed' }]);
});

t.test('only true and an object allow, whatever a handler returns', async (t) => {
  const { client, gateway } = connectedClient();
  let returned: unknown;
  let allowed = 0;
  client.authorize('presence-*', () => returned as boolean);
  await fc.assert(
    fc.asyncProperty(fc.anything(), async (value) => {
      returned = value;
      ask(gateway.socket, 'authorize', { ...REQUEST, channel: 'presence-a' });
      await settled();
      const reply = gateway.socket.sent.pop();
      if (reply?.type !== 'reply') throw new Error('there was no answer');
      const said = reply.result.startsWith('{"allowed":true');
      const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
      if (said) allowed++;
      if (said && value !== true && !isObject) throw new Error(`${reply.result} came of it`);
    }),
    { numRuns: runs(300) },
  );
  t.ok(allowed > 0);
});

t.test('values of odd types and many cookies reach a handler as text or not at all', async (t) => {
  const { client, gateway } = connectedClient();
  let seen: unknown[] = [];
  client.authorize('*', ({ headers, body, cookies }) => {
    seen = [...[headers, body, cookies].map((map) => [...map])];
    return true;
  });
  const headers = { 'set-cookie': ['a'], cookie: ' a = 1 ;=2;b;c=%zz;d="x y"', x: 7 };
  ask(gateway.socket, 'authorize', { ...REQUEST, headers, body: { a: 'b', c: {} } });
  await settled();
  t.strictSame(seen, [
    [['cookie', headers.cookie]],
    [['a', 'b']],
    [
      ['a', '1'],
      ['c', '%zz'],
      ['d', 'x y'],
    ],
  ]);
});
