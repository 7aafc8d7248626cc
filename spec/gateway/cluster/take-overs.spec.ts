import t, { type Test } from 'tap';
import type { PipeOptions } from '../../../lib';
import { FarEngine } from '../../../lib/brokers/memory/far-engine';
import type { FarLink } from '../../../lib/brokers/memory/far-link';
import { Gateway } from '../../../lib/gateway/gateway';
import type { Limits } from '../../../lib/gateway/options/options';
import { systemClock } from '../../../lib/util/timers';
import { nodeOfSocketId } from '../../../lib/pusher/socket-id';
import type { NodeMessage } from '../../../lib/wire/cluster';
import { join, type JoinedMember } from '../../support/group-members';
import { SECRET } from '../../support/start-gateway';
import { TestSocket } from '../../support/test-socket';
import { until, untilAnswered } from '../../support/until';

const LEASE = { leaseMs: 4_000, holdMs: 2_000 };
/** A lease that outlives what a spec holds back. */
const LONG_LEASE = { leaseMs: 30_000, holdMs: 20_000 };

interface Node {
  gateway: Gateway;
  link: FarLink;
  port: number;
}

async function start(
  t: Test,
  engine: FarEngine,
  lease = LEASE,
  more: Partial<Limits> = {},
): Promise<Node> {
  const { broker, link } = engine.join({ limits: lease });
  const app = { id: '1', key: 'key', secret: SECRET, clientEvents: true };
  const limits = { drainMs: 300, drainDelayMs: 1, ...more };
  const gateway = new Gateway({ port: 0, apps: [app], limits }, systemClock, broker);
  t.teardown(() => gateway.stop());
  await gateway.start();
  return { gateway, link, port: gateway.port };
}

interface Backend extends JoinedMember {
  /** Numbers of events, with a mark when they came again. */
  handled: string[];
  opened: string[];
  told: string[];
}

type Subscription = 'socket_message' | 'socket_existence';

async function backend(
  t: Test,
  node: Node,
  options: Partial<PipeOptions> = {},
  subscriptions: Subscription[] = ['socket_message', 'socket_existence'],
): Promise<Backend> {
  const known = { handled: [] as string[], opened: [] as string[], told: [] as string[] };
  const member = await join(t, node, options, (client) => {
    client.subscribe(subscriptions);
    if (subscriptions.includes('socket_existence')) {
      client.sockets.on('open', (id) => known.opened.push(id));
    }
    if (subscriptions.includes('socket_message')) {
      client.sockets.on('event:hi', (_, data, { redelivered }) => {
        known.handled.push(`${String(data)}${redelivered ? ' again' : ''}`);
      });
    }
    for (const event of ['reset', 'gap'] as const) client.on(event, () => known.told.push(event));
    client.on('error', () => undefined);
  });
  return { ...member, ...known };
}

/** The backend's connection is lost; it comes back over another gateway. */
function moveTo({ line }: Backend, { port }: Node): void {
  line.port = port;
  line.cut();
  line.mend();
}

/** Letters of a node of a type are not sent until the gate opens, and those that repeat them neither. */
function holdBack(link: FarLink, type: string, gate: Promise<void>): void {
  const post = link.post.bind(link);
  link.post = async (node, messages) => {
    const meant = messages.filter((message) => isOf(message, type));
    await post(
      node,
      messages.filter((message) => !meant.includes(message)),
    );
    if (meant.length === 0) return;
    await gate;
    await post(node, meant);
  };
}

function isOf(message: NodeMessage, type: string): boolean {
  return message.kind === 'letter' && (JSON.parse(message.text) as { type: string }).type === type;
}

function makeGate(): { gate: Promise<void>; open: () => void } {
  let open: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (open = resolve));
  return { gate, open };
}

t.test('a gateway that did not know who asked tells its sockets all the same', async (t) => {
  const engine = new FarEngine();
  const early = await start(t, engine, LONG_LEASE);
  const { id } = await TestSocket.connect(t, early.port);
  const { gate, open } = makeGate();
  const renew = early.link.renew.bind(early.link);
  early.link.renew = async (...lease) => {
    const renewal = await renew(...lease);
    await gate;
    return renewal;
  };
  const late = await start(t, engine, LONG_LEASE);
  const { opened } = await backend(t, late);
  open();
  await until(() => opened.length > 0);
  t.strictSame(opened, [id]);
});

