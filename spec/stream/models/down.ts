import assert from 'node:assert/strict';
import type { Gap, Progress, Taken } from '../../../lib/stream/log';
import type { Range } from '../../../lib/stream/ranges';
import type { Modules } from './modules';
import type { Step } from './steps';

export const DOWN_ACTIONS = 17;

interface Epoch {
  bytes: number[];
  /** Offsets dropped over the limit, and by a new epoch. */
  dropped: Set<number>;
  handled: Set<number>;
  told: Set<number>;
  /** Offsets that the log was told of as finished. */
  acknowledged: Set<number>;
}

/**
 * A partition from log to handlers, over a network that cuts, keeps a prefix of the sent frames, and lets frames of the
 * connection before be read late. The receiver is that of the client; another receiver without its state may take its
 * place.
 */
export function downModel(modules: Modules, sequence: Step[], limit: number): void {
  const { Log } = modules.log;
  const { Budget } = modules.budget;
  const { InFlight } = modules.inFlight;
  const { Cursor } = modules.position;
  const { AckFloor } = modules.ackFloor;

  const log = new Log<number>({
    epoch: 1,
    budget: new Budget({ maxEntries: limit, maxBytes: limit * 8 }),
  });
  let flight = new InFlight();
  let credit = { messages: 0, bytes: 0 };
  const epochs = new Map<number, Epoch>();
  const epochOf = (n: number): Epoch => {
    let epoch = epochs.get(n);
    if (epoch === undefined) {
      epoch = {
        bytes: [0],
        dropped: new Set(),
        handled: new Set(),
        told: new Set(),
        acknowledged: new Set(),
      };
      epochs.set(n, epoch);
    }
    return epoch;
  };
  let frames: Array<Taken<number>> = [];
  let stale: Array<Taken<number>> = [];
  let acks: Progress[] = [];
  let hello: Progress | undefined = { epoch: 1, offset: 0 };
  let attached = false;
  /** Offset that the receiver is known to have, from its position and its acks since. */
  let known = 0;
  let lastAck: Progress = { epoch: 1, offset: 0 };

  let epoch = 1;
  let cursor = new Cursor();
  let done = new AckFloor();
  let ended = new Set<number>();
  let running: Array<{ owner: typeof done; offset: number }> = [];

  /** Finished offsets, in the form of an acknowledgement. */
  const progress = (): Progress => {
    const finished: Range[] = [];
    for (let n = done.done + 1; n < cursor.next; n += 1) {
      if (!ended.has(n)) continue;
      const last = finished.at(-1);
      if (last?.last === n - 1) last.last = n;
      else finished.push({ first: n, last: n });
    }
    return { epoch, offset: done.done, finished };
  };
  const unknown = (state: Epoch, first: number, last: number): number => {
    let count = 0;
    for (let n = first; n <= last; n += 1) if (!state.acknowledged.has(n)) count += 1;
    return count;
  };
  /** The log has heard of what has finished. */
  const heard = ({ epoch: of, offset, finished = [] }: Progress): void => {
    if (of !== log.epoch) return;
    const { acknowledged, handled } = epochOf(of);
    for (let n = 1; n <= offset; n += 1) if (handled.has(n)) acknowledged.add(n);
    for (const { first, last } of finished) {
      for (let n = first; n <= last; n += 1) acknowledged.add(n);
    }
  };

  const dropOver = (): void => {
    const state = epochOf(log.epoch);
    for (let n = log.committed.offset + 1; n < log.low; n += 1) state.dropped.add(n);
  };
  const newEpoch = (act: () => void): void => {
    const old = epochOf(log.epoch);
    for (let n = log.committed.offset + 1; n <= log.top; n += 1) old.dropped.add(n);
    act();
    known = 0;
  };
  const tell = (gap: Gap): void => {
    if (gap.newEpoch < epoch) return;
    if (gap.newEpoch === epoch) {
      for (let n = cursor.next; n < gap.first; n += 1) epochOf(epoch).told.add(n);
      cursor.skipTo(gap.first);
      done.skipTo(gap.first);
      return;
    }
    for (let e = epoch; e < gap.newEpoch; e += 1) {
      const from = e === epoch ? cursor.next : 1;
      for (let n = from; n < epochOf(e).bytes.length; n += 1) epochOf(e).told.add(n);
    }
    epoch = gap.newEpoch;
    for (let n = 1; n < gap.first; n += 1) epochOf(epoch).told.add(n);
    cursor = new Cursor(gap.first);
    done = new AckFloor(gap.first - 1);
    ended = new Set();
  };
  const receive = (taken: Taken<number> | undefined): void => {
    if (taken === undefined) return;
    if (taken.type === 'gap') return tell(taken.gap);
    assert.ok(taken.epoch <= epoch, 'a new epoch is announced first');
    if (taken.epoch < epoch) return;
    if (taken.first > cursor.next && taken.first - taken.skipped <= cursor.next) {
      for (let n = cursor.next; n < taken.first; n += 1) {
        assert.ok(epochOf(epoch).acknowledged.has(n), 'only finished events are skipped');
      }
      cursor.skipTo(taken.first);
      done.skipTo(taken.first);
    }
    const repeated = cursor.accept(taken.first, taken.events.length);
    assert.notEqual(repeated, undefined, 'a jump is announced first');
    for (let i = repeated as number; i < taken.events.length; i += 1) {
      const offset: number = taken.first + i;
      assert.equal(taken.events[i], offset, 'the event stands at its offset');
      assert.ok(!epochOf(epoch).handled.has(offset), 'no handler twice');
      epochOf(epoch).handled.add(offset);
      done.start(offset);
      running.push({ owner: done, offset });
    }
  };
  const finish = (i: number): void => {
    const [over] = running.splice(i % Math.max(1, running.length), 1);
    if (over?.owner === done) ended.add(over.offset);
    over?.owner.finish(over.offset);
  };
  const cut = (kept: number): void => {
    stale = frames.slice(0, kept);
    frames = [];
    acks = [];
    attached = false;
    hello = progress();
  };
  /** Another receiver takes over, which has had nothing of what is not finished. */
  const handOver = (): void => {
    // An epoch that nobody was told of yet is for the receiver that knew the one before.
    if (epoch !== log.epoch) return;
    cut(0);
    stale = [];
    running = [];
    ended = new Set();
    hello = log.committed;
    epoch = hello.epoch;
    cursor = new Cursor(hello.offset + 1);
    done = new AckFloor(hello.offset);
    const { handled, acknowledged } = epochOf(epoch);
    for (const n of handled) if (n > hello.offset && !acknowledged.has(n)) handled.delete(n);
    lastAck = hello;
  };
  const attach = (messages: number): void => {
    if (hello === undefined || attached) return;
    flight = new InFlight();
    credit = { messages, bytes: messages * 6 };
    flight.grant(credit);
    assert.ok(hello.epoch <= log.epoch, 'an honest receiver is never ahead');
    const { low, top, epoch: current } = log;
    const verdict = log.attach(hello, flight);
    const state = epochOf(current);
    heard(hello);
    const whole =
      hello.epoch === current &&
      hello.offset <= top &&
      unknown(state, hello.offset + 1, low - 1) === 0;
    assert.equal(verdict, whole ? 'resumed' : 'gap');
    attached = true;
    known = hello.epoch === current ? hello.offset : 0;
    hello = undefined;
  };
  const send = (maxEvents: number): boolean => {
    if (!attached) return false;
    const taken = log.take(maxEvents, 12);
    if (taken === undefined) return false;
    if (taken.type === 'run') {
      assert.equal(taken.epoch, log.epoch);
      assert.ok(taken.first >= log.low, 'nothing is sent below low');
      assert.ok(flight.messages <= credit.messages, 'credit');
      assert.ok(flight.bytes <= credit.bytes || flight.messages === 1, 'credit');
    } else {
      const { gap } = taken;
      const state = epochOf(gap.newEpoch);
      assert.equal(unknown(state, gap.first, log.low - 1), 0, 'a gap ends where events are kept');
      const sameEpoch = gap.oldEpoch === gap.newEpoch;
      const lost = sameEpoch ? unknown(state, gap.after + 1, gap.first - 1) : 0;
      assert.ok(gap.count >= lost, 'a gap counts what is lost');
      assert.ok(!sameEpoch || gap.count <= gap.first - 1 - gap.after);
      assert.ok(gap.oldEpoch < gap.newEpoch || gap.count > 0, 'a gap says something');
      assert.ok(gap.oldEpoch < gap.newEpoch || gap.after >= known, 'a gap says only what is lost');
    }
    frames.push(taken);
    return true;
  };

  const acknowledge = (): void => {
    const ack = acks.shift();
    if (ack === undefined) return;
    lastAck = ack;
    if (ack.epoch === log.epoch) known = Math.max(known, ack.offset);
    assert.equal(log.ack(ack), true, 'an honest ack is taken');
    heard(ack);
  };

  for (const { action, n } of sequence) {
    const before = { ...log.committed, top: log.top };
    if (action <= 2) {
      const offset: number = log.append(log.top + 1, n % 9);
      assert.equal(offset, before.top + 1, 'the next offset');
      epochOf(log.epoch).bytes.push(n % 9);
      dropOver();
    } else if (action <= 4) send(1 + (n % 3));
    else if (action <= 6) receive(frames.shift());
    else if (action === 7) receive(stale.shift());
    else if (action <= 9) finish(n);
    else if (action === 10) {
      const owed = running.filter(({ owner }) => owner === done);
      assert.ok(
        owed.every(({ offset }) => offset > done.done),
        'an ack means: the handler has finished',
      );
      if (attached) acks.push(progress());
    } else if (action === 11) acknowledge();
    else if (action === 12 && n < 6) cut(n);
    else if (action === 13) attach(1 + n);
    else if (action === 14) {
      assert.equal(log.ack(lastAck), true, 'a repeated ack is no offence');
      assert.equal(log.ack({ epoch: log.epoch, offset: log.sent + 1 + n }), false);
      assert.equal(log.ack({ epoch: log.epoch + 1, offset: 0 }), false);
      const never = [{ first: log.sent + 1, last: log.sent + 1 + n }];
      assert.equal(log.ack({ epoch: log.epoch, offset: 0, finished: never }), false);
      assert.equal(log.attach({ epoch: log.epoch + 1, offset: 0 }, new InFlight()), 'ahead');
    } else if (action === 15 && n === 0) newEpoch(() => log.newEpoch('store_lost'));
    else if (action === 16 && n < 4) handOver();

    const { epoch: current, offset: acked } = log.committed;
    assert.ok(current > before.epoch || acked >= before.offset, 'acks only grow');
    assert.ok(log.unacked >= 0 && acked + log.unacked <= log.top, 'numbers are in order');
    assert.ok(acked <= log.sent, 'acked never above what was sent');
    const overflowed = epochOf(current).dropped.size > 0;
    assert.ok(log.low <= acked + 1 || overflowed, 'low');
    assert.ok(log.length <= limit && log.bytes <= limit * 8, 'the log is bounded');
    assert.equal(log.length, log.top + 1 - log.low);
    if (attached) {
      assert.equal(flight.messages, log.inFlight);
      assert.ok(log.inFlight <= log.unacked);
      assert.ok(flight.messages > 0 || flight.bytes === 0, 'nothing in flight weighs nothing');
    }
  }

  // The network heals: everything must come to rest, and everything must be accounted for.
  cut(0);
  attach(1000);
  while (send(100) || frames.length > 0 || log.unacked > 0) {
    while (frames.length > 0) receive(frames.shift());
    while (running.length > 0) finish(running.length - 1);
    acks.push(progress());
    acknowledge();
  }
  assert.equal(log.length, 0, 'everything is acknowledged');
  assert.equal(flight.messages + flight.bytes, 0);
  for (const [n, { bytes, handled, told, dropped }] of epochs) {
    for (let offset = 1; offset < bytes.length; offset += 1) {
      assert.ok(handled.has(offset) || told.has(offset), `${n}/${offset} is lost in silence`);
      if (!handled.has(offset)) assert.ok(dropped.has(offset), `${n}/${offset} was not dropped`);
    }
  }
}
