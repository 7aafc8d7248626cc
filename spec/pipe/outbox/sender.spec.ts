import t from 'tap';
import type { StandpipeError } from '../../../lib/errors';
import { connectedClient, scriptedClient, settled } from '../../support/scripted-client';
import { commandAck } from '../../support/scripted-socket';

t.test('the triggers of one turn travel as one frame, in their order', (t) => {
  const { client, gateway, clock } = connectedClient();
  const room = client.channel('room');
  for (let i = 0; i < 1000; i += 1) room.trigger('tick', i);
  t.equal(gateway.socket.count('commands'), 0);
  clock.endTurn();
  t.equal(gateway.socket.count('commands'), 1);
  t.same(
    gateway.socket.commands.map(({ data }) => Number(data)),
    Array.from({ length: 1000 }, (_, i) => i),
  );
  t.end();
});

t.test('a frame holds at most 1 024 commands and about 64 KiB', (t) => {
  const { client, gateway, clock } = connectedClient();
  for (let i = 0; i < 2500; i += 1) client.channel('room').trigger('e', 1);
  clock.endTurn();
  for (let i = 0; i < 20; i += 1) client.channel('room').trigger('e', 'x'.repeat(10_000));
  clock.endTurn();
  const sizes = gateway.socket.sent.flatMap((f) =>
    f.type === 'commands' ? f.commands.length : [],
  );
  t.same(sizes.slice(0, 3), [1024, 1024, 452]);
  t.ok(Math.max(...sizes.slice(3)) <= 6);
  t.equal(
    sizes.reduce((a, b) => a + b),
    2520,
  );
  t.end();
});

t.test('commands carry the names, data and sockets they were given', (t) => {
  const { client, gateway, clock } = connectedClient();
  client.channel('room').trigger('a', { x: 1 }, { except: '1.1' });
  client.channel('room').trigger('b', undefined, { except: ['1.1', '2.2'] });
  client.socket('3.3').trigger('c', 'text');
  clock.endTurn();
  t.match(gateway.socket.commands, [
    { verb: 1, channel: 'room', event: 'a', data: '{"x":1}', exceptSockets: ['1.1'] },
    { verb: 1, channel: 'room', event: 'b', data: 'null', exceptSockets: ['1.1', '2.2'] },
    { verb: 2, socketId: '3.3', event: 'c', data: '"text"' },
  ]);
  t.end();
});

t.test('triggers before connect are kept and sent after the welcome', (t) => {
  const { client, gateway, clock } = scriptedClient();
  t.equal(client.channel('room').trigger('early'), true);
  void client.connect();
  gateway.socket.open();
  clock.endTurn();
  t.match(gateway.socket.commands, [{ event: 'early' }]);
  t.end();
});

t.test('no more is sent than the gateway gave credit for', (t) => {
  const { client, gateway, clock } = scriptedClient();
  void client.connect();
  gateway.socket.accept().welcome({ commandAck: commandAck(0, { messages: 3, bytes: 1000 }) });
  for (let i = 0; i < 5; i += 1) client.channel('room').trigger('e', i);
  clock.endTurn();
  t.equal(gateway.socket.commands.length, 3);
  gateway.socket.applied(1);
  clock.endTurn();
  t.equal(gateway.socket.commands.length, 4);
  gateway.socket.say({
    type: 'commandAck',
    applied: 1,
    refused: [],
    receipts: [],
    credit: { messages: 10, bytes: 1000 },
  });
  clock.endTurn();
  t.equal(gateway.socket.commands.length, 5);
  t.end();
});

