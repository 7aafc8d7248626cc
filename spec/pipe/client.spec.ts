import t from 'tap';
import { connectedClient, scriptedClient, settled } from '../support/scripted-client';

t.test('connect while connected resolves, and while connecting is the same attempt', async (t) => {
  const { client, gateway } = scriptedClient();
  const both = [client.connect(), client.connect()];
  t.equal(gateway.sockets.length, 1);
  gateway.socket.open();
  await Promise.all(both);
  await client.connect();
  t.equal(gateway.sockets.length, 1);
});

t.test('disconnect says goodbye, waits for the close, and emits disconnected once', async (t) => {
  const { client, gateway, states } = connectedClient();
  const told: unknown[] = [];
  client.on('disconnected', (info) => void told.push(info));
  const over = client.disconnect();
  t.equal(client.disconnect(), over, 'a second call is the same');
  await settled();
  t.match(gateway.socket.find('bye'), { reason: 'disconnect' });
  t.match(gateway.socket.closed, { code: 1000 });
  t.equal(client.state, 'closing');
  gateway.socket.drop(1000);
  await over;
  t.same(states, ['dialing', 'greeting', 'open', 'closing', 'closed']);
  t.same(told, [{ code: 1000, reason: 'disconnect', willReconnect: false, error: undefined }]);
});

t.test('a gateway that does not answer the close is not waited for', async (t) => {
  const { client, gateway, clock } = connectedClient();
  const over = client.disconnect();
  await settled();
  clock.advance(2_000);
  await over;
  t.equal(gateway.socket.terminated, true);
  t.equal(client.state, 'closed');
  t.equal(clock.timers, 0);
});

t.test(
  'disconnect ends every state, and connect that was pending rejects with closed',
  async (t) => {
    for (const state of ['idle', 'dialing', 'greeting', 'waiting', 'failed'] as const) {
      const { client, gateway, clock } = scriptedClient();
      const connected = state === 'idle' ? undefined : client.connect();
      if (state === 'greeting') gateway.socket.accept();
      if (state === 'waiting') gateway.socket.fail('refused');
      if (state === 'failed') gateway.socket.refuse(401, '{"error":{"code":"bad_signature"}}');
      t.equal(client.state, state);
      const over = client.disconnect();
      await settled();
      clock.advance(2_000);
      await over;
      t.equal(client.state, 'closed', state);
      t.equal(clock.timers, 0, state);
      if (connected !== undefined) {
        await t.rejects(
          connected,
          { code: state === 'failed' ? 'bad_credentials' : 'closed' },
          state,
        );
      }
    }
  },
);

t.test('connect during disconnect is refused, and afterwards opens a new session', async (t) => {
  const { client, gateway } = connectedClient();
  const resets: unknown[] = [];
  client.on('reset', (info) => void resets.push(info));
  const over = client.disconnect();
  await t.rejects(client.connect(), { code: 'closed' });
  gateway.socket.drop(1000);
  await over;
  const connected = client.connect();
  gateway.socket.accept();
  t.equal(gateway.socket.hello.session.length, 0);
  t.same(gateway.socket.hello.positions, []);
  gateway.socket.welcome();
  await connected;
  t.same(resets, [], 'what was ended on purpose was not lost');
});

t.test(
  'disconnect takes no more events, and lets running handlers finish and answer',
  async (t) => {
    const { client, gateway, clock } = connectedClient();
    const heard: string[] = [];
    let finish: () => void = () => t.fail('the handler did not run');
    client.sockets.on('event', async (name, id) => {
      heard.push(name);
      await new Promise<void>((resolve) => (finish = resolve));
      client.socket(id).trigger('answer');
    });
    gateway.socket.events({ event: 'a' });
    const over = client.disconnect();
    gateway.socket.events({ event: 'b' });
    await settled();
    t.equal(client.state, 'open');
    finish();
    await settled();
    clock.endTurn();
    t.match(gateway.socket.commands, [{ event: 'answer' }]);
    gateway.socket.applied(1);
    await settled();
    t.match(gateway.socket.find('commands').ack, { positions: [{ offset: 1 }] });
    gateway.socket.drop(1000);
    await over;
    t.same(heard, ['a']);
  },
);

t.test('a handler that never ends delays disconnect for drainMs and no longer', async (t) => {
  const { client, gateway, clock } = connectedClient({ drainMs: 3_000 });
  client.sockets.on('event', () => new Promise(() => undefined));
  gateway.socket.events({ event: 'a' });
  const over = client.disconnect();
  await settled();
  clock.advance(2_999);
  await settled();
  t.equal(client.state, 'open');
  clock.advance(1);
  await settled();
  t.equal(client.state, 'closing');
  gateway.socket.drop(1000);
  await over;
});

