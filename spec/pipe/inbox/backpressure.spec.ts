import t, { type Test } from 'tap';
import type { Gateway } from '../../../lib/gateway';
import { createClient } from '../../../lib/pipe/client';
import type { PipeOptions } from '../../../lib/pipe/options';
import type { SubscriptionKind } from '../../../lib/pipe/types';
import { deferred } from '../../../lib/util/deferred';
import { ManualClock } from '../../support/manual-clock';
import { frame, Opcode } from '../../support/raw-socket';
import { SECRET, startGateway } from '../../support/start-gateway';
import { TestSocket } from '../../support/test-socket';
import { until } from '../../support/until';

const LOG = 400;

type Events = { say: number; move: number; news: string };

async function stuckBackend(
  t: Test,
  group: PipeOptions['group'],
  kinds: SubscriptionKind[] = ['socket_message', 'socket_existence'],
  maxUnsentBytes = 2 ** 30,
): Promise<{
  gateway: Gateway;
  clock: ManualClock;
  client: ReturnType<typeof createClient<Events>>;
  /** Ends the handlers that are stuck, and those to come. */
  release(): void;
  /** Handled events: names and data, `close 4100` for closes. */
  handled: string[];
  gaps: number;
}> {
  const clock = new ManualClock({ turns: 'real' });
  clock.wallMs = Date.now();
  const limits = { pipePartitions: 1, maxPipeUnackedEvents: LOG };
  const gateway = await startGateway(t, {
    clock,
    limits: { ...limits, maxBackChannelEventsPerSecond: 1e6, maxUnsentBytes },
  });
  const client = createClient<Events>({
    ...{ host: '127.0.0.1', port: gateway.port, key: 'key', secret: SECRET, appId: '1' },
    credit: { messages: 10 },
    drainMs: 0,
    group,
  });
  t.teardown(() => client.disconnect());
  const stuck = deferred<void>();
  const on = { handled: [] as string[], gaps: 0 };
  client.on('gap', ({ count }) => (on.gaps += count ?? NaN));
  client.sockets.on('event', async (event, _id, data, { conflated }) => {
    await stuck.promise;
    on.handled.push([event, data, conflated].filter(Boolean).join(' '));
  });
  client.sockets.on('close', (_id, { code }) => void on.handled.push(`close ${code}`));
  client.subscribe(kinds);
  await client.connect();
  return Object.assign(on, { gateway, clock, client, release: () => stuck.resolve() });
}

/** Many events in one write, as a browser sends them that does not wait. */
function flood(browser: TestSocket, first: number, count: number): void {
  const frames = Array.from({ length: count }, (_, i) =>
    frame(Opcode.TEXT, JSON.stringify({ event: 'say', data: first + i })),
  );
  browser.raw.write(Buffer.concat(frames));
}

const says = (count: number): string[] => Array.from({ length: count }, (_, i) => `say ${i + 1}`);

t.test("with 'pause' a browser waits for its backends, and nothing is lost", async (t) => {
  const { gateway, client, release, handled, ...on } = await stuckBackend(t, {
    name: 'g',
    overflow: 'pause',
  });
  const browser = await TestSocket.connect(t, gateway.port);
  flood(browser, 1, 4_000);
  const other = await TestSocket.connect(t, gateway.port);
  const paused = async (): Promise<string> => {
    const metrics = await gateway.metrics.registry.metrics();
    return /^standpipe_sockets_paused (\d+)$/m.exec(metrics)?.[1] ?? 'no such metric';
  };
  while ((await paused()) !== '1') await new Promise((resolve) => setTimeout(resolve, 5));
  t.strictSame(await other.settled(), [], 'one that sends nothing is read');
  t.ok(gateway.metrics.messagesReceived < LOG, 'most of it is not even read');
  t.equal(await client.sockets.count(), 2, 'and so is the backend');
  release();
  await until(() => handled.length >= 4_000);
  t.strictSame(handled, says(4_000), 'all of it, in order');
  t.equal(on.gaps, 0);
  t.strictSame(await browser.settled(), [], 'nobody was disconnected');
  t.equal(await paused(), '0');
});

