import t from 'tap';
import { type Audience, Outlet } from '../../../../lib/gateway/core/fanout/outlet';
import { Turn, type TurnOptions } from '../../../../lib/gateway/core/fanout/turn';
import { webSocketEncoder } from '../../../../lib/gateway/transport/web-socket-encoder';

function outlet(write: () => void): Outlet {
  return new Outlet({ encoder: webSocketEncoder, write, close: () => undefined });
}

function outlets(count: number, write: () => void): Audience {
  return { sockets: new Set(Array.from({ length: count }, () => outlet(write))), batch: undefined };
}

/** A turn that ends when told to. */
function handTurn(options: TurnOptions): { turn: Turn; end: () => void } {
  let ends: Array<() => void> = [];
  const end = (): void => {
    const due = ends;
    ends = [];
    for (const run of due) run();
  };
  return { turn: new Turn((run) => ends.push(run), options), end };
}

/** Most writes of a turn, where each takes 0.1 ms of CPU, and the turns until all are written. */
function slowTurns(audiences: number, sockets: number): { most: number; turns: number } {
  let nowMs = 0;
  let written = 0;
  const { turn, end } = handTurn({ clock: { now: () => nowMs, cpuMs: () => nowMs / 2 } });
  const write = (): void => {
    written++;
    nowMs += 0.2;
  };
  for (let n = 0; n < audiences; n++) turn.publish(outlets(sockets, write), 'a');
  let most = 0;
  let turns = 0;
  while (turns < 100 && written < audiences * sockets) {
    const before = written;
    end();
    most = Math.max(most, written - before);
    turns++;
  }
  return { most, turns };
}

t.test('writes that take long end the turn before their number does', async (t) => {
  const { most, turns } = slowTurns(2_000, 1);
  t.ok(most < 500, `at most ${most} of 2,000 writes in a turn`);
  t.ok(turns < 20, `${turns} turns`);
});

t.test('writes to a large audience end the turn sooner than events for one each', async (t) => {
  const { most, turns } = slowTurns(1, 2_000);
  t.ok(most < 250, `at most ${most} of 2,000 writes in a turn`);
  t.ok(turns < 20, `${turns} turns`);
});

t.test('a turn of a few milliseconds does not ask for CPU time', async (t) => {
  let nowMs = 0;
  let asked = 0;
  const cpuMs = (): number => {
    asked++;
    return nowMs;
  };
  const { turn, end } = handTurn({ clock: { now: () => nowMs, cpuMs } });
  const audience = outlets(100, () => void (nowMs += 0.04));
  for (let turns = 0; turns < 10; turns++) {
    turn.publish(audience, 'a');
    end();
  }
  t.ok(nowMs > 39, 'all were written');
  t.equal(asked, 0);
  const slow = outlets(100, () => void (nowMs += 0.4));
  turn.publish(slow, 'b');
  end();
  t.ok(asked > 0, 'a long one does');
});

t.test(
  'texts for one or few go before the writes that are left, which go on beside them',
  async (t) => {
    const { turn, end } = handTurn({ writeUnits: 100 });
    let order: string[] = [];
    const named = (name: string, count: number): Audience =>
      outlets(count, () => void order.push(name));
    turn.publish(named('many', 300), 'a');
    end();
    order = [];
    turn.publish(named('few', 60), 'b');
    turn.publish(named('few', 60), 'c');
    turn.send(
      outlet(() => void order.push('one')),
      'd',
    );
    end();
    const firstOfMany = order.indexOf('many');
    t.ok(firstOfMany >= 0, 'large audiences are not starved by small ones');
    t.ok(order.indexOf('one') < firstOfMany, 'the text for one has not waited');
    t.ok(order.indexOf('few') < firstOfMany, 'nor events for few');
  },
);

t.test('a text for one goes before an event for many of the same turn', async (t) => {
  const { turn, end } = handTurn({ writeUnits: 100 });
  const order: string[] = [];
  const many = outlets(300, () => void order.push('many'));
  const alone = outlet(() => void order.push('one'));
  many.sockets.add(alone);
  turn.publish(many, 'a');
  turn.send(alone, 'b');
  end();
  t.equal(order[0], 'one');
  for (let turns = 0; turns < 5; turns++) end();
  t.equal(order.filter((name) => name === 'one').length, 1, 'in one write with the event');
  t.equal(order.length, 301);
});
