import { setTimeout } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import t, { type Test } from 'tap';
import { createClient, type StandpipeError } from '../../../lib';
import { Gateway } from '../../../lib/gateway/gateway';
import type { GatewayOptions } from '../../../lib/gateway/options/options';
import { ApiClient } from '../../support/api-client';
import { Run } from '../../support/command';
import { startChild } from '../../support/processes';
import { EngineProxy } from '../../support/engine-proxy';
import { RawSocket } from '../../support/raw-socket';
import { Reader } from '../../support/reader';
import { SECRET } from '../../support/start-gateway';
import { hasRedis, TestRedis } from '../../support/start-redis';
import { TestSocket } from '../../support/test-socket';
import { until } from '../../support/until';
import { WebhookEndpoint } from '../../support/webhook-endpoint';

const SUCCEEDED = 'pusher_internal:subscription_succeeded';
const ROOM = 'presence-room';

function optionsFor(
  { address }: { address: string },
  more: Partial<GatewayOptions> = {},
): GatewayOptions {
  const app = { id: '1', key: 'key', secret: SECRET, clientEvents: true };
  return { port: 0, broker: { redis: address }, apps: [app], ...more };
}

async function startNode(
  t: Test,
  redis: { address: string },
  more?: Partial<GatewayOptions>,
): Promise<Gateway> {
  const gateway = new Gateway(optionsFor(redis, more));
  t.teardown(() => gateway.stop());
  return gateway.start();
}

async function browser(t: Test, { port }: { port: number }): Promise<Reader> {
  return new Reader(await TestSocket.connect(t, port));
}

async function member(t: Test, node: { port: number }, userId: string): Promise<Reader> {
  const reader = await browser(t, node);
  reader.socket.askFor(ROOM, { user_id: userId });
  await reader.next(SUCCEEDED);
  return reader;
}

function internal(event: string): string {
  return `pusher_internal:${event}`;
}

async function readyz({ port }: { port: number }): Promise<number> {
  return (await fetch(`http://127.0.0.1:${port}/readyz`)).status;
}

async function metric({ metrics }: Gateway, name: string): Promise<number> {
  const text = await metrics.registry.metrics();
  const [, value] = new RegExp(`^standpipe_${name} (\\S+)$`, 'm').exec(text) ?? [];
  return Number(value);
}

async function reaches(gateway: Gateway, name: string, value: number): Promise<void> {
  while ((await metric(gateway, name)) !== value) await setTimeout(20);
}

/** Outcome of a command, with the status of a refusal. */
function outcomeOf(command: Promise<unknown>): Promise<string> {
  return command.then(
    () => 'applied',
    ({ code, status }: StandpipeError) => `${code} ${status}`,
  );
}