t.test('events of a gateway that came while a stream had none come to its next one', async (t) => {
  for (const isKnownToBeGone of [true, false]) {
    const engine = new FarEngine();
    const [home, other] = [await start(t, engine), await start(t, engine)];
    const first = await backend(t, home, { name: 'chat' });
    if (isKnownToBeGone) await home.gateway.drain();
    else home.link.cut('both', Infinity);
    const late = await start(t, engine);
    const socket = await TestSocket.connect(t, late.port);
    socket.send({ event: 'hi', data: 1 });
    moveTo(first, other);
    await until(() => first.handled.length > 0);
    socket.send({ event: 'hi', data: 2 });
    await until(() => first.handled.length > 1);
    t.strictSame(first.handled, ['1', '2'], `known to be gone: ${isKnownToBeGone}`);
    first.line.cut();
  }
});

t.test('a stream goes on from a gateway that has written nothing of it', async (t) => {
  const engine = new FarEngine();
  const nodes = [await start(t, engine), await start(t, engine), await start(t, engine)];
  const [home, next, last] = nodes as [Node, Node, Node];
  const chat = await backend(t, home, { name: 'chat' });
  const socket = await TestSocket.connect(t, last.port);
  socket.send({ event: 'hi', data: 1 });
  await until(() => chat.handled.length === 1);
  await home.gateway.drain();
  socket.send({ event: 'hi', data: 2 });
  // From the moment on in which it goes on with the stream, nothing that it writes arrives.
  let hasBegun = false;
  let writes = 0;
  const post = next.link.post.bind(next.link);
  next.link.post = async (node, messages) => {
    hasBegun ||= messages.some((message) => isOf(message, 'tail'));
    await post(node, messages);
  };
  const turn = next.link.turn.bind(next.link);
  next.link.turn = async (app, node, number, operations) => {
    const isWrite = operations.some(({ kind }) => kind === 'write');
    if (!isWrite || !hasBegun) return turn(app, node, number, operations);
    writes++;
    return new Promise(() => undefined);
  };
  moveTo(chat, next);
  const numbers = (): Set<number> => new Set(chat.handled.map((what) => Number.parseInt(what, 10)));
  await until(() => numbers().has(2));
  await until(() => writes > 0);
  next.link.cut('both', Infinity);
  moveTo(chat, last);
  for (let n = 3; n <= 5; n++) socket.send({ event: 'hi', data: n });
  await until(() => numbers().has(5));
  t.strictSame(
    [...numbers()],
    [1, 2, 3, 4, 5],
    'no offset was given out twice, and no event is lost',
  );
  const first = chat.handled.filter((what) => !what.endsWith('again'));
  t.equal(new Set(first).size, first.length, 'no event comes again without the mark');
  t.strictSame(chat.told, [], 'no loss is told where there is none');
});

t.test('a gateway that was taken for dead hears what its next backends ask for', async (t) => {
  const engine = new FarEngine();
  const [cut, other] = [await start(t, engine), await start(t, engine)];
  const before = await backend(t, cut, { name: 'chat' }, ['socket_existence']);
  cut.link.cut('both', 2 * LEASE.leaseMs);
  await until(() => cut.link.isUp === false);
  await until(() => cut.link.isUp);
  await until(() => before.client.state !== 'open');
  const after = await backend(t, cut, {}, ['socket_message']);
  const socket = await TestSocket.connect(t, other.port);
  await until(() => {
    socket.send({ event: 'hi', data: 1 });
    return after.handled.length > 0;
  });
  t.strictSame(after.told, []);
});

