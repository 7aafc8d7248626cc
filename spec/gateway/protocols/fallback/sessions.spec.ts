import t from 'tap';
import type { Session } from '../../../../lib/gateway/core/carrier';
import { checkGatewayOptions } from '../../../../lib/gateway/options';
import type { FallbackCarrier } from '../../../../lib/gateway/protocols/fallback/carrier';
import { FallbackSessions } from '../../../../lib/gateway/protocols/fallback/sessions';
import { ManualClock } from '../../../support/manual-clock';

class Rig {
  readonly clock = new ManualClock();
  readonly failures: unknown[] = [];
  readonly sessions: FallbackSessions;
  cuts = 0;

  constructor(limits: Record<string, number> = {}) {
    const app = { id: '1', key: 'key', secret: 'a-secret-of-the-specs' };
    const checked = checkGatewayOptions({ apps: [app], limits });
    this.sessions = new FallbackSessions(checked.limits, this.clock, {
      cut: () => this.cuts++,
      failure: (error) => this.failures.push(error),
    });
    this.sessions.start();
  }

  add(id: string, session: Partial<Session> = {}, address = 'a'): string[] {
    const told: string[] = [];
    const carrier = this.sessions.add(id, address) as FallbackCarrier;
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

t.test('a closed session tells its protocol in a later turn, and its name is free after 5 s', (t) => {
  const rig = new Rig();
  const told = rig.add('one');
  const carrier = rig.sessions.get('one') as FallbackCarrier;
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
});

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

t.test('a stopped one leaves no timer behind', (t) => {
  const rig = new Rig();
  t.equal(rig.clock.timers, 1);
  rig.sessions.stop();
  rig.sessions.stop();
  t.equal(rig.clock.timers, 0);
  t.end();
});
