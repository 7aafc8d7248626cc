import t from 'tap';
import { Budget } from '../../lib/stream/budget';
import { InFlight } from '../../lib/stream/in-flight';
import { Log } from '../../lib/stream/log';
import { DOWN_ACTIONS, downModel } from './models/down';
import { loadModules } from './models/modules';
import { rows } from './models/rows';
import { explore } from './models/steps';

const modules = loadModules();

for (const { name, check } of rows) {
  t.test(name, async (t) => {
    t.doesNotThrow(() => check(modules));
  });
}

t.test(
  'an overflow under way is told before the next event, when what was sent is acknowledged',
  async (t) => {
    const log = new Log<string>({ epoch: 1, budget: new Budget({ maxEntries: 2, maxBytes: 100 }) });
    const flight = new InFlight();
    flight.grant({ messages: 2, bytes: 100 });
    log.attach({ epoch: 1, offset: 0 }, flight);
    log.append('a', 1);
    t.match(log.take(10, 100), { type: 'run', first: 1, events: ['a'] });
    for (const event of ['b', 'c', 'd']) log.append(event, 1);
    t.equal(log.take(10, 100), undefined, 'a is in flight');
    t.ok(log.ack({ epoch: 1, offset: 1 }));
    t.same(log.take(10, 100), {
      type: 'gap',
      gap: { oldEpoch: 1, after: 1, newEpoch: 1, first: 3, cause: 'overflow', count: 1 },
    });
    t.same(log.take(10, 100), { type: 'run', epoch: 1, first: 3, skipped: 0, events: ['c', 'd'] });
  },
);

t.test(
  'a loss beside the log is told behind what was sent, and nothing that is kept is lost',
  async (t) => {
    const log = new Log<string>({ epoch: 1, budget: new Budget({ maxEntries: 9, maxBytes: 100 }) });
    const flight = new InFlight();
    flight.grant({ messages: 9, bytes: 100 });
    log.attach({ epoch: 1, offset: 0 }, flight);
    log.append('a', 1);
    log.take(1, 100);
    log.append('b', 1);
    log.miss('node_lost');
    log.append('c', 1);
    t.equal(log.take(10, 100), undefined, 'a is in flight');
    t.ok(log.ack({ epoch: 1, offset: 1 }));
    const gap = { oldEpoch: 1, after: 1, newEpoch: 1, first: 2, cause: 'node_lost', count: 0 };
    t.same(log.take(10, 100), { type: 'gap', gap });
    t.same(log.take(10, 100), { type: 'run', epoch: 1, first: 2, skipped: 0, events: ['b', 'c'] });
  },
);

t.test('a loss beside the log is told again until an event behind it is finished', async (t) => {
  const budget = new Budget({ maxEntries: 9, maxBytes: 100 });
  const log = new Log<string>({ epoch: 1, budget });
  for (const event of ['a', 'b']) log.append(event, 1);
  log.miss('node_lost');
  const attach = (offset: number): unknown => {
    const flight = new InFlight();
    flight.grant({ messages: 9, bytes: 100 });
    log.attach({ epoch: 1, offset }, flight);
    return log.take(1, 100)?.type;
  };
  t.equal(attach(0), 'gap');
  t.equal(attach(0), 'gap', 'nobody has shown that it was heard');
  t.match(log.take(1, 100), { type: 'run', first: 1 });
  t.equal(log.missed, 'node_lost');
  t.ok(log.ack({ epoch: 1, offset: 1 }));
  t.equal(log.missed, undefined);
  t.equal(attach(1), 'run');
  const { committed, low } = log;
  const kept = { epoch: 1, acked: committed.offset, low, next: 3, finished: [], entries: [] };
  const next = new Log<string>({ epoch: 1, budget }, { ...kept, missed: 'node_lost' });
  t.equal(next.take(1, 100)?.type, 'gap', 'the next gateway tells it too');
});

t.test('an event larger than the log is lost at once, and told', async (t) => {
  const log = new Log<string>({ epoch: 1, budget: new Budget({ maxEntries: 2, maxBytes: 10 }) });
  t.equal(log.append('huge', 11), 1);
  t.equal(log.length, 0);
  t.match(log.take(1, 1), { type: 'gap', gap: { after: 0, first: 2, count: 1 } });
});

t.test(
  'a late acknowledgement may pass the send pointer, and closes a gap it covers',
  async (t) => {
    const log = new Log<number>({ epoch: 1, budget: new Budget({ maxEntries: 3, maxBytes: 100 }) });
    const flight = new InFlight();
    flight.grant({ messages: 10, bytes: 100 });
    log.attach({ epoch: 1, offset: 0 }, flight);
    for (let n = 1; n <= 3; n += 1) log.append(n, 1);
    log.take(10, 100);
    log.append(4, 1);
    t.equal(log.attach({ epoch: 1, offset: 0 }, flight), 'gap', '1 is gone');
    t.ok(log.ack({ epoch: 1, offset: 3 }), 'but was handled over the old connection');
    t.same(log.take(10, 100), { type: 'run', epoch: 1, first: 4, skipped: 3, events: [4] });
  },
);