t.test('a reconnect while disconnect drains brings no new events', async (t) => {
  const { client, gateway, clock } = connectedClient();
  const heard: string[] = [];
  client.sockets.on('event', (name) => {
    heard.push(name);
    return new Promise(() => undefined);
  });
  gateway.socket.events({ event: 'a' });
  const over = client.disconnect();
  gateway.socket.drop();
  clock.advance(1_000);
  gateway.socket.open().events({ event: 'b', socketId: '2.2' });
  t.same(heard, ['a']);
  clock.advance(20_000);
  await settled();
  clock.advance(20_000);
  await over;
});

t.test('subscriptions made before connect are announced, and again after every reconnect', (t) => {
  const { client, gateway, clock } = scriptedClient();
  client.subscribe(['socket_existence', 'socket_message'], {
    channels: ['game-*'],
    events: ['move'],
  });
  const wanted = [
    { kind: 1, channels: [], events: [] },
    { kind: 2, channels: ['game-*'], events: ['move'] },
  ];
  void client.connect();
  gateway.socket.open();
  t.same(gateway.socket.hello.rules, wanted);
  gateway.socket.drop();
  clock.advance(1_000);
  gateway.socket.open();
  t.same(gateway.socket.hello.rules, wanted);
  clock.endTurn();
  t.equal(gateway.socket.count('subscribe'), 0, 'once each');
  t.end();
});

t.test('subscriptions made while connected are announced once a turn, all of them', (t) => {
  const { client, gateway, clock } = connectedClient();
  client
    .subscribe(['socket_message'])
    .subscribe(['channel_existence'])
    .subscribe(['socket_message']);
  clock.endTurn();
  client.unsubscribe(['socket_message']);
  client.unsubscribe(['socket_existence']);
  clock.endTurn();
  const told = gateway.socket.sent.flatMap((f) =>
    f.type === 'subscribe' ? [f.rules.map((r) => r.kind)] : [],
  );
  t.same(told, [[2, 3], [3]]);
  t.end();
});

t.test('a subscription made between hello and welcome is not forgotten', (t) => {
  const { client, gateway, clock } = scriptedClient();
  void client.connect();
  gateway.socket.accept();
  client.subscribe(['socket_message']);
  clock.endTurn();
  gateway.socket.welcome();
  clock.endTurn();
  t.match(gateway.socket.find('subscribe').rules, [{ kind: 2 }]);
  t.end();
});

t.test('subscriptions the gateway refuses go to the error event', (t) => {
  const { gateway, errors } = connectedClient();
  gateway.socket.say({ type: 'subscribed', id: 1 });
  gateway.socket.say({ type: 'subscribed', id: 2, error: { code: 4214, message: 'bad rule' } });
  t.match(errors, [{ code: 'refused', status: 4214, message: 'subscriptions: bad rule' }]);
  t.end();
});

t.test('bad subscriptions are refused and change nothing', (t) => {
  const { client, gateway, clock } = connectedClient();
  const bad: Array<[kinds: unknown, filter?: unknown]> = [
    ['socket_messages'],
    [[]],
    [['socket_messages']],
    [['__proto__']],
    [['socket_message', Symbol('s')]],
    [['socket_message'], { channels: [] }],
    [['socket_message'], { channels: 'room' }],
    [['socket_message'], { events: [''] }],
    [['socket_message'], { events: [5] }],
    [['socket_message'], { events: ['x'.repeat(201)] }],
    [
      ['socket_message'],
      { channels: Array.from({ length: 1_000 }, (_, i) => `${i}`.padEnd(100, 'x')) },
    ],
  ];
  for (const [kinds, filter] of bad) {
    t.throws(() => client.subscribe(kinds as never, filter as never), { code: 'bad_argument' });
  }
  clock.endTurn();
  t.equal(gateway.socket.count('subscribe'), 0);
  t.end();
});

