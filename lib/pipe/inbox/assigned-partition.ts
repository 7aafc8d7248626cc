import { AckFloor } from '../../stream/ack-floor';
import type { Laned } from '../../stream/lanes';
import { Cursor } from '../../stream/position';
import type { PipeEvent } from '../../wire/frames';
import type { Running } from './slow-handlers';

/** What positions count in: one session, or what is left of an earlier one while its handlers run. */
export interface Stream {
  readonly name: string;
  /** Its gateway process is gone, or it was this client's alone: nobody else can have its events. */
  isLost: boolean;
}

/** An event on its way to its handlers. */
export interface Arrival extends Laned<Arrival> {
  readonly event: PipeEvent;
  readonly partition: AssignedPartition;
  readonly offset: number;
  /** Not sent by the gateway: made here from what is true. */
  readonly resync: boolean;
  /** While its handlers run. */
  running: Running<Arrival> | undefined;
}

/**
 * One partition in one epoch. `owned`: its events come here; `revoking`: no more are taken, those at hand are finished;
 * `returned`: they are finished, and the gateway was told so; `lost`: it is another member's, and what has not begun is left
 * to it; `retired`: its session or epoch is over, and what has arrived of it is handled to the end.
 *
 * A place that is gone stays in memory, one for each partition at most: when the partition comes back, to this session or
 * a later one, what was handled here is not handled again.
 */
export class AssignedPartition {
  readonly partition: number;
  readonly epoch: number;
  readonly cursor: Cursor;
  readonly #acks: AckFloor;
  stream: Stream;
  generation: number;
  state: 'owned' | 'revoking' | 'returned' | 'lost' | 'retired' = 'owned';
  /** A snapshot is to come. */
  awaits = true;
  /** Arrivals whose handlers have not all ended, those that were made here included. */
  unfinished = 0;
  /** Events among them. */
  events = 0;
  /** Data of these events. */
  bytes = 0;
  /** Whether it stands in the list of places that have something to acknowledge. */
  moved = false;
  /** The last offset that came over the present connection; 0 before the first. */
  arrived = 0;
  /** The last offset that came over earlier connections, and the last of these that came again over the present one. */
  before = 0;
  resent = 0;
  /** The last offset that an announced jump has left out. */
  skipped = 0;
  /** The last offset that the gateway was told of. */
  told: number;
  /** What lies before has been finished, here or elsewhere. */
  #from: number;
  /** Offsets that arrived and were left to others. */
  #left: Set<number> | undefined;

  constructor(
    partition: number,
    epoch: number,
    stream: Stream,
    { generation, from }: { generation: number; from: number },
  ) {
    this.partition = partition;
    this.epoch = epoch;
    this.stream = stream;
    this.generation = generation;
    this.cursor = new Cursor(from);
    this.#acks = new AckFloor(from - 1);
    this.told = from - 1;
    this.#from = from;
  }

  /** The last offset up to which every event has been handled. */
  get done(): number {
    return this.#acks.done;
  }

  /** The last offset received. */
  get received(): number {
    return this.cursor.next - 1;
  }

  /** Unfinished events that the gateway does not count as sent over the present connection. */
  get uncounted(): number {
    if (this.state !== 'owned') return this.events;
    return Math.min(this.events, Math.max(0, this.before - Math.max(this.resent, this.done)));
  }

  /** Whether events that are repeats may have been left to others, and are to be handled after all. */
  get leftSome(): boolean {
    return this.#left !== undefined;
  }

  /** The generation in which a command that answers an event counts; a past one when the event is another's by now. */
  generationOf(offset: number): number {
    return offset < this.#from ? this.generation - 1 : this.generation;
  }

  /** Another connection follows. */
  reconnect(): void {
    this.arrived = this.resent = 0;
    this.before = this.received;
  }

  start(offset: number): void {
    this.#acks.start(offset);
  }

  /** The handlers of an event have ended. */
  finish(offset: number): void {
    if (this.#left?.has(offset) !== true) this.#acks.finish(offset);
  }

  /** An announced jump. What was left to others and lies before it does not come again. */
  skipTo(first: number): void {
    this.skipped = first - 1;
    this.cursor.skipTo(first);
    this.#acks.skipTo(first);
    for (const offset of this.#left ?? []) {
      if (offset < first && this.takesBack(offset)) this.#acks.finish(offset);
    }
  }

  /** Whether an event that arrived is another's to handle: it was finished there, or will come there. */
  leaves(offset: number, stopped: boolean): boolean {
    if (offset < this.#from) return true;
    if ((this.state !== 'lost' && !stopped) || offset <= this.told) return false;
    (this.#left ??= new Set()).add(offset);
    return true;
  }

  /** Whether an event that comes again was left to others before. */
  takesBack(offset: number): boolean {
    if (this.#left?.delete(offset) !== true) return false;
    if (this.#left.size === 0) this.#left = undefined;
    return true;
  }

  /** The partition is ours again; others have finished what lies before `from`. */
  regain(stream: Stream, { generation, from }: { generation: number; from: number }): void {
    this.stream = stream;
    this.generation = generation;
    this.state = 'owned';
    this.awaits = true;
    this.arrived = 0;
    this.#from = from;
    const last = Math.min(from - 1, this.received);
    for (let offset = this.done + 1; offset <= last; offset += 1) this.#acks.finish(offset);
    this.skipTo(from);
    // What was acknowledged meanwhile was another's to acknowledge, and did not count.
    this.told = from - 1;
  }
}
