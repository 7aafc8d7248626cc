import t, { type Test } from 'tap';
import type { PipeOptions } from '../../../lib';
import { FarEngine } from '../../../lib/brokers/memory/far-engine';
import type { FarLink } from '../../../lib/brokers/memory/far-link';
import { Gateway } from '../../../lib/gateway/gateway';
import { systemClock } from '../../../lib/util/timers';
import { join, type JoinedMember } from '../../support/group-members';
import { SECRET } from '../../support/start-gateway';
import { TestSocket } from '../../support/test-socket';
import { until } from '../../support/until';

/** A lease that a busy machine keeps, and one that is lost in a spec. */
const LEASE = { leaseMs: 4_000, holdMs: 2_000 };
const SHORT_LEASE = { leaseMs: 600, holdMs: 400 };
const NAME = 'name chat';

interface Node {
  gateway: Gateway;
  link: FarLink;
  port: number;
}

async function start(
  t: Test,
  engine: FarEngine,
  { limits = {}, lease = LEASE } = {},
): Promise<Node> {
  const { broker, link } = engine.join({ limits: lease });
  const app = { id: '1', key: 'key', secret: SECRET, clientEvents: true };
  const gateway = new Gateway({ port: 0, apps: [app], limits }, systemClock, broker);
  t.teardown(() => gateway.stop());
  await gateway.start();
  return { gateway, link, port: gateway.port };
}

interface Backend extends JoinedMember {
  /** Numbers of events whose handlers have ended, with a mark when they came again. */
  handled: string[];
  told: string[];
  /** Ends the handlers that wait. */
  open(): void;
}

/** A backend whose handlers wait, but for even numbers. */
async function backend(t: Test, node: Node, options: Partial<PipeOptions>): Promise<Backend> {
  const handled: string[] = [];
  const told: string[] = [];
  let open: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (open = resolve));
  const member = await join(t, node, options, (client) => {
    client.subscribe(['socket_message']);
    client.sockets.on('event:hi', async (_, data, { redelivered }) => {
      if ((data as number) % 2 === 1) await gate;
      handled.push(`${String(data)}${redelivered ? ' again' : ''}`);
    });
    for (const event of ['reset', 'gap'] as const) client.on(event, () => told.push(event));
    client.on('error', () => undefined);
  });
  return { ...member, handled, told, open };
}

/** Fields of the records of the stream, by their first letter. */
function fields(engine: FarEngine): string {
  const records = engine.app('1').state.records(NAME, engine.clock.now());
  return [...new Set([...records.keys()].map(([letter]) => letter))].sort().join('');
}

t.test('a planned restart of its gateway leaves a stream to another one', async (t) => {
  const engine = new FarEngine();
  const limits = { drainMs: 300, drainDelayMs: 1 };
  const [home, other] = [await start(t, engine, { limits }), await start(t, engine)];
  const first = await backend(t, home, { name: 'chat' });
  const sockets: TestSocket[] = [];
  for (let i = 0; i < 4; i++) sockets.push(await TestSocket.connect(t, other.port));
  sockets.forEach((socket, n) => socket.send({ event: 'hi', data: n }));
  await until(() => first.handled.length === 2);
  await home.gateway.drain();
  // The stream has no gateway now.
  sockets.forEach((socket, n) => socket.send({ event: 'hi', data: 10 + n }));
  first.line.cut();
  const second = await backend(t, other, { name: 'chat' });
  second.open();
  const numbers = (): number[] =>
    second.handled.map((what) => Number.parseInt(what, 10)).sort((a, b) => a - b);
  await until(() => numbers().length >= 6);
  const unfinished = [1, 3, 10, 11, 12, 13];
  t.strictSame(numbers(), unfinished, 'without those that had finished, in whatever order');
  t.ok(second.handled.includes('1 again') && second.handled.includes('3 again'));
  t.strictSame([...first.told, ...second.told], []);
});

t.test(
  'a process goes on with its stream on another gateway, and handles nothing twice',
  async (t) => {
    const engine = new FarEngine();
    const [home, other] = [await start(t, engine), await start(t, engine)];
    const chat = await backend(t, home, { name: 'chat' });
    const socket = await TestSocket.connect(t, other.port);
    for (let n = 1; n <= 3; n++) socket.send({ event: 'hi', data: n });
    await until(() => fields(engine).startsWith('eh'));
    chat.line.port = other.port;
    // The backend may be back before the gateway has stopped.
    let isBack = false;
    chat.client.on('connected', () => void (isBack = true));
    await home.gateway.stop();
    await until(() => isBack);
    chat.open();
    await until(() => chat.handled.length >= 3);
    socket.send({ event: 'hi', data: 4 });
    await until(() => chat.handled.includes('4'));
    const numbers = chat.handled.map((what) => Number.parseInt(what, 10));
    t.strictSame(numbers, [1, 2, 3, 4]);
    t.strictSame(chat.told, [], 'nothing is lost, and no reset told');
  },
);

