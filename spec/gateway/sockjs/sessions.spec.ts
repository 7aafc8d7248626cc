import t from 'tap';
import type { CarrierHandler } from '../../../lib/gateway/core/fanout/carrier';
import { Overload } from '../../../lib/gateway/core/timing/overload';
import { TurnBudget } from '../../../lib/gateway/core/timing/turn-budget';
import { checkGatewayOptions } from '../../../lib/gateway/options/options';
import type { SockJsCarrier } from '../../../lib/gateway/sockjs/carrier';
import { SockJsCarriers } from '../../../lib/gateway/sockjs/carriers';
import type { Receiver } from '../../../lib/gateway/sockjs/receiver';
import { ManualClock } from '../../support/manual-clock';
import { FakeResponse } from '../../support/fake-response';

class CarriersOfOneApp {
  readonly clock = new ManualClock();
  readonly memory = { isNear: false };
  readonly overload = new Overload(this.clock, this.memory);
  readonly budget = new TurnBudget(this.clock);
  readonly failures: unknown[] = [];
  readonly sessions: SockJsCarriers;
  cuts = 0;

  constructor(limits: Record<string, number> = {}) {
    const app = { id: '1', key: 'key', secret: 'a-secret-of-the-specs' };
    const checked = checkGatewayOptions({ apps: [app], limits });
    this.sessions = new SockJsCarriers(checked.limits, this.clock, this.overload, this.budget, {
      cut: () => this.cuts++,
      failure: (error) => this.failures.push(error),
    });
    this.overload.start();
  }

  add(id: string, session: Partial<CarrierHandler> = {}, address = 'a'): string[] {
    const told: string[] = [];
    const carrier = this.sessions.make(address);
    if (carrier === undefined) return ['refused'];
    this.sessions.add(id, carrier);
    carrier.session = {
      text: () => undefined,
      binary: () => undefined,
      closed: (code, reason) => told.push(`${code} ${reason}`),
      ...session,
    };
    return told;
  }
}

t.test('near the end of memory a session that does not read is cut', (t) => {
  const app = new CarriersOfOneApp();
  const [told, reads] = [app.add('full'), app.add('reads')];
  for (const id of ['full', 'reads']) {
    const response = new FakeResponse();
    response.blocked = id === 'full';
    app.sessions.get(id)?.attach(response.receiver(true));
  }
  app.clock.endTurn();
  app.clock.advance(3_000);
  t.equal(app.cuts, 0);
  app.memory.isNear = true;
  app.clock.advance(2_000);
  app.clock.endTurn();
  t.match([app.cuts, told, reads], [1, [/^4100 /], []]);
  t.end();
});

t.test('a session that nobody receives has left after 5 s, by 1006, once', (t) => {
  const fallback = new CarriersOfOneApp();
  const told = fallback.add('one');
  fallback.clock.advance(5_000);
  t.strictSame(told, []);
  t.ok(fallback.sessions.get('one'));
  fallback.clock.advance(1_000);
  t.strictSame(told, ['1006 ']);
  t.equal(fallback.sessions.get('one'), undefined);
  fallback.clock.advance(60_000);
  t.strictSame(told, ['1006 ']);
  t.end();
});

t.test(
  'a closed session tells its protocol in a later turn, and its name is free after 5 s',
  (t) => {
    const fallback = new CarriersOfOneApp();
    const told = fallback.add('one');
    const carrier = fallback.sessions.get('one') as SockJsCarrier;
    carrier.close(4200, 'bye');
    carrier.close(4009, 'again');
    carrier.write(Buffer.from('a["late"]\n'));
    t.strictSame(told, []);
    fallback.clock.endTurn();
    t.strictSame(told, ['4200 bye']);
    fallback.clock.advance(5_000);
    t.equal(fallback.sessions.get('one'), carrier);
    fallback.clock.advance(1_000);
    t.strictSame([fallback.sessions.get('one'), told.length], [undefined, 1]);
    t.end();
  },
);

t.test('a protocol that fails in handling a message closes that session with 4200', (t) => {
  const fallback = new CarriersOfOneApp();
  const fault = new Error('of the protocol');
  const told = fallback.add('one', {
    text: () => {
      throw fault;
    },
  });
  const other = fallback.add('two');
  fallback.sessions.get('one')?.receive(['x', 'y']);
  fallback.clock.endTurn();
  t.strictSame([told, other, fallback.failures], [['4200 Internal error'], [], [fault]]);
  t.end();
});

t.test('a protocol that fails in closing is no harm to the others', (t) => {
  const fallback = new CarriersOfOneApp();
  const fault = new Error('of the protocol');
  fallback.add('one', {
    closed: () => {
      throw fault;
    },
  });
  const other = fallback.add('two');
  fallback.clock.advance(6_000);
  t.strictSame(
    [other, fallback.failures, fallback.sessions.get('two')],
    [['1006 '], [fault], undefined],
  );
  t.end();
});