t.test('bad arguments throw at once with the rule they break', (t) => {
  const { client, gateway, clock } = connectedClient();
  const room = client.channel('room');
  const loop: { self?: unknown } = {};
  loop.self = loop;
  const any = (value: unknown): never => value as never;
  const bad: Array<[RegExp, () => unknown]> = [
    [/1 to 200/, () => room.trigger('')],
    [/1 to 200/, () => room.trigger('x'.repeat(201))],
    [/1 to 200/, () => room.trigger(any(5))],
    [/1 to 200/, () => room.trigger('\ud800')],
    [/reserved/, () => room.trigger('pusher:ping')],
    [/reserved/, () => room.trigger('pusher_internal:x')],
    [/10240 are allowed/, () => room.trigger('e', 'x'.repeat(10_239))],
    [/10240 are allowed/, () => room.trigger('e', '€'.repeat(3_413))],
    [/circular/, () => room.trigger('e', loop)],
    [/BigInt/, () => room.trigger('e', 1n)],
    [/function/, () => room.trigger('e', () => 1)],
    [/symbol/, () => room.trigger('e', Symbol('s'))],
    [/except/, () => room.trigger('e', 1, { except: any(5) })],
    [/socket id/, () => room.trigger('e', 1, { except: [any(5)] })],
    [/at most 1000/, () => room.trigger('e', 1, { except: Array<string>(1001).fill('1.1') })],
    [/options/, () => room.trigger('e', 1, any(5))],
    [/callback/, () => room.trigger('e', 1, {}, any('cb'))],
    [/first argument/, () => client.channel('other').trigger(any(undefined))],
    [/first argument/, () => client.channel('other').trigger(any({ a: 1 }), any('e'))],
    [
      /exept; did you mean except\?; allowed are/,
      () => room.trigger('e', 1, any({ exept: '1.1' })),
    ],
    [/cannot have except/, () => client.socket('1.1').trigger('e', 1, any({ except: '2.2' }))],
    [/letters, digits/, () => client.channel('no spaces')],
    [/letters, digits/, () => client.channel('')],
    [/164/, () => client.channel('x'.repeat(165))],
    [/letters, digits/, () => client.channel(any(undefined))],
    [/socket id/, () => client.socket('')],
    [/socket id/, () => client.socket(any(1.1))],
  ];
  for (const [message, run] of bad)
    t.throws(run, { code: 'bad_argument', message }, String(message));
  clock.endTurn();
  t.equal(gateway.socket.commands.length, 0);
  t.equal(
    room.trigger('x'.repeat(200), 'x'.repeat(10_238)),
    true,
    'the limits themselves are allowed',
  );
  t.end();
});

t.test('the gateway may allow other sizes of data', (t) => {
  const { client, gateway } = scriptedClient();
  void client.connect();
  gateway.socket.accept().welcome({
    limits: { frameBytes: 1_048_576, batch: 10, dataBytes: 20, pingMs: 10_000, deadMs: 25_000 },
  });
  t.equal(client.channel('room').trigger('e', 'x'.repeat(18)), true);
  t.throws(() => client.channel('room').trigger('e', 'x'.repeat(19)), { code: 'bad_argument' });
  t.end();
});

t.test('a command that no outbox of this size can hold is a bad argument', (t) => {
  const { client } = connectedClient({ maxOutboxBytes: 100 });
  t.throws(() => client.channel('room').trigger('e', 'x'.repeat(100)), { code: 'bad_argument' });
  t.end();
});

t.test('publish resolves when the gateway has applied the command', async (t) => {
  const { client, gateway, clock } = connectedClient();
  const accepted = client.channel('room').publish('a', 1);
  const delivered = client.socket('1.1').publish('b', 2, { ack: 'delivered' });
  clock.endTurn();
  t.match(gateway.socket.commands, [{ event: 'a' }, { event: 'b', receipt: 'delivered' }]);
  gateway.socket.say({
    type: 'commandAck',
    applied: 2,
    refused: [],
    receipts: [{ seq: 2, sockets: 5 }],
  });
  t.same(await accepted, { status: 'accepted' });
  t.same(await delivered, { status: 'delivered', sockets: 5 });
});

t.test('a refused command is told to its promise, its callback, or the error event', async (t) => {
  const { client, gateway, clock, errors } = connectedClient();
  const published = client.channel('room').publish('a');
  let told: StandpipeError | null | undefined;
  client.channel('room').trigger('b', 1, {}, (error) => (told = error));
  client.socket('9.9').trigger('c');
  clock.endTurn();
  const refused = [1, 2, 3].map((seq) => ({ seq, code: 4211, message: 'no such socket' }));
  gateway.socket.say({ type: 'commandAck', applied: 3, refused, receipts: [] });
  await t.rejects(published, { code: 'refused', status: 4211 });
  t.match(told, { code: 'refused', status: 4211 });
  t.match(errors, [{ code: 'refused', status: 4211, message: 'c to socket 9.9: no such socket' }]);
});