t.test(
  'subscribed resolves when the gateway has taken all subscriptions made so far',
  async (t) => {
    const { client, gateway, clock } = scriptedClient();
    const told: string[] = [];
    const note = (what: string): void => void client.subscribed().then(() => told.push(what));
    client.subscribe(['socket_existence']);
    note('before connect');
    void client.connect();
    gateway.socket.accept();
    await settled();
    t.same(told, [], 'not by HELLO alone');
    gateway.socket.welcome();
    await settled();
    t.same(told, ['before connect']);

    client.subscribe(['socket_message']);
    note('second');
    clock.endTurn();
    client.subscribe(['channel_existence']);
    note('third');
    clock.endTurn();
    await settled();
    t.same(told, ['before connect']);
    gateway.socket.say({ type: 'subscribed', id: 1 });
    await settled();
    t.same(told, ['before connect', 'second']);
    gateway.socket.say({ type: 'subscribed', id: 2 });
    await settled();
    t.same(told, ['before connect', 'second', 'third']);
    note('at once');
    await settled();
    t.equal(told.at(-1), 'at once');
  },
);

t.test('subscribed waits for the next connection when one is lost before the answer', async (t) => {
  const { client, gateway, clock } = connectedClient();
  client.subscribe(['socket_message']);
  let taken = false;
  const subscribed = client.subscribed().then(() => (taken = true));
  clock.endTurn();
  gateway.socket.drop();
  clock.advance(1_000);
  gateway.socket.accept();
  await settled();
  t.equal(taken, false);
  gateway.socket.welcome();
  await subscribed;
  t.match(gateway.socket.hello.rules, [{ kind: 2 }]);
  gateway.socket.drop();
  taken = false;
  void client.subscribed().then(() => (taken = true));
  await settled();
  t.equal(taken, false, 'without a connection nothing is heard');
});

t.test('subscribed rejects what the gateway refuses, and nobody else is told', async (t) => {
  const { client, gateway, clock, errors } = connectedClient();
  client.subscribe(['socket_message']);
  const subscribed = client.subscribed();
  clock.endTurn();
  gateway.socket.say({ type: 'subscribed', id: 1, error: { code: 4214, message: 'bad rule' } });
  await t.rejects(subscribed, {
    code: 'refused',
    status: 4214,
    message: 'subscriptions: bad rule',
  });
  t.same(errors, []);
  client.subscribe(['channel_existence']);
  const ended = client.subscribed();
  const over = client.disconnect();
  await settled();
  gateway.socket.drop(1000);
  await over;
  await t.rejects(ended, { code: 'closed' });
  await t.rejects(client.subscribed(), { code: 'closed' });
  void client.connect();
  gateway.socket.open();
  await client.subscribed();
});

t.test('misspelt filters, kinds and patterns are refused with what is allowed', (t) => {
  const { client, gateway, clock } = connectedClient();
  const bad: Array<[run: () => unknown, message: RegExp]> = [
    [
      () => client.subscribe(['socket_message'], { channel: ['a'] } as never),
      /filter cannot have channel; did you mean channels\?; allowed are channels, events, conflate/,
    ],
    [() => client.subscribe(['socket_mesage'] as never), /did you mean socket_message\?/],
    [() => client.subscribe(['socket_message'], { channels: ['a*b'] }), /comes last.*a\*b/],
    [() => client.subscribe(['socket_message'], { events: ['*a'] }), /comes last.*\*a/],
    [() => client.subscribe(['socket_message'], { channels: ['a', 'b ad'] }), /channels: .*b ad/],
    [() => client.subscribe(['socket_message'], { channels: ['rôle-*'] }), /letters, digits/],
    [() => client.authorize('private-b ad', () => true), /channels: .*private-b ad/],
    [() => client.authorize('private-*-x', () => true), /comes last/],
    [() => client.authorize('room-*', () => true), /private- or presence-.*room-\*/],
    [() => client.authorize(['private-a', 'room'], () => true), /private- or presence-.*room/],
    [() => client.sockets.on('opne' as never, () => 0), /did you mean open\?/],
  ];
  for (const [run, message] of bad) t.throws(run, { code: 'bad_argument', message });
  clock.endTurn();
  t.equal(gateway.socket.count('subscribe'), 0);
  for (const pattern of ['*', 'p*', 'private-*', 'presence-room', 'private-encrypted-*']) {
    client.authorize(pattern, () => true);
  }
  clock.endTurn();
  t.equal(gateway.socket.find('subscribe').rules.length, 5);
  t.end();
});

t.test('a client with a name says it in every HELLO', (t) => {
  const { client, gateway, clock } = scriptedClient({ name: 'chat' });
  void client.connect();
  gateway.socket.open();
  t.equal(gateway.socket.hello.name, 'chat');
  gateway.socket.drop();
  clock.advance(1_000);
  gateway.socket.accept();
  t.equal(gateway.socket.hello.name, 'chat');
  const unnamed = connectedClient();
  t.equal(unnamed.gateway.socket.hello.name, '');
  t.end();
});
