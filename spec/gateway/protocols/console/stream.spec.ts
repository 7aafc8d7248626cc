import t from 'tap';
import type { TailPart } from '../../../../lib/gateway/protocols/console/api';
import { Best } from '../../../../lib/gateway/protocols/console/lists';
import { TestGateway } from '../../../../lib/testing/test-gateway';
import { ConsoleVisitor } from '../../../support/console-visitor';
import { createClient } from '../../../../lib';
import { ManualClock } from '../../../support/manual-clock';
import { OfflineConsole, type Reader } from '../../../support/offline-console';
import { SECRET, startGateway } from '../../../support/start-gateway';
import { until, untilAnswered } from '../../../support/until';

const CREDENTIALS = { id: '1', key: 'key', secret: SECRET };

t.test('answers come again when they have changed, and only then', async (t) => {
  const gateway = await startGateway(t, { console: { port: 0 } });
  const test = new TestGateway(gateway, CREDENTIALS);
  const visitor = new ConsoleVisitor(gateway);
  const path = '/api/apps/1/channels';
  const { lines } = await visitor.stream(t, { watch: [path] });
  await until(() => lines.length > 0);
  t.match(lines[0], { path, answer: { items: [], total: 0 } });
  const browser = await test.browser();
  await browser.subscribe('room');
  await until(() => JSON.stringify(lines).includes('"room"'));
  // Lines without anything in them say that the gateway is there.
  const quiet = lines.length;
  await until(() => lines.length > quiet);
  t.strictSame(lines[quiet], {});
});

t.test('a fault of one answer is told in its place', async (t) => {
  const gateway = await startGateway(t, { console: { port: 0 } });
  const visitor = new ConsoleVisitor(gateway);
  const watch = ['/api/apps/7/channels', '/api/nothing', '/api/apps/1/sockets/1.1', '/api/me'];
  const { lines } = await visitor.stream(t, { watch });
  await until(() => lines.length >= watch.length);
  const faults = new Map(lines.map(({ path, error }) => [path, error?.status]));
  t.equal(faults.get('/api/apps/7/channels'), 404);
  t.equal(faults.get('/api/nothing'), 404);
  t.equal(faults.get('/api/apps/1/sockets/1.1'), 404);
  t.equal(faults.get('/api/me'), undefined);
});

t.test('requests for a stream are limited in paths, streams and tails', async (t) => {
  const gateway = await startGateway(t, { console: { port: 0 } });
  const visitor = new ConsoleVisitor(gateway);
  const five = Array.from({ length: 5 }, () => '/api/me');
  t.equal((await visitor.post('/api/stream', { watch: five })).status, 400);
  t.equal((await visitor.post('/api/stream', { watch: 'all' })).status, 400);
  t.equal((await visitor.post('/api/stream', { app: '7', tail: {} })).status, 404);
  const open = await Promise.all(
    Array.from({ length: 50 }, () => visitor.stream(t, { watch: ['/api/me'] })),
  );
  t.equal((await visitor.post('/api/stream', { watch: [] })).status, 429);
  open[0]?.end();
  await untilAnswered(async () => {
    const again = await visitor.stream(t, { watch: ['/api/me'] }).catch(() => undefined);
    return again !== undefined;
  });
});

t.test('no observer is added by whoever looks, and the tap goes with the last one', async (t) => {
  const offline = new OfflineConsole();
  const { router, app } = offline.channels;
  const before = [...app.observers];
  t.equal(router.tap, undefined, 'nothing looks at events though there is a console');
  const answers = offline.open({ watch: ['/api/overview', '/api/apps/1/channels'] });
  t.equal(router.tap, undefined, 'nor while somebody reads answers');
  const tailed = offline.open({ app: '1', tail: { channel: 'private-' } });
  const followed = offline.open({ app: '1', follow: { count: 1 } });
  t.not(router.tap, undefined);
  t.strictSame([...app.observers], before);
  const browser = offline.channels.browser();
  browser.subscribe('private-room');
  const said = { event: 'client-say', channel: 'private-room', data: { text: 'hello' } };
  browser.send(said);
  offline.channels.clock.advance(250);
  t.match(tailed.lines.find(({ tail }) => tail !== undefined)?.tail, {
    ...{ seen: 1, fit: 1, missed: 0 },
    rows: [
      { way: 'in', channel: 'private-room', event: 'client-say', socket: browser.id, bytes: 16 },
    ],
  });
  t.equal(
    tailed.lines.at(-1)?.tail?.rows[0]?.data,
    undefined,
    'data is not shown unless asked for',
  );
  tailed.leave();
  t.not(router.tap, undefined);
  followed.leave();
  t.equal(router.tap, undefined);
  answers.leave();
  t.equal(offline.channels.clock.timers, 0, 'no timer is left');
});