t.test('events that nobody passes on are told when that is known', async (t) => {
  const engine = new FarEngine();
  const home = await start(t, engine, LONG_LEASE);
  const chat = await backend(t, home, { name: 'chat' });
  await home.gateway.drain();
  // Nobody is left who keeps anything for the stream.
  const [next, other] = [await start(t, engine, LONG_LEASE), await start(t, engine, LONG_LEASE)];
  const socket = await TestSocket.connect(t, other.port);
  const { gate, open } = makeGate();
  holdBack(next.link, 'tail', gate);
  let isHeard = false;
  const post = other.link.post.bind(other.link);
  other.link.post = async (node, messages) => {
    const reports = messages.filter((message) => isOf(message, 'report'));
    isHeard ||= JSON.stringify(reports).includes('event\\":\\"hi');
    await post(node, messages);
  };
  moveTo(chat, next);
  await until(() => {
    if (!isHeard) socket.send({ event: 'hi', data: 1 });
    return isHeard;
  });
  open();
  await until(() => chat.handled.length > 0);
  t.equal(chat.handled[0], '1', 'for the first time');
  t.strictSame(chat.told, ['gap'], 'nobody has kept what came before');
});

t.test(
  'events that a gateway could not keep for a stream without one are told as lost',
  async (t) => {
    const engine = new FarEngine();
    const home = await start(t, engine, LONG_LEASE);
    const other = await start(t, engine, LONG_LEASE, { maxPipeUnackedEvents: 5 });
    const next = await start(t, engine, LONG_LEASE);
    const socket = await TestSocket.connect(t, other.port);
    const streams: Array<{ stream: Backend; to: Node }> = [];
    for (const to of [next, other]) {
      const stream = await backend(t, home, { name: `to-${to.port}` }, ['socket_message']);
      streams.push({ stream, to });
    }
    await home.gateway.drain();
    for (let n = 0; n < 10; n++) socket.send({ event: 'hi', data: n });
    await socket.settled();
    for (const { stream, to } of streams) moveTo(stream, to);
    await until(() => {
      socket.send({ event: 'hi', data: 'later' });
      return streams.every(({ stream }) => stream.handled.includes('later'));
    });
    for (const { stream } of streams) t.strictSame(stream.told, ['gap']);
  },
);

t.test('a gateway that never says what it has kept is not waited for without end', async (t) => {
  const engine = new FarEngine();
  const home = await start(t, engine, LONG_LEASE);
  const other = await start(t, engine, LONG_LEASE);
  const next = await start(t, engine, LONG_LEASE);
  const chat = await backend(t, home, { name: 'chat' });
  await home.gateway.drain();
  holdBack(next.link, 'tail', makeGate().gate);
  moveTo(chat, next);
  await until(() => chat.client.state === 'open');
  const socket = await TestSocket.connect(t, other.port);
  socket.send({ event: 'hi', data: 1 });
  await until(() => chat.handled.length > 0);
  t.strictSame(chat.handled, ['1 again'], 'it may be among those that come late');
  await until(() => chat.opened.includes(socket.id ?? ''));
});

t.test('sockets that were told as closed with their gateway are not told again', async (t) => {
  const engine = new FarEngine();
  const [cut, other] = [await start(t, engine), await start(t, engine)];
  const { opened } = await backend(t, other, {}, ['socket_existence']);
  const before = await TestSocket.connect(t, cut.port);
  await until(() => opened.length === 1);
  // The other one asks as soon as the new number is there, while the sockets of before are.
  const first = nodeOfSocketId(before.id ?? '');
  let isAsked = false;
  const post = other.link.post.bind(other.link);
  other.link.post = async (node, messages) => {
    isAsked ||= node !== first && messages.some((message) => isOf(message, 'hear'));
    await post(node, messages);
  };
  const renew = cut.link.renew.bind(cut.link);
  cut.link.renew = async (lease, leaseMs) => {
    const renewal = await renew(lease, leaseMs);
    if (lease.node !== first) await until(() => isAsked);
    return renewal;
  };
  cut.link.cut('both', 2 * LEASE.leaseMs);
  await until(() => !cut.link.isUp);
  await until(() => cut.link.isUp);
  const ids = [before.id];
  await untilAnswered(async () => {
    const after = await TestSocket.connect(t, cut.port).catch(() => undefined);
    if (after !== undefined) ids.push(after.id);
    return after !== undefined;
  });
  await until(() => opened.length >= 2);
  t.strictSame(opened, ids);
});

