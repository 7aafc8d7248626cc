import { type ChildProcess } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import t, { type Test } from 'tap';
import type { PipeOptions } from '../../../lib';
import { readStream } from '../../../lib/gateway/core/streams/stream-records';
import type { RestoredLog } from '../../../lib/stream/log';
import type { PipeEvent } from '../../../lib/wire/frames';
import { join, type JoinedMember } from '../../support/group-members';
import { startChild } from '../../support/processes';
import { Reader } from '../../support/reader';
import { SECRET } from '../../support/start-gateway';
import { hasRedis, TestRedis } from '../../support/start-redis';
import { TestSocket } from '../../support/test-socket';
import { until, untilAnswered } from '../../support/until';

interface Node {
  child: ChildProcess;
  port: number;
}

const LIMITS = { brokerLeaseMs: 4000, pipeGraceMs: 500 };

async function startNode(t: Test, { address }: TestRedis, limits: object = LIMITS): Promise<Node> {
  const apps = [{ id: '1', key: 'key', secret: SECRET, clientEvents: true }];
  const options = { port: 0, apps, broker: { redis: address }, limits };
  const { child, said } = await startChild<{ port: number }>(t, 'gateway', options);
  return { child, port: said.port };
}

/** Things that a backend was told, in their order. */
interface Told {
  member: JoinedMember;
  heard: string[];
  /** `open` and `close` of each socket, as told last. */
  sockets: Map<string, string[]>;
  resets: string[];
  errors: string[];
}

async function backend(t: Test, node: Node, options: Partial<PipeOptions>): Promise<Told> {
  const told = { heard: [], sockets: new Map(), resets: [], errors: [] } as Omit<Told, 'member'>;
  const note = (id: string, what: string): void => {
    told.sockets.set(id, [...(told.sockets.get(id) ?? []), what]);
  };
  const member = await join(t, node, options, (client) => {
    client.subscribe(['socket_message', 'socket_existence']);
    client.sockets.on('event:hi', (id, n) => told.heard.push(`${id} ${String(n)}`));
    client.sockets.on('open', (id) => note(id, 'open'));
    client.sockets.on('close', (id) => note(id, 'close'));
    client.on('error', ({ message }) => told.errors.push(message));
    client.on('reset', ({ reason }) => told.resets.push(reason));
  });
  return { member, ...told };
}

function isClose(what: string): boolean {
  return what === 'close';
}

async function browser(t: Test, { port }: Node): Promise<Reader> {
  return new Reader(await TestSocket.connect(t, port));
}

t.test(
  'a gateway that is killed leaves its streams to the others, and its sockets are closed once',
  async (t) => {
    if (!hasRedis(t)) return;
    const redis = await TestRedis.start(t);
    const [home, other] = [await startNode(t, redis), await startNode(t, redis)];
    const plain = await backend(t, other, {});
    const first = await backend(t, home, { group: 'workers', name: 'first' });
    const second = await backend(t, other, { group: 'workers', name: 'second' });
    const lost = await Promise.all([browser(t, home), browser(t, home)]);
    const stays = await Promise.all([browser(t, other), browser(t, other), browser(t, other)]);
    const all = [...lost, ...stays].map(({ socket }) => socket.id).sort();
    // Both may tell of one: its partition moves to the second member while browsers come.
    const group = (): string[] =>
      [...new Set([first, second].flatMap(({ sockets }) => [...sockets.keys()]))].sort();
    await until(() => plain.sockets.size === 5 && group().length === 5);
    t.strictSame(group(), all, 'the group is told of each socket');

    first.member.line.port = other.port;
    home.child.kill('SIGKILL');
    const isClosed = (told: Told, id: string): boolean => told.sockets.get(id)?.at(-1) === 'close';
    await until(() => lost.every(({ socket }) => isClosed(plain, socket.id)));
    for (const { socket } of lost) t.strictSame(plain.sockets.get(socket.id), ['open', 'close']);
    t.strictSame(plain.resets, [], 'the stream of another gateway goes on');
    // Members come back, and find another home as soon as the dead one is known to be dead.
    for (const { socket } of stays) socket.send({ event: 'hi', data: 1 });
    await until(() => [first, second].every(({ member }) => member.client.state === 'open'));
    for (const { socket } of stays) socket.send({ event: 'hi', data: 2 });
    const handled = (n: number): string[] =>
      [first, second].flatMap(({ heard }) => heard).filter((what) => what.endsWith(` ${n}`));
    await until(() => handled(2).length >= 3);
    t.equal(handled(2).length, 3, 'by one member each');
    t.strictSame([...first.resets, ...second.resets], [], 'nothing of their stream is lost');
    const closes = (id: string): number =>
      [first, second].flatMap(({ sockets }) => sockets.get(id) ?? []).filter(isClose).length;
    await until(() => lost.every(({ socket }) => closes(socket.id) > 0));
    for (const { socket } of lost) t.equal(closes(socket.id), 1, 'the group is told of the close');
    const early = (): string[] => plain.heard.filter((what) => what.endsWith(' 1'));
    await until(() => early().length >= 3);
    t.equal(early().length, 3);
    for (const { socket, closed } of stays) {
      t.equal(closed, undefined);
      t.strictSame(plain.sockets.get(socket.id), ['open']);
    }
  },
);