t.test('an event for a channel that nobody is on ends there', async (t) => {
  const offline = new OfflineConsole();
  const { router, app, clock } = offline.channels;
  const stream = offline.open({ app: '1', follow: { event: 'told', count: 1 } });
  void router.publish(app, { channel: 'empty', event: 'told', data: '1' });
  clock.advance(5000);
  t.match(stream.lines.findLast(({ follow }) => follow !== undefined)?.follow, [
    {
      hops: [
        { name: 'accepted', is: 'ok' },
        { name: 'written', is: 'no', text: 'nobody is on the channel' },
      ],
      isOver: true,
    },
  ]);
  stream.leave();
});

t.test('this gateway looks for another one until that asks no more', async (t) => {
  const { channels } = new OfflineConsole();
  const { hub, router, app, clock } = channels;
  const ask = (id: unknown, more: object = {}): unknown => {
    const message = { type: 'watch', id, tail: {}, role: 'viewer', apps: ['*'], nodes: 2, ...more };
    return hub.nodes.received(app, 7, JSON.stringify(message));
  };
  t.equal(ask('1'), 'ok');
  t.not(router.tap, undefined);
  clock.advance(9_000);
  t.equal(ask('1'), 'ok', 'asked again');
  clock.advance(9_000);
  t.not(router.tap, undefined);
  clock.advance(2_000);
  t.equal(router.tap, undefined, 'forgotten without another question');
  t.equal(clock.timers, 0);
  t.equal(ask('2'), 'ok');
  ask('2', { isOver: true });
  t.equal(router.tap, undefined, 'at once when its reader has gone');
  for (let id = 0; id < 100; id++) t.equal(ask(`many-${id}`), 'ok');
  t.equal(ask('one-more'), '', 'watchers are limited');
  for (let id = 0; id < 100; id++) ask(`many-${id}`, { isOver: true });
  t.equal(router.tap, undefined);
  for (const wrong of [7, 'x'.repeat(101)]) t.equal(ask(wrong), '');
  t.equal(ask('data', { tail: { data: true } }), '', 'data is for operators there too');
  t.equal(ask('nobody', { apps: undefined }), '');
  t.equal(router.tap, undefined);
  t.equal(clock.timers, 0, 'no timer is left');
});

t.test('a tail makes rows of a few of many events, and counts all of them', async (t) => {
  const offline = new OfflineConsole();
  offline.channels.browser().subscribe('room');
  const tailed = offline.open({ app: '1', tail: { event: 'said' } });
  const parts = (): TailPart[] => tailed.lines.flatMap(({ tail }) => tail ?? []);
  for (let turn = 0; turn < 3; turn++) {
    for (let i = 0; i < 5_000; i++) offline.channels.publish('room', 'said', String(i));
    offline.channels.publish('room', 'other', '');
    offline.channels.clock.advance(250);
  }
  t.strictSame(
    parts().map(({ seen, fit, rows }) => [seen, fit, rows.length]),
    [
      [5_001, 5_000, 50],
      [5_001, 5_000, 50],
      [5_001, 5_000, 50],
    ],
  );
  tailed.leave();
});

t.test(
  'a watcher who does not read is told how much was left out, and costs no memory',
  async (t) => {
    const offline = new OfflineConsole();
    offline.channels.browser().subscribe('room');
    const tailed = offline.open({ app: '1', tail: { data: true } });
    tailed.isReading = false;
    const publish = (): void => {
      for (let i = 0; i < 60; i++) offline.channels.publish('room', 'said', 'x'.repeat(1_000));
      offline.channels.clock.advance(250);
    };
    for (let i = 0; i < 40; i++) publish();
    t.ok(tailed.writableLength > 256 * 1024, 'bytes wait up to a limit');
    t.ok(tailed.writableLength < 400 * 1024);
    tailed.readOn();
    publish();
    const [first] = tailed.lines;
    t.ok((first?.tail?.missed ?? 0) > 30, String(first?.tail?.missed));
    publish();
    t.equal(tailed.lines.at(-1)?.tail?.missed, 0);
    tailed.leave();
  },
);

