import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { isRedisUrl } from '../../lib/brokers/redis/address';
import { redisBroker } from '../../lib/brokers/redis/broker';
import { RIGHTS_OF_A_NODE } from '../../lib/brokers/redis/connection';
import { type Clock, systemClock } from '../../lib/util/timers';
import { hasRedis, TestRedis } from '../support/start-redis';
import { until } from '../support/until';
import { TestNode } from './test-node';

/** The real clock, but for waits of 5 s: an engine is given up sooner. */
const IMPATIENT: Clock = {
  ...systemClock,
  setTimeout: (run, delayMs) => systemClock.setTimeout(run, delayMs === 5000 ? 1500 : delayMs),
};

function nodeAt(t: Test, address: string, clock = systemClock): TestNode {
  const node = new TestNode(redisBroker({ address, clock }));
  t.teardown(() => node.broker.stop());
  return node;
}

const TOO_FEW = {
  'without channels, as Redis 7 makes them': ['resetchannels'],
  'with other channels': ['resetchannels', '&other:*'],
  'with other keys': ['resetkeys', '~other:*'],
  'that may not subscribe': ['-subscribe'],
  'that may not publish': ['-publish'],
  'that may only read': ['-@write'],
  'that may run no scripts': ['-@scripting'],
  'that may not ask for INFO': ['-info'],
};

for (const [which, rules] of Object.entries(TOO_FEW)) {
  t.test(`a start with a user ${which} is refused, and says what is needed`, async (t) => {
    if (!hasRedis(t)) return;
    const redis = await TestRedis.start(t);
    await redis.permit(...rules);
    await t.rejects(nodeAt(t, redis.address).start(), {
      code: 'broker_unsuitable',
      message: /gives its user too few rights .*: ~sp:\* &sp:\* /,
    });
  });
}

t.test('the rights that a refusal and the guide name are enough', async (t) => {
  if (!hasRedis(t)) return;
  const guide = readFileSync(join(__dirname, '../../lib/CLUSTER.md'), 'utf8');
  t.ok(guide.includes(`: \`${RIGHTS_OF_A_NODE}\`.`), 'the guide names them');
  const redis = await TestRedis.start(t);
  await redis.permit('resetkeys', 'resetchannels', '-@all', ...RIGHTS_OF_A_NODE.split(' '));
  const [a, b] = [nodeAt(t, redis.address), nodeAt(t, redis.address)];
  await Promise.all([a.start(), b.start()]);
  await b.app.watch('room');
  t.equal(await a.subscriptions('room', 1), 1);
  void a.app.publish('room', 'hello');
  await until(() => b.events.length > 0);
  t.match(await b.app.channels(''), new Map([['room', 1]]));
  await a.broker.leave();
});

t.test('rights are looked at with every command that a node sends', (t) => {
  const folder = join(__dirname, '../../lib/brokers/redis');
  const textsOf = (path: string): string[] =>
    readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => readFileSync(join(path, name), 'utf8'));
  const tried = readFileSync(join(folder, 'scripts/rights.ts'), 'utf8');
  const sent = [...textsOf(folder), ...textsOf(join(folder, 'scripts'))].flatMap((text) =>
    [...text.matchAll(/(?:redis\.call\(|[sS]end\(\[|scan\()'([A-Z]+)'/g)].map(
      ([, name = '']) => name,
    ),
  );
  t.ok(sent.length > 20, 'commands are found');
  // Commands without data: a start that is refused one of them says so by itself.
  const apart = new Set(['EVAL', 'SCRIPT', 'SENTINEL']);
  for (const name of new Set(sent)) {
    if (!apart.has(name)) t.match(tried, `redis.call('${name}'`, name);
  }
  t.end();
});

t.test('an engine that takes connections and never answers is given up', async (t) => {
  const door = await Door.open(t, undefined);
  await t.rejects(nodeAt(t, door.address, { ...IMPATIENT, now: hurried }).start(), {
    code: 'broker_unavailable',
    message: /could not be reached: no answer for 5000 ms/,
  });
});

t.test('a node comes back behind a connection that was never answered', async (t) => {
  if (!hasRedis(t)) return;
  const redis = await TestRedis.start(t);
  const door = await Door.open(t, redis.address.slice('unix:'.length));
  const node = nodeAt(t, door.address, IMPATIENT);
  await node.start();
  door.isSilent = true;
  door.cut();
  await until(() => door.silenced >= 2);
  door.isSilent = false;
  await until(() => node.broker.state === 'up' && node.states.length > 1);
  t.equal(await node.subscriptions('room', 1), 1);
});

t.test('an address that nobody can read is no address', (t) => {
  for (const good of [
    'redis://a',
    'redis://:p%40@a:1/0',
    'rediss://u:p@[::1]:6379/12',
    'unix:/a',
  ]) {
    t.ok(isRedisUrl(good), good);
  }
  for (const wrong of [
    'redis://u:%zz@a',
    'redis://a/x',
    'redis://a/1/2',
    'redis://a:b',
    'redis:/a',
  ]) {
    t.notOk(isRedisUrl(wrong), wrong);
  }
  t.end();
});

/** Moments a hundred times as far from each other as they are. */
function hurried(): number {
  return 100 * systemClock.now();
}

/** A way to an engine which may take connections and leave them unanswered. */
class Door {
  isSilent: boolean;
  /** Connections that were left unanswered. */
  silenced = 0;
  readonly address: string;
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;

  private constructor(path: string, target: string | undefined) {
    this.address = `unix:${path}`;
    this.isSilent = target === undefined;
    this.#server = createServer((near) => {
      this.#add(near);
      if (this.isSilent || target === undefined) return void this.silenced++;
      const far = connect(target);
      this.#add(far);
      near.pipe(far).pipe(near);
      near.once('close', () => far.destroy());
      far.once('close', () => near.destroy());
    });
  }

  static async open(t: Test, target: string | undefined): Promise<Door> {
    // A path of a socket has to be short.
    const folder = mkdtempSync(join(tmpdir(), 'door-'));
    const path = join(folder, 'socket');
    const door = new Door(path, target);
    t.teardown(() => {
      door.cut();
      door.#server.close();
      rmSync(folder, { recursive: true, force: true });
    });
    door.#server.listen(path);
    await once(door.#server, 'listening');
    return door;
  }

  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #add(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => this.#sockets.delete(socket));
  }
}
