import t, { type Test } from 'tap';
import { FarEngine } from '../../../../lib/brokers/memory/far-engine';
import { Gateway } from '../../../../lib/gateway/gateway';
import type {
  ChannelPage,
  ChannelRow,
  Explanation,
  Followed,
  List,
  NodesPage,
  Overview,
  SocketPage,
  SocketRow,
  TailRow,
  UserPage,
} from '../../../../lib/gateway/protocols/console/api';
import { TestGateway } from '../../../../lib/testing/test-gateway';
import { systemClock } from '../../../../lib/util/timers';
import { ApiClient } from '../../../support/api-client';
import { ConsoleVisitor } from '../../../support/console-visitor';
import { SECRET } from '../../../support/start-gateway';
import { until, untilAnswered } from '../../../support/until';

const CREDENTIALS = { id: '1', key: 'key', secret: SECRET };

async function startTwo(
  t: Test,
  second: { console: boolean } = { console: true },
): Promise<readonly [Gateway, Gateway]> {
  const engine = new FarEngine({ delayMs: () => Math.random() * 4 });
  const start = (hasConsole: boolean): Promise<Gateway> => {
    const options = {
      port: 0,
      apps: [{ ...CREDENTIALS, clientEvents: true }],
      ...(hasConsole && { console: { port: 0 } }),
    };
    const gateway = new Gateway(options, systemClock, engine.join().broker);
    t.teardown(() => gateway.stop());
    return gateway.start();
  };
  return [await start(true), await start(second.console)];
}

t.test('lists are those of all gateways', async (t) => {
  const [one, two] = await startTwo(t);
  const [ada, bob] = [
    await new TestGateway(one, CREDENTIALS).browser(),
    await new TestGateway(two, CREDENTIALS).browser(),
  ];
  await ada.subscribe('room');
  await bob.subscribe('room');
  await bob.subscribe('other');
  await bob.signIn('bob');
  const visitor = new ConsoleVisitor(one);
  const get = async <T>(path: string): Promise<T> => (await visitor.get<T>(path)).body;
  await untilAnswered(async () => (await get<NodesPage>('/api/nodes')).rows.length === 2);
  t.match(await get<List<ChannelRow>>('/api/apps/1/channels'), {
    ...{ total: 2, nodes: { asked: 2, answered: 2 } },
    items: [
      { name: 'room', subscribers: 2 },
      { name: 'other', subscribers: 1 },
    ],
  });
  const sockets = await get<List<SocketRow>>('/api/apps/1/sockets');
  t.equal(sockets.total, 2);
  t.equal(new Set(sockets.items.map(({ node }) => node)).size, 2);
  t.match(await get<ChannelPage>('/api/apps/1/channels/room'), { sockets: { total: 2 } });
  t.match(await get<ChannelPage>('/api/apps/1/channels/other'), { sockets: { total: 1 } });
  t.match(await get<UserPage>('/api/apps/1/users/bob'), { sockets: [{ id: bob.id }] });
  t.match(await get<Overview>('/api/overview'), { apps: [{ sockets: 2 }], verdicts: [] });
});

t.test('a socket of another gateway is found and explained', async (t) => {
  const [one, two] = await startTwo(t);
  const bob = await new TestGateway(two, CREDENTIALS).browser();
  await bob.subscribe('room');
  const visitor = new ConsoleVisitor(one);
  const path = `/api/apps/1/sockets/${bob.id}`;
  await untilAnswered(async () => (await visitor.get(path)).status === 200);
  t.match((await visitor.get<SocketPage>(path)).body, { isOpen: true, channelNames: ['room'] });
  const query = new URLSearchParams({ who: bob.id, channel: 'Room' });
  const { body } = await visitor.get<Explanation>(`/api/apps/1/explain?${query.toString()}`);
  t.equal(body.verdict, 'It is not on Room, but on room');
  t.equal((await visitor.get('/api/apps/1/sockets/1.1')).status, 404);
});

t.test('a gateway that does not answer is told of', async (t) => {
  const [one, two] = await startTwo(t, { console: false });
  await new TestGateway(two, CREDENTIALS).browser();
  const visitor = new ConsoleVisitor(one);
  await untilAnswered(async () => {
    const { nodes } = (await visitor.get<Overview>('/api/overview')).body;
    return nodes.asked === 2;
  });
  const { verdicts, nodes } = (await visitor.get<Overview>('/api/overview')).body;
  t.strictSame(nodes, { asked: 2, answered: 1 });
  t.match(verdicts, [{ text: /^1 of 2 gateways did not answer/ }]);
});

