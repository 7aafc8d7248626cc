import { deepEqual } from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import type { Change } from '../../../lib/pipe/inbox/known-names';
import { Resync, introduction } from '../../../lib/pipe/inbox/resync';
import { EventKind, type PipeEvent, type SnapshotFrame } from '../../../lib/wire/frames';
import { runs } from '../../support/depth';

function event(kind: EventKind, socketId: string, channel?: string): PipeEvent {
  return { kind, socketId, channel, time: 0 };
}

function snapshot(
  sockets: Iterable<string>,
  channels: Iterable<string> = [],
  change: Partial<SnapshotFrame> = {},
): SnapshotFrame {
  return {
    type: 'snapshot',
    partition: 0,
    epoch: 1,
    offset: 0,
    begin: true,
    end: true,
    coversSockets: true,
    coversChannels: true,
    sockets: [...sockets].map((id) => ({ id, channels: [] })),
    channels: [...channels].map((name) => ({ name, subscriptions: 1, members: [] })),
    ...change,
  };
}

/** Takes a piece of a snapshot; undefined before its end. */
function take(known: Resync, frame: SnapshotFrame): Change[] | undefined {
  known.snapshot(frame);
  return known.isPending(frame.partition) ? known.conclude(frame.partition).changes : undefined;
}

function knowing(sockets: string[], channels: string[] = []): Resync {
  const known = new Resync();
  known.ask(true, true);
  take(known, snapshot(sockets, channels));
  return known;
}

t.test('a snapshot tells what came and what went, and nothing the second time', (t) => {
  const known = knowing(['a', 'b'], ['room']);
  t.same(take(known, snapshot(['b', 'c'], ['hall'])), [
    { kind: EventKind.CLOSE, name: 'a' },
    { kind: EventKind.OPEN, name: 'c' },
    { kind: EventKind.VACATED, name: 'room' },
    { kind: EventKind.OCCUPIED, name: 'hall' },
  ]);
  t.same(take(known, snapshot(['b', 'c'], ['hall'])), []);
  t.end();
});

t.test('a snapshot counts when its end has come, and a new beginning throws away the old', (t) => {
  const known = knowing(['a']);
  t.equal(take(known, snapshot(['x'], [], { end: false })), undefined);
  t.equal(take(known, snapshot(['a'], [], { end: false })), undefined);
  t.same(known.sockets(0), new Set(['a']));
  t.same(take(known, snapshot(['b'], [], { begin: false })), [{ kind: EventKind.OPEN, name: 'b' }]);
  t.equal(take(known, snapshot(['y'], [], { begin: false })), undefined, 'an end without one');
  take(known, snapshot(['x'], [], { end: false }));
  known.interrupt();
  t.equal(take(known, snapshot([], [], { begin: false })), undefined, 'after a cut');
  t.same(known.sockets(0), new Set(['a', 'b']));
  t.end();
});

t.test('events of what is known pass, and those of strangers are introduced', (t) => {
  const known = knowing(['a'], ['room']);
  const cases: Array<[PipeEvent, string]> = [
    [event(EventKind.OPEN, 'a'), 'drop'],
    [event(EventKind.MESSAGE, 'a'), 'pass'],
    [event(EventKind.MESSAGE, 'b', 'room'), 'introduce'],
    [event(EventKind.MESSAGE, 'b'), 'pass'],
    [event(EventKind.OPEN, 'b'), 'drop'],
    [event(EventKind.CLOSE, 'b'), 'pass'],
    [event(EventKind.CLOSE, 'c'), 'introduce'],
    [event(EventKind.OPEN, 'd'), 'pass'],
    [event(EventKind.OCCUPIED, '', 'room'), 'drop'],
    [event(EventKind.VACATED, '', 'room'), 'pass'],
    [event(EventKind.VACATED, '', 'hall'), 'introduce'],
    [event(EventKind.OCCUPIED, '', 'hall'), 'pass'],
    [event(EventKind.CACHE_MISS, '', 'hall'), 'pass'],
  ];
  for (const [each, judgement] of cases) t.equal(known.judge(0, each), judgement);
  t.same(introduction(event(EventKind.CLOSE, 'c')), { kind: EventKind.OPEN, name: 'c' });
  t.same(introduction(event(EventKind.VACATED, '', 'hall')), {
    kind: EventKind.OCCUPIED,
    name: 'hall',
  });
  t.same(known.sockets(0), new Set(['a', 'd']));
  t.end();
});

t.test('messages of channels with partitions of their own introduce no socket', (t) => {
  const known = new Resync(true);
  known.ask(true, false);
  t.equal(known.judge(0, event(EventKind.MESSAGE, 'a', 'room')), 'pass');
  t.equal(known.judge(0, event(EventKind.MESSAGE, 'a')), 'introduce');
  t.end();
});

