import type { ChildProcess } from 'node:child_process';
import t, { type Test } from 'tap';
import { Gateway } from '../../../lib/gateway/gateway';
import type { GatewayOptions } from '../../../lib/gateway/options/options';
import { startChild } from '../../support/processes';
import { Reader } from '../../support/reader';
import { SECRET } from '../../support/start-gateway';
import { hasRedis, TestRedis } from '../../support/start-redis';
import { TestSocket } from '../../support/test-socket';
import { until, untilAnswered } from '../../support/until';
import { WebhookEndpoint } from '../../support/webhook-endpoint';

/** Rooms of each kind: each of the two gateways looks after some of them. */
const ROOMS = 12;

interface Pair {
  redis: TestRedis;
  endpoint: WebhookEndpoint;
  here: Gateway;
  there: { port: number; child: ChildProcess };
  /** Changes of the rooms of a kind that were told, in their order, and those of their members: a text for each room. */
  told(kind: string): string[];
  /** Waits until just this is told of each room of a kind, and of its member. */
  isTold(kind: string, text: string): Promise<void>;
}

function roomsOf(kind: string): string[] {
  return Array.from({ length: ROOMS }, (_, n) => `presence-${kind}-${n}`);
}

async function startPair(t: Test): Promise<Pair> {
  const redis = await TestRedis.start(t);
  const endpoint = await WebhookEndpoint.start(t);
  const options: GatewayOptions = {
    ...{ port: 0, broker: { redis: redis.address }, limits: { brokerLeaseMs: 2500 } },
    apps: [{ id: '1', key: 'key', secret: SECRET, webhooks: [{ url: endpoint.url }] }],
    webhookAllow: ['127.0.0.1'],
  };
  const here = new Gateway(options);
  t.teardown(() => here.stop());
  await here.start();
  const { child, said } = await startChild<{ port: number }>(t, 'gateway', options);
  const textOf = (room: string, of: string): string =>
    (endpoint.events as Array<{ name: string; channel: string }>)
      .filter(({ name, channel }) => channel === room && name.startsWith(of))
      .map(({ name }) => (/occupied|added/.test(name) ? '+' : '-'))
      .join('');
  const told: Pair['told'] = (kind) =>
    roomsOf(kind).map((room) => `${textOf(room, 'channel_')} ${textOf(room, 'member_')}`);
  return {
    ...{ redis, endpoint, here, there: { port: said.port, child }, told },
    isTold: (kind, text) => until(() => told(kind).every((each) => each === `${text} ${text}`)),
  };
}

/** A browser in rooms of some kinds, always of the same user. */
async function browser(t: Test, { port }: { port: number }, ...kinds: string[]): Promise<Reader> {
  const reader = new Reader(await TestSocket.connect(t, port));
  const rooms = kinds.flatMap(roomsOf);
  for (const room of rooms) reader.socket.askFor(room, { user_id: 'ann' });
  const entered = (): number =>
    reader.rest.filter((event) => event === 'pusher_internal:subscription_succeeded').length;
  await until(() => entered() === rooms.length);
  return reader;
}

/** Leaves the rooms of a kind; answered when the gateway has read it. */
async function leave({ socket, messages }: Reader, kind: string): Promise<void> {
  for (const channel of roomsOf(kind)) {
    socket.send({ event: 'pusher:unsubscribe', data: { channel } });
  }
  socket.send({ event: 'pusher:ping' });
  await until(() => messages.some(({ event }) => event === 'pusher:pong'));
}

t.test('changes around a gateway that is lost are told once', async (t) => {
  if (!hasRedis(t)) return;
  t.jobs = 3;

  t.test('a gateway that stands still for longer than its lease', async (t) => {
    const { here, there, told, isTold } = await startPair(t);
    const gone = await browser(t, there, 'gone');
    const back = await browser(t, there, 'back');
    const swept = await browser(t, there, 'swept');
    const leaver = await browser(t, here, 'left', 'returned');
    for (const kind of ['gone', 'back', 'swept', 'left', 'returned']) await isTold(kind, '+');

    await leave(leaver, 'left');
    await leave(leaver, 'returned');
    there.child.kill('SIGSTOP');
    const comes = await browser(t, here, 'comes');
    gone.socket.drop();
    await isTold('swept', '+-');
    // Some of them are held back by the gateway that stands still.
    const stays = await browser(t, here, 'returned', 'swept');
    await isTold('swept', '+-+');
    there.child.kill('SIGCONT');
    await until(() => back.closed !== undefined && swept.closed !== undefined);
    const returned = await browser(t, there, 'back');
    await isTold('back', '+-+');
    await isTold('gone', '+-');
    await isTold('left', '+-');
    await isTold('comes', '+');
    // Leaves that were held back are told or not; no state is told twice.
    await until(() => told('returned').every((text) => /^(\+|\+-\+) (\+|\+-\+)$/.test(text)));
    for (const reader of [comes, stays, returned]) t.equal(reader.closed, undefined);
  });

  t.test('a gateway that is killed', async (t) => {
    const { here, there, told, isTold } = await startPair(t);
    await browser(t, there, 'swept');
    const leaver = await browser(t, here, 'left', 'returned');
    for (const kind of ['swept', 'left', 'returned']) await isTold(kind, '+');
    await leave(leaver, 'left');
    await leave(leaver, 'returned');
    there.child.kill('SIGKILL');
    await isTold('swept', '+-');
    await browser(t, here, 'returned');
    await isTold('left', '+-');
    // Leaves that were held back are told or not; no state is told twice.
    await until(() => told('returned').every((text) => /^(\+|\+-\+) (\+|\+-\+)$/.test(text)));
  });

  t.test('a gateway that is killed before its webhooks are taken', async (t) => {
    const { redis, endpoint, here, there, told, isTold } = await startPair(t);
    const leaver = await browser(t, here, 'left');
    await isTold('left', '+');
    await untilAnswered(async () => (await redis.owed()) === 0);
    endpoint.answer = (response) => response.writeHead(503).end();
    await leave(leaver, 'left');
    // Each room and its member are owed, whether the endpoint was asked before it was left alone or not.
    await untilAnswered(async () => (await redis.owed()) === 2 * ROOMS);
    there.child.kill('SIGKILL');
    endpoint.webhooks.length = 0;
    endpoint.answer = (response) => response.end();
    await until(() => told('left').every((text) => /^-+ -+$/.test(text)));
    t.equal(leaver.closed, undefined);
  });
});
