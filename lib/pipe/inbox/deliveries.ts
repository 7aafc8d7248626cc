import type { Credit } from '../../stream/in-flight';
import type { Clock } from '../../util/timers';
import { EventKind, type Ack, type PipeEvent } from '../../wire/frames';
import type { Settings } from '../options';
import { Acks } from './acks';
import { bytesOf, type Arrival } from './arrival';
import type { AssignedPartition } from './assigned-partition';
import type { Change } from './known-names';
import { keyOf, type Policy } from './policy';
import { ReceiveWindow } from './receive-window';
import { Runner } from './runner';

export interface DeliveriesOwner {
  /** Asked right before the handlers of an event begin, where they may be another process's. */
  mayBegin(): boolean;
  /** Runs the handlers of an event; a promise only when some are still running. */
  deliver(arrival: Arrival): Promise<void> | undefined;
  /** Delivering failed in a way no handler is to blame for. */
  failed(error: Error): void;
  /** The handlers of an event run for long. */
  slow(arrival: Arrival, key: string, runningMs: number): void;
  /** Sends `takeAck()`, if there is a connection. */
  ackDue(): void;
  /** True when an event counts as finished once its handlers have ended. */
  acknowledges(): boolean;
  /** Called when handlers of a partition's event have ended. */
  ended(partition: AssignedPartition): void;
}

/** Events at hand: run by their handlers, counted in the receive window, and acknowledged when they are finished. */
export class Deliveries {
  readonly #policy: Policy;
  readonly #clock: Clock;
  readonly #owner: DeliveriesOwner;
  readonly #acks: Acks;
  readonly #window: ReceiveWindow;
  readonly #runner: Runner;
  /** True while a run is taken in: events that end meanwhile are counted at the end of the run. */
  #inRun = false;

