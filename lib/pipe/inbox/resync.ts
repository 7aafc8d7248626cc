import { EventKind, type PipeEvent, type SnapshotFrame } from '../../wire/frames';

/** Something that handlers are to be told though no event of it came: a socket or channel that came or went. */
export interface Change {
  readonly kind: EventKind;
  readonly name: string;
}

/**
 * What to do with an event: hand it on; first tell that its socket or channel is there; or leave it out, because that was
 * told already.
 */
export type Judgement = 'pass' | 'introduce' | 'drop';

const NOBODY: ReadonlySet<string> = new Set();

/** One kind of thing that comes and goes, by partition. */
class Names {
  readonly #came: EventKind;
  readonly #went: EventKind;
  readonly #parts = new Map<number, Set<string>>();
  /** Known of the session before, and not yet found in this one. */
  #stale = new Set<string>();
  #asked = false;

  constructor(came: EventKind, went: EventKind) {
    this.#came = came;
    this.#went = went;
  }

  get asked(): boolean {
    return this.#asked;
  }

  get stale(): number {
    return this.#stale.size;
  }

  ask(asked: boolean): void {
    this.#asked = asked;
    if (asked) return;
    this.#parts.clear();
    this.#stale.clear();
  }

  in(partition: number): ReadonlySet<string> {
    return this.#parts.get(partition) ?? NOBODY;
  }

  /** False when it was known. */
  add(partition: number, name: string): boolean {
    let part = this.#parts.get(partition);
    if (part === undefined) this.#parts.set(partition, (part = new Set()));
    else if (part.has(name)) return false;
    part.add(name);
    return !this.#stale.delete(name);
  }

  /** False when it was not known. */
  remove(partition: number, name: string): boolean {
    return this.#parts.get(partition)?.delete(name) === true || this.#stale.delete(name);
  }

  /** Takes the truth, and returns how it differs from what was known. */
  replace(partition: number, truth: Set<string>): Change[] {
    if (!this.#asked) return [];
    const before = this.in(partition);
    const changes: Change[] = [];
    for (const name of before) if (!truth.has(name)) changes.push({ kind: this.#went, name });
    for (const name of truth) {
      if (before.has(name) || this.#stale.delete(name)) continue;
      changes.push({ kind: this.#came, name });
    }
    this.#parts.set(partition, truth);
    return changes;
  }

  forget(partition: number): ReadonlySet<string> {
    const forgotten = this.in(partition);
    this.#parts.delete(partition);
    return forgotten;
  }

  reset(): void {
    for (const part of this.#parts.values()) for (const name of part) this.#stale.add(name);
    this.#parts.clear();
  }

  takeStale(): ReadonlySet<string> {
    const stale = this.#stale;
    this.#stale = new Set();
    return stale;
  }

  closeStale(): Change[] {
    return [...this.takeStale()].map((name) => ({ kind: this.#went, name }));
  }
}

/**
 * What handlers have been told of and was not taken back: which sockets are open, which channels are occupied. It is kept
 * only of what the subscriptions ask for, and partition by partition, as the frames arrive.
 *
 * An open comes before everything else of its socket, one close ends it, and neither is told twice: not after a gap, a
 * reset or a hand-over either.
 */
export class Resync {
  readonly #byChannel: boolean;
  readonly #sockets = new Names(EventKind.OPEN, EventKind.CLOSE);
  readonly #channels = new Names(EventKind.OCCUPIED, EventKind.VACATED);
  /** Snapshots whose end has not come. */
  readonly #snapshots = new Map<number, { sockets: Set<string>; channels: Set<string> }>();

  /** @param byChannel messages of channels stand in the partition of their channel, not of their socket. */
  constructor(byChannel = false) {
    this.#byChannel = byChannel;
  }

  /** Whether anything is asked for, so that snapshots matter. */
  get asks(): boolean {
    return this.#sockets.asked || this.#channels.asked;
  }

  /** Whether something is left of the session before. */
  get stale(): boolean {
    return this.#sockets.stale > 0 || this.#channels.stale > 0;
  }

  /** Says which of the two the subscriptions ask for. What is not asked for any more is forgotten. */
  ask(sockets: boolean, channels: boolean): void {
    this.#sockets.ask(sockets);
    this.#channels.ask(channels);
  }

  sockets(partition: number): ReadonlySet<string> {
    return this.#sockets.in(partition);
  }

  channels(partition: number): ReadonlySet<string> {
    return this.#channels.in(partition);
  }

  /** Takes note of an event, in the order of its partition. */
  judge(partition: number, { kind, socketId, channel = '' }: PipeEvent): Judgement {
    const sockets = this.#sockets;
    switch (kind) {
      case EventKind.OPEN:
        return sockets.asked && !sockets.add(partition, socketId) ? 'drop' : 'pass';
      case EventKind.CLOSE:
        return sockets.asked && !sockets.remove(partition, socketId) ? 'introduce' : 'pass';
      case EventKind.OCCUPIED:
        return this.#channels.asked && !this.#channels.add(partition, channel) ? 'drop' : 'pass';
      case EventKind.VACATED:
        return this.#channels.asked && !this.#channels.remove(partition, channel)
          ? 'introduce'
          : 'pass';
      default:
        if (!sockets.asked || socketId === '') return 'pass';
        // The socket itself is known elsewhere, to another member perhaps.
        if (this.#byChannel && channel !== '') return 'pass';
        return sockets.add(partition, socketId) ? 'introduce' : 'pass';
    }
  }

  /** Takes a piece of a snapshot. The last one gives what handlers have to be told; the others undefined. */
  snapshot({ partition, begin, end, sockets, channels }: SnapshotFrame): Change[] | undefined {
    if (begin) this.#snapshots.set(partition, { sockets: new Set(), channels: new Set() });
    const truth = this.#snapshots.get(partition);
    if (truth === undefined) return undefined;
    for (const { id } of sockets) truth.sockets.add(id);
    for (const { name } of channels) truth.channels.add(name);
    if (!end) return undefined;
    this.#snapshots.delete(partition);
    return [
      ...this.#sockets.replace(partition, truth.sockets),
      ...this.#channels.replace(partition, truth.channels),
    ];
  }

  /**
   * A partition is another member's. Returns its sockets, of which nothing more will be heard. What handlers were told of
   * its channels holds until it comes back: a channel has no end after which it could not be told of again.
   */
  forget(partition: number): ReadonlySet<string> {
    this.#snapshots.delete(partition);
    return this.#sockets.forget(partition);
  }

  /** The connection was lost: what was half told will be told anew. */
  interrupt(): void {
    this.#snapshots.clear();
  }

  /**
   * The session was lost: sockets are in doubt until a snapshot names them, and so is everything when the gateway's process
   * was lost with it. Of channels it knows, a partition's snapshot tells whenever the partition comes back.
   */
  reset(nodeLost: boolean): void {
    this.#snapshots.clear();
    this.#sockets.reset();
    if (nodeLost) this.#channels.reset();
  }

  /** What is in doubt is gone. */
  closeStale(): Change[] {
    return [...this.#channels.closeStale(), ...this.#sockets.closeStale()];
  }

  /** What is in doubt is for others to tell. Returns the sockets among it. */
  dropStale(): ReadonlySet<string> {
    return this.#sockets.takeStale();
  }
}

/** What is told before an event that `judge` wants introduced. */
export function introduction({ kind, socketId, channel = '' }: PipeEvent): Change {
  return kind === EventKind.VACATED
    ? { kind: EventKind.OCCUPIED, name: channel }
    : { kind: EventKind.OPEN, name: socketId };
}
