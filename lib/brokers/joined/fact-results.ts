import type { Membership, Occupancy, Transition, UserPresence } from '../broker';
import type { Fact, Result } from '../operation';
import type { FactTable } from './facts';

type Changed = Occupancy | Membership | UserPresence;

interface Applied {
  result: Result | undefined;
  /** Number of the change; 0 for none. */
  seq: number;
  transition: Transition | undefined;
}

/**
 * Notes that the engine has a fact. A transition that was told before is left out: an engine that has lost facts takes
 * them for new when they are said again.
 */
export function factApplied(
  facts: FactTable,
  fact: Fact,
  result: Result | undefined,
  again: boolean,
): Applied {
  if (result === 'full') {
    facts.refused(fact);
    return { result, seq: 0, transition: undefined };
  }
  const isSwept = fact.of !== undefined;
  const before = isSwept ? 1 : facts.applied(fact);
  if (fact.kind === 'home') return { result, seq: 0, transition: undefined };
  if (fact.kind === 'socket') {
    const isClosed = isSwept && result === true;
    const transition = { kind: 'closed' as const, seq: 0, socketId: fact.id };
    return { result, seq: 0, transition: isClosed ? transition : undefined };
  }
  const changed = result as Changed | undefined;
  if (changed === undefined) return { result, seq: 0, transition: undefined };
  const { seq, change } = changed;
  if (change === undefined) return { result, seq, transition: undefined };
  const wasTold = fact.count > 0 ? before > 0 : again && before === 0;
  if (wasTold) return { result: { ...changed, change: undefined }, seq, transition: undefined };
  return { result, seq, transition: transitionOf(fact, changed) };
}

function transitionOf(
  fact: Exclude<Fact, { kind: 'socket' | 'home' }>,
  { seq, change }: Changed,
): Transition {
  switch (fact.kind) {
    case 'subscriptions':
      return { kind: change as 'occupied' | 'vacated', seq, channel: fact.channel };
    case 'member': {
      const { channel, who } = fact;
      return { kind: change as 'added' | 'removed', seq, channel, userId: who.userId };
    }
    case 'user':
      return { kind: change as 'online' | 'offline', seq, userId: fact.userId };
  }
}
