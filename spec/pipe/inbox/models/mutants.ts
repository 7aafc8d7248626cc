import fc from 'fast-check';
import { loadModules, type Modules, type Mutation } from '../../../stream/models/modules';
import { steps } from '../../../stream/models/steps';
import { INBOX_ACTIONS, OVERFLOW_ACTIONS, inboxModel } from './inbox';

/** Seed of the planted bugs, so that the check gives the same answer every time. */
const SEED = 20;

interface Exploration {
  numRuns: number;
  overflows?: boolean;
  seed?: number;
}

/** Rejects when the model finds something wrong with the modules. */
export function explore(
  modules: Modules,
  { numRuns, overflows = false, seed }: Exploration,
): Promise<void> {
  const actions = overflows ? OVERFLOW_ACTIONS : INBOX_ACTIONS;
  const property = fc.asyncProperty(steps(actions, 120), (sequence) =>
    inboxModel(modules, sequence, { overflows }),
  );
  const fixed = seed === undefined ? {} : { seed, endOnFailure: true };
  return fc.assert(property, { numRuns, ...fixed });
}

const inbox = 'pipe/inbox/inbox.ts';
const partition = 'pipe/inbox/assigned-partition.ts';
const deliveries = 'pipe/inbox/deliveries.ts';
const resync = 'pipe/inbox/resync.ts';
const policy = 'pipe/inbox/policy.ts';

type InboxMutant = Mutation & { name: string; overflows?: boolean };

export const inboxMutants: InboxMutant[] = [
  {
    name: 'events that have not begun still begin after the partition was asked back',
    file: inbox,
    from: 'this.#leave((each) => each === partition);\n    this.#resync',
    to: 'this.#resync',
  },
  {
    name: 'a partition is returned while handlers of it run',
    file: inbox,
    from: "if (partition.state !== 'revoking' || partition.atHand > 0) return;",
    to: "if (partition.state !== 'revoking') return;",
  },
  {
    name: 'a partition is returned before the commands of its handlers have left',
    file: inbox,
    from: 'if (sent < partition.commandsToWaitFor(queued)) {',
    to: 'if (sent < Math.min(0, partition.commandsToWaitFor(queued))) {',
  },
  {
    name: 'nothing is told of what moved',
    file: inbox,
    from: "for (const change of moved) this.#deliveries.make(partition, change, 'moved');",
    to: '',
  },
  {
    name: 'what has moved is still believed to be there',
    file: inbox,
    from: 'const moved = this.#resync?.forget(partition.partition) ?? [];',
    to: 'const moved: Change[] = [];',
  },
  {
    name: 'handlers begin while another member may have the partition',
    file: 'pipe/inbox/phases.ts',
    from: 'this.#now = phase;',
    to: "if (phase.name === 'held') return; this.#now = phase;",
  },
  {
    name: 'a dropped event is taken for told',
    file: inbox,
    from: 'this.#resync?.undo(partition.partition, event);',
    to: '',
  },
  {
    name: 'an event that was left is not taken back',
    file: partition,
    from: 'this.#left.add(offset, offset);',
    to: '',
  },
  {
    name: 'an event that was left counts as finished',
    file: partition,
    from: 'this.#left.add(offset, offset);',
    to: 'this.#left.add(offset, offset); this.#floor.finish(offset);',
  },
  {
    name: 'skipped offsets are not finished',
    file: partition,
    from: 'if (skipped > 0) this.#skip(firstOffset - skipped, firstOffset - 1);',
    to: '',
  },
  {
    name: 'a skipped run is taken for a jump',
    file: partition,
    from: 'this.#cursor.accept(firstOffset, count, skipped)',
    to: 'this.#cursor.accept(firstOffset, count)',
  },
  {
    name: 'an offset is acknowledged before it has come again',
    file: partition,
    from: 'this.#stands < this.received ? this.#stands : Infinity',
    to: 'Infinity',
  },
  {
    name: 'a snapshot counts before the events behind it have come again',
    file: partition,
    from: 'return this.#stands >= this.#repeatsTo;',
    to: 'return true;',
  },
  {
    name: 'what comes again is not learned again',
    file: inbox,
    from: 'else if (firstOffset + i > knownTo) {',
    to: 'else if (firstOffset + i > Infinity) {',
  },
  {
    name: 'HELLO does not ask for the snapshot that did not come',
    file: inbox,
    from: 'position.wantsSnapshot = partition.awaitsSnapshot && this.#resync?.asks === true;',
    to: '',
  },
  {
    name: 'a closed socket is told as open when its partition comes back',
    file: resync,
    from: 'this.#closed.add(socketId);',
    to: '',
  },
  {
    name: 'an event counts as finished when its handler begins',
    file: deliveries,
    from: 'this.#runner.run(',
    to: "if (source === 'event') this.finish(partition, arrival.offset, event);\n    this.#runner.run(",
  },
  {
    name: 'events of a socket that have different names overtake each other',
    file: policy,
    from: 'return (byChannel && channel) || socketId || channel;',
    to: 'return `${socketId} ${Math.random()}`;',
  },
  {
    name: 'events that come again finished are not acknowledged again',
    file: inbox,
    from: 'this.#deliveries.repeated(partition, events.length);',
    to: '',
    overflows: true,
  },
  {
    name: 'events before a gap are counted as in flight',
    file: partition,
    from: 'this.#pass(first);',
    to: '',
    overflows: true,
  },
];

/** Rejects when the model finds a planted bug. */
export function search({ overflows = false, ...mutation }: InboxMutant): Promise<void> {
  const numRuns = overflows ? 20_000 : 1_000;
  return explore(loadModules(mutation), { numRuns, overflows, seed: SEED });
}