  constructor(settings: Settings, policy: Policy, clock: Clock, owner: DeliveriesOwner) {
    const { credit, concurrency, slowHandlerMs } = settings;
    this.#policy = policy;
    this.#clock = clock;
    this.#owner = owner;
    this.#acks = new Acks(credit, clock, () => owner.ackDue());
    this.#window = new ReceiveWindow(credit, policy.acksOnReceipt);
    this.#runner = new Runner({
      ...{ concurrency, slowHandlerMs, clock },
      mayBegin: policy.kept ? () => owner.mayBegin() : undefined,
      deliver: (arrival) => owner.deliver(arrival),
      ended: (arrival, failure) => this.#ended(arrival, failure),
      replaced: (arrival, by) => {
        by.partition.count(by.offset, by.event.conflated ?? 0);
        this.#ended(arrival, undefined);
      },
      slow: (arrival, runningMs) => owner.slow(arrival, keyOf(arrival.event, policy), runningMs),
    });
  }

  // ---- events

  /** The events that follow, up to `endRun`, came together. */
  beginRun(): void {
    this.#inRun = true;
  }

  endRun(): void {
    this.#inRun = false;
    this.#acks.count();
  }

  /** An event of the gateway. */
  take(partition: AssignedPartition, offset: number, event: PipeEvent): void {
    if (this.#policy.acksOnReceipt && this.#window.hasRoom) this.finish(partition, offset, event);
    this.#window.add(bytesOf(event));
    event.conflated = partition.countOf(offset, event.conflated);
    this.#run({ event, partition, offset, source: 'event', running: undefined, behind: undefined });
  }

  /** A change that no event told, at the place where the partition stands. */
  make(
    partition: AssignedPartition,
    { kind, name }: Change,
    source: 'resync' | 'moved',
    reason?: string,
  ): void {
    const ofSocket = kind === EventKind.OPEN || kind === EventKind.CLOSE;
    const [socketId, channel] = ofSocket ? [name, undefined] : ['', name];
    const event = { kind, socketId, channel, time: this.#clock.wall(), reason };
    const offset = partition.received;
    this.#run({ event, partition, offset, source, running: undefined, behind: undefined });
  }

  /** An event needs no handler any more. */
  finish(partition: AssignedPartition, offset: number, event: PipeEvent): void {
    // An event acknowledged on receipt ends a second time here.
    if (partition.finish(offset)) this.#acks.finished(partition, bytesOf(event));
  }

  /**
   * Takes out events that have not begun, of the partitions that are left, those of a key in their order. Events that
   * were acknowledged on receipt stay, because nobody else will get them.
   */
  drop(isLeft: (partition: AssignedPartition) => boolean): Arrival[] {
    const { acksOnReceipt } = this.#policy;
    const dropped = this.#runner.drop(({ partition, source, offset }) => {
      if (source === 'moved' || !isLeft(partition)) return false;
      return !(acksOnReceipt && source === 'event' && partition.isFinished(offset));
    });
    for (const arrival of dropped) this.#discount(arrival);
    return dropped;
  }

  // ---- handlers

  /** Nothing more begins until `release`. */
  hold(): void {
    this.#runner.hold();
  }

  release(): void {
    this.#runner.release();
  }

  /** Resolves when no handler runs and no event waits. */
  idle(): Promise<void> {
    return this.#runner.idle();
  }

  /** Watches the handlers that run no longer. */
  unwatch(): void {
    this.#runner.unwatch();
  }

  // ---- acknowledgements and credit

  /** The position of a partition may have moved, without an event that ended: it is told even when none comes. */
  moved(partition: AssignedPartition): void {
    this.#acks.note(partition);
    this.#acks.count();
  }

  /** Number of events of a run that came again. */
  repeated(partition: AssignedPartition, events: number): void {
    this.#acks.repeated(partition, events);
    this.freed();
  }

  /** Has the positions told that have moved, and the credit that there is more of. */
  tellMoved(): void {
    if (this.#acks.pending || this.#window.isShort) this.#owner.ackDue();
  }

  /**
   * Positions and credit that are to be told and were not yet.
   * @param isLast nothing is taken any more: all finished events are told, those that the gateway is yet to repeat too
   */
  takeAck(partitions: Iterable<AssignedPartition>, isLast = false): Ack | undefined {
    if (isLast) for (const partition of partitions) this.#acks.note(partition);
    const positions = this.#acks.take(isLast);
    const credit = this.#window.changed(partitions);
    if (positions.length === 0 && credit === undefined) return undefined;
    return credit === undefined ? { positions } : { positions, credit };
  }

  /** The credit for HELLO. */
  restart(): Credit {
    return this.#window.restart();
  }

  /** True when so many more events surely exceed the credit of the gateway. */
  exceeds(more: number, partitions: Iterable<AssignedPartition>): boolean {
    return this.#window.exceeds(more, partitions);
  }

  /** The gateway counts less than before, because a partition goes to another member. */
  shorten(): void {
    this.#window.shorten();
    this.freed();
    if (!this.#inRun) this.#acks.count();
  }

  /** There may be more credit to tell, where less than all of it was granted. */
  freed(): void {
    if (this.#window.isShort) this.#acks.freed();
  }

  #run(arrival: Arrival): void {
    const { partition, event, source } = arrival;
    partition.add(source === 'event' ? bytesOf(event) : undefined);
    this.#runner.run(keyOf(arrival.event, this.#policy), arrival);
  }

  /** The handlers of an event have ended, or a later event has taken its place. */
  #ended(arrival: Arrival, failure: Error | undefined): void {
    const { event, partition, offset, source } = arrival;
    if (failure !== undefined) this.#owner.failed(failure);
    this.#discount(arrival);
    if (source === 'event' && this.#owner.acknowledges()) this.finish(partition, offset, event);
    if (partition.state === 'revoking') this.#owner.ended(partition);
    if (!this.#inRun) this.#acks.count();
  }

  #discount({ partition, offset, event, source }: Arrival): void {
    if (source !== 'event') return partition.remove(offset, undefined);
    const bytes = bytesOf(event);
    partition.remove(offset, bytes);
    this.#window.remove(bytes);
    this.freed();
  }
}