t.test('a gateway that starts waits for questions that were lost on their way', async (t) => {
  const lease = { leaseMs: 30_000, holdMs: 10_000 };
  const engine = new FarEngine();
  const one = await start(t, engine, lease);
  const { handled } = await backend(t, one, {}, ['socket_message']);
  const post = one.link.post.bind(one.link);
  let lost = 0;
  one.link.post = async (node, messages) => {
    // The node asks when it sees the other one come, and when it is told.
    if (messages.some((message) => isOf(message, 'hear')) && lost++ < 2) return;
    await post(node, messages);
  };
  const two = await start(t, engine, lease);
  const socket = await TestSocket.connect(t, two.port);
  socket.send({ event: 'hi', data: 1 });
  socket.send({ event: 'hi', data: 2 });
  await until(() => handled.includes('2'));
  t.ok(lost > 2, 'the question came again');
  t.strictSame(handled, ['1', '2']);
});

t.test('reports that nobody answers for long are sent again, and nothing is lost', async (t) => {
  const engine = new FarEngine();
  const [home, other] = [await start(t, engine, LONG_LEASE), await start(t, engine, LONG_LEASE)];
  const { handled, told } = await backend(t, home, { name: 'chat' }, ['socket_message']);
  const socket = await TestSocket.connect(t, other.port);
  let isMute = true;
  const answer = home.link.post.bind(home.link);
  home.link.post = async (node, messages) => {
    await answer(
      node,
      messages.filter(({ kind }) => kind !== 'reply' || !isMute),
    );
  };
  const letters = new Set<number>();
  const report = other.link.post.bind(other.link);
  other.link.post = async (node, messages) => {
    for (const message of messages) {
      const isMeant = message.kind === 'letter' && isOf(message, 'report');
      if (isMeant && message.text.includes('"event":"hi"')) letters.add(message.number);
    }
    await report(node, messages);
  };
  socket.send({ event: 'hi', data: 1 });
  await until(() => letters.size > 1);
  isMute = false;
  socket.send({ event: 'hi', data: 2 });
  await until(() => handled.includes('2'));
  t.strictSame(handled, ['1', '2']);
  t.strictSame(told, [], 'no loss is told');
});

t.test('a loss between gateways takes nothing from what a stream keeps', async (t) => {
  const engine = new FarEngine();
  const home = await start(t, engine, LONG_LEASE);
  const other = await start(t, engine, LONG_LEASE, { maxPipeUnackedEvents: 5 });
  const chat = await backend(t, home, { name: 'chat' }, ['socket_message']);
  const socket = await TestSocket.connect(t, other.port);
  // Reports come to their home, and then no more, until some were given up.
  const { gate, open } = makeGate();
  let mode: 'passes' | 'waits' = 'passes';
  const reported: string[] = [];
  const post = other.link.post.bind(other.link);
  other.link.post = async (node, messages) => {
    for (const message of messages) {
      if (!isOf(message, 'report')) continue;
      if (JSON.stringify(message).includes('lost')) open();
      if (mode === 'waits') await gate;
      reported.push(JSON.stringify(message));
    }
    await post(node, messages);
  };
  chat.line.cut();
  for (const n of [1, 2, 3]) socket.send({ event: 'hi', data: n });
  await until(() => reported.join('').split('event\\":\\"hi').length > 3);
  mode = 'waits';
  for (let n = 4; n < 40; n++) {
    socket.send({ event: 'hi', data: n });
    await socket.settled();
  }
  await gate;
  chat.line.mend();
  await until(() => {
    socket.send({ event: 'hi', data: 'later' });
    return chat.handled.includes('later');
  });
  t.strictSame(chat.handled.slice(0, 3), ['1', '2', '3'], 'events that were kept');
  t.notOk(chat.handled.includes('39'), 'others are lost');
  t.ok(chat.told.includes('gap'), 'and that is told');
});