t.test('a tail shows the events of all gateways, each with its node', async (t) => {
  const [one, two] = await startTwo(t);
  const [ada, bob] = [
    await new TestGateway(one, CREDENTIALS).browser(),
    await new TestGateway(two, CREDENTIALS).browser(),
  ];
  await ada.subscribe('private-room');
  await bob.subscribe('private-room');
  const tail = { way: 'in' as const };
  const stream = await new ConsoleVisitor(one).stream(t, { app: '1', tail });
  const looks = (): boolean => stream.lines.some(({ nodes }) => nodes?.answered === 2);
  await until(looks);
  const rows = (): TailRow[] => stream.lines.flatMap((line) => line.tail?.rows ?? []);
  ada.send('client-ada', {}, 'private-room');
  bob.send('client-bob', {}, 'private-room');
  await until(() => rows().length === 2);
  const nodeOf = new Map(rows().map(({ event, node }) => [event, node]));
  const { items } = (await new ConsoleVisitor(one).get<List<SocketRow>>('/api/apps/1/sockets'))
    .body;
  const homeOf = (id: string): string | undefined => items.find((each) => each.id === id)?.node;
  t.equal(nodeOf.get('client-ada'), homeOf(ada.id));
  t.equal(nodeOf.get('client-bob'), homeOf(bob.id));
  t.not(homeOf(ada.id), homeOf(bob.id));
  const seen = stream.lines.reduce((sum, line) => sum + (line.tail?.seen ?? 0), 0);
  t.equal(seen, 2, 'no event is seen twice');
});

t.test('a tail tells to how many sockets of the node an event goes', async (t) => {
  const [one, two] = await startTwo(t);
  for (const gateway of [one, two, two]) {
    await (await new TestGateway(gateway, CREDENTIALS).browser()).subscribe('room');
  }
  const stream = await new ConsoleVisitor(one).stream(t, { app: '1', tail: { way: 'out' } });
  await until(() => stream.lines.some(({ nodes }) => nodes?.answered === 2));
  for (const gateway of [one, two]) {
    await new ApiClient(t, gateway).post('/events', { name: 'told', channel: 'room', data: '{}' });
  }
  const rows = (): TailRow[] => stream.lines.flatMap((line) => line.tail?.rows ?? []);
  await until(() => rows().length === 2);
  t.same(
    rows()
      .map(({ sockets }) => sockets)
      .sort(),
    [1, 2],
  );
});

t.test('an event of another gateway is followed there', async (t) => {
  const [one, two] = await startTwo(t);
  const bob = await new TestGateway(two, CREDENTIALS).browser();
  await bob.subscribe('private-room');
  const follow = { event: 'client-bob', count: 1 };
  const stream = await new ConsoleVisitor(one).stream(t, { app: '1', follow });
  await until(() => stream.lines.some(({ nodes }) => nodes?.answered === 2));
  const events = ['client-other', 'client-bob', 'client-bob'];
  for (const event of events) bob.send(event, {}, 'private-room');
  const followed = (): readonly Followed[] =>
    stream.lines.findLast((line) => line.follow !== undefined)?.follow ?? [];
  await until(() => followed()[0]?.isOver === true);
  t.match(followed(), [{ event: 'client-bob', socket: bob.id, hops: [{ name: 'accepted' }] }]);
  t.equal(followed().length, 1, 'as many as were asked for');
});

t.test(
  'an event for browsers of another gateway has not failed at the one that took it',
  async (t) => {
    const [one, two] = await startTwo(t);
    const bob = await new TestGateway(two, CREDENTIALS).browser();
    await bob.subscribe('room');
    const stream = await new ConsoleVisitor(one).stream(t, { app: '1', follow: { event: 'told' } });
    await until(() => stream.lines.some(({ nodes }) => nodes?.answered === 2));
    await new ApiClient(t, one).post('/events', { name: 'told', channel: 'room', data: '{}' });
    await bob.next('told');
    const followed = (): readonly Followed[] =>
      stream.lines.findLast((line) => line.follow !== undefined)?.follow ?? [];
    await until(() => followed()[0]?.isOver === true);
    t.match(followed()[0]?.hops, [
      { name: 'accepted', is: 'ok' },
      { name: 'written', is: 'ok', text: /other gateways/ },
    ]);
  },
);