t.test('browsers stay while the engine is away, and nothing else is let in or done', async (t) => {
  if (!hasRedis(t)) return;
  const redis = await TestRedis.start(t);
  const limits = { brokerHoldMs: 3000, brokerLeaseMs: 60_000 };
  const [one, two] = [await startNode(t, redis, { limits }), await startNode(t, redis, { limits })];
  const api = new ApiClient(t, one);
  const [ann, bob] = [await member(t, one, 'ann'), await member(t, two, 'bob')];
  await ann.next('pusher_internal:member_added');
  const late = await browser(t, one);
  const later = [await browser(t, one), await browser(t, one), await browser(t, one)] as const;
  t.equal(await metric(one, 'broker_up'), 1);
  await reaches(one, 'broker_nodes', 2);
  const access = { key: 'key', secret: SECRET, appId: '1', port: one.port };
  const backend = createClient({ ...access, log: false });
  t.teardown(() => backend.disconnect());
  await backend.connect();
  const [toRoom, toAnn] = [backend.channel(ROOM), backend.socket(ann.socket.id)];

  redis.pause();
  const asked = Promise.all([
    outcomeOf(toRoom.publish('asked', 1)),
    outcomeOf(toAnn.publish('a', 1)),
  ]);
  t.equal(await readyz(one), 200, 'an engine that is away for a moment');
  late.socket.askFor(ROOM, { user_id: 'cid' });
  const event = { name: 'e', channel: ROOM, data: 'held' };
  const held = [api.post('/events', event), api.get('/channels'), api.get(`/channels/${ROOM}`)];
  for (const answer of await Promise.all(held)) {
    t.match(answer, { status: 503, body: /broker .*does not answer/ });
    t.equal(answer.headers['retry-after'], '1');
  }
  await until(() => late.closed !== undefined);
  t.equal(late.closed, 4100, 'a join that waited');
  t.equal(await readyz(one), 503);
  t.equal(await metric(one, 'broker_up'), 0);
  t.strictSame(await asked, ['unknown_outcome 4224', 'applied'], 'the engine may have applied it');
  const away = [outcomeOf(toRoom.publish('away', 1)), outcomeOf(toAnn.publish('b', 1))];
  t.strictSame(await Promise.all(away), ['refused 4500', 'applied'], 'the engine was not asked');
  await ann.next('a');
  await ann.next('b');
  t.equal((await RawSocket.upgrade(one.port)).status, 503, 'a new browser');
  ann.socket.send({ event: 'client-e', channel: ROOM, data: {} });
  t.match(await ann.next('pusher:error'), { data: { message: /broker .*does not answer/ } });
  for (const [i, channel] of ['room', 'private-room', 'cache-room'].entries()) {
    later[i]?.socket.askFor(channel);
  }
  await until(() => later.every(({ closed }) => closed === 4100));

  redis.resume();
  for (const node of [one, two]) while ((await readyz(node)) !== 200);
  ann.socket.send({ event: 'client-back', channel: ROOM, data: {} });
  await bob.next('client-back');
  t.equal((await api.post('/events', { ...event, name: 'back' })).status, 200);
  await until(() => bob.rest.includes('back'));
  t.notOk(bob.rest.includes('away'), 'a refused event came to nobody');
  await Promise.all([ann.next('back'), bob.next('back')]);
  t.match(await api.get(`/channels/${ROOM}/users`), { body: /^{"users":\[{"id":"(ann|bob)"},{/ });
  const dave = await member(t, one, 'dave');
  await bob.next('pusher_internal:member_added');
  t.equal([ann, bob, dave].filter(({ closed }) => closed !== undefined).length, 0);
  t.equal(await metric(one, 'broker_fenced_total'), 0);
});

t.test('a gateway suspended for longer than its lease sends its browsers away', async (t) => {
  if (!hasRedis(t)) return;
  const redis = await TestRedis.start(t);
  const limits = { brokerLeaseMs: 2000 };
  const endpoint = await WebhookEndpoint.start(t);
  const app = { id: '1', key: 'key', secret: SECRET, webhooks: [{ url: endpoint.url }] };
  const more = { apps: [app], webhookAllow: ['127.0.0.1'], limits };
  const one = await startNode(t, redis, more);
  const options = optionsFor(redis, more);
  const { child, said } = await startChild<{ port: number }>(t, 'gateway', options);
  const [ann, bob] = [await member(t, one, 'ann'), await member(t, said, 'bob')];
  await ann.next('pusher_internal:member_added');
  // Enough sockets to leave in several turns.
  const crowd = await Promise.all(Array.from({ length: 150 }, () => browser(t, said)));
  for (const { socket } of crowd) socket.askFor('room');
  await Promise.all(crowd.map((reader) => reader.next(SUCCEEDED)));
  // Webhooks that it has yet to tell would be told by the other one too.
  while ((await redis.owed()) > 0) await setTimeout(20);
  child.kill('SIGSTOP');
  t.match(await ann.next('pusher_internal:member_removed'), { data: /bob/ });
  // A socket, a member and, if its node came to say it, the channel.
  while ((await metric(one, 'broker_swept_total')) < 2) await setTimeout(20);
  child.kill('SIGCONT');
  await until(() => bob.closed !== undefined);
  t.equal(bob.closed, 4200, 'comes back at once');
  t.equal(await readyz(said), 200, 'and is taken');
  const back = await member(t, said, 'bob');
  t.match(await ann.next('pusher_internal:member_added'), { data: /bob/ });
  const api = new ApiClient(t, said);
  t.equal((await api.post('/events', { name: 'e', channel: ROOM, data: 'd' })).status, 200);
  await Promise.all([ann.next('e'), back.next('e')]);
  await until(() => crowd.every(({ closed }) => closed === 4200));
  const occupied = { name: 'channel_occupied', channel: 'room' };
  const times = endpoint.events.filter((event) => isDeepStrictEqual(event, occupied)).length;
  t.ok(times <= 1, 'their leaving occupies nothing');
});

t.test('a gateway that drains leaves its channels to the other, which tells of them', async (t) => {
  if (!hasRedis(t)) return;
  const redis = await TestRedis.start(t);
  const endpoint = await WebhookEndpoint.start(t);
  const app = { id: '1', key: 'key', secret: SECRET, webhooks: [{ url: endpoint.url }] };
  const more = { apps: [app], webhookAllow: ['127.0.0.1'], limits: { drainDelayMs: 1 } };
  const [one, two] = [await startNode(t, redis, more), await startNode(t, redis, more)];
  const rooms = Array.from({ length: 8 }, (_, n) => `room-${n}`);
  const readers = [await browser(t, one), await browser(t, two)] as const;
  for (const room of rooms) {
    for (const { socket } of readers) socket.askFor(room);
    for (const reader of readers) await reader.next(SUCCEEDED);
  }
  const ann = await member(t, two, 'ann');
  const bob = await member(t, one, 'bob');
  await ann.next('pusher_internal:member_added');
  const drained = one.drain();
  await until(() => bob.closed !== undefined);
  t.equal(bob.closed, 4100);
  t.match(await ann.next('pusher_internal:member_removed'), { data: /bob/ });
  await drained;
  await reaches(two, 'broker_nodes', 1);
  readers[1].socket.drop();
  ann.socket.drop();
  const told = (name: string): string[] =>
    (endpoint.events as Array<{ name: string; channel: string }>)
      .filter((event) => event.name === name)
      .map(({ channel }) => channel);
  const isTold = (): boolean =>
    told('channel_vacated').length === rooms.length + 1 && told('member_removed').length === 2;
  await until(isTold);
  for (const name of ['channel_occupied', 'channel_vacated']) {
    t.strictSame(told(name).sort(), [...rooms, ROOM].sort(), `each ${name} once`);
  }
  t.strictSame(told('member_removed'), [ROOM, ROOM]);
});

t.test('standpipe nodes prints a line for each gateway', async (t) => {
  if (!hasRedis(t)) return;
  const redis = await TestRedis.start(t);
  const nodes = [await startNode(t, redis), await startNode(t, redis)] as const;
  await Promise.all([browser(t, nodes[0]), browser(t, nodes[0]), browser(t, nodes[1])]);
  const list = async (): Promise<Array<Record<string, number>>> => {
    const run = new Run(t, ['nodes', '--broker', redis.address]);
    t.equal(await run.ended, 0);
    const lines = run.output.trim().split('\n');
    return lines.map((line) => JSON.parse(line) as Record<string, number>);
  };
  const listed = await list();
  t.strictSame(listed.map(({ sockets }) => sockets).sort(), [1, 2]);
  for (const { node = 0, leaseMs = 0 } of listed) {
    t.ok(node >= 1 && node <= 65_535);
    t.ok(leaseMs > 0 && leaseMs <= 15_000);
  }
  await nodes[0].stop();
  t.match(await list(), [{ sockets: 1 }], 'a gateway that has stopped is in it no more');
  await nodes[1].stop();
  const none = new Run(t, ['nodes', '--broker', redis.address]);
  t.equal(await none.ended, 0);
  t.equal(none.output, '', 'leases that have ended are not listed');
  t.strictSame(await redis.lasting('*:w:*'), [], 'the turns of gateways that left are forgotten');

  const refuses = async (command: string[], reason: RegExp): Promise<void> => {
    const run = new Run(t, [...command, '--broker', redis.address]);
    t.not(await run.ended, 0);
    t.match(run.output, reason);
    t.notMatch(run.output, /^ +at /m, 'no stack');
  };
  await redis.configure('requirepass', 'secret');
  const password = /another user or password \(NOAUTH .*STANDPIPE_BROKER/;
  await Promise.all([refuses(['nodes'], password), refuses(['serve', '--port', '0'], password)]);
  await redis.kill();
  await refuses(['nodes'], /can not be reached: connect (ENOENT|ECONNREFUSED)/);
  const waiting = new Run(t, ['serve', '--port', '0', '--broker', redis.address]);
  await waiting.line('can not be reached yet: connect');
});

t.test('a start that waits for the engine ends when the gateway is stopped', async (t) => {
  if (!hasRedis(t)) return;
  const redis = await TestRedis.start(t);
  await redis.kill();
  const gateway = new Gateway(optionsFor(redis));
  const rejected = t.rejects(gateway.start(), { code: 'closed' });
  await gateway.stop();
  await rejected;
});

t.test('a start that failed at a port is tried again under a new lease', async (t) => {
  if (!hasRedis(t)) return;
  const redis = await TestRedis.start(t);
  const one = await startNode(t, redis);
  const two = new Gateway(optionsFor(redis, { metrics: { port: one.port } }));
  t.teardown(() => two.stop());
  await t.rejects(two.start(), { code: 'listen_failed' });
  await reaches(one, 'broker_nodes', 1);
  await one.stop();
  await two.start();
  const three = await startNode(t, redis);
  const readers = [await member(t, two, 'ann'), await member(t, three, 'bob')];
  const api = new ApiClient(t, three);
  t.equal((await api.post('/events', { name: 'e', channel: ROOM, data: 'd' })).status, 200);
  for (const reader of readers) await reader.next('e');
});

t.test(
  'browsers of a gateway that was cut off get the events of that time, in order',
  async (t) => {
    if (!hasRedis(t)) return;
    const redis = await TestRedis.start(t);
    const proxy = await EngineProxy.start(t, redis.address);
    const limits = { brokerHoldMs: 60_000, brokerLeaseMs: 60_000 };
    const [a, b] = [await startNode(t, redis, { limits }), await startNode(t, proxy, { limits })];
    const reader = await browser(t, b);
    reader.socket.askFor('room');
    await reader.next(SUCCEEDED);
    const api = new ApiClient(t, a);
    const publish = async (data: string): Promise<void> => {
      const { status } = await api.post('/events', { name: 'e', channel: 'room', data });
      t.equal(status, 200);
    };
    await publish('before');
    await reader.next('e');
    proxy.cut();
    await reaches(b, 'broker_up', 0);
    for (const data of ['1', '2', '3']) await publish(data);
    proxy.restore();
    await reaches(b, 'broker_up', 1);
    await publish('after');
    for (const data of ['1', '2', '3', 'after']) t.match(await reader.next('e'), { data });
    t.equal(await metric(b, 'broker_replayed_total'), 3);
    t.equal(await metric(b, 'broker_missed_total'), 0);
  },
);

t.test(
  'browsers that missed events which Redis has no more are told nothing but who is there, and get the next ones',
  async (t) => {
    if (!hasRedis(t)) return;
    const redis = await TestRedis.start(t);
    const proxy = await EngineProxy.start(t, redis.address);
    const limits = { brokerHoldMs: 60_000, brokerLeaseMs: 60_000, maxBrokerReplayBytes: 0 };
    const [a, b] = [await startNode(t, redis, { limits }), await startNode(t, proxy, { limits })];
    const ann = await member(t, a, 'ann');
    const bob = await member(t, b, 'bob');
    const api = new ApiClient(t, a);
    const publish = async (data: string): Promise<void> => {
      const { status } = await api.post('/events', { name: 'e', channel: ROOM, data });
      t.equal(status, 200);
    };
    await publish('before');
    await bob.next('e');
    proxy.cut();
    await reaches(b, 'broker_up', 0);
    await publish('missed');
    const cara = await member(t, a, 'cara');
    ann.socket.drop();
    await cara.next('pusher_internal:member_removed');
    proxy.restore();
    await reaches(b, 'broker_up', 1);
    await until(() => bob.rest.length === 2);
    t.strictSame(bob.rest.sort(), ['member_added', 'member_removed'].map(internal));
    await publish('after');
    t.match(await bob.next('e'), { data: 'after' });
    t.equal(bob.closed, undefined);
    t.equal(await metric(b, 'broker_missed_total'), 1);
  },
);
