import type { Test } from 'tap';
import type { Broker } from '../../lib/brokers/broker';
import { until, untilAnswered } from '../support/until';
import { keepsHomes } from './homes';
import { holdsTellings } from './tellings';
import { TestNode, transitionsOf } from './test-node';

/** Three started nodes of one engine; they are stopped with the test. */
type Nodes = [TestNode, TestNode, TestNode];

/** Makes brokers of one engine that nobody else uses. */
export type StartCluster = (t: Test, nodes: number) => Promise<Broker[]> | Broker[];

/** The contract of `lib/brokers/broker.ts`, by three nodes of one engine. */
export function holdsTheContract(t: Test, startCluster: StartCluster): void {
  const cluster = async (t: Test): Promise<Nodes> => {
    const brokers = await startCluster(t, 3);
    const nodes = brokers.map((broker) => new TestNode(broker)) as Nodes;
    for (const node of nodes) await node.start();
    t.teardown(() => nodes.forEach(({ broker }) => broker.stop()));
    await until(() => nodes.every(({ broker }) => broker.nodes.size === 3));
    return nodes;
  };
  holdsTellings(t, cluster);

  t.test('nodes have numbers of their own and know each other', async (t) => {
    const nodes = await cluster(t);
    const numbers = nodes.map(({ broker }) => broker.node).sort();
    t.equal(new Set(numbers).size, 3);
    for (const { broker } of nodes) {
      t.ok(broker.node >= 1 && broker.node <= 65_535 && broker.state === 'up');
      t.strictSame([...broker.nodes].sort(), numbers);
    }
  });

  t.test('events reach all nodes that watch the channel, in one order', async (t) => {
    const [a, b, c] = await cluster(t);
    await a.app.watch('room');
    await b.app.watch('room');
    for (let i = 0; i < 50; i++) {
      void a.app.publish('room', `a${i}`);
      void c.app.publish('room', `c${i}`);
      if (i % 10 === 0) await Promise.all([a, c].map(async ({ app }) => app.settled()));
    }
    await until(() => a.events.length === 100 && b.events.length === 100);
    t.strictSame(a.texts('room'), b.texts('room'));
    t.strictSame(
      a.texts('room').filter((text) => text.startsWith('c')),
      Array.from({ length: 50 }, (_, i) => `c${i}`),
      'in the order of each publisher',
    );
    const seqs = a.events.map(({ seq }) => seq);
    t.strictSame(
      seqs,
      [...seqs].sort((x, y) => x - y),
    );
    t.equal(new Set(seqs).size, 100);
    t.strictSame(
      b.events.map(({ seq }) => seq),
      seqs,
    );
    t.equal(c.events.length, 0, 'a node that does not watch hears nothing');
  });

  t.test('events carry their options; names and texts are kept as they are', async (t) => {
    const [a, b] = await cluster(t);
    const names = ['плюс 😀', 'a\nb', 'a b:c', '{x}', '0', '__proto__'];
    for (const name of names) await b.app.watch(name);
    const options = { except: ['1.2', '3.4'], latest: '😀', volatile: true };
    for (const name of names) void a.app.publish(name, `{"å":"${name}\\u0000"}`, options);
    void a.app.publish('{x}', '');
    await until(() => b.events.length === names.length + 1);
    for (const name of names) t.equal(b.texts(name)[0], `{"å":"${name}\\u0000"}`);
    t.match(b.events[0]?.options, options);
    t.equal(b.events.at(-1)?.options, undefined);
  });

  t.test('unwatch ends as many calls of watch as there were', async (t) => {
    const [a, b] = await cluster(t);
    await b.app.watch('room');
    await b.app.watch('room');
    b.app.unwatch('room');
    void a.app.publish('room', '1');
    await until(() => b.events.length === 1);
    b.app.unwatch('room');
    b.app.unwatch('room');
    await b.app.watch('room');
    void a.app.publish('room', '2');
    await until(() => b.events.length === 2);
  });

  t.test('a receipt is the sum of the sockets on all nodes', async (t) => {
    const nodes = await cluster(t);
    const [a] = nodes;
    nodes.forEach((node, i) => (node.sockets = 10 ** i));
    for (const { app } of nodes) await app.watch('room');
    t.equal(await a.app.publish('room', 'x', { receipt: true }), 111);
    t.equal(await a.app.publish('empty', 'x', { receipt: true }), 0);
    t.equal(typeof a.app.publish('room', 'x'), 'number', 'without one it is not waited for');
  });

  t.test('the last event of a cache channel is kept for its time', async (t) => {
    const [a, b] = await cluster(t);
    t.equal(await b.app.cached('cache-x'), undefined);
    t.equal(await b.app.cacheMissed('cache-x'), true);
    t.equal(await a.app.cacheMissed('cache-x'), false, 'a miss is told once');
    await b.app.watch('cache-x');
    void a.app.publish('cache-x', 'first', { cacheMs: 60_000 });
    void a.app.publish('cache-x', 'last', { cacheMs: 60_000 });
    void a.app.publish('cache-x', 'not kept');
    await a.app.settled();
    const cached = await b.app.cached('cache-x');
    t.match(cached, { text: 'last' });
    await until(() => b.events.length === 3);
    t.equal(b.events[1]?.seq, cached === 'unavailable' ? 0 : cached?.seq, 'in the same order');
    t.equal(b.events[1]?.options?.cacheMs, 60_000);
    t.equal(await b.app.cacheMissed('cache-x'), true, 'a miss counts anew after an event');
    void a.app.publish('cache-x', 'short', { cacheMs: 1 });
    await a.app.settled();
    await untilAnswered(async () => (await b.app.cached('cache-x')) === undefined);
  });

  t.test(
    'the total of subscriptions is that of all nodes, and is told to those who watch',
    async (t) => {
      const nodes = await cluster(t);
      const [a, b, c] = nodes;
      await c.app.watch('room');
      t.equal(await a.subscriptions('room', 2), 2);
      t.equal(await b.subscriptions('room', 3), 5);
      t.equal(await a.subscriptions('room', 0), 3);
      t.equal(await a.subscriptions('room', 0), 3, 'the same again changes nothing');
      t.equal(await b.subscriptions('room', 0), 0);
      await until(() => c.counts.length === 4);
      t.strictSame(c.counts, ['room 2', 'room 5', 'room 3', 'room 0']);
      await a.app.subscriptions('quiet', 1, false);
      t.strictSame(transitionsOf(nodes), ['room occupied', 'room vacated']);
      t.equal(c.counts.length, 4);
    },
  );

  t.test('transitions are told once, whoever causes them', async (t) => {
    const nodes = await cluster(t);
    const rounds = 30;
    for (let i = 0; i < rounds; i++) {
      await Promise.all(nodes.map((node) => node.subscriptions('room', 1)));
      await Promise.all(nodes.map((node) => node.member('presence-x', 'ann', 1)));
      await Promise.all(nodes.map((node) => node.user('ann', 1)));
      await Promise.all(nodes.map((node) => node.user('ann', 0)));
      await Promise.all(nodes.map((node) => node.member('presence-x', 'ann', 0)));
      await Promise.all(nodes.map((node) => node.subscriptions('room', 0)));
    }
    const told = transitionsOf(nodes);
    for (const each of ['room occupied', 'room vacated', 'ann online', 'ann offline']) {
      t.equal(told.filter((text) => text === each).length, rounds, each);
    }
    t.equal(told.filter((text) => text === 'presence-x ann added').length, rounds);
    t.equal(told.filter((text) => text === 'presence-x ann removed').length, rounds);
    t.equal(told.length, 6 * rounds);
  });

  t.test('a member is there from its first connection to its last, on whatever node', async (t) => {
    const [a, b, c] = await cluster(t);
    await c.app.watch('presence-x');
    const ann = { userId: 'ann', userInfo: '{"name":"Ann"}' };
    t.match(await a.app.member('presence-x', ann, 1, 2), { change: 'added' });
    t.match(await b.app.member('presence-x', { ...ann, userInfo: '"other"' }, 1, 2), {
      seq: 0,
      change: undefined,
    });
    t.match(await b.app.member('presence-x', { userId: 'bob', userInfo: undefined }, 1, 2), {
      change: 'added',
    });
    t.equal(await b.app.member('presence-x', { userId: 'cid', userInfo: '1' }, 1, 2), 'full');
    t.match(await a.app.member('presence-x', ann, 0, 2), { change: undefined });
    t.match(await c.app.members('presence-x'), {
      members: [ann, { userId: 'bob', userInfo: undefined }],
    });
    t.match(await b.app.member('presence-x', ann, 0, 2), { change: 'removed' });
    await until(() => c.members.length === 3);
    t.match(c.members, [
      { ...ann, added: true },
      { userId: 'bob', userInfo: undefined, added: true },
      { userId: 'ann', userInfo: undefined, added: false },
    ]);
    t.match(await a.app.counts(['presence-x', 'none']), [
      { subscriptions: 0, users: 1 },
      { subscriptions: 0, users: 0 },
    ]);
  });

  t.test(
    'a list that is fetched after watching, with the later changes, is the truth',
    async (t) => {
      const [a, b, c] = await cluster(t);
      const isThere = (i: number): boolean => i % 3 !== 0;
      const changes = async (node: TestNode, name: string): Promise<void> => {
        for (let i = 0; i < 60; i++) {
          const waits = node.member('presence-x', `${name}${i}`, 1, 1000);
          if (i % 7 === 0) await waits;
          if (!isThere(i)) void node.member('presence-x', `${name}${i}`, 0, 1000);
        }
        await node.app.settled();
      };
      const done = Promise.all([changes(a, 'a'), changes(b, 'b')]);
      await a.app.settled();
      await c.app.watch('presence-x');
      const list = await c.app.members('presence-x');
      if (list === 'unavailable') return void t.fail('unavailable');
      await done;
      const last = await c.app.members('presence-x');
      if (last === 'unavailable') return void t.fail('unavailable');
      const now = (): string[] => {
        const there = new Set(list.members.map(({ userId }) => userId));
        for (const { userId, added, seq } of c.members) {
          if (seq <= list.seq) continue;
          if (added) there.add(userId);
          else there.delete(userId);
        }
        return [...there].sort();
      };
      const truth = last.members.map(({ userId }) => userId).sort();
      t.equal(truth.length, 80);
      await until(() => now().join() === truth.join());
    },
  );

  t.test('users are online with a connection on any node', async (t) => {
    const nodes = await cluster(t);
    const [a, b, c] = nodes;
    await c.app.watchUser('ann');
    await a.user('ann', 1);
    await b.user('ann', 2);
    await b.user('bob', 1);
    const found = await c.app.online(['ann', 'bob', 'cid']);
    t.strictSame(found === 'unavailable' ? [] : [...found.online], ['ann', 'bob']);
    await a.user('ann', 0);
    await b.user('ann', 0);
    await until(() => c.users.length === 2);
    t.strictSame(c.users, ['ann online', 'ann offline']);
    t.equal(b.users.length, 0);
    c.app.unwatchUser('ann');
  });

  t.test(
    'occupied channels are listed with their totals, by the beginnings of their names',
    async (t) => {
      const [a, b, c] = await cluster(t);
      for (let i = 0; i < 300; i++) void a.subscriptions(`room-${i}`, 1);
      await b.subscriptions('room-7', 2);
      await b.subscriptions('hall', 1);
      await b.subscriptions('room*', 1);
      await b.subscriptions('room-9', 0);
      await a.app.settled();
      const rooms = await c.app.channels('room');
      if (rooms === 'unavailable') return void t.fail('unavailable');
      t.equal(rooms.size, 301);
      t.equal(rooms.get('room-7'), 3);
      t.equal(rooms.get('room-8'), 1);
      const special = await c.app.channels('room*');
      t.strictSame(special === 'unavailable' ? [] : [...special], [['room*', 1]], 'no pattern');
    },
  );

  t.test('sockets of all nodes are listed once each, and counted', async (t) => {
    const [a, b, c] = await cluster(t);
    for (let i = 0; i < 1200; i++) a.app.socket(`1.${i}`, true);
    for (const id of ['2.1', '2.2']) b.app.socket(id, true);
    b.app.socket('2.1', false);
    for (const { app } of [a, b]) void app.user('ann', 1);
    await Promise.all([a, b].map(async ({ app }) => app.settled()));
    t.strictSame(await c.app.totals(), { sockets: 1201, users: 1 });
    const ids: string[] = [];
    for await (const piece of c.app.sockets()) {
      t.ok(piece.length <= 1000);
      ids.push(...piece);
    }
    t.strictSame([ids.length, new Set(ids).size], [1201, 1201]);
    t.notOk(ids.includes('2.1'));
  });

  t.test('an idempotency key counts once in the cluster', async (t) => {
    const nodes = await cluster(t);
    const [a, b, c] = nodes;
    await c.app.watch('room');
    const results = await Promise.all(
      nodes.map(async ({ app }, i) =>
        app.idempotent('key', 'print', 60_000, () => {
          void app.publish('room', `${i}`);
          void app.publish('room', `${i} again`);
        }),
      ),
    );
    t.equal(results.filter((result) => result === 'new').length, 1);
    t.equal(results.filter((result) => typeof result === 'object').length, 2);
    void a.app.publish('room', 'end');
    await until(() => c.texts('room').includes('end'));
    t.equal(c.events.length, 3, 'the calls of the others do not count');
    a.app.answer('key', 'the answer');
    await a.app.settled();
    const never = (): void => void 0;
    t.strictSame(await b.app.idempotent('key', 'print', 60_000, never), { answer: 'the answer' });
    t.equal(await b.app.idempotent('key', 'another', 60_000, never), 'other');
    const release = (): void => b.app.release('freed');
    t.equal(await b.app.idempotent('freed', 'print', 60_000, release), 'new');
    t.equal(await c.app.idempotent('freed', 'another', 60_000, never), 'new');
    t.equal(await a.app.idempotent('short', 'print', 1, never), 'new');
    await untilAnswered(async () => (await a.app.idempotent('short', 'print', 1, never)) === 'new');
  });

  t.test('a rate is shared by all nodes', async (t) => {
    const nodes = await cluster(t);
    const taken = await Promise.all(nodes.map(async ({ app }) => app.take('api', 0.001, 10, 6)));
    t.strictSame(taken.sort(), [0, 4, 6]);
    t.equal(await nodes[0].app.take('other', 0.001, 3, 2), 2, 'each name has its own');
    t.equal(await nodes[1].app.take('fast', 1e6, 5, 5), 5);
    await untilAnswered(async () => (await nodes[2].app.take('fast', 1e6, 5, 5)) === 5);
  });

  t.test('a message reaches its node once and in order, and its answer comes back', async (t) => {
    const [a, b] = await cluster(t);
    const answers = await Promise.all(
      Array.from({ length: 200 }, async (_, i) => a.app.send(b.broker.node, `m${i} "é"`)),
    );
    t.strictSame(
      b.messages,
      Array.from({ length: 200 }, (_, i) => `m${i} "é"`),
    );
    t.equal(answers[7], `m7 "é" from ${a.broker.node}`);
    t.equal(await a.app.send(0, 'x'), undefined, 'a node without a lease answers nothing');
  });

  t.test('settled answers when everything said before is applied', async (t) => {
    const [a, b] = await cluster(t);
    for (let i = 0; i < 2500; i++) void a.subscriptions(`room-${i}`, 1);
    t.equal(await a.app.settled(), 'settled');
    const counts = await b.app.counts(['room-0', 'room-2499']);
    t.match(counts, [{ subscriptions: 1 }, { subscriptions: 1 }]);
  });

  t.test('facts that a node leaves behind are swept, and told by exactly one other', async (t) => {
    const nodes = await cluster(t);
    const [a, b, c] = nodes;
    await b.app.watch('presence-x');
    await c.app.watchUser('ann');
    await a.subscriptions('room', 1);
    await a.subscriptions('shared', 1);
    await b.subscriptions('shared', 1);
    await a.member('presence-x', 'ann', 1);
    await a.user('ann', 1);
    for (let i = 0; i < 450; i++) a.app.socket(`1.${i}`, true);
    const left = a.broker.node;
    await a.broker.leave();
    const isTold = (): boolean => transitionsOf([b, c]).length >= 453;
    await until(isTold);
    await until(() => b.members.length === 2 && c.users.length === 2);
    const told = transitionsOf([b, c]);
    t.strictSame(
      told.filter((text) => !text.endsWith('closed')),
      ['ann offline', 'presence-x ann removed', 'room vacated'],
    );
    t.equal(new Set(told.filter((text) => text.endsWith('closed'))).size, 450);
    t.equal(told.length, 453);
    const had = await b.app.socketsOf(left);
    t.equal(new Set(had).size, 450, 'the sockets that it had are known');
    await until(() => b.broker.nodes.size === 2);
    t.match(await c.app.counts(['room', 'shared']), [{ subscriptions: 0 }, { subscriptions: 1 }]);
  });

  keepsHomes(t, cluster);

  t.test('a node that has left may start again, and hears and says as before', async (t) => {
    const [a, b] = await cluster(t);
    await a.subscriptions('before', 1);
    await a.broker.leave();
    await until(() => b.broker.nodes.size === 2);
    await a.start();
    await until(() => b.broker.nodes.size === 3 && a.broker.nodes.size === 3);
    await a.app.watch('room');
    t.equal(await a.subscriptions('room', 1), 1);
    void b.app.publish('room', 'hello');
    await until(() => a.texts('room').length === 1);
    const send = b.app.send(a.broker.node, 'you');
    t.equal(await send, `you from ${b.broker.node}`);
    t.match(await b.app.counts(['before', 'room']), [{ subscriptions: 0 }, { subscriptions: 1 }]);
  });
}