t.test('a gateway that was stopped for a while does not judge by that time', (t) => {
  const fallback = new CarriersOfOneApp();
  const told = fallback.add('one');
  const { clock } = fallback;
  clock.advance(4_000);
  const { now } = clock;
  // The tick after a stall: all of them are late.
  clock.now = () => now.call(clock) + 60_000;
  clock.advance(1_000);
  clock.advance(1_000);
  t.strictSame(told, [], 'the late tick counts for nothing');
  clock.advance(1_000);
  t.strictSame(told, ['1006 '], 'and then time goes on');
  t.end();
});

t.test('an open receiver gets a heartbeat every 24 s, whatever else it gets', (t) => {
  const fallback = new CarriersOfOneApp();
  fallback.add('one');
  const carrier = fallback.sessions.get('one') as SockJsCarrier;
  const stream = new FakeResponse();
  carrier.attach(stream.receiver(true));
  fallback.clock.endTurn();
  const heard = (): string => stream.text.slice(2049);
  t.equal(heard(), 'o\n');
  fallback.clock.advance(23_000);
  carrier.write(Buffer.from('a["x"]\n'));
  t.equal(heard(), 'o\na["x"]\n');
  fallback.clock.advance(1_000);
  t.equal(heard(), 'o\na["x"]\nh\n');
  fallback.clock.advance(24_000);
  t.equal(heard(), 'o\na["x"]\nh\nh\n');
  t.end();
});

t.test('a poll is attached until its answer has left, and then the 5 s begin', (t) => {
  const fallback = new CarriersOfOneApp();
  const told = fallback.add('one');
  const carrier = fallback.sessions.get('one') as SockJsCarrier;
  const poll = new FakeResponse();
  carrier.attach(poll.receiver(false, (receiver) => carrier.gone(receiver)));
  fallback.clock.endTurn();
  t.strictSame([poll.text, poll.ended], ['o\n', true]);
  fallback.clock.advance(9_000);
  t.strictSame(told, [], 'its client may be slow');
  poll.emit('close');
  fallback.clock.advance(5_000);
  t.strictSame(told, []);
  fallback.clock.advance(1_000);
  t.strictSame(told, ['1006 ']);
  t.end();
});

for (const streaming of [true, false]) {
  const kind = streaming ? 'a stream' : 'the answer of a poll';
  t.test(`${kind} that does not leave for 10 s is broken off with 4100`, (t) => {
    const fallback = new CarriersOfOneApp();
    const told = fallback.add('one');
    const carrier = fallback.sessions.get('one') as SockJsCarrier;
    const response = new FakeResponse();
    response.blocked = true;
    carrier.attach(response.receiver(streaming));
    fallback.clock.advance(10_000);
    t.strictSame([told, response.destroyed], [[], false]);
    // Some of it has left, but not all that there was ten overload ago.
    response.writableLength--;
    fallback.clock.advance(1_000);
    t.equal(fallback.cuts, 1);
    t.strictSame(told, ['4100 This connection does not read what it is sent']);
    t.ok(response.destroyed);
    t.end();
  });
}

t.test('a slow stream that goes on leaving is not broken off', (t) => {
  const fallback = new CarriersOfOneApp();
  const told = fallback.add('one');
  const carrier = fallback.sessions.get('one') as SockJsCarrier;
  const stream = new FakeResponse();
  stream.blocked = true;
  carrier.attach(stream.receiver(true));
  for (let i = 0; i < 10; i++) {
    fallback.clock.advance(9_000);
    // The earlier bytes have left; the later ones have not.
    stream.writableLength = 0;
    carrier.write(Buffer.from('a["x"]\n'));
  }
  t.strictSame([fallback.cuts, told], [0, []]);
  t.end();
});

t.test('a burst of three times the unsent bytes waits for the next polls of its browser', (t) => {
  const fallback = new CarriersOfOneApp({ maxUnsentBytes: 3_000 });
  const told = fallback.add('one');
  const carrier = fallback.sessions.get('one') as SockJsCarrier;
  const lines = Buffer.from(`a["${'x'.repeat(994)}"]\n`);
  for (let i = 0; i < 9; i++) carrier.write(lines);
  const poll = new FakeResponse();
  carrier.attach(poll.receiver(false, (receiver) => carrier.gone(receiver)));
  fallback.clock.endTurn();
  t.equal(poll.text.length, 2 + 9 * lines.length);
  t.strictSame([fallback.cuts, told], [0, []]);
  for (let i = 0; i < 14; i++) carrier.write(lines);
  t.equal(fallback.cuts, 1, 'a client that asks no more is cut');
  t.end();
});

