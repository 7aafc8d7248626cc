import t from 'tap';
import type { CarrierHandler } from '../../../lib/gateway/core/fanout/carrier';
import { Overload } from '../../../lib/gateway/core/timing/overload';
import { checkGatewayOptions } from '../../../lib/gateway/options/options';
import type { SockJsCarrier } from '../../../lib/gateway/sockjs/carrier';
import { SockJsCarriers } from '../../../lib/gateway/sockjs/carriers';
import type { Receiver } from '../../../lib/gateway/sockjs/receiver';
import { ManualClock } from '../../support/manual-clock';
import { FakeResponse } from '../../support/fake-response';

class Rig {
  readonly clock = new ManualClock();
  readonly seconds = new Overload(this.clock);
  readonly failures: unknown[] = [];
  readonly sessions: SockJsCarriers;
  cuts = 0;

  constructor(limits: Record<string, number> = {}) {
    const app = { id: '1', key: 'key', secret: 'a-secret-of-the-specs' };
    const checked = checkGatewayOptions({ apps: [app], limits });
    this.sessions = new SockJsCarriers(checked.limits, this.clock, this.seconds, {
      cut: () => this.cuts++,
      failure: (error) => this.failures.push(error),
    });
    this.seconds.start();
  }

  add(id: string, session: Partial<CarrierHandler> = {}, address = 'a'): string[] {
    const told: string[] = [];
    const carrier = this.sessions.add(id, address) as SockJsCarrier;
    carrier.session = {
      text: () => undefined,
      binary: () => undefined,
      closed: (code, reason) => told.push(`${code} ${reason}`),
      ...session,
    };
    return told;
  }
}

t.test('a session that nobody receives has left after 5 s, by 1006, once', (t) => {
  const rig = new Rig();
  const told = rig.add('one');
  rig.clock.advance(5_000);
  t.strictSame([told, rig.sessions.size], [[], 1]);
  rig.clock.advance(1_000);
  t.strictSame([told, rig.sessions.size], [['1006 '], 0]);
  rig.clock.advance(60_000);
  t.strictSame(told, ['1006 ']);
  t.end();
});

t.test(
  'a closed session tells its protocol in a later turn, and its name is free after 5 s',
  (t) => {
    const rig = new Rig();
    const told = rig.add('one');
    const carrier = rig.sessions.get('one') as SockJsCarrier;
    carrier.close(4200, 'bye');
    carrier.close(4009, 'again');
    carrier.write(Buffer.from('a["late"]\n'));
    t.strictSame(told, []);
    rig.clock.endTurn();
    t.strictSame(told, ['4200 bye']);
    rig.clock.advance(5_000);
    t.equal(rig.sessions.get('one'), carrier);
    rig.clock.advance(1_000);
    t.strictSame([rig.sessions.size, told.length], [0, 1]);
    t.end();
  },
);

t.test('a protocol that fails in handling a message closes that session with 4200', (t) => {
  const rig = new Rig();
  const fault = new Error('of the protocol');
  const told = rig.add('one', {
    text: () => {
      throw fault;
    },
  });
  const other = rig.add('two');
  rig.sessions.get('one')?.receive(['x', 'y']);
  rig.clock.endTurn();
  t.strictSame([told, other, rig.failures], [['4200 Internal error'], [], [fault]]);
  t.end();
});

t.test('a protocol that fails in closing is no harm to the others', (t) => {
  const rig = new Rig();
  const fault = new Error('of the protocol');
  rig.add('one', {
    closed: () => {
      throw fault;
    },
  });
  const other = rig.add('two');
  rig.clock.advance(6_000);
  t.strictSame([other, rig.failures, rig.sessions.size], [['1006 '], [fault], 0]);
  t.end();
});

t.test('a gateway that was stopped for a while does not judge by that time', (t) => {
  const rig = new Rig();
  const told = rig.add('one');
  const { clock } = rig;
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
  const rig = new Rig();
  rig.add('one');
  const carrier = rig.sessions.get('one') as SockJsCarrier;
  const stream = new FakeResponse();
  carrier.attach(stream.receiver(true));
  rig.clock.endTurn();
  const heard = (): string => stream.text.slice(2049);
  t.equal(heard(), 'o\n');
  rig.clock.advance(23_000);
  carrier.write(Buffer.from('a["x"]\n'));
  t.equal(heard(), 'o\na["x"]\n');
  rig.clock.advance(1_000);
  t.equal(heard(), 'o\na["x"]\nh\n');
  rig.clock.advance(24_000);
  t.equal(heard(), 'o\na["x"]\nh\nh\n');
  t.end();
});

t.test('a poll is attached until its answer has left, and then the 5 s begin', (t) => {
  const rig = new Rig();
  const told = rig.add('one');
  const carrier = rig.sessions.get('one') as SockJsCarrier;
  const poll = new FakeResponse();
  carrier.attach(poll.receiver(false, (receiver) => carrier.gone(receiver)));
  rig.clock.endTurn();
  t.strictSame([poll.text, poll.ended], ['o\n', true]);
  rig.clock.advance(9_000);
  t.strictSame(told, [], 'its client may be slow');
  poll.emit('close');
  rig.clock.advance(5_000);
  t.strictSame(told, []);
  rig.clock.advance(1_000);
  t.strictSame(told, ['1006 ']);
  t.end();
});