t.test(
  'without overflow nothing is lost, repeated or out of order, whatever the network does',
  async (t) => {
    t.doesNotThrow(() => explore(DOWN_ACTIONS, (sequence) => downModel(modules, sequence, 1000)));
  },
);

t.test('with overflow every loss is told before the next event', async (t) => {
  t.doesNotThrow(() => explore(DOWN_ACTIONS, (sequence) => downModel(modules, sequence, 5)));
});

t.test('an event that waits can be replaced, one that was ever sent cannot', async (t) => {
  const log = new Log<string>({ epoch: 1, budget: new Budget({ maxEntries: 10, maxBytes: 10 }) });
  const flight = new InFlight();
  flight.grant({ messages: 1, bytes: 100 });
  log.attach({ epoch: 1, offset: 0 }, flight);
  for (const event of ['a', 'b', 'c']) log.append(event, 2);
  log.take(10, 100);
  t.notOk(log.replace({ epoch: 1, offset: 1 }, 'x', 1), 'in flight');
  t.ok(log.replace({ epoch: 1, offset: 3 }, 'C', 4));
  t.equal(log.bytes, 8);
  t.notOk(log.replace({ epoch: 1, offset: 4 }, 'x', 1), 'not there');
  t.notOk(log.replace({ epoch: 2, offset: 2 }, 'x', 1), 'another epoch');
  log.attach({ epoch: 1, offset: 0 }, flight);
  t.notOk(log.replace({ epoch: 1, offset: 1 }, 'x', 1), 'sent over an earlier connection');
  t.ok(log.ack({ epoch: 1, offset: 1 }));
  t.notOk(log.replace({ epoch: 1, offset: 1 }, 'x', 1), 'acknowledged');
  flight.grant({ messages: 10, bytes: 100 });
  t.same(log.take(10, 100), { type: 'run', epoch: 1, first: 2, skipped: 1, events: ['b', 'C'] });
});

t.test('a larger one in its place pushes out the oldest, which is told', async (t) => {
  const log = new Log<string>({ epoch: 1, budget: new Budget({ maxEntries: 10, maxBytes: 10 }) });
  for (const event of ['a', 'b', 'c']) log.append(event, 2);
  t.ok(log.replace({ epoch: 1, offset: 3 }, 'C', 8));
  t.match(log.take(10, 100), { type: 'gap', gap: { after: 0, first: 2, count: 1 } });
});

t.test(
  'near the end of memory a log gives up more than it takes, and goes on with a little',
  async (t) => {
    const memory = { isNear: false };
    let told = 0;
    const overflowed = (): void => void (told += 1);
    const maxBytes = 2560;
    const budget = new Budget({ maxEntries: 1000, maxBytes, overflowed, memory });
    const log = new Log<string>({ epoch: 1, budget });
    for (let n = 1; n <= 100; n++) log.append(`e${n}`, 10);
    memory.isNear = true;
    log.append('at the mark', 10);
    t.strictSame([log.length, budget.bytes], [100, 1000]);
    t.equal(budget.fill, 1, 'its senders are held back');
    for (let n = 0; n < 10; n++) log.append('later', 10);
    t.equal(log.length, 90);
    for (let n = 0; n < 200; n++) log.append('later', 10);
    t.equal(budget.bytes, 10, 'a 256th of the limit stays');
    t.equal(told, 0, 'the limit of memory has its own line in the log');
    const flight = new InFlight();
    flight.grant({ messages: 10, bytes: 100 });
    log.attach({ epoch: 1, offset: 0 }, flight);
    t.match(log.take(10, 100), { type: 'gap', gap: { cause: 'overflow', count: 310 } });
    t.match(log.take(10, 100), { type: 'run', events: ['later'] });
    memory.isNear = false;
    for (let n = 0; n < 100; n++) log.append('again', 10);
    t.equal(budget.bytes, 1010, 'with room it grows up to its limit');
  },
);

t.test('near the end of memory senders that are held back have little room beyond', async (t) => {
  const memory = { isNear: false };
  const budget = new Budget({ maxEntries: 1000, maxBytes: 2560, overdraft: 1, memory });
  const log = new Log<string>({ epoch: 1, budget });
  for (let n = 0; n < 100; n++) log.append('e', 10);
  memory.isNear = true;
  for (let n = 0; n < 50; n++) log.append('e', 10);
  t.ok(budget.bytes <= 1010, `${budget.bytes} bytes`);
});
