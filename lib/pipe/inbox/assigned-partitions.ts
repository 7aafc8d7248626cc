import { StandpipeError } from '../../errors';
import type { Assignment } from '../../wire/frames';
import { AssignedPartition, type Stream } from './assigned-partition';

/** The partitions of a client, one for each number that it has or had, and the session whose offsets they use. */
export class AssignedPartitions implements Iterable<AssignedPartition> {
  readonly #byNumber = new Map<number, AssignedPartition>();
  /** The stream of the present session. */
  #stream: Stream = { name: '', isLost: false };

  get(partition: number): AssignedPartition | undefined {
    return this.#byNumber.get(partition);
  }

  [Symbol.iterator](): IterableIterator<AssignedPartition> {
    return this.#byNumber.values();
  }

  /** Number of this client's partitions whose sockets and channels are known. */
  get known(): number {
    let known = 0;
    for (const { state, awaitsSnapshot } of this) {
      if (state === 'owned' && !awaitsSnapshot) known += 1;
    }
    return known;
  }

  /** True while finished events of this client's partitions are unacknowledged. */
  get haveNews(): boolean {
    const isOurs = ({ state }: AssignedPartition): boolean =>
      state === 'owned' || state === 'revoking';
    return [...this].some((partition) => isOurs(partition) && partition.hasNews);
  }

  /** A partition is this client's: a lost one comes back, any other one goes on. Throws a StandpipeError for one that begins nowhere. */
  assign(assignment: Assignment): AssignedPartition {
    const { partition: number, epoch, firstOffset } = assignment;
    if (firstOffset < 1) throw broken(`partition ${number} from ${firstOffset}`);
    const partition = this.#byNumber.get(number);
    if (partition?.epoch !== epoch) return this.#put(number, epoch, assignment);
    if (partition.state === 'lost') partition.regain(this.#stream, assignment);
    else partition.own();
    return partition;
  }

  /** An announced jump. Throws a StandpipeError when it leads backwards. */
  jump(partition: AssignedPartition, epoch: number, first: number): AssignedPartition {
    const { partition: number, generation } = partition;
    if (first < 1 || epoch < partition.epoch) throw broken(`a gap that leads back in ${number}`);
    if (epoch > partition.epoch)
      return this.#put(number, epoch, { generation, firstOffset: first });
    partition.jump(first);
    return partition;
  }

  /** Another session begins, and nobody but this client can have what the one before had sent. */
  renew(name: string): void {
    for (const partition of this) if (partition.state !== 'lost') partition.retire();
    this.#byNumber.clear();
    this.#stream.isLost = true;
    this.#stream = { name, isLost: false };
  }

  /** Another session begins, and the owner of a partition in it gets what has not begun. */
  leave(name: string): void {
    for (const partition of this) partition.lose();
    this.#stream = { name, isLost: false };
  }

  /** A partition for changes that belong to none of the present session. */
  nowhere(): AssignedPartition {
    return new AssignedPartition(0, 0, this.#stream, { generation: 0, firstOffset: 1 });
  }

  clear(): void {
    this.#byNumber.clear();
  }

  #put(
    number: number,
    epoch: number,
    start: { generation: number; firstOffset: number },
  ): AssignedPartition {
    this.#byNumber.get(number)?.retire();
    const partition = new AssignedPartition(number, epoch, this.#stream, start);
    this.#byNumber.set(number, partition);
    return partition;
  }
}

/** The gateway broke the protocol. */
export function broken(how: string): StandpipeError {
  return new StandpipeError('protocol_error', `the gateway sent ${how}`);
}
