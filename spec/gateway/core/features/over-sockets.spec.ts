import t, { type Test } from 'tap';
import { EventKind, RuleKind, type PipeEvent } from '../../../../lib/wire/frames';
import { ManualClock } from '../../../support/manual-clock';
import { startGateway } from '../../../support/start-gateway';
import { TestSocket } from '../../../support/test-socket';
import { WireClient } from '../../../support/wire-client';

const SUCCEEDED = 'pusher_internal:subscription_succeeded';

async function connected(t: Test, port: number, protocol: number): Promise<TestSocket> {
  return TestSocket.connect(t, port, { query: `protocol=${protocol}` });
}

t.test('encrypted channels need a signature; their data passes as it is', async (t) => {
  const { port } = await startGateway(t);
  const [from, to] = await Promise.all([connected(t, port, 7), connected(t, port, 7)]);
  for (const channel of ['private-encrypted-x', 'private-encrypted-cache-x']) {
    from.send({ event: 'pusher:subscribe', data: { channel, auth: '' } });
    t.match(await from.settled(), [
      { event: 'pusher:error' },
      { event: 'pusher:subscription_error', channel, data: { type: 'AuthError', status: 401 } },
    ]);
    t.match(await from.subscribe(channel), { event: SUCCEEDED, channel });
    await to.subscribe(channel);
    await Promise.all([from.settled(), to.settled()]);
    from.text(
      `{"event":"client-x","channel":"${channel}","data":{ "nonce":"a=","ciphertext":1.0 }}`,
    );
    t.equal(
      await to.nextText(),
      `{"event":"client-x","channel":"${channel}","data":{ "nonce":"a=","ciphertext":1.0 }}`,
    );
  }
});

t.test('a backend hears of members, users and misses, each by its own subscription', async (t) => {
  const { port } = await startGateway(t);
  const hears = async (kind: RuleKind): Promise<() => Promise<Array<Partial<PipeEvent>>>> => {
    const rules = [{ kind, channels: [], events: [] }];
    const { client } = await WireClient.attach(t, port, { rules });
    return async () =>
      (await client.settled()).flatMap((frame) =>
        frame.type === 'events' ? frame.runs.flatMap(({ events }) => events) : [],
      );
  };
  const [presence, users, misses] = await Promise.all([
    hears(RuleKind.PRESENCE),
    hears(RuleKind.USER),
    hears(RuleKind.CACHE),
  ]);
  const socket = await connected(t, port, 7);
  await socket.signIn({ id: 'ann' });
  await socket.subscribe('presence-x', { user_id: 'bob' });
  await socket.subscribe('cache-x');
  await socket.settled();
  const { id: socketId } = socket;
  const about = { socketId, channel: 'presence-x', userId: 'bob' };
  t.match(await presence(), [{ kind: EventKind.MEMBER_ADDED, ...about }]);
  t.match(await users(), [{ kind: EventKind.USER_ONLINE, socketId, userId: 'ann' }]);
  t.match(await misses(), [{ kind: EventKind.CACHE_MISS, channel: 'cache-x' }]);
  socket.drop();
  const left: Array<Partial<PipeEvent>> = [];
  while (left.length === 0) left.push(...(await users()));
  t.match(left, [{ kind: EventKind.USER_OFFLINE, socketId, userId: 'ann' }]);
  t.match(await presence(), [{ kind: EventKind.MEMBER_REMOVED, ...about }]);
});

for (const protocol of [4, 5, 6, 7]) {
  const told = protocol < 6 ? 'pusher:error and the close frame' : 'the close frame alone';

  t.test(
    `protocol ${protocol}: a restart (4100) is told by pusher:error and the close frame`,
    async (t) => {
      const gateway = await startGateway(t);
      const socket = await connected(t, gateway.port, protocol);
      const closing = socket.closed();
      await gateway.stop();
      const { code, messages } = await closing;
      t.equal(code, 4100);
      t.match(messages, [{ event: 'pusher:error', data: { code: 4100 } }]);
      t.equal(messages.length, 1);
    },
  );

  t.test(`protocol ${protocol}: an unanswered ping (4201) is told by ${told}`, async (t) => {
    const clock = new ManualClock({ turns: 'real' });
    const gateway = await startGateway(t, {
      clock,
      limits: { activityTimeoutMs: 2000, pongTimeoutMs: 2000 },
    });
    const query = `protocol=${protocol}`;
    const socket = await TestSocket.connect(t, gateway.port, { query, pongs: false });
    clock.advance(4000);
    const { code, messages } = await socket.closed();
    t.equal(code, 4201);
    t.equal(messages.length, protocol < 6 ? 1 : 0);
    if (protocol < 6) t.match(messages, [{ event: 'pusher:error', data: { code: 4201 } }]);
  });

  t.test(`protocol ${protocol}: every feature is the same`, async (t) => {
    const { port } = await startGateway(t, { app: { subscriptionCount: true } });
    const socket = await connected(t, port, protocol);
    t.match(await socket.signIn({ id: 'ann', watchlist: ['bob'] }), {
      event: 'pusher:signin_success',
    });
    t.match(await socket.settled(), [
      {
        event: 'pusher_internal:watchlist_events',
        data: '{"events":[{"name":"offline","user_ids":["bob"]}]}',
      },
    ]);
    t.match(await socket.subscribe('cache-x'), { event: SUCCEEDED });
    t.match(await socket.settled(), [
      { event: 'pusher:cache_miss', channel: 'cache-x', data: '{}' },
      { event: 'pusher_internal:subscription_count', data: '{"subscription_count":1}' },
    ]);
    t.match(await socket.subscribe('presence-x', { user_id: 1 }), { event: SUCCEEDED });
  });
}
