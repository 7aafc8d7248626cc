import t, { type Test } from 'tap';
import type { Gateway } from '../../../../lib/gateway';
import {
  RuleKind,
  EventKind,
  Verb,
  type Command,
  type Frame,
  type PipeEvent,
} from '../../../../lib/wire/frames';
import { ManualClock } from '../../../support/manual-clock';
import { SECRET, startGateway } from '../../../support/start-gateway';
import { TestSocket } from '../../../support/test-socket';
import { WireClient } from '../../../support/wire-client';

function eventsOf(frames: Frame[]): Array<PipeEvent & { offset: number }> {
  return frames.flatMap((frame) =>
    frame.type === 'events'
      ? frame.runs.flatMap(({ firstOffset, events }) =>
          events.map((event, i) => ({ ...event, offset: firstOffset + i })),
        )
      : [],
  );
}

function toChannel(channel: string, more: Partial<Command> = {}): Command {
  return { verb: Verb.TRIGGER_CHANNEL, channel, event: 'e', data: '1', ...more };
}

async function pair(
  t: Test,
): Promise<{ gateway: Gateway; client: WireClient; socket: TestSocket }> {
  const gateway = await startGateway(t);
  const { client } = await WireClient.attach(t, gateway.port);
  const socket = await TestSocket.connect(t, gateway.port);
  return { gateway, client, socket };
}

t.test(
  'a backend hears sockets, messages and channels, in order and numbered from 1',
  async (t) => {
    const { client, socket } = await pair(t);
    await socket.subscribe('room');
    socket.send({ event: 'hi', data: { a: 1 } });
    socket.send({ event: 'move', channel: 'room', data: 'x' });
    socket.send({ event: 'pusher:unsubscribe', data: { channel: 'room' } });
    await socket.settled();
    socket.raw.destroy();
    const events: ReturnType<typeof eventsOf> = [];
    while (events.at(-1)?.kind !== EventKind.CLOSE) events.push(...eventsOf([await client.next()]));
    t.match(events, [
      { kind: EventKind.OPEN, socketId: socket.id, offset: 1 },
      { kind: EventKind.OCCUPIED, channel: 'room', offset: 2 },
      { kind: EventKind.MESSAGE, socketId: socket.id, event: 'hi', data: '{"a":1}', offset: 3 },
      { kind: EventKind.MESSAGE, socketId: socket.id, event: 'move', channel: 'room', data: '"x"' },
      { kind: EventKind.VACATED, channel: 'room', offset: 5 },
      { kind: EventKind.CLOSE, socketId: socket.id, code: 1006, offset: 6 },
    ]);
  },
);

t.test(
  'an event of pusher: never reaches a backend, nor one of a channel the socket is not on',
  async (t) => {
    const { client, socket } = await pair(t);
    socket.send({ event: 'pusher:odd', data: {} });
    socket.send({ event: 'pusher_internal:odd', data: {} });
    socket.send({ event: 'client-x', channel: 'elsewhere', data: {} });
    await socket.settled();
    t.same(
      eventsOf(await client.settled()).map(({ kind }) => kind),
      [EventKind.OPEN],
    );
  },
);

t.test('filters are applied in the gateway', async (t) => {
  const { port } = await startGateway(t);
  const rules = [
    { kind: RuleKind.MESSAGE, channels: ['game-*'], events: ['move', 'chat-*'] },
    { kind: RuleKind.MESSAGE, channels: ['lobby'], events: [] },
    { kind: RuleKind.CHANNEL, channels: ['game-*'], events: [] },
  ];
  const { client } = await WireClient.attach(t, port, { rules });
  const socket = await TestSocket.connect(t, port);
  for (const channel of ['game-1', 'lobby', 'other']) {
    await socket.subscribe(channel);
    for (const event of ['move', 'chat-a', 'noise']) socket.send({ event, channel, data: 0 });
  }
  socket.send({ event: 'move', data: 'no channel, so no channel filter matches it' });
  await socket.settled();
  const heard = eventsOf(await client.settled()).map(({ kind, channel, event }) =>
    [kind, channel, event].join(' ').trim(),
  );
  t.same(heard, [
    `${EventKind.OCCUPIED} game-1`,
    `${EventKind.MESSAGE} game-1 move`,
    `${EventKind.MESSAGE} game-1 chat-a`,
    `${EventKind.MESSAGE} lobby move`,
    `${EventKind.MESSAGE} lobby chat-a`,
    `${EventKind.MESSAGE} lobby noise`,
  ]);
});