/** An event as one of the members of a stream has handled it. */
interface Handled {
  id: string;
  n: number;
  redelivered: boolean;
  metaId: string;
}

/** Unfinished events in the records of a stream. */
function eventsIn(records: ReadonlyMap<string, Uint8Array>): number {
  const logs = readStream(records)?.logs ?? new Map<number, RestoredLog<PipeEvent>>();
  return [...logs.values()].reduce((sum, { entries }) => sum + [...entries].length, 0);
}

/** A backend whose handlers wait while it is held. */
async function slowBackend(
  t: Test,
  node: Node,
  options: Partial<PipeOptions>,
  { gate, begun, handled }: { gate: Promise<void>; begun: string[]; handled: Handled[] },
): Promise<Told & { gaps: number }> {
  const told = { heard: [], sockets: new Map(), resets: [], errors: [] } as Omit<Told, 'member'>;
  let gaps = 0;
  const member = await join(t, node, options, (client) => {
    client.subscribe(['socket_message']);
    client.sockets.on('event:hi', async (id, data, { redelivered, id: metaId }) => {
      const n = data as number;
      begun.push(`${id} ${n}`);
      if (n > 0) await gate;
      handled.push({ id, n, redelivered, metaId });
    });
    client.on('error', ({ message }) => told.errors.push(message));
    client.on('reset', ({ reason }) => told.resets.push(reason));
    client.on('gap', () => gaps++);
  });
  return {
    member,
    ...told,
    get gaps() {
      return gaps;
    },
  };
}

for (const [title, names] of [
  [
    'unhandled events of a group come to the next gateway when theirs is killed',
    [
      { group: 'workers', name: 'first' },
      { group: 'workers', name: 'second' },
    ],
  ],
  ['unhandled events of a name come to the next gateway when theirs is killed', [{ name: 'chat' }]],
] as const) {
  t.test(title, async (t) => {
    if (!hasRedis(t)) return;
    const redis = await TestRedis.start(t);
    const [home, other] = [await startNode(t, redis), await startNode(t, redis)];
    const begun: string[] = [];
    const handled: Handled[] = [];
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const backends: Array<Awaited<ReturnType<typeof slowBackend>>> = [];
    for (const options of names) {
      backends.push(await slowBackend(t, home, options, { gate, begun, handled }));
    }
    const browsers = [await browser(t, home), await browser(t, other), await browser(t, other)];
    const ids = browsers.map(({ socket }) => socket.id);
    const COUNT = 20;
    for (const { socket } of browsers) socket.send({ event: 'hi', data: 0 });
    await until(() => handled.length === browsers.length);
    for (let n = 1; n <= COUNT; n++) {
      for (const { socket } of browsers) socket.send({ event: 'hi', data: n });
    }
    // Each has begun its first one; the last ones have come to the engine when the gateway knows them.
    await until(() => begun.length === 2 * browsers.length);
    const key = `sp:{1}:l:${'group' in names[0] ? 'group workers' : 'name chat'}`;
    const kept = COUNT * browsers.length;
    await untilAnswered(async () => eventsIn(await redis.hash(key)) === kept);

    for (const { member } of backends) member.line.port = other.port;
    home.child.kill('SIGKILL');
    const areOpen = (): boolean => backends.every(({ member }) => member.client.state === 'open');
    await until(() => !areOpen());
    // Browsers of the other gateway go on meanwhile.
    const stays = browsers.slice(1);
    let last = COUNT;
    const send = (): void => {
      last++;
      for (const { socket } of stays) socket.send({ event: 'hi', data: last });
    };
    while (!areOpen()) {
      send();
      await setTimeout(20);
    }
    open();
    send();
    const all = ids.flatMap((id, i) =>
      Array.from({ length: (i === 0 ? COUNT : last) + 1 }, (_, n) => `${id} ${n}`),
    );
    const missing = (): string[] => {
      const keys = new Set(handled.map(({ id, n }) => `${id} ${n}`));
      return all.filter((key) => !keys.has(key));
    };
    await until(() => missing().length === 0).catch(() => undefined);
    t.strictSame(missing(), [], 'each event is handled');
    for (const id of ids) {
      const own = handled.filter((each) => each.id === id);
      const fresh = own.filter((each, i) => own.findIndex(({ n }) => n === each.n) === i);
      const order = fresh.map(({ n }) => n);
      t.strictSame(
        order,
        [...order].sort((a, b) => a - b),
        'in order',
      );
      const again = own.filter((each, i) => own.findIndex(({ n }) => n === each.n) !== i);
      t.ok(
        again.every(({ redelivered }) => redelivered),
        'twice with the mark only',
      );
      for (const { n, metaId } of again) {
        t.equal(metaId, own.find((each) => each.n === n)?.metaId, 'under the same id');
      }
      t.equal(new Set(own.map(({ metaId }) => metaId)).size, order.length, 'ids are of one kind');
      t.equal(
        own.filter(({ n }) => n === 0).length,
        1,
        'what was acknowledged does not come again',
      );
    }
    for (const { resets, gaps } of backends) t.strictSame([resets, gaps], [[], 0]);
  });
}