t.test('names without a subscription are neither known nor judged', (t) => {
  const known = new Resync();
  t.equal(known.asks, false);
  for (const kind of [
    EventKind.OPEN,
    EventKind.OPEN,
    EventKind.MESSAGE,
    EventKind.CLOSE,
    EventKind.CLOSE,
  ]) {
    t.equal(known.judge(0, event(kind, 'a')), 'pass');
  }
  t.same(take(known, snapshot(['a'], ['room'])), []);
  known.ask(true, true);
  take(known, snapshot(['a'], ['room']));
  known.reset(true);
  known.ask(false, true);
  t.same(known.closeStale(), [{ kind: EventKind.VACATED, name: 'room' }], 'and is forgotten');
  t.end();
});

t.test('after a reset what a snapshot or an event names goes on, and the rest is in doubt', (t) => {
  const known = knowing(['a', 'b', 'c'], ['room', 'hall']);
  known.reset(true);
  t.equal(known.stale, true);
  t.equal(known.judge(3, event(EventKind.CLOSE, 'a')), 'pass');
  t.equal(known.judge(7, event(EventKind.MESSAGE, 'b')), 'pass');
  t.equal(known.judge(7, event(EventKind.OCCUPIED, '', 'hall')), 'drop');
  t.same(take(known, snapshot(['b'], ['hall'], { partition: 7 })), []);
  t.same(known.closeStale(), [
    { kind: EventKind.VACATED, name: 'room' },
    { kind: EventKind.CLOSE, name: 'c' },
  ]);
  t.equal(known.stale, false);
  t.end();
});

t.test(
  'as long as the gateway lives, the next snapshot of a partition tells what became of its channels',
  (t) => {
    const known = knowing(['a'], ['room', 'hall']);
    known.reset(false);
    t.same(known.closeStale(), [{ kind: EventKind.CLOSE, name: 'a' }]);
    t.equal(known.judge(0, event(EventKind.OCCUPIED, '', 'hall')), 'drop');
    t.same(take(known, snapshot([], ['hall'])), [{ kind: EventKind.VACATED, name: 'room' }]);
    t.end();
  },
);

t.test('sockets and channels of a partition that moves are forgotten, others are not', (t) => {
  const known = knowing(['a'], ['room']);
  take(known, snapshot(['b'], ['hall'], { partition: 1 }));
  t.same(known.forget(0), [
    { kind: EventKind.OPEN, name: 'a' },
    { kind: EventKind.OCCUPIED, name: 'room' },
  ]);
  t.same(known.forget(0), []);
  t.same(known.sockets(1), new Set(['b']));
  t.same(known.forgetAll(), [
    { kind: EventKind.OPEN, name: 'b' },
    { kind: EventKind.OCCUPIED, name: 'hall' },
  ]);
  t.end();
});

t.test('a dropped event changes back what it had changed', (t) => {
  const known = knowing(['a'], ['room']);
  const events = [
    event(EventKind.CLOSE, 'a'),
    event(EventKind.OPEN, 'b'),
    event(EventKind.VACATED, '', 'room'),
    event(EventKind.OCCUPIED, '', 'hall'),
    event(EventKind.CLOSE, 'b'),
    event(EventKind.MESSAGE, 'a'),
  ];
  for (const each of events.slice(0, 5)) known.judge(0, each);
  for (const each of events.reverse()) known.undo(0, each);
  t.same(known.sockets(0), new Set(['a']));
  t.same(known.channels(0), new Set(['room']));
  t.end();
});

t.test('a snapshot takes the repeated events behind it before it counts', (t) => {
  const known = knowing(['a', 'b'], ['hall']);
  known.snapshot(snapshot(['a', 'c'], ['room']));
  t.ok(known.isPending(0));
  for (const each of [
    event(EventKind.OPEN, 'b'),
    event(EventKind.CLOSE, 'c'),
    event(EventKind.VACATED, '', 'room'),
    event(EventKind.OCCUPIED, '', 'hall'),
  ]) {
    known.repeat(0, each);
  }
  t.same(known.conclude(0), { changes: [], coversAll: true });
  t.notOk(known.isPending(0));
  t.end();
});

t.test('an event that is learned again is told as the change it makes', (t) => {
  const known = knowing(['a'], ['room']);
  const relearn = (each: PipeEvent): unknown => known.relearn(0, each);
  t.equal(relearn(event(EventKind.OPEN, 'a')), undefined);
  t.same(relearn(event(EventKind.OPEN, 'b')), { kind: EventKind.OPEN, name: 'b' });
  t.same(relearn(event(EventKind.CLOSE, 'a')), { kind: EventKind.CLOSE, name: 'a' });
  t.equal(relearn(event(EventKind.CLOSE, 'c')), undefined, 'it came and went meanwhile');
  t.same(relearn(event(EventKind.MESSAGE, 'd')), { kind: EventKind.OPEN, name: 'd' });
  t.equal(relearn(event(EventKind.MESSAGE, 'd')), undefined);
  t.same(relearn(event(EventKind.VACATED, '', 'room')), { kind: EventKind.VACATED, name: 'room' });
  t.equal(relearn(event(EventKind.VACATED, '', 'room')), undefined);
  t.end();
});

