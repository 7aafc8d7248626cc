import t from 'tap';
import type { StandpipeError } from '../../lib/errors';
import { Ticks, type Tick } from '../../lib/pipe/tick';
import { ManualClock } from '../support/manual-clock';
import { connectedClient, scriptedClient, settled } from '../support/scripted-client';

t.test('all triggers of a run leave as one frame', (t) => {
  const { client, gateway, clock } = connectedClient();
  client.tick(30, ({ number }) => {
    for (let id = 0; id < 100; id++) client.socket(`1.${id}`).trigger('view', number);
    client.channel('world').trigger('time', number);
  });
  for (let runs = 1; runs <= 3; runs++) {
    clock.stall(34);
    clock.advance(0);
    t.equal(gateway.socket.count('commands'), runs);
    t.equal(gateway.socket.commands.length, 101 * runs);
  }
  t.end();
});

t.test('a run is flushed at its end, and not with what else the turn brings', (t) => {
  const clock = new ManualClock();
  const order: string[] = [];
  const owner = { flush: () => void order.push('flush'), failed: () => undefined };
  new Ticks(clock, owner).start(10, () => {
    clock.endOfTurn(() => void order.push('end of turn'));
    order.push('run');
  });
  clock.advance(100);
  t.strictSame(order, ['run', 'flush', 'end of turn']);
  t.end();
});

t.test('ticks do not drift, however late each one is', (t) => {
  const { client, clock } = connectedClient();
  const ticks: Tick[] = [];
  client.tick(30, (tick) => {
    ticks.push(tick);
    // The run itself takes time.
    clock.stall(5);
  });
  clock.advance(10_000);
  t.equal(ticks.length, 300);
  t.equal(ticks.at(-1)?.number, 300);
  t.ok(ticks.every(({ late }) => late === 0));
  const sumMs = ticks.reduce((sum, { dtMs }) => sum + dtMs, 0);
  t.ok(Math.abs(sumMs - 10_000) < 1, `the times between them are ${sumMs} ms together`);
  t.end();
});

t.test('ticks for which the process was too busy are skipped, and counted', (t) => {
  const { client, clock } = connectedClient();
  const ticks: Tick[] = [];
  const ticker = client.tick(10, (tick) => void ticks.push(tick));
  clock.advance(200);
  clock.stall(350);
  clock.advance(50);
  t.match(ticks, [
    { number: 1, dtMs: 100, late: 0 },
    { number: 2, dtMs: 100, late: 0 },
    { number: 5, dtMs: 350, late: 2 },
    { number: 6, dtMs: 50, late: 0 },
  ]);
  t.equal(ticker.skipped, 2);
  t.end();
});

t.test('a ticker ends with stop, also inside of a run, and with disconnect', (t) => {
  const { client, clock } = connectedClient();
  const runs = { first: 0, second: 0, third: 0 };
  const first = client.tick(10, () => void runs.first++);
  const second = client.tick(10, () => {
    runs.second++;
    second.stop();
  });
  client.tick(10, () => void runs.third++);
  clock.advance(100);
  first.stop();
  first.stop();
  clock.advance(100);
  t.strictSame(runs, { first: 1, second: 1, third: 2 });
  void client.disconnect();
  clock.advance(1_000);
  t.strictSame(runs, { first: 1, second: 1, third: 2 });
  t.end();
});

t.test('a failed run is told as a failed handler, and the next one comes', async (t) => {
  const { client, clock, gateway } = connectedClient();
  const errors: StandpipeError[] = [];
  client.on('error', (error) => void errors.push(error));
  client.tick(10, ({ number }) => {
    client.channel('room').trigger('tick', number);
    if (number === 1) throw new Error('at once');
    return number === 2 ? Promise.reject(new Error('later')) : undefined;
  });
  clock.advance(300);
  await settled();
  t.match(errors, [
    { code: 'handler_failed', message: 'a handler of tick failed: at once' },
    { code: 'handler_failed', message: 'a handler of tick failed: later' },
  ]);
  t.equal(gateway.socket.commands.length, 3, 'its triggers have left all the same');
});

t.test('a tick runs without a connection; volatile events are dropped, latest ones kept', (t) => {
  const { client, clock, gateway } = scriptedClient();
  const errors: unknown[] = [];
  client.on('error', (error) => void errors.push(error));
  client.tick(10, ({ number }) => {
    client.channel('room').trigger('view', number, { volatile: true });
    client.channel('room').trigger('price', number, { latest: true });
  });
  clock.advance(200);
  t.equal(client.droppedTriggers, 2);
  void client.connect();
  gateway.socket.open();
  clock.endTurn();
  t.match(gateway.socket.commands, [
    { event: 'price', data: '1', latestKey: 'price' },
    { event: 'price', data: '2', latestKey: 'price' },
  ]);
  clock.advance(100);
  t.match(gateway.socket.commands[2], { event: 'view', data: '3', volatile: true });
  t.strictSame(errors, []);
  t.end();
});

t.test('hz and run are checked', (t) => {
  const { client } = scriptedClient();
  for (const hz of [0, -1, 1_001, NaN, Infinity, '30']) {
    t.throws(() => client.tick(hz as number, () => undefined), { code: 'bad_argument' });
  }
  t.throws(() => client.tick(30, 'run' as never), { code: 'bad_argument' });
  t.end();
});

t.test(
  'latest and volatile triggers that a full outbox refuses are counted, and told to callbacks',
  (t) => {
    const { client, clock, errors } = connectedClient({ maxOutboxEvents: 1 });
    const told: unknown[] = [];
    client.channel('room').trigger('e');
    t.equal(client.channel('room').trigger('e', 1, { latest: 'key' }), false);
    t.equal(client.socket('1.1').trigger('e', 1, { volatile: true }), false);
    const callback = (error: StandpipeError | null): void => void told.push(error?.code);
    client.channel('room').trigger('e', 1, { latest: true }, callback);
    clock.endTurn();
    t.equal(client.droppedTriggers, 3);
    t.strictSame(told, ['outbox_full']);
    t.strictSame(errors, []);
    t.end();
  },
);

t.test('a volatile publish without a connection is not sent', async (t) => {
  const { client } = scriptedClient();
  await t.rejects(client.channel('room').publish('e', 1, { volatile: true }), { code: 'not_sent' });
});

t.test('latest and volatile are checked', (t) => {
  const { client } = scriptedClient();
  const room = client.channel('room');
  for (const latest of ['', 'k'.repeat(201), 7, false, null]) {
    t.throws(() => room.trigger('e', 1, { latest: latest as never }), { code: 'bad_argument' });
  }
  t.throws(() => room.trigger('e', 1, { volatile: 'yes' as never }), { code: 'bad_argument' });
  const both = { latest: true, volatile: true } as const;
  t.throws(() => room.trigger('e', 1, both), { code: 'bad_argument' });
  t.doesNotThrow(() => room.trigger('e', 1, { latest: undefined, volatile: false }));
  t.end();
});