t.test('SUBSCRIBE replaces the rules; a bad list is refused and changes nothing', async (t) => {
  const { client, socket } = await pair(t);
  client.send({
    type: 'subscribe',
    id: 1,
    rules: [{ kind: RuleKind.MESSAGE, channels: [], events: ['b'] }],
  });
  client.send({
    type: 'subscribe',
    id: 2,
    rules: [{ kind: 10 as RuleKind, channels: [], events: [] }],
  });
  const answers = (await client.settled()).filter(({ type }) => type === 'subscribed');
  t.match(answers, [
    { id: 1, error: undefined },
    { id: 2, error: { code: 4214, message: /kind 10/ } },
  ]);
  socket.send({ event: 'a', data: 1 });
  socket.send({ event: 'b', data: 2 });
  await socket.settled();
  t.same(
    eventsOf(await client.settled()).map(({ event }) => event),
    ['b'],
  );
});

t.test('HELLO with such a list is refused, and disturbs no session', async (t) => {
  const { port } = await startGateway(t);
  const { client, welcome } = await WireClient.attach(t, port);
  const rule = { kind: RuleKind.MESSAGE, channels: [], events: [] };
  for (const [rules, what] of [
    [[{ ...rule, kind: 10 as RuleKind }], /kind 10/],
    [Array.from({ length: 1_001 }, () => rule), /1001 rules/],
  ] as const) {
    const other = await WireClient.open(t, port);
    const proof = other.proof(welcome.secret, 2);
    const hello = { session: welcome.session, proof, attempt: 2, rules: [...rules] };
    t.equal(await other.hello(hello).catch(() => undefined), undefined);
    t.match(await other.closed(), { code: 4400, reason: what });
  }
  await client.settled();
});

t.test(
  'commands are applied in order, acknowledged together, and refused one by one',
  async (t) => {
    const { client, socket } = await pair(t);
    await socket.subscribe('room');
    await client.settled();
    client.send({
      type: 'commands',
      firstSeq: 1,
      commands: [
        toChannel('room', { data: '"one"' }),
        { verb: Verb.TRIGGER_SOCKET, socketId: socket.id, event: 'mine', data: '{"b":2}' },
        toChannel('a bad name'),
        toChannel('room', { event: 'pusher:error' }),
        toChannel('room', { data: `"${'x'.repeat(10_240)}"` }),
        { verb: Verb.TRIGGER_SOCKET, socketId: '1.1', event: 'e', data: '1' },
        { verb: Verb.TRIGGER_USER, userId: 'u u', event: 'e', data: '1' },
        { verb: 99 as Verb },
        toChannel('room', { receipt: 'delivered', exceptSockets: [socket.id] }),
        toChannel('room', { receipt: 'delivered', data: '"two"' }),
      ],
    });
    const ack = await client.expect('commandAck');
    t.equal(ack.applied, 10);
    t.same(
      ack.refused.map(({ seq, code }) => [seq, code]),
      [
        [3, 4212],
        [4, 4210],
        [5, 4213],
        [6, 4211],
        [7, 4220],
        [8, 4215],
      ],
    );
    t.same(ack.receipts, [
      { seq: 9, sockets: 0 },
      { seq: 10, sockets: 1 },
    ]);
    t.same(await socket.settled(), [
      { event: 'e', channel: 'room', data: '"one"' },
      { event: 'mine', data: '{"b":2}' },
      { event: 'e', channel: 'room', data: '"two"' },
    ]);
  },
);

t.test(
  'a repeated command is acknowledged and not applied; a jump is a protocol error',
  async (t) => {
    const { client, socket } = await pair(t);
    await socket.subscribe('room');
    await client.settled();
    client.send({ type: 'commands', firstSeq: 1, commands: [toChannel('room')] });
    client.send({
      type: 'commands',
      firstSeq: 1,
      commands: [toChannel('room'), toChannel('room')],
    });
    const acks = (await client.settled()).filter(({ type }) => type === 'commandAck');
    t.match(acks.at(-1), { applied: 2 });
    t.equal((await socket.settled()).length, 2);
    client.send({ type: 'commands', firstSeq: 4, commands: [toChannel('room')] });
    const { code, reason } = await client.closed();
    t.equal(code, 4400);
    t.match(reason, /command 4 came where 3 was expected/);
    t.equal((await socket.settled()).length, 0);
  },
);

t.test('an acknowledgement of unsent events is a protocol error', async (t) => {
  for (const wrong of [{ offset: 99 }, { partition: 1 }, { generation: 2 }, { epoch: 7 }]) {
    const { client } = await pair(t);
    await client.settled();
    const position = { partition: 0, generation: 1, epoch: 1, offset: 1, ...wrong };
    client.send({ type: 'ack', positions: [position] });
    t.equal((await client.closed()).code, 4400, JSON.stringify(wrong));
  }
});

t.test('commands that ride with a false acknowledgement are not applied', async (t) => {
  const { client, socket } = await pair(t);
  await socket.subscribe('room');
  await client.settled();
  const ack = { positions: [{ partition: 0, generation: 1, epoch: 1, offset: 99 }] };
  client.send({ type: 'commands', firstSeq: 1, commands: [toChannel('room')], ack });
  t.equal((await client.closed()).code, 4400);
  t.same(await socket.settled(), []);
});