t.test('a stream with more unsent bytes than it may have is broken off by the next write', (t) => {
  const fallback = new CarriersOfOneApp({ maxUnsentBytes: 750 });
  const told = fallback.add('one');
  const carrier = fallback.sessions.get('one') as SockJsCarrier;
  const stream = new FakeResponse();
  stream.blocked = true;
  carrier.attach(stream.receiver(true));
  fallback.clock.endTurn();
  const lines = Buffer.from(`a["${'x'.repeat(1_000)}"]\n`);
  carrier.write(lines);
  t.equal(carrier.unsentBytes, 2049 + 2 + lines.length);
  carrier.write(lines);
  carrier.write(lines);
  t.strictSame([fallback.cuts, told], [1, []], 'and nobody is called back from a write');
  fallback.clock.endTurn();
  t.match(told, [/^4100 /]);
  t.match(stream.text, /\nc\[4100,"[^"]+"\]\n$/, 'its close was tried');
  t.ok(stream.destroyed);
  t.end();
});

t.test('a receiver that is replaced leaves no unsent bytes behind', (t) => {
  const fallback = new CarriersOfOneApp();
  fallback.add('one');
  const carrier = fallback.sessions.get('one') as SockJsCarrier;
  const [slow, next] = [new FakeResponse(), new FakeResponse()];
  slow.blocked = true;
  const gone = (receiver: Receiver): void => carrier.gone(receiver);
  carrier.attach(slow.receiver(true, gone));
  fallback.clock.endTurn();
  carrier.attach(next.receiver(true, gone));
  fallback.clock.endTurn();
  t.match(slow.text, /c\[2010,.*\n$/);
  t.ok(slow.destroyed);
  slow.emit('close');
  carrier.write(Buffer.from('a["x"]\n'));
  t.match(next.text, /^h+\na\["x"\]\n$/, 'and its end is not taken for that of the next');
  t.end();
});

t.test('a full stream is not written to, not even to close it, until the client asks anew', (t) => {
  const fallback = new CarriersOfOneApp();
  fallback.add('one');
  const carrier = fallback.sessions.get('one') as SockJsCarrier;
  const [full, next] = [new FakeResponse(), new FakeResponse()];
  carrier.attach(full.receiver(true));
  fallback.clock.endTurn();
  carrier.write(Buffer.from(`a["${'x'.repeat(262_144)}"]\n`));
  const { length } = full.text;
  fallback.clock.advance(60_000);
  carrier.write(Buffer.from('a["kept"]\n'));
  carrier.close(4200, 'bye');
  t.strictSame([full.text.length, full.ended], [length, false]);
  carrier.attach(next.receiver(true));
  fallback.clock.endTurn();
  t.match(next.text, /^h+\na\["kept"\]\nc\[4200,"bye"\]\n$/);
  t.ok(next.ended);
  t.end();
});

t.test('sessions are limited as a whole and by address, and make room as they go', (t) => {
  const fallback = new CarriersOfOneApp({ maxFallbackSessions: 3, maxConnectionsPerAddress: 2 });
  fallback.add('1');
  fallback.add('2');
  t.equal(fallback.sessions.make('a'), undefined);
  fallback.add('3', {}, 'b');
  t.equal(fallback.sessions.make('b'), undefined);
  fallback.clock.advance(6_000);
  t.equal(fallback.sessions.get('1'), undefined);
  t.ok(fallback.sessions.make('a'));
  t.end();
});

t.test('a page that counts for several connections waits 1.5 s once, then no more', (t) => {
  const fallback = new CarriersOfOneApp();
  const heard: string[] = [];
  fallback.add('one', { text: (text) => void heard.push(text) });
  const carrier = fallback.sessions.get('one') as SockJsCarrier;
  carrier.receive(['a'], 1);
  carrier.receive(['c'], 3);
  fallback.clock.advance(1_499);
  t.strictSame(heard, ['a']);
  carrier.receive(['b'], 2);
  fallback.clock.endTurn();
  t.strictSame(heard, ['a', 'b', 'c'], 'its own posts are handled in order');
  carrier.receive(['e'], 5);
  fallback.clock.advance(1_500);
  carrier.receive(['g'], 7);
  fallback.clock.endTurn();
  t.strictSame(heard.slice(3), ['e', 'g']);
  t.end();
});

t.test(
  'a session that posts more than is handled in time is closed, and its posts dropped',
  (t) => {
    const fallback = new CarriersOfOneApp();
    let handled = 0;
    const told = fallback.add('one', { text: () => void handled++ });
    const carrier = fallback.sessions.get('one') as SockJsCarrier;
    const texts = Array<string>(10_000).fill('{}');
    carrier.receive(texts);
    t.equal(carrier.open, true, 'a body of any count is taken');
    carrier.receive(texts);
    t.equal(carrier.open, false);
    fallback.clock.endTurn();
    fallback.clock.advance(1_000);
    t.match(told, [/^4100 Too many messages wait/]);
    t.ok(handled <= 64, 'nothing more is handled');
    t.end();
  },
);
