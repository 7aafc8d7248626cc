import type { App } from '../model/app';
import { Group, type GroupMember } from '../streams/group';
import type { Partition } from '../streams/partition';

/** State of a member: has an owner nothing left to do, does it work, or does nothing of it come back? */
export type Pace =
  | { readonly word: 'well' | 'behind' | 'away' }
  | { readonly word: 'handles nothing'; readonly sinceMs: number };

/** Time without an acknowledgement after which a backend that has events handles nothing. */
const STUCK_MS = 5_000;
/** Events that wait at a backend which keeps up: more of them are a lag. */
const FEW = 100;

interface Seen {
  /** Epoch and number of the events that were finished, at the last look. */
  finished: string;
  /** Wall time since which that number is the same, while events wait. */
  sinceMs: number;
}

/** Looks at the streams of backends once a second, and knows since when nothing of them is finished, or nobody is there. */
export class Progress {
  readonly #partitions = new WeakMap<Partition, Seen>();
  readonly #unattended = new WeakMap<Group, number>();

  look(apps: Iterable<App>, wallMs: number): void {
    for (const app of apps) for (const group of groupsOf(app)) this.#look(group, wallMs);
  }

  /** Wall time since which no backend of the stream is connected; undefined while one is. */
  unattendedSince(group: Group): number | undefined {
    return isAttended(group) ? undefined : this.#unattended.get(group);
  }

  paceOf(group: Group, member: GroupMember, wallMs: number): Pace {
    if (!member.attached) return { word: 'away' };
    let sinceMs = Infinity;
    let waiting = 0;
    let moves = false;
    for (const partition of group.ownedBy(member)) {
      const { unfinished, inFlight } = partition.log;
      waiting += unfinished;
      if (inFlight === 0 || unfinished === 0) continue;
      const seen = this.#partitions.get(partition);
      if (seen === undefined || wallMs - seen.sinceMs < STUCK_MS) moves = true;
      else sinceMs = Math.min(sinceMs, seen.sinceMs);
    }
    if (sinceMs < Infinity && !moves) return { word: 'handles nothing', sinceMs };
    return { word: waiting > FEW ? 'behind' : 'well' };
  }

  /** Wall time since which a partition has events with its owner and none of them is finished. */
  stuckSince(partition: Partition, wallMs: number): number | undefined {
    const { unfinished, inFlight } = partition.log;
    const seen = this.#partitions.get(partition);
    if (unfinished === 0 || inFlight === 0 || seen === undefined) return undefined;
    return wallMs - seen.sinceMs < STUCK_MS ? undefined : seen.sinceMs;
  }

  #look(group: Group, wallMs: number): void {
    if (isAttended(group)) this.#unattended.delete(group);
    else if (!this.#unattended.has(group)) this.#unattended.set(group, wallMs);
    for (const partition of group.partitions) {
      const { log } = partition;
      const seen = this.#partitions.get(partition);
      const finished = finishedIn(partition);
      if (seen === undefined) this.#partitions.set(partition, { finished, sinceMs: wallMs });
      else if (log.unfinished === 0 || log.inFlight === 0 || seen.finished !== finished) {
        seen.finished = finished;
        seen.sinceMs = wallMs;
      }
    }
  }
}

/** The streams of an app that backends share, or have alone. */
export function* groupsOf({ observers }: App): IterableIterator<Group> {
  for (const observer of observers) if (observer instanceof Group) yield observer;
}

/** Events that were finished in an epoch, whether they stand below an unfinished one or above. */
function finishedIn({ log: { epoch, committed, finished } }: Partition): string {
  const above = finished.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  return `${epoch} ${committed.offset + above}`;
}

export function isAttended({ members }: Group): boolean {
  for (const { attached } of members) if (attached) return true;
  return false;
}
