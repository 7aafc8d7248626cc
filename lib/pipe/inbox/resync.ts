import { EventKind, type PipeEvent, type SnapshotFrame } from '../../wire/frames';
import { KnownNames, type Change } from './known-names';

/**
 * Fate of an event: handed on; handed on after its socket or channel was introduced; or left out, because it was told
 * already.
 */
export type Judgement = 'pass' | 'introduce' | 'drop';

/** A snapshot on its way, and the events behind it that were judged before. */
interface Snapshot {
  readonly sockets: Set<string>;
  readonly channels: Set<string>;
  readonly coversSockets: boolean;
  readonly coversChannels: boolean;
  /** The last piece has come. */
  isWhole: boolean;
}

/**
 * Sockets and channels that handlers were told of: which sockets are open, which channels are occupied. It is kept only
 * of what the subscriptions ask for, and partition by partition, as the frames arrive.
 *
 * An open comes before everything else of its socket, one close ends it, and neither is told twice: not after a gap, a
 * reset or a hand-over either.
 */
export class Resync {
  readonly #byChannel: boolean;
  readonly #sockets = new KnownNames(EventKind.OPEN, EventKind.CLOSE);
  readonly #channels = new KnownNames(EventKind.OCCUPIED, EventKind.VACATED);
  /** By partition. */
  readonly #snapshots = new Map<number, Snapshot>();
  /**
   * Sockets whose close handlers were told last, oldest first. When their partition moves and comes back before the
   * gateway has heard of it, their opens and closes come again: the sockets are then known, but not told.
   */
  readonly #closed = new Set<string>();
  readonly #maxClosed: number;

  /**
   * @param byChannel messages of channels stand in the partition of their channel, not of their socket
   * @param maxClosed how many closed sockets are remembered, where partitions may move and come back
   */
  constructor(byChannel = false, maxClosed = 0) {
    this.#byChannel = byChannel;
    this.#maxClosed = maxClosed;
  }

  /** True when a subscription needs snapshots. */
  get asks(): boolean {
    return this.#sockets.asked || this.#channels.asked;
  }

  /** True while names of the session before are in doubt. */
  get stale(): boolean {
    return this.#sockets.stale > 0 || this.#channels.stale > 0;
  }