t.test('a callback is told null when the command was applied, and may throw', (t) => {
  const { client, gateway, clock, errors } = connectedClient();
  const told: unknown[] = [];
  client.socket('1.1').trigger('e', 1, (error) => void told.push(error));
  client.socket('1.1').trigger('e', 1, () => {
    throw new Error('in the callback');
  });
  clock.endTurn();
  gateway.socket.applied(2);
  t.same(told, [null]);
  t.match(errors, [{ code: 'handler_failed', cause: { message: 'in the callback' } }]);
  t.end();
});

t.test('above the high-water mark trigger returns false until drain', (t) => {
  const { client, gateway, clock } = connectedClient({ maxOutboxEvents: 100 });
  let drained = 0;
  client.on('drain', () => (drained += 1));
  const verdicts = Array.from({ length: 80 }, () => client.channel('room').trigger('e'));
  const high = verdicts.indexOf(false);
  t.ok(high > 50, `slows down at ${high}`);
  t.ok(verdicts.slice(high).every((verdict) => !verdict));
  clock.endTurn();
  t.equal(gateway.socket.commands.length, 80, 'what is above the mark is sent all the same');
  gateway.socket.applied(80);
  t.equal(drained, 1);
  t.equal(client.channel('room').trigger('e'), true);
  t.end();
});

t.test('a full outbox refuses triggers and says so once for all of a turn', (t) => {
  const { client, clock, errors } = connectedClient({ maxOutboxEvents: 10 });
  const told: unknown[] = [];
  for (let i = 0; i < 10; i += 1) client.channel('room').trigger('e');
  const refused = Array.from({ length: 1000 }, () => client.channel('room').trigger('e'));
  t.notOk(refused.includes(true));
  client.channel('room').trigger('e', 1, {}, (error) => void told.push(error?.code));
  t.same([errors.length, told.length], [0, 0], 'nothing happens inside of trigger');
  clock.endTurn();
  t.match(errors, [{ code: 'outbox_full', message: /^1000 commands: / }]);
  t.same(told, ['outbox_full']);
  t.end();
});

t.test('an error handler that triggers into a full outbox does not loop', (t) => {
  const { client, clock } = connectedClient({ maxOutboxEvents: 1 });
  let calls = 0;
  client.on('error', () => {
    calls += 1;
    if (calls < 5) client.channel('room').trigger('e');
  });
  client.channel('room').trigger('e');
  client.channel('room').trigger('e');
  clock.endTurn();
  t.equal(calls, 5);
  t.end();
});

t.test('triggers while there is no connection are kept for the next one', (t) => {
  const { client, gateway, clock, errors } = connectedClient();
  gateway.socket.drop();
  client.channel('room').trigger('meanwhile');
  clock.endTurn();
  clock.advance(1_000);
  gateway.socket.open();
  clock.endTurn();
  t.match(gateway.socket.commands, [{ event: 'meanwhile' }]);
  t.same(errors, []);
  t.end();
});

t.test('publish rejects for a full outbox when asked to', async (t) => {
  const { client } = connectedClient({ maxOutboxEvents: 1, whenFull: 'reject' });
  client.channel('room').trigger('e');
  await t.rejects(client.channel('room').publish('e'), { code: 'outbox_full' });
});

t.test('publish rejects for bad arguments, also of its own', async (t) => {
  const { client } = connectedClient();
  await t.rejects(client.channel('room').publish(''), { code: 'bad_argument' });
  await t.rejects(client.channel('room').publish('e', 1, { ack: 'seen' as never }), {
    code: 'bad_argument',
  });
});

t.test('a lost session makes commands in flight unknown and sends the others', async (t) => {
  const { client, gateway, clock, errors } = scriptedClient();
  void client.connect();
  gateway.socket.accept().welcome({ commandAck: commandAck(0, { messages: 2, bytes: 1000 }) });
  const published = client.channel('room').publish('in flight');
  client.channel('room').trigger('in flight too');
  client.channel('room').trigger('not sent yet');
  clock.endTurn();
  gateway.socket.drop();
  clock.advance(1_000);
  gateway.socket.accept();
  t.equal(gateway.socket.hello.nextSeq, 1);
  gateway.socket.welcome({ session: new Uint8Array(16).fill(8) });
  clock.endTurn();
  await t.rejects(published, { code: 'unknown_outcome' });
  t.match(errors, [{ code: 'unknown_outcome' }]);
  t.match(gateway.socket.find('commands'), { firstSeq: 1, commands: [{ event: 'not sent yet' }] });
});