t.test(
  "with 'pause' one that has waited for 10 s is closed with 4100, and its backend hears so",
  async (t) => {
    const { gateway, clock, release, handled } = await stuckBackend(t, {
      name: 'g',
      overflow: 'pause',
    });
    const browser = await TestSocket.connect(t, gateway.port);
    flood(browser, 1, 2 * LOG);
    const { registry } = gateway.metrics;
    while (!(await registry.metrics()).includes('standpipe_sockets_paused 1')) {
      await new Promise(setImmediate);
    }
    clock.advance(10_000);
    t.equal((await browser.closed()).code, 4100);
    release();
    await until(() => handled.includes('close 4100'));
    t.strictSame(handled, [...says(handled.length - 1), 'close 4100'], 'what was read was handled');
    t.ok(handled.length > LOG / 2);
    t.match(await registry.metrics(), /standpipe_socket_cut_total\{reason="overflow"\} 1/);
  },
);

t.test(
  'messages that were read and held back are handled when their socket is closed',
  async (t) => {
    const group = { name: 'g', overflow: 'pause' } as const;
    const { gateway, clock, release, handled } = await stuckBackend(t, group);
    const browser = await TestSocket.connect(t, gateway.port);
    // A single write arrives as one piece: the gateway has read all of it when three quarters of the stream are full.
    flood(browser, 1, LOG);
    await until(() => gateway.metrics.messagesReceived >= (LOG * 3) / 4 - 1);
    clock.advance(10_000);
    t.equal((await browser.closed()).code, 4100);
    release();
    await until(() => handled.includes('close 4100'));
    t.strictSame(handled, [...says(LOG), 'close 4100']);
  },
);

/** Closes a browser while it is held back, and returns the code that its backend is told. */
type Closing = (held: {
  gateway: Gateway;
  client: ReturnType<typeof createClient<Events>>;
  browser: TestSocket;
}) => Promise<number>;

for (const [closing, close] of Object.entries<Closing>({
  'messages that were read and held back are handled when a command closes it': async ({
    client,
    browser,
  }) => {
    void client.socket(browser.id).close(4001);
    return (await browser.closed()).code;
  },
  'messages that were read and held back are handled when its user is terminated': async ({
    client,
    browser,
  }) => {
    void client.user('user').terminate();
    return (await browser.closed()).code;
  },
  'messages that were read and held back are handled when it is cut because it does not read':
    async ({ gateway, client, browser }) => {
      browser.raw.stream.pause();
      const data = 'x'.repeat(10_000);
      while (gateway.socketCount > 0) {
        const some = Array.from({ length: 20 }, () =>
          client.socket(browser.id).publish('news', data),
        );
        await Promise.allSettled(some);
      }
      return 4100;
    },
})) {
  t.test(closing, async (t) => {
    const group = { name: 'g', overflow: 'pause' } as const;
    const kinds = ['socket_message', 'socket_existence'] as const;
    const { gateway, client, release, handled, ...on } = await stuckBackend(
      t,
      group,
      [...kinds],
      2 ** 20,
    );
    const browser = await TestSocket.connect(t, gateway.port);
    await browser.signIn({ id: 'user' });
    // Two reads: within the first one it is held back, so the second one waits in its stream.
    flood(browser, 1, LOG);
    await until(() => gateway.metrics.messagesReceived >= (LOG * 3) / 4 - 1);
    flood(browser, LOG + 1, LOG / 2);
    for (let turns = 0; turns < 50; turns++) await new Promise(setImmediate);
    const code = await close({ gateway, client, browser });
    await until(() => gateway.socketCount === 0);
    release();
    await until(() => handled.includes(`close ${code}`));
    t.strictSame(handled, [...says(LOG * 1.5), `close ${code}`]);
    t.equal(on.gaps, 0);
  });
}

