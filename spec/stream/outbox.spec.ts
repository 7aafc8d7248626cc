import t from 'tap';
import { Outbox } from '../../lib/stream/outbox';
import type { Outcome } from '../../lib/stream/outbox';
import { Cursor } from '../../lib/stream/position';
import { loadModules } from './models/modules';
import { explore } from './models/steps';
import { UP_ACTIONS, upModel } from './models/up';

interface Setup {
  outbox: Outbox<string>;
  told: Array<[string, Outcome]>;
  drains: () => number;
}

/** Commands that end in `?` wait for a receipt. */
function setup(onSettle: (entry: string) => void = () => undefined): Setup {
  const told: Array<[string, Outcome]> = [];
  let drains = 0;
  const outbox = new Outbox<string>({
    maxEntries: 8,
    maxBytes: 100,
    highWaterRatio: 0.5,
    awaitsReceipt: (entry) => entry.endsWith('?'),
    settle: (entry, outcome) => {
      told.push([entry, outcome]);
      onSettle(entry);
    },
    drained: () => (drains += 1),
  });
  outbox.grant({ messages: 100, bytes: 1000 });
  return { outbox, told, drains: () => drains };
}

const applied = (sockets?: number): Outcome => ({ status: 'applied', sockets });

t.test('each command is told one true outcome, through any network', async (t) => {
  const modules = loadModules();
  t.doesNotThrow(() => explore(UP_ACTIONS, (sequence) => upModel(modules, sequence)));
});

t.test(
  'commands are sent again from the oldest one when nothing beyond it was applied',
  async (t) => {
    const { outbox, told } = setup();
    for (const entry of ['a', 'b', 'c']) outbox.offer(entry, 1);
    outbox.take(2, 100);
    outbox.applied(1, [], []);
    t.equal(outbox.nextSeq, 2);
    t.ok(new Cursor(2).continues(outbox.nextSeq));
    t.ok(outbox.resume(1));
    t.same(outbox.take(10, 100), { first: 2, skipped: 0, entries: ['b', 'c'] });
    t.same(told, [['a', applied()]]);
  },
);

t.test(
  'applied commands are not sent again and settle on the acknowledgement that follows',
  async (t) => {
    const { outbox, told } = setup();
    for (const entry of ['a', 'b', 'c']) outbox.offer(entry, 1);
    outbox.take(3, 100);
    t.equal(outbox.nextSeq, 1);
    t.ok(new Cursor(3).continues(outbox.nextSeq));
    t.ok(outbox.resume(2));
    t.same(told, []);
    t.same(outbox.take(10, 100), { first: 3, skipped: 0, entries: ['c'] });
    t.ok(outbox.applied(2, [{ seq: 2, code: 4216, message: 'stale owner' }], []));
    t.same(told, [
      ['a', applied()],
      ['b', { status: 'refused', code: 4216, message: 'stale owner' }],
    ]);
  },
);

t.test('a hole between the applied commands and the oldest kept one is impossible', async (t) => {
  const { outbox } = setup();
  for (const entry of ['a', 'b', 'c']) outbox.offer(entry, 1);
  outbox.take(3, 100);
  outbox.applied(2, [], []);
  t.equal(outbox.nextSeq, 3);
  t.notOk(new Cursor(2).continues(outbox.nextSeq), 'the gateway answers up_gap');
  t.notOk(outbox.resume(1));
  t.notOk(outbox.resume(4));
  t.ok(outbox.resume(3));
});

t.test('sent commands are unknown in a new session, the others are numbered from 1', async (t) => {
  const { outbox, told } = setup();
  for (const entry of ['a', 'b', 'c']) outbox.offer(entry, 1);
  outbox.take(2, 100);
  outbox.restart();
  t.same(told, [
    ['a', { status: 'unknown' }],
    ['b', { status: 'unknown' }],
  ]);
  t.same(outbox.take(10, 100), { first: 1, skipped: 0, entries: ['c'] });
});

t.test('sent commands are unknown at the end, the others surely not sent', async (t) => {
  const { outbox, told } = setup();
  for (const entry of ['a?', 'b', 'c']) outbox.offer(entry, 1);
  outbox.take(2, 100);
  outbox.applied(1, [], []);
  outbox.clear();
  t.same(told, [
    ['a?', applied()],
    ['b', { status: 'unknown' }],
    ['c', { status: 'not_sent' }],
  ]);
  t.match(outbox, { length: 0, bytes: 0, nextSeq: 1 });
});

t.test(
  'a receipt may come with the acknowledgement or later, and is not waited for over a new connection',
  async (t) => {
    const { outbox, told } = setup();
    for (const entry of ['a?', 'b?', 'c?', 'd']) outbox.offer(entry, 1);
    outbox.take(4, 100);
    outbox.applied(4, [], [{ seq: 1, sockets: 7 }]);
    t.same(told, [
      ['a?', applied(7)],
      ['d', applied()],
    ]);
    t.equal(outbox.length, 2);
    outbox.applied(4, [], [{ seq: 3, sockets: 0 }]);
    t.same(told.at(-1), ['c?', applied(0)]);
    outbox.resume(4);
    t.same(told.at(-1), ['b?', applied()]);
    t.equal(outbox.length, 0);
  },
);

t.test(
  'an outbox is high above the mark, full at the limit, and drained at half the mark',
  async (t) => {
    const { outbox, drains } = setup();
    const answers = Array.from({ length: 9 }, () => outbox.offer('x', 1));
    t.same(answers, ['ok', 'ok', 'ok', 'ok', 'high', 'high', 'high', 'high', 'full']);
    outbox.take(8, 100);
    outbox.applied(5, [], []);
    t.equal(drains(), 0);
    outbox.applied(6, [], []);
    t.equal(drains(), 1);
    outbox.applied(8, [], []);
    t.equal(drains(), 1);
  },
);

t.test('the outbox may be used from inside settle', async (t) => {
  const { outbox, told } = setup((entry) => {
    if (entry === 'a') outbox.offer('again', 1);
    if (entry === 'b') outbox.clear();
  });
  for (const entry of ['a', 'b', 'c', 'd']) outbox.offer(entry, 1);
  outbox.take(3, 100);
  t.ok(outbox.applied(3, [], []));
  t.same(
    told.map(([entry, { status }]) => `${entry} ${status}`),
    ['a applied', 'b applied', 'd not_sent', 'again not_sent', 'c applied'],
  );
});