  /**
   * Says what the subscriptions ask for; the rest is forgotten. True when something is asked for that was not before.
   */
  ask(sockets: boolean, channels: boolean): boolean {
    const more = (sockets && !this.#sockets.asked) || (channels && !this.#channels.asked);
    this.#sockets.ask(sockets);
    this.#channels.ask(channels);
    return more;
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
    const channels = this.#channels;
    switch (kind) {
      case EventKind.OPEN:
        return sockets.asked && !sockets.add(partition, socketId) ? 'drop' : 'pass';
      case EventKind.CLOSE:
        if (!sockets.asked) return 'pass';
        this.#remember(socketId);
        return sockets.remove(partition, socketId) ? 'pass' : 'introduce';
      case EventKind.OCCUPIED:
        return channels.asked && !channels.add(partition, channel) ? 'drop' : 'pass';
      case EventKind.VACATED:
        return channels.asked && !channels.remove(partition, channel) ? 'introduce' : 'pass';
      case EventKind.MESSAGE:
        // The socket of a channel's message is known elsewhere, to another member perhaps.
        if (this.#byChannel && channel !== '') return 'pass';
        return sockets.asked && sockets.add(partition, socketId) ? 'introduce' : 'pass';
      case EventKind.SLOW:
      case EventKind.DRAINED:
        return sockets.asked && sockets.add(partition, socketId) ? 'introduce' : 'pass';
      default:
        // Events of members and users stand in partitions of their own keys.
        return 'pass';
    }
  }

  /**
   * An event that was handled when its partition was this client's before, and comes again now that it is so again.
   * Returns what handlers have to be told instead of the event; undefined for nothing.
   */
  relearn(partition: number, event: PipeEvent): Change | undefined {
    const { kind, socketId, channel = '' } = event;
    const wasClosed = this.#closed.has(socketId);
    const judgement = this.judge(partition, event);
    if (wasClosed) return undefined;
    const isPass = judgement === 'pass';
    switch (kind) {
      case EventKind.OPEN:
      case EventKind.CLOSE:
        return isPass && this.#sockets.asked ? { kind, name: socketId } : undefined;
      case EventKind.OCCUPIED:
      case EventKind.VACATED:
        return isPass && this.#channels.asked ? { kind, name: channel } : undefined;
      default:
        // Other events have been handled; only the socket or channel behind them may be new.
        return judgement === 'introduce' ? introduction(event) : undefined;
    }
  }

  /** An event that was judged, and then dropped before its handlers began: its changes are taken back. */
  undo(partition: number, { kind, socketId, channel = '' }: PipeEvent): void {
    const sockets = this.#sockets;
    const channels = this.#channels;
    if (kind === EventKind.OPEN) sockets.remove(partition, socketId);
    else if (kind === EventKind.OCCUPIED) channels.remove(partition, channel);
    else if (kind === EventKind.CLOSE && sockets.asked) {
      sockets.add(partition, socketId);
      this.#closed.delete(socketId);
    } else if (kind === EventKind.VACATED && channels.asked) channels.add(partition, channel);
  }

  // ---- snapshots

  /** Takes a piece of a snapshot. */
  snapshot({ partition, begin, end, sockets, channels, ...covers }: SnapshotFrame): void {
    if (begin) {
      const { coversSockets, coversChannels } = covers;
      const names = { sockets: new Set<string>(), channels: new Set<string>() };
      this.#snapshots.set(partition, { ...names, coversSockets, coversChannels, isWhole: false });
    }
    const snapshot = this.#snapshots.get(partition);
    if (snapshot === undefined || snapshot.isWhole) return;
    for (const { id } of sockets) snapshot.sockets.add(id);
    for (const { name } of channels) snapshot.channels.add(name);
    snapshot.isWhole = end;
  }

  /** True while a whole snapshot waits for the repeated events behind it. */
  isPending(partition: number): boolean {
    return this.#snapshots.size > 0 && this.#snapshots.get(partition)?.isWhole === true;
  }

  /** An event that was judged before comes again, behind a snapshot that does not know of it. */
  repeat(partition: number, { kind, socketId, channel = '' }: PipeEvent): void {
    const snapshot = this.#snapshots.get(partition);
    if (snapshot === undefined) return;
    if (kind === EventKind.OPEN) snapshot.sockets.add(socketId);
    else if (kind === EventKind.CLOSE) snapshot.sockets.delete(socketId);
    else if (kind === EventKind.OCCUPIED) snapshot.channels.add(channel);
    else if (kind === EventKind.VACATED) snapshot.channels.delete(channel);
  }

  /**
   * Takes the truth of a whole snapshot. Returns what handlers have to be told, and whether the snapshot covered all
   * that the subscriptions ask for.
   */
  conclude(partition: number): { changes: Change[]; coversAll: boolean } {
    const snapshot = this.#snapshots.get(partition);
    this.#snapshots.delete(partition);
    const changes: Change[] = [];
    if (snapshot?.isWhole !== true) return { changes, coversAll: false };
    let coversAll = true;
    if (this.#sockets.asked) {
      if (!snapshot.coversSockets) coversAll = false;
      else changes.push(...this.#untold(this.#sockets.replace(partition, snapshot.sockets)));
    }
    if (this.#channels.asked) {
      if (!snapshot.coversChannels) coversAll = false;
      else changes.push(...this.#channels.replace(partition, snapshot.channels));
    }
    return { changes, coversAll };
  }

  /** A snapshot of a partition, or of all, is void: another one follows. */
  interrupt(partition?: number): void {
    if (partition === undefined) this.#snapshots.clear();
    else this.#snapshots.delete(partition);
  }

  // ---- what becomes of partitions and sessions

  /** A partition is another member's. Returns its sockets and channels, of which nothing more will be heard. */
  forget(partition: number): Change[] {
    this.interrupt(partition);
    const sockets = this.#untold(this.#sockets.forget(partition));
    return [...sockets, ...this.#channels.forget(partition)];
  }

  /** All partitions may be with other members. Returns all sockets and channels. */
  forgetAll(): Change[] {
    this.interrupt();
    return [...this.#untold(this.#sockets.forgetAll()), ...this.#channels.forgetAll()];
  }

  /**
   * The session was lost: sockets are in doubt until a snapshot names them. Channels are in doubt too when the gateway's
   * process was lost; otherwise the next snapshot tells the difference for the channels of a partition that stays.
   */
  reset(nodeLost: boolean): void {
    this.#snapshots.clear();
    this.#sockets.doubt();
    if (nodeLost) this.#channels.doubt();
  }

  /** Names in doubt are gone. */
  closeStale(): Change[] {
    return [...this.#channels.closeStale(), ...this.#untold(this.#sockets.closeStale())];
  }

  /** The changes of sockets whose close was not told, closes among them: these are told now. */
  #untold(changes: readonly Change[]): Change[] {
    const untold = changes.filter(({ name }) => !this.#closed.has(name));
    for (const { kind, name } of untold) if (kind === EventKind.CLOSE) this.#remember(name);
    return untold;
  }

  #remember(socketId: string): void {
    if (this.#maxClosed === 0) return;
    this.#closed.add(socketId);
    if (this.#closed.size <= this.#maxClosed) return;
    for (const oldest of this.#closed) {
      this.#closed.delete(oldest);
      return;
    }
  }
}

/** The change that is told before an event that `judge` wants introduced. */
export function introduction({ kind, socketId, channel = '' }: PipeEvent): Change {
  return kind === EventKind.VACATED
    ? { kind: EventKind.OCCUPIED, name: channel }
    : { kind: EventKind.OPEN, name: socketId };
}