for (const [ending, end] of Object.entries({
  'a reset': (browser: TestSocket): void => void browser.raw.stream.resetAndDestroy(),
  'the end of the stream': (browser: TestSocket): void => void browser.raw.stream.end(),
})) {
  t.test(`messages of a browser that is held back are all handled after ${ending}`, async (t) => {
    const group = { name: 'g', overflow: 'pause' } as const;
    const { gateway, release, handled } = await stuckBackend(t, group);
    const browser = await TestSocket.connect(t, gateway.port);
    // Two reads: within the first one it is held back, so the second one waits in its stream. Both together are more than
    // the log holds beyond its limit.
    flood(browser, 1, LOG);
    await until(() => gateway.metrics.messagesReceived >= (LOG * 3) / 4 - 1);
    flood(browser, LOG + 1, 3 * LOG);
    for (let turns = 0; turns < 50; turns++) await new Promise(setImmediate);
    end(browser);
    for (let turns = 0; turns < 50; turns++) await new Promise(setImmediate);
    t.equal(gateway.socketCount, 1, 'its close comes behind its messages');
    release();
    await until(() => handled.includes('close 1006'));
    t.strictSame(handled, [...says(4 * LOG), 'close 1006']);
  });
}

t.test("with 'close' it is closed at once, and what it had sent by then is handled", async (t) => {
  const { gateway, release, handled, ...on } = await stuckBackend(t, {
    name: 'g',
    overflow: 'close',
  });
  const browser = await TestSocket.connect(t, gateway.port);
  flood(browser, 1, 2 * LOG);
  t.equal((await browser.closed()).code, 4100);
  release();
  await until(() => handled.includes('close 4100'));
  t.strictSame(handled, [...says(handled.length - 1), 'close 4100']);
  // The socket had opened too, and the backend may have handled its open by then.
  t.match(handled.length - 1, new RegExp(`^(${(LOG * 3) / 4 - 1}|${(LOG * 3) / 4})$`));
  t.equal(on.gaps, 0);
});

t.test(
  'with conflate a backend that is behind gets the latest, and how many it missed',
  async (t) => {
    const { gateway, client, release, handled } = await stuckBackend(t, undefined, [
      'socket_existence',
    ]);
    client.subscribe(['socket_message'], { events: ['say'] });
    client.subscribe(['socket_message'], { events: ['move'], conflate: true });
    await client.sockets.count();
    const browser = await TestSocket.connect(t, gateway.port);
    flood(browser, 1, 20);
    for (let n = 1; n <= 100; n++) browser.send({ event: 'move', data: n });
    await browser.settled();
    release();
    await until(() => handled.length === 21);
    t.strictSame(handled, [...says(20), 'move 100 99']);
  },
);

t.test('a browser that does not read is told of as slow, and as drained when it has', async (t) => {
  const { gateway, clock, client } = await stuckBackend(t, undefined, ['socket_backpressure']);
  const told: string[] = [];
  const browser = await TestSocket.connect(t, gateway.port);
  client.sockets.on('slow', (id, { unsentBytes }, meta) => {
    t.ok(unsentBytes > 0, `${unsentBytes} bytes wait`);
    t.equal(meta.resync, false);
    told.push(`slow ${id}`);
  });
  client.sockets.on('drained', (id) => void told.push(`drained ${id}`));
  client.socket(browser.id).on('slow', () => void told.push('slow'));
  client.socket(browser.id).on('drained', () => void told.push('drained'));
  browser.raw.stream.pause();
  const data = 'x'.repeat(10_000);
  // Some megabytes more than the buffers of the two kernels' ends take.
  for (let sent = 0; sent < 1_200; sent += 20) {
    const all = Array.from({ length: 20 }, () => client.socket(browser.id).publish('news', data));
    await Promise.all(all);
  }
  clock.advance(3_000);
  await until(() => told.length === 2);
  t.strictSame(told, [`slow ${browser.id}`, 'slow'], 'once');
  browser.raw.stream.resume();
  for (let i = 0; i < 1_200; i++) await browser.next();
  clock.advance(1_000);
  await until(() => told.length === 4);
  t.strictSame(told.slice(2), [`drained ${browser.id}`, 'drained']);
});

t.test('members of a group must agree on what follows when it is full', async (t) => {
  const { gateway } = await stuckBackend(t, { name: 'g', overflow: 'pause' });
  const other = createClient({
    ...{ host: '127.0.0.1', port: gateway.port, key: 'key', secret: SECRET, appId: '1' },
    group: 'g',
  });
  await t.rejects(other.connect(), /group g has order socket, mode sticky and overflow pause/);
});
