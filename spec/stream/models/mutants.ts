import fc from 'fast-check';
import { ACK_FLOOR_ACTIONS, ackFloorModel } from './ack-floor';
import { DOWN_ACTIONS, downModel } from './down';
import { LANES_ACTIONS, lanesModel } from './lanes';
import type { Modules, Mutation } from './modules';
import { RING_ACTIONS, ringModel } from './ring';
import { rows } from './rows';
import { SEND_BUFFER_ACTIONS, sendBufferModel } from './send-buffer';
import { explore, steps } from './steps';
import { UP_ACTIONS, upModel } from './up';

/** Seed of all mutants, so that the check gives the same answer every time. */
const SEED = 20;

export const models = {
  rows: (m: Modules) => rows.forEach((row) => row.check(m)),
  down: (m: Modules) => {
    explore(DOWN_ACTIONS, (sequence) => downModel(m, sequence, 5), { seed: SEED });
    explore(DOWN_ACTIONS, (sequence) => downModel(m, sequence, 1000), { seed: SEED });
  },
  up: (m: Modules) => explore(UP_ACTIONS, (sequence) => upModel(m, sequence), { seed: SEED }),
  sendBuffer: (m: Modules) =>
    explore(SEND_BUFFER_ACTIONS, (sequence) => sendBufferModel(m, sequence), { seed: SEED }),
  ackFloor: (m: Modules) =>
    explore(ACK_FLOOR_ACTIONS, (sequence) => ackFloorModel(m, sequence), { seed: SEED }),
  ring: (m: Modules) =>
    explore(RING_ACTIONS, (sequence) => ringModel(m, sequence), { seed: SEED, numRuns: 50 }),
  lanes: (m: Modules) =>
    fc.assert(
      fc.asyncProperty(steps(LANES_ACTIONS, 80), (sequence) => lanesModel(m, sequence)),
      { seed: SEED, endOnFailure: true, numRuns: 100 },
    ),
};

/** A planted bug of the rooms of lib/stream, by a name of its own. */
export interface Mutant extends Mutation {
  name: string;
  /** The models that must find it, each on its own. */
  foundBy: Array<keyof typeof models>;
}

const sendBuffer = 'stream/send-buffer.ts';
const log = 'stream/log.ts';
const outbox = 'stream/outbox.ts';
const lanes = 'stream/lanes.ts';
const ackFloor = 'stream/ack-floor.ts';
const position = 'stream/position.ts';