t.test(
  'a backend goes on over another gateway when its own is killed, where its stream is elsewhere',
  async (t) => {
    if (!hasRedis(t)) return;
    const redis = await TestRedis.start(t);
    const [home, edge] = [await startNode(t, redis), await startNode(t, redis)];
    // A short visit makes the first gateway the home of the name.
    const visitor = await backend(t, home, { name: 'chat' });
    visitor.member.line.cut();
    const chat = await backend(t, edge, { name: 'chat' });
    const [here, there] = [await browser(t, home), await browser(t, edge)];
    for (const { socket } of [here, there]) socket.send({ event: 'hi', data: 1 });
    await until(() => chat.heard.length === 2);
    chat.member.line.port = home.port;
    edge.child.kill('SIGKILL');
    here.socket.send({ event: 'hi', data: 2 });
    await until(() => chat.heard.includes(`${here.socket.id} 2`));
    t.strictSame(chat.resets, [], 'the same session');
    await until(() => chat.sockets.get(there.socket.id)?.at(-1) === 'close');
    t.strictSame(chat.sockets.get(there.socket.id), ['open', 'close']);
    t.equal(chat.heard.length, 3, 'nothing twice');
  },
);

t.test(
  'a gateway that was suspended for long handles no event of a stream that moved meanwhile',
  async (t) => {
    if (!hasRedis(t)) return;
    const redis = await TestRedis.start(t);
    const [home, other] = [await startNode(t, redis), await startNode(t, redis)];
    const first = await backend(t, home, { name: 'chat' });
    const socket = await browser(t, other);
    await until(() => first.sockets.has(socket.socket.id));
    home.child.kill('SIGSTOP');
    // Until the name is free its next backend is sent away, and comes back.
    const second = await backend(t, other, { name: 'chat' });
    socket.socket.send({ event: 'hi', data: 1 });
    await until(() => second.heard.length === 1);
    home.child.kill('SIGCONT');
    await until(() => first.errors.some((message) => /taken this name/.test(message)));
    socket.socket.send({ event: 'hi', data: 2 });
    const handled = (n: number): string[] =>
      [first, second].flatMap(({ heard }) => heard).filter((what) => what.endsWith(` ${n}`));
    await until(() => handled(2).length > 0);
    socket.socket.send({ event: 'hi', data: 3 });
    await until(() => handled(3).length > 0);
    t.equal(handled(2).length, 1);
    t.equal(handled(1).length, 1);
  },
);

t.test('groups go on as before when the engine has lost everything', async (t) => {
  if (!hasRedis(t)) return;
  const redis = await TestRedis.start(t);
  const [home, other] = [await startNode(t, redis), await startNode(t, redis)];
  const first = await backend(t, home, { group: 'workers', name: 'first' });
  const second = await backend(t, other, { group: 'workers', name: 'second' });
  const browsers = await Promise.all(
    [home, other, home, other].map(async (node) => browser(t, node)),
  );
  const members = [first, second];
  let rounds = 0;
  const round = async (): Promise<void> => {
    const n = ++rounds;
    for (const { socket } of browsers) socket.send({ event: 'hi', data: n });
    const handled = (): string[] =>
      members.flatMap(({ heard }) => heard).filter((what) => what.endsWith(` ${n}`));
    await until(() => handled().length >= 4);
    t.equal(handled().length, 4, `round ${n}`);
  };
  await round();
  await redis.kill();
  await redis.start();
  for (const { socket } of browsers) socket.send({ event: 'hi', data: 0 });
  await round();
  const third = await backend(t, other, { group: 'workers', name: 'third' });
  members.push(third);
  await round();
  await third.member.client.disconnect();
  t.strictSame([...first.resets, ...second.resets], []);
});