t.test('events wait for credit, and an acknowledgement lets the next ones through', async (t) => {
  const { port } = await startGateway(t);
  const { client } = await WireClient.attach(t, port, {
    credit: { messages: 2, bytes: 1_000_000 },
  });
  const socket = await TestSocket.connect(t, port);
  for (let i = 0; i < 5; i++) socket.send({ event: 'e', data: i });
  await socket.settled();
  t.same(
    eventsOf(await client.settled()).map(({ offset }) => offset),
    [1, 2],
  );
  const ack = { partition: 0, generation: 1, epoch: 1, offset: 1 };
  client.send({ type: 'ack', positions: [ack] });
  t.same(
    eventsOf(await client.settled()).map(({ offset }) => offset),
    [3],
  );
  client.send({
    type: 'ack',
    positions: [{ ...ack, offset: 3 }],
    credit: { messages: 10, bytes: 1e6 },
  });
  t.same(
    eventsOf(await client.settled()).map(({ offset }) => offset),
    [4, 5, 6],
  );
});

t.test('nothing but HELLO may come first, within its size and time', async (t) => {
  const { port } = await startGateway(t);
  const rows: Array<[string, (client: WireClient) => void, number]> = [
    ['a command', (client) => client.send({ type: 'commands', firstSeq: 1, commands: [] }), 4400],
    ['no frame at all', (client) => client.bytes(Buffer.from([0xff, 0xff, 0xff])), 4400],
    ['text', (client) => client.bytes('hello'), 4400],
    ['a giant', (client) => client.bytes(Buffer.alloc(64 * 1024 + 1)), 4413],
    ['over the frame limit', (client) => client.bytes(Buffer.alloc(1024 * 1024 + 1)), 1009],
  ];
  for (const [what, send, code] of rows) {
    const client = await WireClient.open(t, port);
    send(client);
    t.equal((await client.closed()).code, code, what);
  }
});

t.test('an app hears and reaches its own sockets only', async (t) => {
  const gateway = await startGateway(t, {
    apps: [
      { id: '1', key: 'key', secret: SECRET },
      { id: '2', key: 'other', secret: SECRET },
    ],
  });
  const { client } = await WireClient.attach(t, gateway.port);
  const foreign = await TestSocket.connect(t, gateway.port, { key: 'other' });
  await foreign.subscribe('room');
  foreign.send({ event: 'hi', data: 1 });
  const command = { verb: Verb.TRIGGER_SOCKET, socketId: foreign.id, event: 'e', data: '1' };
  client.send({ type: 'commands', firstSeq: 1, commands: [command, toChannel('room')] });
  const frames = await client.settled();
  t.same(eventsOf(frames), []);
  t.match(frames, [{ type: 'commandAck', refused: [{ seq: 1, code: 4211 }] }]);
  t.same(await foreign.settled(), []);
});

t.test('in a group, what is stuck in one partition leaves credit for the others', async (t) => {
  const limits = { pipePartitions: 64, maxBackChannelEventsPerSecond: 1e6 };
  const gateway = await startGateway(t, { limits });
  const client = await WireClient.open(t, gateway.port);
  const group = { name: 'g', order: 'socket', mode: 'sticky', overflow: 'gap' } as const;
  const rules = [{ kind: RuleKind.MESSAGE, channels: [], events: [] }];
  await client.hello({ group, rules, credit: { messages: 40, bytes: 1_000_000 } });
  const flooder = await TestSocket.connect(t, gateway.port);
  for (let n = 0; n < 100; n++) flooder.send({ event: 'say', data: n });
  await flooder.settled();
  t.equal(eventsOf(await client.settled()).length, 10, 'a quarter');
  const heard = new Set<string>();
  for (let i = 0; i < 10; i++) {
    const socket = await TestSocket.connect(t, gateway.port);
    socket.send({ event: 'say' });
    await socket.settled();
    for (const { socketId } of eventsOf(await client.settled())) heard.add(socketId);
  }
  heard.delete(flooder.id);
  t.ok(heard.size >= 5, `${heard.size} of 10 others are heard, but those of the same partition`);
});

t.test('a gateway that stood still judges no backend by that time', async (t) => {
  const clock = new ManualClock({ turns: 'real' });
  clock.wallMs = Date.now();
  const gateway = await startGateway(t, { clock });
  const { client } = await WireClient.attach(t, gateway.port);
  clock.stall(60_000);
  clock.advance(0);
  await client.settled();
  t.pass('it is there');
  for (let i = 0; i < 40; i++) clock.advance(1_000);
  t.equal((await client.closed()).code, 4430, 'one that says nothing is dead');
});