export const streamMutants: Mutant[] = [
  {
    name: 'no clamp on ack',
    file: sendBuffer,
    from: 'this.#sendPtr = Math.max(this.#sendPtr, n + 1);',
    to: '',
    foundBy: ['down', 'sendBuffer'],
  },
  {
    name: 'trimmed when sent, not when acknowledged',
    file: sendBuffer,
    from: 'return { first, skipped, entries: this.read(first, this.#sendPtr - 1) };',
    to: 'const entries = this.read(first, this.#sendPtr - 1); this.#settle(this.#sendPtr - 1); return { first, skipped, entries };',
    foundBy: ['down', 'up', 'sendBuffer'],
  },
  {
    name: 'no credit',
    file: sendBuffer,
    from: 'if (!this.#flight.allows(size, this.#flightMessages, this.#flightBytes)) break;',
    to: '',
    foundBy: ['down', 'up', 'sendBuffer'],
  },
  {
    name: 'credit one too high',
    file: 'stream/in-flight.ts',
    from: 'if (this.#messages >= most) return false;',
    to: 'if (this.#messages > most) return false;',
    foundBy: ['down', 'up', 'sendBuffer'],
  },
  {
    name: 'what is larger than the credit never goes',
    file: 'stream/in-flight.ts',
    from: 'return this.#messages === 0 && mostBytes > 0;',
    to: 'return false;',
    foundBy: ['sendBuffer'],
  },
  {
    name: 'an ack of what was never sent is taken',
    file: sendBuffer,
    from: 'if (!(n <= this.#sent)) return false;\n    this.#settle(n);',
    to: 'this.#settle(n);',
    foundBy: ['down', 'sendBuffer'],
  },
  {
    name: 'an ack above the send pointer is an offence',
    file: sendBuffer,
    from: 'if (!(n <= this.#sent)) return false;\n    this.#settle(n);',
    to: 'if (!(n < this.#sendPtr)) return false;\n    this.#settle(n);',
    foundBy: ['down', 'sendBuffer'],
  },
  {
    name: 'an old ack takes back a newer one',
    file: sendBuffer,
    from: 'if (n > this.#acked) this.#advance(n);',
    to: 'this.#advance(n);',
    foundBy: ['down', 'sendBuffer'],
  },
  {
    name: 'a new connection does not begin behind the position',
    file: sendBuffer,
    from: 'this.rewind(this.#acked, flight);',
    to: 'this.#flight = flight;',
    foundBy: ['rows', 'down', 'sendBuffer'],
  },
  {
    name: 'dropped bytes stay in flight for ever',
    file: sendBuffer,
    from: 'landed = this.#strayBytes;',
    to: 'landed = 0;',
    foundBy: ['down', 'sendBuffer'],
  },
  {
    name: 'a gap is never told',
    file: log,
    from: "return { type: 'gap', gap: this.#tell(this.#gap) };",
    to: 'this.#tell(this.#gap);',
    foundBy: ['rows', 'down'],
  },
  {
    name: 'a gap does not wait for what is in flight',
    file: log,
    from: 'if (!this.gapDue) return undefined;',
    to: '',
    foundBy: ['down'],
  },
  {
    name: 'a gap that late frames filled is told as lost',
    file: log,
    from: 'this.#gap.after = Math.max(this.#gap.after, offset);',
    to: '',
    foundBy: ['down'],
  },
  {
    name: 'a gap one too early',
    file: log,
    from: ': buffer.lost > 0;',
    to: ': buffer.lost >= 0;',
    foundBy: ['rows', 'down'],
  },
  {
    name: 'a gap one too late',
    file: log,
    from: ': buffer.lost > 0;',
    to: ': buffer.lost > 1;',
    foundBy: ['rows', 'down'],
  },
  {
    name: 'a store that lost its tail says "nothing new"',
    file: log,
    from: "if (epoch === this.#epoch && offset > this.top) this.newEpoch('store_lost');",
    to: '',
    foundBy: ['rows'],
  },
  {
    name: 'a new epoch goes on with the old offsets',
    file: log,
    from: 'this.#buffer = new SendBuffer<T>(flight);',
    to: '',
    foundBy: ['rows', 'down'],
  },
  {
    name: 'an ack of another epoch counts',
    file: log,
    from: 'if (epoch !== this.#epoch) return epoch < this.#epoch;',
    to: '',
    foundBy: ['down'],
  },
  {
    name: 'the log is one too long',
    file: 'stream/budget.ts',
    from: 'const maxEntries = this.#maxEntries * (1 + this.#overdraft);',
    to: 'const maxEntries = this.#maxEntries * (1 + this.#overdraft) + 1;',
    foundBy: ['rows', 'down'],
  },
  {
    name: 'a finished event is sent again',
    file: sendBuffer,
    from: 'if (size === FINISHED) break;',
    to: '',
    foundBy: ['down'],
  },
  {
    name: 'the receiver is not told of offsets that are left out',
    file: sendBuffer,
    from: 'const skipped = Math.max(0, first - this.#expected);',
    to: 'const skipped = 0;',
    foundBy: ['down'],
  },
  {
    name: 'a finished event keeps its credit',
    file: sendBuffer,
    from: 'if (n < this.#sendPtr) this.#land(1, size);',
    to: '',
    foundBy: ['down'],
  },
  {
    name: 'finished ranges are taken of what was never sent',
    file: log,
    from: 'if (!(first <= last && last <= sent)) return false;',
    to: 'if (last > sent) continue;',
    foundBy: ['down'],
  },
  {
    name: 'finished ranges of an acknowledgement are forgotten',
    file: log,
    from: 'this.#heard(offset);\n    this.#finish(finished);\n    this.#closeGap(offset);',
    to: 'this.#heard(offset);\n    this.#closeGap(offset);',
    foundBy: ['down'],
  },
  {
    name: 'repeats are handled again',
    file: position,
    from: 'Math.min(count, this.#next - first)',
    to: '0',
    foundBy: ['down'],
  },
  {
    name: 'an ack says more than what has finished',
    file: ackFloor,
    from: 'if (offset !== this.#done + 1) this.#ahead.add(offset, offset);\n    else ',
    to: '',
    foundBy: ['ackFloor', 'down'],
  },
  {
    name: 'skipped offsets above the floor are forgotten',
    file: ackFloor,
    from: 'this.#ahead.add(first, last);\n      return;',
    to: 'return;',
    foundBy: ['ackFloor'],
  },
  {
    name: 'a refused command is told as applied',
    file: outbox,
    from: 'answers.get(n) ?? APPLIED',
    to: 'APPLIED',
    foundBy: ['up'],
  },
  {
    name: 'an unsent command is told as unknown',
    file: outbox,
    from: 'this.#options.settle(entry, NOT_SENT)',
    to: 'this.#options.settle(entry, UNKNOWN)',
    foundBy: ['up'],
  },
  {
    name: 'a sent command is told as surely not sent',
    file: outbox,
    from: 'const unsent = this.#buffer.read(sent + 1, next - 1);',
    to: 'const unsent = inFlight.splice(0).concat(this.#buffer.read(sent + 1, next - 1));',
    foundBy: ['up'],
  },
  {
    name: 'a new session sends again what the old one may have applied',
    file: outbox,
    from: 'this.#buffer.renumber();\n    this.#receiptsLost = 0;\n    this.#settlePending();\n    for (const entry of inFlight)',
    to: 'inFlight.length = 0; this.#buffer.attach(this.#buffer.acked); const kept = this.#buffer; this.#buffer = new SendBuffer<T>(kept.flight); for (const entry of kept.read(kept.low, kept.next)) this.#buffer.append(entry, kept.sizeOf(kept.low)); this.#settlePending(); for (const entry of inFlight)',
    foundBy: ['up'],
  },
  {
    name: 'resumed commands settle before the gateway said which it refused',
    file: outbox,
    from: 'this.#receiptsLost = applied;',
    to: 'this.applied(applied, [], []);',
    foundBy: ['up'],
  },
  {
    name: 'commands that wait for a receipt do not count',
    file: outbox,
    from: 'return this.#buffer.length + this.#pending.size;',
    to: 'return this.#buffer.length;',
    foundBy: ['up'],
  },
  {
    name: 'drained is told unasked',
    file: outbox,
    from: 'if (!this.#high || ',
    to: 'if (',
    foundBy: ['up'],
  },
  {
    name: 'a key runs side by side with itself',
    file: lanes,
    from: 'if (lane !== undefined) {',
    to: 'if (false) {',
    foundBy: ['lanes'],
  },
  {
    name: 'work begins inside other work',
    file: lanes,
    from: 'if (this.#working) {',
    to: 'if (false) {',
    foundBy: ['lanes'],
  },
  {
    name: 'rest is told too early',
    file: lanes,
    from: 'this.#active > 0 || this.#waiting > 0 || ',
    to: '',
    foundBy: ['lanes'],
  },
  {
    name: 'the ring shrinks without unwinding',
    file: 'util/ring.ts',
    from: 'slots[i] = this.#slots[(this.#head + i) & mask];',
    to: 'slots[i] = this.#slots[i];',
    foundBy: ['ring'],
  },
];

/** False when a model finds something wrong with the modules. */
export async function holds(model: keyof typeof models, modules: Modules): Promise<boolean> {
  try {
    await models[model](modules);
    return true;
  } catch {
    return false;
  }
}
