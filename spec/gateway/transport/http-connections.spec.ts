import { EventEmitter } from 'node:events';
import { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import t from 'tap';
import { TurnBudget } from '../../../lib/gateway/core/timing/turn-budget';
import type { HttpConnection } from '../../../lib/gateway/transport/http-connection';
import { HttpConnections } from '../../../lib/gateway/transport/http-connections';
import { ManualClock } from '../../support/manual-clock';

const request = { complete: true, headers: {}, rawHeaders: [] as string[] } as IncomingMessage;

/** Connections whose streams hold nothing, with a clock whose turns end by hand. */
function empty(): {
  clock: ManualClock;
  budget: TurnBudget;
  connections: HttpConnections;
  refused: Array<[stream: Socket, why: string]>;
  add(): HttpConnection;
} {
  const clock = new ManualClock();
  const budget = new TurnBudget(clock);
  const refused: Array<[stream: Socket, why: string]> = [];
  const connections = new HttpConnections(budget, clock, (...told) => void refused.push(told));
  const add = (): HttpConnection => {
    const stream = new PassThrough().resume() as unknown as Socket;
    connections.add(stream, undefined);
    return connections.get(stream) as HttpConnection;
  };
  return { clock, budget, connections, refused, add };
}

t.test('a few requests of a connection are handled in a turn, all of them in order', async (t) => {
  const { clock, add } = empty();
  const connection = add();
  const handled: number[] = [];
  for (let n = 0; n < 50; n++) {
    t.ok(connection.requested(request, () => void handled.push(n)));
  }
  t.equal(handled.length, 8);
  t.ok(connection.stream.isPaused(), 'and nothing more is read');
  clock.endTurn();
  t.strictSame(
    handled,
    Array.from({ length: 50 }, (_, n) => n),
  );
  t.notOk(connection.stream.isPaused());
});

t.test('a turn that has used up its budget takes one request of each connection', async (t) => {
  const { clock, budget, add } = empty();
  budget.spend(1_500);
  let handled = 0;
  for (const connection of [add(), add(), add()]) {
    for (let n = 0; n < 5; n++) connection.requested(request, () => void handled++);
  }
  t.equal(handled, 3);
  clock.endTurn();
  t.equal(handled, 15);
});

t.test('a turn that is overdrawn takes no request, and a later one does', async (t) => {
  const { clock, budget, add } = empty();
  budget.spend(2_048);
  let handled = 0;
  for (let n = 0; n < 30; n++) add().requested(request, () => void handled++);
  t.equal(handled, 0);
  clock.endTurn();
  t.equal(handled, 30);
});

t.test('posts of many connections are handled in turns that their bodies count in', async (t) => {
  const { clock, budget, add } = empty();
  const posts = { ...request, headers: { 'content-length': '9216' } };
  Object.assign(posts, { once: () => undefined });
  const handled = new Map<number, number>();
  const run = (): void => void handled.set(budget.turn, (handled.get(budget.turn) ?? 0) + 1);
  for (let n = 0; n < 50; n++) {
    const connection = add();
    for (let m = 0; m < 50; m++) connection.requested(posts as unknown as IncomingMessage, run);
  }
  clock.endTurn();
  const most = Math.max(...handled.values());
  const sum = [...handled.values()].reduce((a, b) => a + b, 0);
  t.equal(sum, 2_500);
  t.ok(most < 56, `${most} in one turn`);
});

t.test('a body that is read does not make more be read while requests wait', async (t) => {
  const { clock, add } = empty();
  const connection = add();
  const { stream } = connection;
  for (let n = 0; n < 50; n++) connection.requested(request, () => undefined);
  stream.resume();
  await new Promise(setImmediate);
  t.ok(stream.isPaused());
  clock.endTurn();
  await new Promise(setImmediate);
  t.notOk(stream.isPaused());
});

t.test(
  'when a turn is used up, connections whose requests had to wait before are read in the next one',
  async (t) => {
    const { clock, budget, add } = empty();
    const [flooding, another, health] = [add(), add(), add()];
    for (const each of [flooding, another]) {
      for (let n = 0; n < 9; n++) each.requested(request, () => undefined);
    }
    clock.endTurn();
    t.notOk(another.stream.isPaused());
    budget.spend(1_024);
    for (let n = 0; n < 2; n++) flooding.requested(request, () => undefined);
    t.ok(another.stream.isPaused());
    t.notOk(health.stream.isPaused(), 'one that has sent nothing yet is read');
    another.stream.resume();
    await new Promise(setImmediate);
    t.ok(another.stream.isPaused(), 'a body that is read changes nothing');
    clock.endTurn();
    await new Promise(setImmediate);
    t.notOk(another.stream.isPaused());
    t.notOk(flooding.stream.isPaused());
  },
);

t.test(
  'a held connection that changes its protocol is read by its new owner at once',
  async (t) => {
    const { connections, add } = empty();
    const [flooding, other] = [add(), add()];
    for (let n = 0; n < 100; n++) flooding.requested(request, () => undefined);
    t.ok(other.stream.isPaused());
    connections.take(other.stream);
    other.stream.resume();
    await new Promise(setImmediate);
    t.notOk(other.stream.isPaused());
  },
);

t.test('while one connection floods, the others are not read until the turn is over', async (t) => {
  const { clock, add } = empty();
  const [flooding, other] = [add(), add()];
  for (let n = 0; n < 40; n++) flooding.requested(request, () => undefined);
  t.notOk(other.stream.isPaused());
  for (let n = 0; n < 20; n++) flooding.requested(request, () => undefined);
  t.ok(other.stream.isPaused());
  clock.endTurn();
  t.notOk(other.stream.isPaused());
});

t.test('a turn takes one head of too many headers, and refuses it once', async (t) => {
  const { clock, add } = empty();
  const [flooding, other] = [add(), add()];
  const large = { ...request, rawHeaders: Array<string>(402).fill('a') } as IncomingMessage;
  t.notOk(flooding.overflows({ ...large, rawHeaders: Array<string>(400) } as IncomingMessage));
  t.ok(flooding.overflows(large));
  t.ok(other.stream.isPaused());
  t.notOk(flooding.overflows(large), 'the next one of the same read');
  t.ok(flooding.requested(large, () => t.fail('is not handled')));
  clock.endTurn();
  t.notOk(other.stream.isPaused());
});

t.test('requests that wait on one connection are bounded, and refused once', async (t) => {
  const { clock, add } = empty();
  const flooding = add();
  let handled = 0;
  let refused = 0;
  for (let n = 0; n < 2_000; n++) {
    if (!flooding.requested(request, () => void handled++)) refused++;
  }
  t.strictSame([handled, refused, flooding.waiting], [8, 1, 0]);
  clock.endTurn();
  t.equal(handled, 8, 'nothing is handled behind the refusal');
});

t.test('64 requests wait on one connection behind those of the turn', async (t) => {
  const { add } = empty();
  const pipelining = add();
  const taken = Array.from({ length: 73 }, () => pipelining.requested(request, () => undefined));
  t.strictSame(taken.indexOf(false), 72, 'eight are handled in the turn');
});

t.test('requests that wait in all are bounded, and lost connections make room', async (t) => {
  const { connections, refused, add } = empty();
  const flooding = Array.from({ length: 120 }, add);
  for (const each of flooding) {
    for (let n = 0; n < 60; n++) each.requested(request, () => undefined);
  }
  const waiting = flooding.reduce((sum, each) => sum + each.waiting, 0);
  t.ok(refused.length > 0 && waiting <= 6_000, `${refused.length} refused, ${waiting} wait`);
  for (const each of flooding) connections.take(each.stream);
  const late = add();
  for (let n = 0; n < 60; n++) t.ok(late.requested(request, () => undefined));
});

t.test(
  'a body of many pieces costs budget, and no other connection is read meanwhile',
  async (t) => {
    const { clock, budget, add } = empty();
    const [one, other] = [add(), add()];
    const request = new IncomingMessage(one.stream);
    request.headers = { 'transfer-encoding': 'chunked' };
    one.requested(request, () => undefined);
    for (let i = 0; i < 255; i++) request.push(Buffer.from('x'));
    t.equal(other.stream.isPaused(), false);
    request.push(Buffer.from('x'));
    t.equal(other.stream.isPaused(), true);
    t.equal(one.stream.isPaused(), true);
    clock.advance(0);
    t.strictSame([one.stream.isPaused(), other.stream.isPaused()], [false, false]);
    for (let turn = budget.turn, pieces = 0; pieces < 700; pieces++) {
      t.equal(budget.turn, turn);
      request.push(Buffer.from('x'));
    }
    const before = budget.turn;
    clock.advance(0);
    t.ok(budget.turn > before, 'the pieces were paid for');
  },
);

/** An answer that leaves when the spec says so. */
class SlowAnswer extends EventEmitter {
  writableFinished = false;
  destroyed = false;

  leave(): void {
    this.writableFinished = true;
    this.emit('close');
  }
}

t.test(
  'a GET is handled when the answers before it have left, and nothing behind it before',
  async (t) => {
    const { clock, add } = empty();
    const connection = add();
    const handled: string[] = [];
    const answers: SlowAnswer[] = [];
    const ask = (...methods: string[]): void => {
      for (const method of methods) {
        const answer = new SlowAnswer();
        answers.push(answer);
        const one = { ...request, method } as IncomingMessage;
        t.ok(connection.requested(one, () => void handled.push(method), answer));
      }
    };
    ask('POST', 'POST', 'GET', 'GET', 'POST');
    clock.endTurn();
    clock.endTurn();
    t.strictSame(handled, ['POST', 'POST']);
    t.ok(connection.stream.isPaused(), 'and nothing more is read');
    answers[0]?.leave();
    clock.endTurn();
    t.equal(handled.length, 2, 'the first of two answers is not enough');
    answers[1]?.leave();
    clock.endTurn();
    t.strictSame(handled, ['POST', 'POST', 'GET']);
    answers[2]?.leave();
    clock.endTurn();
    t.strictSame(handled, ['POST', 'POST', 'GET', 'GET', 'POST']);
    t.notOk(connection.stream.isPaused());
    ask('GET');
    t.equal(connection.waiting, 1);
    connection.ended();
    answers[4]?.leave();
    clock.endTurn();
    t.equal(handled.length, 5, 'a connection that has ended handles nothing more');
  },
);

t.test(
  'half a head has its time although it began in the second in which a request ended',
  async (t) => {
    const { connections, add } = empty();
    const { stream } = add();
    const bytes = stream as unknown as { bytesRead: number; bytesWritten: number };
    Object.assign(bytes, { bytesRead: 50, bytesWritten: 0 });
    const times = {
      ...{ headersTimeoutMs: 2_000, requestTimeoutMs: 9_000 },
      ...{ maxUnsentBytes: 1e6, maxUnsentMs: 9_000 },
    };
    const late: string[] = [];
    const tick = (): void => connections.tick(times, (_stream, fault) => late.push(fault));
    const connection = connections.get(stream) as HttpConnection;
    connection.requested({ ...request, complete: true } as IncomingMessage, () => undefined);
    for (let second = 0; second < 5; second++) tick();
    t.strictSame(late, [], 'a whole request is followed by nothing');
    connection.requested({ ...request, complete: true } as IncomingMessage, () => undefined);
    bytes.bytesRead += 10;
    for (let second = 0; second < 3; second++) tick();
    t.strictSame(late, ['late']);
  },
);

t.test('the connection with the most waiting requests gives way to one with fewer', async (t) => {
  const { clock, budget, refused, add } = empty();
  const handled = new Map<string, number>();
  const ask = (connection: HttpConnection, name: string): boolean =>
    connection.requested(request, () => void handled.set(name, (handled.get(name) ?? 0) + 1));
  budget.spend(2_048);
  const holders = Array.from({ length: 100 }, add);
  const asked = (connection: HttpConnection, name: string, count: number): number =>
    Array.from({ length: count }, () => ask(connection, name)).filter(Boolean).length;
  for (const holder of holders) t.equal(asked(holder, 'holders', 60), 60);
  const [most, legitimate] = [holders[0] as HttpConnection, add()];
  t.equal(asked(legitimate, 'legitimate', 30), 30);
  t.strictSame(refused, [[most.stream, 'waiting']]);
  t.equal(most.waiting, 0);
  for (let turn = 0; turn < 400; turn++) clock.endTurn();
  t.strictSame(Object.fromEntries(handled), { holders: 99 * 60, legitimate: 30 });
});

t.test('a connection that floods is read again after all others', async (t) => {
  const { clock, connections, add } = empty();
  const order: string[] = [];
  const named = Object.entries({ a: add(), b: add(), c: add() });
  await new Promise(setImmediate);
  for (const [name, { stream }] of named) stream.on('resume', () => void order.push(name));
  for (const [, flooding] of named) {
    connections.flooded(flooding);
    for (const [, { stream }] of named) t.ok(stream.isPaused());
    clock.endTurn();
    await new Promise(setImmediate);
  }
  t.equal(order.join(''), 'bcacababc');
});

t.test(
  'an upgrade that waits for its turn is not late, and a head without an end is',
  async (t) => {
    const { connections, add } = empty();
    const [upgrade, slow] = [add(), add()];
    for (const { stream } of [upgrade, slow]) Object.assign(stream, { bytesRead: 100 });
    upgrade.upgrades();
    const times = { headersTimeoutMs: 2_000, requestTimeoutMs: 4_000 };
    const late: Socket[] = [];
    for (let second = 0; second < 5; second++) {
      connections.tick({ ...times, maxUnsentBytes: 1e6, maxUnsentMs: 10_000 }, (stream) =>
        late.push(stream),
      );
    }
    t.ok(late.includes(slow.stream));
    t.notOk(late.includes(upgrade.stream));
  },
);