t.test('a resumed session sends again only what was not applied', async (t) => {
  const { client, gateway, clock, errors } = connectedClient();
  const published = ['a', 'b', 'c'].map((event) => client.channel('room').publish(event));
  clock.endTurn();
  gateway.socket.applied(1);
  gateway.socket.drop();
  clock.advance(1_000);
  gateway.socket.accept();
  t.equal(gateway.socket.hello.nextSeq, 2);
  gateway.socket.welcome({ verdict: 'resumed', nextSeq: 3, commandAck: commandAck(2) });
  clock.endTurn();
  t.match(gateway.socket.find('commands'), { firstSeq: 3, commands: [{ event: 'c' }] });
  gateway.socket.applied(3);
  t.equal((await Promise.all(published)).length, 3);
  t.same(errors, []);
});

t.test('a gateway that acknowledges what was never sent breaks the protocol', (t) => {
  const { client, gateway } = connectedClient();
  gateway.socket.applied(1);
  t.match(gateway.socket.closed, { code: 4400 });
  t.equal(client.state, 'waiting');
  t.end();
});

t.test(
  'disconnect waits for the answers to commands and rejects those that had none',
  async (t) => {
    for (const answered of [true, false]) {
      const { client, gateway, clock } = connectedClient({ drainMs: 3_000 });
      const outcome = client
        .channel('room')
        .publish('e')
        .then(
          ({ status }) => status,
          ({ code }: StandpipeError) => code,
        );
      const over = client.disconnect();
      await settled();
      clock.endTurn();
      t.equal(gateway.socket.count('bye'), 0);
      if (answered) gateway.socket.applied(1);
      else clock.advance(3_000);
      await settled();
      t.equal(gateway.socket.count('bye'), 1);
      gateway.socket.drop(1000);
      await over;
      clock.endTurn();
      t.equal(await outcome, answered ? 'accepted' : 'unknown_outcome');
    }
  },
);

t.test('a client that disconnects opens no new session when its own is lost', async (t) => {
  for (const verdict of ['reset', 'new'] as const) {
    const { client, gateway, clock, errors } = connectedClient();
    const told: string[] = [];
    client.on('connected', ({ session }) => void told.push(session));
    const publish = (event: string): Promise<string> =>
      client
        .channel('room')
        .publish(event)
        .then(
          ({ status }) => status,
          ({ code }: StandpipeError) => code,
        );
    const sent = publish('a');
    clock.endTurn();
    gateway.socket.drop();
    const unsent = publish('b');
    const over = client.disconnect();
    await settled();
    clock.advance(1_000);
    gateway.socket.accept().welcome({ verdict });
    t.equal(gateway.socket.count('ready'), 0);
    t.match(gateway.socket.sent.at(-1), { type: 'bye', reason: 'disconnect' });
    t.match(gateway.socket.closed, { code: 1000 });
    gateway.socket.drop(1000);
    await over;
    clock.endTurn();
    t.same(await Promise.all([sent, unsent]), ['unknown_outcome', 'not_sent']);
    t.same([client.state, told, errors], ['closed', [], []]);
    void client.connect();
    gateway.socket.open();
    t.same([gateway.socket.count('ready'), told], [1, ['new']], 'the next one is new');
  }
});

t.test('a closed client refuses commands, and takes them again after connect', async (t) => {
  const { client, gateway, clock, errors } = scriptedClient();
  await client.disconnect();
  t.equal(client.channel('room').trigger('e'), false);
  await t.rejects(client.channel('room').publish('e'), { code: 'closed' });
  clock.endTurn();
  t.match(errors, [{ code: 'closed' }]);
  void client.connect();
  t.equal(client.channel('room').trigger('e'), true);
  gateway.socket.open();
  t.equal(gateway.socket.commands.length, 1);
});

t.test('commands that were never sent say so when the client fails', async (t) => {
  const { client, gateway, clock } = scriptedClient();
  client.connect().catch(() => undefined);
  const published = client.channel('room').publish('e');
  gateway.socket.refuse(401, '{"error":{"code":"bad_signature"}}');
  const rejected = t.rejects(published, { code: 'not_sent' });
  t.equal(client.state, 'failed');
  clock.endTurn();
  await rejected;
});