t.test(
  'fifty watchers who do not read cost little memory, and the one who reads no part',
  async (t) => {
    const offline = new OfflineConsole();
    const { channels } = offline;
    channels.browser().subscribe('room');
    const open = (): Reader =>
      offline.open({ app: '1', tail: { data: true }, follow: { count: 20 }, watch: ['/api/me'] });
    const stopped = Array.from({ length: 49 }, open);
    for (const each of stopped) each.isReading = false;
    const reads = open();
    t.throws(open, /50 streams are open already/);
    const unsent = (): number => stopped.reduce((sum, each) => sum + each.writableLength, 0);
    const tick = (): void => {
      for (let i = 0; i < 15; i++) channels.publish('room', 'said', 'x'.repeat(1_000));
      channels.clock.advance(250);
    };
    let most = 0;
    let ticks = 0;
    for (; !stopped.every(({ destroyed }) => destroyed) && ticks < 100; ticks++) {
      tick();
      most = Math.max(most, unsent());
    }
    t.ok(ticks > 60 && ticks < 90, `cut when behind for 15 s: ${ticks} ticks`);
    t.ok(most < 49 * 400 * 1024, `${most} bytes`);
    const parts = reads.lines.flatMap(({ tail }) => tail ?? []);
    t.strictSame(
      parts.map(({ fit, missed }) => [fit, missed]),
      parts.map(() => [15, 0]),
    );
    t.equal(parts.length, ticks, 'a part each tick');
    tick();
    t.equal(open().destroyed, false, 'there is room again');
  },
);

t.test('a socket that is not read is closed by the gateway, and another one goes on', async (t) => {
  const clock = new ManualClock({ turns: 'real' });
  const tokens = [{ name: 'ops', token: 'o'.repeat(32), role: 'operator' as const }];
  const gateway = await startGateway(t, { clock, console: { port: 0, tokens } });
  const visitor = new ConsoleVisitor(gateway, tokens[0]?.token);
  const request = { app: '1', tail: { data: true } };
  const reads = await visitor.stream(t, request);
  const stopped = await visitor.stream(t, request);
  stopped.pause();
  const { key, secret } = CREDENTIALS;
  const about = { appId: '1', key, secret, port: gateway.port, log: false } as const;
  const client = createClient(about);
  t.teardown(() => client.disconnect());
  await client.connect();
  const room = client.channel('room');
  const fit = (): number => reads.lines.reduce((sum, { tail }) => sum + (tail?.fit ?? 0), 0);
  // The kernel takes some megabytes before anything waits here.
  for (let said = 50; said <= 6_000; said += 50) {
    for (let i = 0; i < 49; i++) room.trigger('n'.repeat(200), 'x'.repeat(1_024));
    await room.publish('n'.repeat(200), 'x'.repeat(1_024));
    clock.advance(250);
    await until(() => fit() === said);
  }
  clock.advance(15_000);
  stopped.resume();
  await until(() => stopped.hasEnded);
  t.notOk(reads.hasEnded);
});

t.test('browsers are told the same whether somebody looks or not', async (t) => {
  const heard = async (looks: boolean): Promise<string> => {
    const gateway = await startGateway(t, { console: { port: 0 }, app: { clientEvents: false } });
    const test = new TestGateway(gateway, CREDENTIALS);
    const browser = await test.browser();
    if (looks) {
      const visitor = new ConsoleVisitor(gateway);
      const watch = ['/api/overview', `/api/apps/1/sockets/${browser.id}`];
      await visitor.stream(t, { app: '1', watch, tail: {} });
      await visitor.stream(t, { app: '1', follow: { count: 20 } });
    }
    await browser.subscribe('private-room');
    await browser.subscribe('room');
    browser.send('client-say', { text: 'hello' }, 'private-room');
    browser.send('say', { text: 'hello' }, 'room');
    browser.send('nonsense');
    browser.send('client-say', {}, 'elsewhere');
    await browser.subscribe('presence-end', { userId: 'ada' });
    return JSON.stringify(browser.received).replaceAll(browser.id, 'ID');
  };
  const [alone, watched] = [await heard(false), await heard(true)];
  t.match(alone, 'clientEvents', 'the error that nobody but the browser is told');
  t.equal(watched, alone);
});

t.test('the best of many are kept in one pass', async (t) => {
  const best = new Best<number>(5, (a, b) => a - b);
  for (let i = 0; i < 1_000; i++) best.add((i * 7919) % 1_000);
  t.strictSame(best.list.items, [0, 1, 2, 3, 4]);
  t.equal(best.list.total, 1_000);
});
