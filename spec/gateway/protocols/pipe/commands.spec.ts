import t, { type Test } from 'tap';
import type { Gateway } from '../../../../lib/gateway';
import { Verb, type Command, type CommandAck } from '../../../../lib/wire/frames';
import { ApiClient } from '../../../support/api-client';
import { ManualClock } from '../../../support/manual-clock';
import { startGateway, type StartOptions } from '../../../support/start-gateway';
import { TestSocket } from '../../../support/test-socket';
import { WireClient } from '../../../support/wire-client';

/** A backend that numbers its commands, and the browsers it commands. */
class CommandingBackend {
  readonly gateway: Gateway;
  readonly #t: Test;
  readonly #client: WireClient;
  #seq = 1;

  private constructor(t: Test, gateway: Gateway, client: WireClient) {
    this.#t = t;
    this.gateway = gateway;
    this.#client = client;
  }

  static async start(t: Test, options: StartOptions = {}): Promise<CommandingBackend> {
    const gateway = await startGateway(t, options);
    const { client } = await WireClient.attach(t, gateway.port, { rules: [] });
    return new CommandingBackend(t, gateway, client);
  }

  browser(): Promise<TestSocket> {
    return TestSocket.connect(this.#t, this.gateway.port);
  }

  /** Outcomes of some commands: the number of sockets, or the code of the refusal. */
  async command(...commands: Command[]): Promise<number[]> {
    const firstSeq = this.#seq;
    this.#seq += commands.length;
    const asking = commands.map((command) => ({ ...command, receipt: 'delivered' as const }));
    this.#client.send({ type: 'commands', firstSeq, commands: asking });
    const ack: CommandAck = await this.#client.expect('commandAck');
    return commands.map((_, i) => {
      const own = ({ seq }: { seq: number }): boolean => seq === firstSeq + i;
      return ack.refused.find(own)?.code ?? ack.receipts.find(own)?.sockets ?? NaN;
    });
  }
}

const event = { event: 'e', data: '1' };

t.test('an event for several channels reaches each of them, named twice or not', async (t) => {
  const backend = await CommandingBackend.start(t);
  const one = await backend.browser();
  const both = await backend.browser();
  await one.subscribe('a');
  await both.subscribe('a');
  await both.subscribe('b');
  const verb = Verb.TRIGGER_CHANNEL;
  const all = { verb, channel: 'a', channels: ['b', 'a', 'empty'], ...event };
  t.same(await backend.command(all), [3]);
  t.same(
    (await both.settled()).map(({ channel }) => channel),
    ['a', 'b'],
  );
  t.same(await backend.command({ ...all, exceptSockets: [one.id, both.id, 'nobody'] }), [0]);
  t.equal((await one.settled()).length, 1);
});

t.test('a bad channel among several, or too many, and nobody gets anything', async (t) => {
  const backend = await CommandingBackend.start(t);
  const socket = await backend.browser();
  await socket.subscribe('a');
  const verb = Verb.TRIGGER_CHANNEL;
  const names = Array.from({ length: 100 }, (_, i) => `n${i}`);
  t.same(
    await backend.command(
      { verb, channel: 'a', channels: ['b ad'], ...event },
      { verb, channel: 'a', channels: names, ...event },
      { verb, channel: 'a', channels: ['private-encrypted-x'], ...event },
      { verb, channel: '#server-to-user-u', ...event },
      { verb, channel: 'n0', channels: names, ...event },
    ),
    [4212, 4212, 4212, 4212, 0],
  );
  t.same(await socket.settled(), []);
});

t.test('ifOccupied skips what nobody is on, cache channels too', async (t) => {
  const backend = await CommandingBackend.start(t);
  const verb = Verb.TRIGGER_CHANNEL;
  const quiet = { verb, channel: 'cache-a', channels: ['room'], ifOccupied: true, ...event };
  const there = await backend.browser();
  await there.subscribe('room');
  t.same(await backend.command(quiet), [1]);
  const socket = await backend.browser();
  await socket.subscribe('cache-a');
  t.same(await socket.settled(), [{ event: 'pusher:cache_miss', channel: 'cache-a', data: '{}' }]);
  t.same(await backend.command({ ...quiet, data: '2' }), [2]);
});

t.test('latest and volatile events reach channels, sockets and users', async (t) => {
  const backend = await CommandingBackend.start(t);
  const socket = await backend.browser();
  await socket.subscribe('room');
  await socket.signIn({ id: 'ada' });
  await socket.subscribe('#server-to-user-ada');
  const { TRIGGER_CHANNEL, TRIGGER_SOCKET, TRIGGER_USER } = Verb;
  for (const droppable of [{ latestKey: 'k' }, { volatile: true }]) {
    const outcomes = await backend.command(
      { verb: TRIGGER_CHANNEL, channel: 'room', ...event, ...droppable },
      { verb: TRIGGER_SOCKET, socketId: socket.id, ...event, ...droppable },
      { verb: TRIGGER_USER, userId: 'ada', ...event, ...droppable },
    );
    t.same(outcomes, [1, 1, 1]);
    t.same((await socket.settled()).length, 3);
  }
});

t.test('the last of the latest events of a key that come together is sent alone', async (t) => {
  const backend = await CommandingBackend.start(t);
  const socket = await backend.browser();
  await socket.subscribe('room');
  const at = { verb: Verb.TRIGGER_CHANNEL, channel: 'room', event: 'e' };
  await backend.command(
    { ...at, data: '1', latestKey: 'a' },
    { ...at, data: '2', latestKey: 'b' },
    { ...at, data: '3' },
    { ...at, data: '4', latestKey: 'a' },
    { ...at, data: '5', latestKey: 'b', exceptSockets: ['1.1'] },
  );
  t.same(
    (await socket.settled()).map(({ data }) => data),
    ['2', '3', '4', '5'],
    'an event with exceptions takes the place of no other',
  );
  t.equal(backend.gateway.metrics.eventsReplaced, 1);
});

t.test('an event that is both latest and volatile, or has a long key, is refused', async (t) => {
  const backend = await CommandingBackend.start(t);
  const socket = await backend.browser();
  const both = { latestKey: 'k', volatile: true };
  const long = { latestKey: 'k'.repeat(201) };
  for (const wrong of [both, long]) {
    const outcomes = await backend.command(
      { verb: Verb.TRIGGER_CHANNEL, channel: 'room', ...event, ...wrong },
      { verb: Verb.TRIGGER_SOCKET, socketId: socket.id, ...event, ...wrong },
      { verb: Verb.TRIGGER_USER, userId: 'ada', ...event, ...wrong },
    );
    t.same(outcomes, [4220, 4220, 4220]);
  }
  const longest = { latestKey: 'k'.repeat(200) };
  const fits = { verb: Verb.TRIGGER_CHANNEL, channel: 'room', ...event, ...longest };
  t.same(await backend.command(fits), [0]);
});

t.test('a user is reached on all of its sockets, and terminated on all of them', async (t) => {
  const backend = await CommandingBackend.start(t);
  const sockets = [await backend.browser(), await backend.browser()];
  const other = await backend.browser();
  for (const socket of sockets) {
    await socket.signIn({ id: 'ada' });
    await socket.subscribe('#server-to-user-ada');
  }
  await other.signIn({ id: 'bob' });
  const toUser = { verb: Verb.TRIGGER_USER, userId: 'ada', ...event };
  t.same(await backend.command(toUser, { ...toUser, exceptSockets: [sockets[0]!.id] }), [2, 1]);
  t.match(await sockets[1]!.settled(), [
    { event: 'e', channel: '#server-to-user-ada', data: '1' },
    { event: 'e' },
  ]);
  const nobody = { ...toUser, userId: 'nobody' };
  t.same(
    await backend.command(
      nobody,
      { ...toUser, userId: 'a b' },
      { ...toUser, data: 'x'.repeat(2e4) },
    ),
    [0, 4220, 4213],
  );
  t.same(
    await backend.command(
      { verb: Verb.TERMINATE_USER, userId: 'ada' },
      { verb: Verb.TERMINATE_USER, userId: 'nobody' },
    ),
    [2, 0],
  );
  for (const socket of sockets) t.equal((await socket.closed()).code, 4009);
  t.same(await other.settled(), []);
});

t.test('a socket is closed after what was sent to it, with the code asked for', async (t) => {
  const backend = await CommandingBackend.start(t);
  const verb = Verb.CLOSE_SOCKET;
  const socket = await backend.browser();
  const { id: socketId } = socket;
  t.same(
    await backend.command(
      { verb, socketId, code: 1000 },
      { verb, socketId, code: 5000 },
      { verb, socketId, reason: 'ü'.repeat(62) },
      { verb: Verb.TRIGGER_SOCKET, socketId, ...event },
      { verb, socketId, code: 4200, reason: 'ü'.repeat(61) },
      { verb, socketId: '1.1' },
    ),
    [4220, 4220, 4220, 1, 1, 0],
  );
  t.match(await socket.closed(), {
    code: 4200,
    reason: 'ü'.repeat(61),
    messages: [{ event: 'e', data: '1' }],
  });
});

t.test('without a code a socket is closed as users of the app are', async (t) => {
  for (const terminateCode of [4009, 4200] as const) {
    const backend = await CommandingBackend.start(t, { app: { terminateCode } });
    const socket = await backend.browser();
    await backend.command({ verb: Verb.CLOSE_SOCKET, socketId: socket.id });
    const { code, reason } = await socket.closed();
    t.same([code, reason], [terminateCode, 'The connection was closed by the app']);
  }
});

t.test('a backend puts a socket on any channel, unsigned, and takes it off', async (t) => {
  const backend = await CommandingBackend.start(t);
  const socket = await backend.browser();
  const subscribe = { verb: Verb.SUBSCRIBE_SOCKET, socketId: socket.id };
  t.same(
    await backend.command(
      { ...subscribe, channel: 'room' },
      { ...subscribe, channel: 'private-room' },
      { ...subscribe, channel: 'presence-room', data: '{"user_id":7,"user_info":{"name":"Ada"}}' },
      { ...subscribe, channel: 'room' },
      { verb: Verb.TRIGGER_CHANNEL, channel: 'private-room', ...event },
    ),
    [1, 1, 1, 1, 1],
  );
  const messages = await socket.settled();
  t.same(
    messages.map(({ event, channel }) => [event, channel]),
    [
      ['pusher_internal:subscription_succeeded', 'room'],
      ['pusher_internal:subscription_succeeded', 'private-room'],
      ['pusher_internal:subscription_succeeded', 'presence-room'],
      ['e', 'private-room'],
    ],
  );
  t.match(messages[2]?.data, /"hash":\{"7":\{"name":"Ada"\}\}/);
  const unsubscribe = { verb: Verb.UNSUBSCRIBE_SOCKET, socketId: socket.id };
  t.same(
    await backend.command(
      { ...unsubscribe, channel: 'private-room' },
      { ...unsubscribe, channel: 'private-room' },
      { ...unsubscribe, socketId: '1.1', channel: 'room' },
      { verb: Verb.TRIGGER_CHANNEL, channel: 'private-room', ...event },
    ),
    [1, 0, 0, 0],
  );
});

t.test('a browser that subscribes where a backend was faster is welcomed, once', async (t) => {
  const backend = await CommandingBackend.start(t);
  const socket = await backend.browser();
  const subscribe = { verb: Verb.SUBSCRIBE_SOCKET, socketId: socket.id, channel: 'room' };
  await backend.command(subscribe);
  await socket.settled();
  const succeeded = { event: 'pusher_internal:subscription_succeeded', channel: 'room' };
  t.match(await socket.subscribe('room'), succeeded);
  t.match(await socket.subscribe('room'), { event: 'pusher:error' });
  t.same(await backend.command({ verb: Verb.TRIGGER_CHANNEL, channel: 'room', ...event }), [1]);
  socket.send({ event: 'pusher:unsubscribe', data: { channel: 'room' } });
  await socket.settled();
  await backend.command(subscribe, { ...subscribe, verb: Verb.UNSUBSCRIBE_SOCKET }, subscribe);
  await socket.settled();
  t.match(await socket.subscribe('room'), succeeded);
});

t.test('limits hold for what a backend subscribes', async (t) => {
  const backend = await CommandingBackend.start(t, {
    limits: { maxChannelsPerSocket: 2, maxMembersPerChannel: 1, maxChannelsPerApp: 2 },
  });
  const [one, two] = [await backend.browser(), await backend.browser()];
  const subscribe = (socketId: string, channel: string, userId?: string): Command => ({
    verb: Verb.SUBSCRIBE_SOCKET,
    socketId,
    channel,
    data: userId && JSON.stringify({ user_id: userId }),
  });
  t.same(
    await backend.command(
      subscribe('1.1', 'room'),
      subscribe(one.id, 'ro om'),
      subscribe(one.id, '#server-to-user-u'),
      subscribe(one.id, 'presence-a'),
      subscribe(one.id, 'presence-a', ''),
      subscribe(one.id, 'presence-a', 'u'),
      subscribe(two.id, 'presence-a', 'v'),
      subscribe(one.id, 'room'),
      subscribe(one.id, 'third'),
      subscribe(two.id, 'third'),
    ),
    [4211, 4212, 4212, 4220, 4220, 1, 4221, 1, 4221, 4221],
  );
  await two.signIn({ id: 'u' });
  t.same(
    await backend.command(subscribe(two.id, 'presence-a')),
    [1],
    'as the user it signed in as',
  );
});

t.test(
  'a command with a key is applied once, for a while, and shares keys with HTTP',
  async (t) => {
    const clock = new ManualClock({ turns: 'real' });
    clock.wallMs = Date.now();
    const backend = await CommandingBackend.start(t, {
      clock,
      limits: { idempotencyTtlMs: 1_000 },
    });
    const socket = await backend.browser();
    await socket.subscribe('room');
    const keyed = { verb: Verb.TRIGGER_CHANNEL, channel: 'room', idempotencyKey: 'k', ...event };
    t.same(await backend.command({ ...keyed, data: 'x'.repeat(2e4) }, keyed, keyed), [4213, 1, 1]);
    t.same(await backend.command({ ...keyed, data: '2' }), [4222]);
    t.same(await backend.command({ ...keyed, idempotencyKey: 'k'.repeat(256) }), [4220]);
    const api = new ApiClient(t, backend.gateway);
    const publish = { name: 'e', channel: 'room', data: '1' };
    const timestamp = Math.floor(clock.wall() / 1000);
    const post = (key: string): Promise<{ status: number }> =>
      api.post('/events', publish, { headers: { 'Idempotency-Key': key }, timestamp });
    t.equal((await post('k')).status, 422);
    t.equal((await post('http')).status, 200);
    t.same(await backend.command({ ...keyed, idempotencyKey: 'http' }), [4222]);
    t.equal((await socket.settled()).length, 2);
    clock.advance(1_000);
    t.same(await backend.command(keyed), [1]);
    t.equal((await socket.settled()).length, 1);
  },
);
