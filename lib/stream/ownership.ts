import { hash32 } from '../util/hash';

/** A possible owner of partitions. Its name decides which ones, so no two owners have the same. */
export interface Owner {
  readonly name: string;
}

/**
 * A change of owner that the caller carries out. `assign`: the member gets the partition from the last acknowledged
 * event on, under a new generation. `revoke`: the member is asked to finish its running handlers and give the partition
 * back.
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
 * Owners of a group's partitions. A partition has at most one owner at a time, and every change of owner is a new
 * generation, so that frames of an earlier owner can be told from frames of the present one.
 *
 * A partition moves only when its owner is gone, or has given it back. Rendezvous hashing decides its owner: a member
 * that comes or goes moves its own share and no other.
 */
export class Ownership<M extends Owner> {
  readonly #partitions: Array<Partition<M>>;
  readonly #members = new Set<M>();

  constructor(partitions: number) {
    this.#partitions = Array.from({ length: partitions }, () => ({
      generation: 0,
      state: { name: 'orphan' },
    }));
  }

  get partitions(): number {
    return this.#partitions.length;
  }

  get members(): ReadonlySet<M> {
    return this.#members;
  }

  generation(partition: number): number {
    return this.#partitions[partition]?.generation ?? 0;
  }

  /** The owner of a partition, also while the partition is being revoked. */
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

  /** A member is gone: its partitions get other owners at once. */
  leave(member: M): Array<Change<M>> {
    this.#members.delete(member);
    for (const partition of this.#partitions) {
      const { state } = partition;
      if (state.name !== 'orphan' && state.member === member) partition.state = { name: 'orphan' };
    }
    return this.#settle();
  }

  /**
   * The owner has returned a partition, or its time for that is over. No change for an earlier generation, or for a
   * partition that was not revoked.
   */
  released(partition: number, generation: number): Array<Change<M>> {
    const found = this.#partitions[partition];
    if (found?.state.name !== 'revoking' || found.generation !== generation) return [];
    found.state = { name: 'orphan' };
    return this.#settle();
  }

  #settle(): Array<Change<M>> {
    const changes: Array<Change<M>> = [];
    this.#partitions.forEach((partition, number) => {
      const home = this.#home(number);
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

  /** The member with the highest score for a partition. */
  #home(partition: number): M | undefined {
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