t.test(
  'events that come while the gateway of a stream is leaving come to its next one',
  async (t) => {
    const engine = new FarEngine();
    const [home, other] = [await start(t, engine), await start(t, engine)];
    const chat = await backend(t, home, { name: 'chat' });
    const socket = await TestSocket.connect(t, other.port);
    socket.send({ event: 'hi', data: 2 });
    await until(() => chat.handled.length === 1);
    // The gateway has left its streams, and stays for some time yet.
    let leaves: () => void = () => undefined;
    const isLeft = new Promise<void>((resolve) => (leaves = resolve));
    const release = home.link.release.bind(home.link);
    let isAbout = false;
    home.link.release = async (lease) => {
      isAbout = true;
      await isLeft;
      await release(lease);
    };
    // A report without an answer is sent again.
    const reports: number[] = [];
    let isAnswered = false;
    const send = other.link.post.bind(other.link);
    other.link.post = async (node, messages) => {
      for (const message of messages) {
        const isReport = message.kind === 'letter' && message.text.includes('"event":"hi"');
        if (isReport) reports.push(message.number);
      }
      await send(node, messages);
    };
    const answer = home.link.post.bind(home.link);
    home.link.post = async (node, messages) => {
      isAnswered ||= messages.some(
        (each) => each.kind === 'reply' && reports.includes(each.number),
      );
      await answer(node, messages);
    };
    const stopped = home.gateway.stop();
    await until(() => isAbout);
    socket.send({ event: 'hi', data: 4 });
    await until(() => reports.length > 1 || isAnswered);
    leaves();
    await stopped;
    chat.line.port = other.port;
    chat.line.cut();
    chat.line.mend();
    socket.send({ event: 'hi', data: 6 });
    await until(() => chat.handled.some((what) => what.startsWith('6')));
    t.strictSame(chat.handled.map(Number.parseFloat), [2, 4, 6]);
    t.strictSame(chat.told, []);
  },
);

t.test('a connection lost while its place is looked for costs the next one nothing', async (t) => {
  let delayMs = 1;
  const engine = new FarEngine({ delayMs: () => delayMs });
  const [home, other] = [await start(t, engine), await start(t, engine)];
  const chat = await backend(t, home, { name: 'chat' });
  const socket = await TestSocket.connect(t, other.port);
  socket.send({ event: 'hi', data: 1 });
  await until(() => fields(engine).startsWith('eh'));
  const head = (): string =>
    String(engine.app('1').state.records(NAME, engine.clock.now()).get('head'));
  const before = head();
  chat.line.cut();
  await home.gateway.stop();
  delayMs = 50;
  chat.line.port = other.port;
  chat.line.mend();
  // The other gateway has claimed the stream, and has yet to hear that it is its own.
  await until(() => head() !== before);
  chat.line.cut();
  await until(() => chat.client.state !== 'open');
  chat.line.mend();
  await until(() => chat.client.state === 'open');
  chat.open();
  await until(() => chat.handled.length > 0);
  t.strictSame(
    chat.handled.map((what) => Number.parseInt(what, 10)),
    [1],
  );
  t.strictSame(chat.told, [], 'nothing is lost, and no reset told');
});

t.test('a gateway without its lease writes nothing more of a stream that moved', async (t) => {
  const engine = new FarEngine();
  const lease = SHORT_LEASE;
  const [home, other] = [await start(t, engine, { lease }), await start(t, engine, { lease })];
  const first = await backend(t, home, { name: 'chat' });
  const here = await TestSocket.connect(t, home.port);
  here.send({ event: 'hi', data: 1 });
  await until(() => fields(engine).startsWith('eh'));
  home.link.cut('both', 3 * lease.leaseMs);
  here.send({ event: 'hi', data: 3 });
  first.line.cut();
  const second = await backend(t, other, { name: 'chat' });
  const there = await TestSocket.connect(t, other.port);
  there.send({ event: 'hi', data: 4 });
  await until(() => second.handled.length === 1);
  await until(() => home.link.isUp);
  second.open();
  await until(() => second.handled.includes('1 again'));
  there.send({ event: 'hi', data: 6 });
  await until(() => second.handled.includes('6'));
  t.strictSame(
    second.handled.sort(),
    ['1 again', '4', '6'],
    'an event of a gateway cut off is its own',
  );
  t.strictSame(second.told, []);
});

t.test('records of a stream end with it', async (t) => {
  const engine = new FarEngine();
  const node = await start(t, engine, { limits: { pipeWindowMs: 200 } });
  const chat = await backend(t, node, { name: 'chat' });
  const socket = await TestSocket.connect(t, node.port);
  socket.send({ event: 'hi', data: 2 });
  await until(() => chat.handled.length === 1);
  await until(() => fields(engine) === 'hp');
  await chat.client.disconnect();
  await until(() => fields(engine) === '');
  t.pass('nothing is left');
});

t.test('a stream with other settings begins anew, and that is told', async (t) => {
  const engine = new FarEngine();
  const home = await start(t, engine, { limits: { pipePartitions: 4 } });
  const other = await start(t, engine, { limits: { pipePartitions: 8 } });
  const member = await backend(t, home, { group: 'workers' });
  member.line.port = other.port;
  await home.gateway.stop();
  await until(() => member.told.length > 0 && member.client.state === 'open');
  t.strictSame(member.told, ['reset']);
});
