import { hash32 } from '../util/hash';

/** A member of a group. Its name decides which partitions it owns, so no two members have the same. */
export interface Owner {
  readonly name: string;
}

/**
 * A change of ownership that must be told. `assign`: the member gets the partition from the last acknowledged event
 * on, under a new generation. `revoke`: it is asked to finish its running handlers and give the partition back.
 */
export type Change<M> =
  | { type: 'assign'; partition: number; generation: number; member: M }
  | { type: 'revoke'; partition: number; generation: number; member: M };

type State<M> = { name: 'orphan' } | { name: 'owned'; member: M } | { name: 'revoking'; member: M };

interface Partition<M> {
  generation: number;
  state: State<M>;
}

/**
 * Ownership of a group's partitions: each has at most one owner at a time, and every change of owner is a new
 * generation, so that a frame of an earlier owner can be told from one of the present owner.
 *
 * A partition moves only when its owner is gone or has returned it. Rendezvous hashing decides on its owner: a member
 * that comes or goes moves its own share and no other.
 */
export class Ownership<M extends Owner> {
  readonly #partitions: Array<Partition<M>>;
  readonly #members = new Set<M>();

  /** @param generation above every one of an earlier ownership of the same partitions. */
  constructor(partitions: number, generation = 0) {
    this.#partitions = Array.from({ length: partitions }, () => ({
      generation,
      state: { name: 'orphan' },
    }));
  }

  get members(): ReadonlySet<M> {
    return this.#members;
  }

  /** The partition's owner, also while it is asked to give it back. */
  owner(partition: number): M | undefined {
    const state = this.#partitions[partition]?.state;
    return state === undefined || state.name === 'orphan' ? undefined : state.member;
  }

  revoking(partition: number): boolean {
    return this.#partitions[partition]?.state.name === 'revoking';
  }

  ownedBy(member: M): number[] {
    return [...this.#partitions.keys()].filter((partition) => this.owner(partition) === member);
  }

  /** A member comes, or comes back after `leave`. */
  join(member: M): Array<Change<M>> {
    this.#members.add(member);
    return this.#settle();
  }

  /**
   * A member takes the place of another one of the same name: it gets the same partitions at once, and nobody else
   * any.
   */
  replace(before: M, after: M): Array<Change<M>> {
    this.#members.delete(before);
    this.#members.add(after);
    this.#orphan(before);
    return this.#settle();
  }

  /** A member is gone: its partitions go on elsewhere at once. */
  leave(member: M): Array<Change<M>> {
    this.#members.delete(member);
    this.#orphan(member);
    return this.#settle();
  }

  /**
   * The owner has given a partition back, or its time for that is over. No change when that was said of an earlier
   * generation, or without being asked.
   */
  released(partition: number, generation: number): Array<Change<M>> {
    const found = this.#partitions[partition];
    if (found?.state.name !== 'revoking' || found.generation !== generation) return [];
    found.state = { name: 'orphan' };
    return this.#settle();
  }

  #orphan(member: M): void {
    for (const partition of this.#partitions) {
      const { state } = partition;
      if (state.name !== 'orphan' && state.member === member) partition.state = { name: 'orphan' };
    }
  }

  #settle(): Array<Change<M>> {
    const changes: Array<Change<M>> = [];
    this.#partitions.forEach((partition, number) => {
      const home = this.home(number);
      const { state } = partition;
      if (home === undefined || state.name === 'revoking') return;
      if (state.name === 'orphan') {
        partition.generation++;
        partition.state = { name: 'owned', member: home };
        const { generation } = partition;
        changes.push({ type: 'assign', partition: number, generation, member: home });
      } else if (state.member !== home) {
        const { member } = state;
        const { generation } = partition;
        partition.state = { name: 'revoking', member };
        changes.push({ type: 'revoke', partition: number, generation, member });
      }
    });
    return changes;
  }

  /** The member that a partition belongs to: the one with the highest score. It owns it, or it is asked back for it. */
  home(partition: number): M | undefined {
    let home: M | undefined;
    let best = -1;
    for (const member of this.#members) {
      const score = hash32(`${member.name}/${partition}`);
      if (score > best || (score === best && home !== undefined && member.name > home.name)) {
        best = score;
        home = member;
      }
    }
    return home;
  }
}
