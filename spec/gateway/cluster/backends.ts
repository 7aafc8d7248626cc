import type { Test } from 'tap';
import { createClient, type PipeClient, type PipeOptions } from '../../../lib';
import { askAuth } from '../../support/auth-request';
import { join, type JoinedMember } from '../../support/group-members';
import { Reader } from '../../support/reader';
import type { StartCluster } from '../../support/start-cluster';
import { SECRET } from '../../support/start-gateway';
import { TestSocket } from '../../support/test-socket';
import { until, untilAnswered } from '../../support/until';
import { WirePipe } from '../protocols/pipe-2011/backend';

/** A backend of one of the nodes. */
async function backend(
  t: Test,
  { port }: { port: number },
  prepare: (client: PipeClient) => void = () => undefined,
  options: Partial<PipeOptions> = {},
): Promise<PipeClient> {
  const client = createClient({ ...ACCESS, port, ...options });
  t.teardown(() => client.disconnect());
  prepare(client);
  await client.connect();
  return client;
}

/** Shows that a backend works with the browsers of any node, whichever node it is connected to. */
export function showBackends(t: Test, start: StartCluster): void {
  t.test('a backend of any node decides who may subscribe', async (t) => {
    const [here, , there] = (await start(t, 3)) as [Node, Node, Node];
    t.match(await askAuth(urlOf(here)), { status: 503, body: { error: { code: 'no_backend' } } });
    const asked: string[] = [];
    const client = await backend(t, there, (client) =>
      client.authorize('private-*', ({ channel, socketId }) => {
        asked.push(`${channel} ${socketId}`);
        return channel === 'private-room';
      }),
    );
    const granted = await askAuth(urlOf(here));
    t.match(granted, { status: 200, body: { auth: /^key:[0-9a-f]{64}$/ } });
    t.strictSame(granted.body, (await askAuth(urlOf(there))).body, 'the same on its own node');
    const body = { socket_id: '12.34', channel_name: 'private-other' };
    t.match(await askAuth(urlOf(here), { body }), { status: 403 });
    t.equal(asked.length, 3);
    await client.disconnect();
    t.match(await askAuth(urlOf(here)), { status: 503, body: { error: { code: 'no_backend' } } });
  });

  t.test('a node asks its own backend, and that of another node when this fails', async (t) => {
    const [here, there] = (await start(t, 2)) as [Node, Node];
    const asked: string[] = [];
    const decide = (name: string) => (client: PipeClient) =>
      client.authorize('private-*', () => asked.push(name) > 0);
    const own = await backend(t, here, decide('own'));
    await backend(t, there, decide('other'));
    for (let i = 0; i < 3; i++) await askAuth(urlOf(here));
    await own.disconnect();
    t.match(await askAuth(urlOf(here)), { status: 200 });
    t.strictSame(asked, ['own', 'own', 'own', 'other']);
  });

  t.test('a browser answers the request of a backend of the other node', async (t) => {
    const [here, there] = (await start(t, 2)) as [Node, Node];
    const client = await backend(t, here);
    const socket = await TestSocket.connect(t, there.port);
    const asked = client.socket(socket.id).request('sum', [1, 2]);
    const { event, data } = await socket.next();
    t.equal(event, 'standpipe:request');
    const { id, data: numbers } = JSON.parse(data as string) as { id: string; data: number[] };
    socket.send({ event: 'standpipe:reply', data: { id, data: numbers.reduce((a, b) => a + b) } });
    t.equal(await asked, 3);
    const unanswered = client.socket(socket.id).request('sum', []);
    await socket.next();
    socket.drop();
    await t.rejects(unanswered, { message: /closed unanswered/ });
  });

  t.test(
    'a socket of the other node gets events, requests and a close in their order',
    async (t) => {
      const [here, there] = (await start(t, 2)) as [Node, Node];
      const client = await backend(t, here);
      const [socket, other] = [
        await TestSocket.connect(t, there.port),
        await TestSocket.connect(t, there.port),
      ];
      const far = client.socket(socket.id);
      const long = 'x'.repeat(9_000);
      for (let i = 0; i < 30; i++) {
        far.trigger('event', long);
        client.socket(other.id).trigger('to the other', i);
      }
      const asked = far.request('last', null);
      far.trigger('behind', 1);
      const names: string[] = [];
      for (let i = 0; i < 32; i++) {
        const { event, data } = await socket.next();
        names.push(event);
        if (event !== 'standpipe:request') continue;
        const { id } = JSON.parse(data as string) as { id: string };
        socket.send({ event: 'standpipe:reply', data: { id, data: names.length } });
      }
      const events = new Array<string>(30).fill('event');
      // A query may be answered before commands that are sent behind it, and never before those in front.
      t.strictSame(names.slice(0, 30), events);
      t.strictSame(names.slice(30).sort(), ['behind', 'standpipe:request']);
      t.type(await asked, 'number');
      far.trigger('last', 1);
      await far.close(4200);
      t.match(await socket.next(), { event: 'last' });
      t.equal((await socket.closed()).code, 4200);
      for (let i = 0; i < 30; i++) t.match(await other.next(), { data: String(i) });
      await t.rejects(far.publish('gone', 1), { message: /is not connected/ });
    },
  );

  t.test('queries tell of the sockets, users and backends of all nodes', async (t) => {
    const nodes = (await start(t, 3)) as [Node, Node, Node];
    const [client] = [await backend(t, nodes[0]), await backend(t, nodes[1])];
    const sockets: TestSocket[] = [];
    for (const [i, node] of [...nodes, ...nodes].entries()) {
      const socket = await TestSocket.connect(t, node.port);
      if (i < 3) await socket.signIn({ id: 'ann', user_info: { n: i } });
      await socket.subscribe('room');
      sockets.push(socket);
    }
    await sockets[4]?.signIn({ id: 'bob' });
    await sockets[4]?.subscribe('#server-to-user-bob');
    const ids = sockets.map(({ id }) => id);
    await untilAnswered(async () => (await client.sockets.count()) === 6);
    // Each node knows the others a moment after they have started.
    await untilAnswered(async () => (await client.user('ann').info()).socketCount === 3);
    await untilAnswered(async () => {
      const { pipes, users, channels } = await client.stats();
      return pipes === 2 && users === 2 && channels === 1;
    });
    const userOf = (i: number): object =>
      i < 3 ? { userId: 'ann' } : i === 4 ? { userId: 'bob' } : {};
    const all = ids.map((id, i) => ({ id, ...userOf(i) }));
    const sorted = (list: ReadonlyArray<{ id: string }>): object[] =>
      list.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    t.same(sorted(await client.sockets.list()), sorted(all));
    const some = await client.sockets.list({ limit: 4 });
    t.equal(new Set(some.map(({ id }) => id)).size, 4, 'the limit holds over all nodes');
    const ann = await client.user('ann').info();
    t.match(ann, { id: 'ann', socketCount: 3, userInfo: { n: 0 } }, 'as of its own node first');
    t.same([...ann.sockets].sort(), ids.slice(0, 3).sort());
    t.match(await client.user('bob').info(), { socketCount: 1, sockets: [ids[4]] });
    t.match(await client.user('cid').info(), { socketCount: 0, sockets: [] });
    t.match(await client.stats(), { sockets: 6, channels: 1, users: 2, pipes: 2 });
    for (const socket of sockets.slice(0, 5)) socket.drop();
    await untilAnswered(async () => (await client.sockets.count()) === 1);
    t.same(await client.sockets.list(), [{ id: ids[5] }]);
    await untilAnswered(async () => (await client.stats()).users === 0);
    t.match(await client.user('ann').info(), { socketCount: 0, sockets: [] });
  });

  t.test('a backend of 2011 reaches the sockets of all nodes', async (t) => {
    const [here, there] = (await start(t, 2)) as [Node, Node];
    const pipe = await WirePipe.connect(t, here.port);
    const far = await TestSocket.connect(t, there.port);
    const params = { socket_id: far.id, event: 'hi', data: { n: 1 } };
    const request = JSON.stringify({ id: 1, method: 'send_to_socket', params });
    await untilAnswered(async () => (await pipe.ask(request)).error === null);
    t.match(await far.next(), { event: 'hi' });
    far.drop();
    await untilAnswered(async () => (await pipe.ask(request)).error?.code === 4211);
  });

  t.test('a backend hears the browsers of all nodes, each in order', async (t) => {
    const [here, ...far] = (await start(t, 3)) as [Node, Node, Node];
    const early = await TestSocket.connect(t, far[0].port);
    await early.subscribe('room');
    const heard: string[] = [];
    const client = await backend(t, here, (client) => hear(client, heard));
    await until(() => heard.length === 2);
    t.strictSame(heard.splice(0).sort(), [`occupied room`, `open ${early.id}`], 'was there before');
    const sockets = [here, ...far].map(async ({ port }) => TestSocket.connect(t, port));
    const all = [early, ...(await Promise.all(sockets))];
    for (let n = 0; n < 50; n++) for (const each of all) each.send({ event: 'hi', data: n });
    for (const each of all) await each.subscribe('room');
    for (const each of all.slice(1)) {
      await each.settled();
      each.drop();
    }
    await until(() => heard.filter((what) => what.startsWith('close')).length === 3);
    for (const { id } of all.slice(1)) {
      const numbers = Array.from({ length: 50 }, (_, n) => `hi ${id} ${n}`);
      const own = heard.filter((what) => what.includes(id));
      t.strictSame(own, [`open ${id}`, ...numbers, `close ${id}`]);
    }
    t.notOk(heard.includes('vacated room'), 'a browser is there');
    t.notOk(heard.includes('occupied room'), 'it was so before');
    early.drop();
    await until(() => heard.includes(`close ${early.id}`) && heard.includes('vacated room'));
    t.equal(heard.filter((what) => what === 'vacated room').length, 1);
    await client.disconnect();
  });

  t.test('a subscription that is made later is heard of all nodes too', async (t) => {
    const [here, there] = (await start(t, 2)) as [Node, Node];
    const heard: string[] = [];
    const client = await backend(t, here);
    const socket = await TestSocket.connect(t, there.port);
    hear(client, heard);
    await client.subscribed();
    socket.send({ event: 'hi', data: 1 });
    await until(() => heard.length === 2);
    t.strictSame(heard, [`open ${socket.id}`, `hi ${socket.id} 1`]);
  });

  t.test('members, users and cache misses of all nodes are told once', async (t) => {
    const [here, there] = (await start(t, 2)) as [Node, Node];
    const heard: string[] = [];
    const client = createClient({ ...ACCESS, port: here.port });
    t.teardown(() => client.disconnect());
    client.subscribe(['channel_presence', 'user_existence', 'channel_cache']);
    client.channels.on('member_added', (_, id) => heard.push(`added ${id}`));
    client.channels.on('member_removed', (_, id) => heard.push(`removed ${id}`));
    client.users.on('online', (id) => heard.push(`online ${id}`));
    client.users.on('offline', (id) => heard.push(`offline ${id}`));
    client.channels.on('cache_miss', (name) => heard.push(`miss ${name}`));
    await client.connect();
    const sockets: TestSocket[] = [];
    for (const node of [here, there]) {
      const socket = await TestSocket.connect(t, node.port);
      await socket.signIn({ id: 'ann' });
      await socket.subscribe('presence-room', { user_id: 'ann' });
      await socket.subscribe('cache-room');
      await socket.settled();
      sockets.push(socket);
    }
    await until(() => heard.length === 3);
    for (const socket of sockets) socket.drop();
    await until(() => heard.length === 5);
    const once = ['added ann', 'miss cache-room', 'offline ann', 'online ann', 'removed ann'];
    t.strictSame(heard.sort(), once);
  });

  t.test(
    'members of a group on several nodes have each event handled by exactly one',
    async (t) => {
      const nodes = (await start(t, 3)) as [Node, Node, Node];
      const heard: Array<{ by: number; id: string; n: number }> = [];
      const members = nodes.map(async (node, by) =>
        backend(
          t,
          node,
          (client) => {
            client.subscribe(['socket_message']);
            client.sockets.on('event:hi', (id, n) => heard.push({ by, id, n: n as number }));
          },
          { group: 'workers' },
        ),
      );
      await Promise.all(members);
      const sockets: TestSocket[] = [];
      for (let i = 0; i < 30; i++) sockets.push(await TestSocket.connect(t, nodes[i % 3]!.port));
      for (let n = 0; n < 20; n++) for (const each of sockets) each.send({ event: 'hi', data: n });
      await until(() => heard.length >= 600);
      t.equal(heard.length, 600);
      t.equal(new Set(heard.map(({ by }) => by)).size, 3, 'each member has a share');
      for (const { id } of sockets) {
        const own = heard.filter((event) => event.id === id);
        t.equal(new Set(own.map(({ by }) => by)).size, 1, 'one member handles what a socket sends');
        t.strictSame(
          own.map(({ n }) => n),
          Array.from({ length: 20 }, (_, n) => n),
        );
      }
    },
  );

  t.test('a member that goes leaves its share to members on other nodes', async (t) => {
    const nodes = (await start(t, 2, { limits: { pipeGraceMs: 100 } })) as [Node, Node];
    const heard: string[] = [];
    let rounds = 0;
    const member = async (node: Node, name: string): Promise<JoinedMember> =>
      join(t, node, { group: 'workers', name }, (client) => {
        client.subscribe(['socket_message']);
        client.sockets.on('event:hi', (id, n) => heard.push(`${String(n)} ${name} ${id}`));
      });
    const [first, second] = [await member(nodes[0], 'first'), await member(nodes[1], 'second')];
    const sockets: TestSocket[] = [];
    for (let i = 0; i < 20; i++) sockets.push(await TestSocket.connect(t, nodes[i % 2]!.port));
    const round = async (): Promise<string[]> => {
      const n = ++rounds;
      for (const each of sockets) each.send({ event: 'hi', data: n });
      const own = (): string[][] =>
        heard.map((what) => what.split(' ')).filter(([round]) => round === String(n));
      await until(() => new Set(own().map(([, , id]) => id)).size === 20);
      return [...new Set(own().map(([, name = '']) => name))].sort();
    };
    t.strictSame(await round(), ['first', 'second']);
    first.line.cut();
    t.strictSame(await round(), ['second']);
    first.line.mend();
    await until(() => first.client.state === 'open');
    while ((await round()).length < 2);
    second.line.cut();
    t.strictSame(await round(), ['first']);
  });

  t.test('a backend goes on with its session over another node', async (t) => {
    for (const options of [{}, { name: 'chat' }]) {
      const nodes = (await start(t, 2)) as [Node, Node];
      const heard: unknown[] = [];
      const told: string[] = [];
      const { client, line } = await join(t, nodes[0], options, (client) => {
        client.subscribe(['socket_message']);
        client.sockets.on('event:hi', (_, n) => heard.push(n));
        client.on('reset', ({ reason }) => told.push(reason));
      });
      const sockets = [
        await TestSocket.connect(t, nodes[0].port),
        await TestSocket.connect(t, nodes[1].port),
      ];
      const reader = new Reader(sockets[0]!);
      for (let n = 1; n <= 6; n++) {
        line.cut();
        for (const socket of sockets) socket.send({ event: 'hi', data: n });
        client.socket(sockets[0]!.id).trigger('to', n);
        line.port = nodes[n % 2]!.port;
        line.mend();
        await until(() => heard.length >= 2 * n && reader.rest.length >= n);
      }
      t.strictSame(heard, [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6], 'nothing lost, nothing twice');
      t.strictSame(
        reader.messages.map(({ data }) => data),
        ['1', '2', '3', '4', '5', '6'],
      );
      t.strictSame(told, []);
    }
  });

  t.test('the second backend of a name takes over, on whatever node', async (t) => {
    const nodes = (await start(t, 2)) as [Node, Node];
    const heard: string[] = [];
    const named = async (node: Node, by: string): Promise<PipeClient> =>
      backend(
        t,
        node,
        (client) => {
          client.on('error', () => undefined);
          client.subscribe(['socket_message']);
          client.sockets.on('event:hi', (_, n) => heard.push(`${by} ${String(n)}`));
        },
        { name: 'chat' },
      );
    const first = await named(nodes[0], 'first');
    const gone = new Promise<number | undefined>((resolve) => {
      first.on('disconnected', ({ code }) => resolve(code));
    });
    const socket = await TestSocket.connect(t, nodes[0].port);
    socket.send({ event: 'hi', data: 1 });
    await until(() => heard.length === 1);
    await named(nodes[1], 'second');
    t.equal(await gone, 4409);
    socket.send({ event: 'hi', data: 2 });
    await until(() => heard.includes('second 2'));
    t.notOk(heard.includes('first 2'));
  });
}

const ACCESS = { key: 'key', secret: SECRET, appId: '1', host: '127.0.0.1' };

function hear(client: PipeClient, heard: string[]): void {
  client.subscribe(['socket_existence', 'socket_message', 'channel_existence']);
  client.sockets.on('open', (id) => heard.push(`open ${id}`));
  client.sockets.on('close', (id) => heard.push(`close ${id}`));
  client.sockets.on('event:hi', (id, data) => heard.push(`hi ${id} ${String(data)}`));
  client.channels.on('occupied', (name) => heard.push(`occupied ${name}`));
  client.channels.on('vacated', (name) => heard.push(`vacated ${name}`));
}

type Node = { port: number };

function urlOf({ port }: Node): { url: string } {
  return { url: `http://127.0.0.1:${port}` };
}
