import t from 'tap';
import { CommandQueue } from '../../../../lib/gateway/protocols/pipe/command-queue';
import type { Outcome } from '../../../../lib/gateway/protocols/pipe/commands/outcome';
import { Verb } from '../../../../lib/wire/frames';

const REFUSED = { code: 4210, message: '' };

t.test(
  'a broker that gives no answer leaves open what it was told, and nothing else',
  async (t) => {
    const told = new Map<number, Outcome>();
    const outcomes = [{ sockets: 0 }, { sockets: 1 }, REFUSED];
    const queue = new CommandQueue({
      apply: () => outcomes.shift() as Outcome,
      settled: () => Promise.resolve('unavailable'),
      done: (seq, outcome) => void told.set(seq, outcome),
      later: () => undefined,
    });
    queue.push(1, { verb: Verb.TRIGGER_CHANNEL, channel: 'room' }, false);
    queue.push(2, { verb: Verb.TRIGGER_SOCKET, socketId: '1.1' }, false);
    queue.push(3, { verb: Verb.TRIGGER_CHANNEL, channel: 'room' }, false);
    queue.settle();
    await Promise.resolve();
    t.match(told.get(1), { code: 4224, message: /^the broker gave no answer/ });
    t.strictSame(told.get(2), { sockets: 1 });
    t.strictSame(told.get(3), REFUSED);
  },
);