for (const streaming of [true, false]) {
  const kind = streaming ? 'a stream' : 'the answer of a poll';
  t.test(`${kind} that does not leave for 10 s is broken off with 4100`, (t) => {
    const rig = new Rig();
    const told = rig.add('one');
    const carrier = rig.sessions.get('one') as SockJsCarrier;
    const response = new FakeResponse();
    response.blocked = true;
    carrier.attach(response.receiver(streaming));
    rig.clock.advance(10_000);
    t.strictSame([told, response.destroyed], [[], false]);
    // Some of it has left, but not all that there was ten seconds ago.
    response.writableLength--;
    rig.clock.advance(1_000);
    t.equal(rig.cuts, 1);
    t.strictSame(told, ['4100 This connection does not read what it is sent']);
    t.ok(response.destroyed);
    t.end();
  });
}

t.test('a slow stream that goes on leaving is not broken off', (t) => {
  const rig = new Rig();
  const told = rig.add('one');
  const carrier = rig.sessions.get('one') as SockJsCarrier;
  const stream = new FakeResponse();
  stream.blocked = true;
  carrier.attach(stream.receiver(true));
  for (let i = 0; i < 10; i++) {
    rig.clock.advance(9_000);
    // What was there has left; what came since has not.
    stream.writableLength = 0;
    carrier.write(Buffer.from('a["x"]\n'));
  }
  t.strictSame([rig.cuts, told], [0, []]);
  t.end();
});

t.test('a stream with more unsent bytes than it may have is broken off by the next write', (t) => {
  const rig = new Rig({ maxUnsentBytes: 3_000 });
  const told = rig.add('one');
  const carrier = rig.sessions.get('one') as SockJsCarrier;
  const stream = new FakeResponse();
  stream.blocked = true;
  carrier.attach(stream.receiver(true));
  rig.clock.endTurn();
  const lines = Buffer.from(`a["${'x'.repeat(1_000)}"]\n`);
  carrier.write(lines);
  t.equal(carrier.unsentBytes, 2049 + 2 + lines.length);
  carrier.write(lines);
  carrier.write(lines);
  t.strictSame([rig.cuts, told], [1, []], 'and nobody is called back from a write');
  rig.clock.endTurn();
  t.match(told, [/^4100 /]);
  t.match(stream.text, /\nc\[4100,"[^"]+"\]\n$/, 'its close was tried');
  t.ok(stream.destroyed);
  t.end();
});

t.test('a receiver that is replaced leaves no unsent bytes behind', (t) => {
  const rig = new Rig();
  rig.add('one');
  const carrier = rig.sessions.get('one') as SockJsCarrier;
  const [slow, next] = [new FakeResponse(), new FakeResponse()];
  slow.blocked = true;
  const gone = (receiver: Receiver): void => carrier.gone(receiver);
  carrier.attach(slow.receiver(true, gone));
  rig.clock.endTurn();
  carrier.attach(next.receiver(true, gone));
  rig.clock.endTurn();
  t.match(slow.text, /c\[2010,.*\n$/);
  t.ok(slow.destroyed);
  slow.emit('close');
  carrier.write(Buffer.from('a["x"]\n'));
  t.match(next.text, /^h+\na\["x"\]\n$/, 'and its end is not taken for that of the next');
  t.end();
});

t.test('a full stream is not written to, not even to close it, until the client asks anew', (t) => {
  const rig = new Rig();
  rig.add('one');
  const carrier = rig.sessions.get('one') as SockJsCarrier;
  const [full, next] = [new FakeResponse(), new FakeResponse()];
  carrier.attach(full.receiver(true));
  rig.clock.endTurn();
  carrier.write(Buffer.from(`a["${'x'.repeat(262_144)}"]\n`));
  const { length } = full.text;
  rig.clock.advance(60_000);
  carrier.write(Buffer.from('a["kept"]\n'));
  carrier.close(4200, 'bye');
  t.strictSame([full.text.length, full.ended], [length, false]);
  carrier.attach(next.receiver(true));
  rig.clock.endTurn();
  t.match(next.text, /^h+\na\["kept"\]\nc\[4200,"bye"\]\n$/);
  t.ok(next.ended);
  t.end();
});

t.test('sessions are limited as a whole and by address, and make room as they go', (t) => {
  const rig = new Rig({ maxFallbackSessions: 3, maxConnectionsPerAddress: 2 });
  rig.add('1');
  rig.add('2');
  t.equal(rig.sessions.add('3', 'a'), undefined);
  rig.add('3', {}, 'b');
  t.equal(rig.sessions.add('4', 'b'), undefined);
  rig.clock.advance(6_000);
  t.equal(rig.sessions.size, 0);
  t.ok(rig.sessions.add('1', 'a'));
  t.end();
});