/** Events heard by handlers: per name, an open first and one close last. */
class Hearer {
  readonly heard = new Map<string, 'open' | 'closed'>();

  hear(kind: EventKind, name: string): void {
    const before = this.heard.get(name);
    const opens = kind === EventKind.OPEN || kind === EventKind.OCCUPIED;
    const again = kind === EventKind.OCCUPIED && before === 'closed';
    if (opens ? before !== undefined && !again : before !== 'open') {
      throw new Error(`${kind} of ${name}, which is ${before}`);
    }
    if (opens) this.heard.set(name, 'open');
    if (kind === EventKind.CLOSE || kind === EventKind.VACATED) this.heard.set(name, 'closed');
  }

  get open(): Set<string> {
    return new Set([...this.heard].filter(([, state]) => state === 'open').map(([name]) => name));
  }
}

/** A gateway of one partition that keeps a log, loses the beginning of it, and knows what is true. */
class Truth {
  readonly known = new Resync();
  readonly hearer = new Hearer();
  #log: PipeEvent[] = [];
  readonly #open = new Map<number, string>();
  readonly #occupied = new Set<string>();
  #lives = 0;

  constructor() {
    this.known.ask(true, true);
  }

  happen(what: 'open' | 'message' | 'close' | 'occupied' | 'vacated', slot: number): void {
    const id = this.#open.get(slot);
    const channel = `channel-${slot}`;
    if (what === 'open' && id === undefined) {
      const born = `${slot}.${++this.#lives}`;
      this.#open.set(slot, born);
      this.#log.push(event(EventKind.OPEN, born));
    } else if (what === 'message' && id !== undefined) {
      this.#log.push(event(EventKind.MESSAGE, id));
    } else if (what === 'close' && id !== undefined) {
      this.#open.delete(slot);
      this.#log.push(event(EventKind.CLOSE, id));
    } else if (what === 'occupied' && !this.#occupied.has(channel)) {
      this.#occupied.add(channel);
      this.#log.push(event(EventKind.OCCUPIED, '', channel));
    } else if (what === 'vacated' && this.#occupied.delete(channel)) {
      this.#log.push(event(EventKind.VACATED, '', channel));
    }
  }

  deliver(count: number): void {
    for (const each of this.#log.splice(0, count)) {
      const judgement = this.known.judge(0, each);
      if (judgement === 'drop') continue;
      if (judgement === 'introduce') this.#tell([introduction(each)]);
      this.hearer.hear(each.kind, each.socketId || (each.channel ?? ''));
    }
  }

  /** The oldest are gone. The true events follow the rest. */
  lose(count: number): void {
    this.#log.splice(0, count);
    this.deliver(Infinity);
    this.snapshot();
  }

  reset(nodeLost: boolean): void {
    this.#log = [];
    this.known.reset(nodeLost);
    this.snapshot();
    this.#tell(this.known.closeStale());
  }

  snapshot(): void {
    this.#tell(take(this.known, snapshot(this.#open.values(), this.#occupied)) ?? []);
    // The known names are those of the present state.
    deepEqual(this.known.sockets(0), new Set(this.#open.values()));
    deepEqual(this.known.channels(0), this.#occupied);
  }

  /** The names that handlers take for open are the known names, after any loss. */
  check(): void {
    const known = new Set([...this.known.sockets(0), ...this.known.channels(0)]);
    deepEqual(this.hearer.open, known);
  }

  #tell(changes: Change[]): void {
    for (const { kind, name } of changes) this.hearer.hear(kind, name);
  }
}

t.test('handlers hear one open, then messages, then one close, through any loss', (t) => {
  const step = fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        what: fc.constantFrom('open', 'message', 'close', 'occupied', 'vacated'),
        slot: fc.nat(4),
      }),
    },
    { weight: 3, arbitrary: fc.record({ deliver: fc.nat(6) }) },
    { weight: 1, arbitrary: fc.record({ lose: fc.integer({ min: 1, max: 6 }) }) },
    { weight: 1, arbitrary: fc.boolean() },
  );
  fc.assert(
    fc.property(fc.array(step, { size: 'max', maxLength: 80 }), (steps) => {
      const truth = new Truth();
      for (const each of steps) {
        if (typeof each === 'boolean') truth.reset(each);
        else if ('what' in each) truth.happen(each.what, each.slot);
        else if ('deliver' in each) truth.deliver(each.deliver);
        else truth.lose(each.lose);
        truth.check();
      }
    }),
    { numRuns: runs(500) },
  );
  t.pass('in 500 histories');
  t.end();
});
