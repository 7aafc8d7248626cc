import { Lanes } from '../../stream/lanes';
import type { Clock } from '../../util/timers';
import {
  EventKind,
  type Ack,
  type Assignment,
  type Credit,
  type Frame,
  type GapFrame,
  type PipeEvent,
  type Position,
  type Run,
  type SnapshotFrame,
  type WelcomeFrame,
} from '../../wire/frames';
import { Acks } from './acks';
import { ReceiveWindow } from './receive-window';
import { Resync, introduction, type Change } from './resync';
import type { Settings } from '../options';
import { AssignedPartition, type Arrival } from './assigned-partition';
import { AssignedPartitions, broken } from './assigned-partitions';
import { SlowHandlers } from './slow-handlers';

export interface InboxOwner {
  /** Runs the handlers of an event; a promise only when some are still running. */
  deliver(arrival: Arrival): Promise<void> | undefined;
  /** Sends a frame. False when there is no connection. */
  send(frame: Frame): boolean;
  /** Sends what `takeAck` gives, if there is a connection. */
  ackDue(): void;
  /** Delivering failed in a way no handler is to blame for. */
  failed(error: Error): void;
  /** The handlers of an event run for long. */
  slow(arrival: Arrival, key: string, runningMs: number): void;
  /** Sockets that went to another member: nothing more is heard of them. */
  left(socketIds: Iterable<string>): void;
}

/**
 * Events on their way to handlers: each position once and in order, the events of one key one after the other, and an
 * acknowledgement up to the last one whose handlers, and those of all before it, have ended.
 */
export class Inbox {
  readonly #clock: Clock;
  readonly #owner: InboxOwner;
  readonly #credit: Credit;
  readonly #ackReceived: boolean;
  /** Others get what is not handled here. */
  readonly #shared: boolean;
  readonly #byChannel: boolean;
  /** Undefined where no member can know what is true, because the events of a socket go to all of them. */
  readonly #known: Resync | undefined;
  readonly #acks: Acks;
  readonly #allowance: ReceiveWindow;
  readonly #lanes: Lanes<Arrival>;
  readonly #slow: SlowHandlers<Arrival>;
  readonly #places = new AssignedPartitions();
  #partitions = 0;
  #node = '';
  #nodeLost = false;
  #stopped = false;
  #halted = false;
  /** While a run is taken in, what ends at once is counted at its end. */
  #taking = false;

  constructor(settings: Settings, clock: Clock, owner: InboxOwner) {
    const { group, credit, ack, concurrency, slowHandlerMs } = settings;
    this.#clock = clock;
    this.#owner = owner;
    this.#credit = credit;
    this.#ackReceived = ack === 'received';
    this.#shared = group !== undefined && group.mode !== 'broadcast';
    this.#byChannel = this.#shared && group?.order === 'channel';
    this.#known = group?.mode === 'shared' ? undefined : new Resync(this.#byChannel);
    this.#acks = new Acks(credit, clock, () => owner.ackDue());
    this.#allowance = new ReceiveWindow(credit, this.#ackReceived);
    this.#slow = new SlowHandlers<Arrival>(clock, slowHandlerMs, (arrival, runningMs) =>
      owner.slow(arrival, this.#key(arrival.event), runningMs),
    );
    this.#lanes = new Lanes<Arrival>({
      maxActive: concurrency,
      work: (arrival) => this.#work(arrival),
      ended: (arrival, failure) => this.#end(arrival, failure),
    });
  }

  /** Says which of opens and closes, and of occupied and vacated, are subscribed to. */
  ask(sockets: boolean, channels: boolean): void {
    this.#known?.ask(sockets, channels);
  }

  /**
   * For HELLO: per partition, the last offset up to which everything was handled, and whether its snapshot is still to
   * come.
   */
  positions(): Position[] {
    this.#acks.take();
    const positions: Position[] = [];
    for (const place of this.#places) {
      place.reconnect();
      const { partition, generation, epoch, done, state, awaits } = place;
      if (state === 'lost') continue;
      const wantsSnapshot = (awaits && this.#known?.asks === true) || undefined;
      positions.push({ partition, generation, epoch, offset: done, wantsSnapshot });
    }
    return positions;
  }

  /** For HELLO: what the gateway may send. */
  credit(): Credit {
    return this.#allowance.atFirst();
  }

  /** A connection was welcomed. A session that goes on keeps its places, so that nothing is handled twice. */
  welcome(frame: WelcomeFrame, streamName: string): void {
    this.#partitions = frame.partitions;
    if (frame.verdict === 'resumed') {
      this.#known?.interrupt();
      const assigned = new Set(frame.assigned.map(({ partition }) => partition));
      for (const place of this.#places) {
        if (!assigned.has(place.partition)) this.#lose(place);
      }
    } else {
      this.#nodeLost = this.#node !== '' && this.#node !== frame.node;
      // Nobody else gets what the lost node had sent: it is finished here.
      if (this.#shared && !this.#nodeLost) this.#places.leave(streamName);
      else this.#places.renew(streamName);
      this.#known?.reset(this.#nodeLost);
    }
    this.#node = frame.node;
    this.assign(frame.assigned);
  }

  /** Handlers may run from here on. */
  opened(): void {
    if (this.#acks.pending) this.#owner.ackDue();
    this.#settle();
  }

  assign(assigned: readonly Assignment[]): void {
    for (const assignment of assigned) this.#acks.note(this.#places.assign(assignment));
    if (this.#acks.pending) this.#owner.ackDue();
  }

  /** A partition goes to another member as soon as what has arrived of it is finished. */
  revoke(partition: number, generation: number): void {
    const place = this.#places.get(partition);
    if (place?.generation !== generation || place.state !== 'owned') return;
    place.state = 'revoking';
    // When its time is over, the gateway does not count what is unfinished of it any more.
    this.#allowance.shorten();
    this.#giveBack(place);
  }

  /** The gateway has heard that the partition was given back: it is another member's from now on. */
  lost(partition: number, generation: number): void {
    const place = this.#places.get(partition);
    if (place?.generation === generation && place.state === 'returned') this.#lose(place);
  }

  /** An announced jump. Throws a StandpipeError when it leads backwards. */
  gap({ partition, newEpoch, first }: GapFrame): void {
    const place = this.#places.get(partition);
    if (place === undefined || place.state !== 'owned') return;
    this.#places.jump(place, newEpoch, first);
    this.#acks.note(place);
  }

  /** Takes consecutive events. Throws a StandpipeError when they are none that may come now. */
  take({ partition, generation, epoch, firstOffset, events }: Run): void {
    const place = this.#places.get(partition);
    if (place === undefined) throw broken(`partition ${partition} is not assigned`);
    // Sent before the gateway gave the partition anew, or before it heard that the partition is given back.
    if (generation < place.generation || place.state !== 'owned') return;
    if (epoch !== place.epoch) throw broken(`epoch ${epoch} of partition ${partition} unannounced`);
    // Not acknowledged, so that somebody else can have them.
    if (this.#stopped) return;
    const repeated = place.cursor.accept(firstOffset, events.length);
    if (repeated === undefined) throw broken(`offset ${firstOffset} of ${partition} unannounced`);
    place.arrived = firstOffset + events.length - 1;
    if (repeated > 0) {
      place.resent = firstOffset + repeated - 1;
      this.#freed();
    }
    // The gateway counts by the connection.
    const { messages } = this.#credit;
    const unfinished = this.#allowance.events + events.length - repeated;
    if (unfinished > messages && this.#places.inFlight > messages) {
      throw broken('more events than the credit');
    }

    this.#taking = true;
    for (let i = place.leftSome ? 0 : repeated; i < events.length; i += 1) {
      const offset = firstOffset + i;
      if (i < repeated && !place.takesBack(offset)) continue;
      this.#judge(place, offset, events[i] as PipeEvent);
    }
    this.#taking = false;
    this.#acks.count();
  }

  /** Takes a piece of what is true. Throws a StandpipeError when it does not stand where it says. */
  snapshot(frame: SnapshotFrame): void {
    const place = this.#places.get(frame.partition);
    if (place === undefined) throw broken(`partition ${frame.partition} is not assigned`);
    if (place.state !== 'owned' || this.#stopped) return;
    const { epoch, offset, partition } = frame;
    if (epoch !== place.epoch || offset !== place.received) {
      throw broken(
        `a snapshot of ${partition} at ${epoch}.${offset}, which is not where it stands`,
      );
    }
    const changes = this.#known?.snapshot(frame) ?? [];
    if (!frame.end) return;
    place.awaits = false;
    for (const change of changes) this.#tell(place, change);
    this.#settle();
  }

  /** What can be acknowledged and was not yet. */
  takeAck(): Ack | undefined {
    const ack = this.#acks.take();
    const credit = this.#allowance.changed(this.#places);
    if (credit === undefined) return ack;
    return { positions: ack?.positions ?? [], credit };
  }

  /** Takes events again after `stop`. */
  start(): void {
    this.#stopped = this.#halted = false;
  }

  /** Nothing that ends from here on is acknowledged. */
  halt(): void {
    this.#halted = true;
  }

  /**
   * Takes no more events. Resolves when the handlers that run have ended; those of events at hand that have not begun
   * still run when no other member would get these events.
   */
  stop(): Promise<void> {
    this.#stopped = true;
    return this.#lanes.idle();
  }

  /** Forgets all places: the session has ended. */
  clear(): void {
    if (this.#shared) this.#places.leave('');
    else this.#places.renew('');
    this.#places.clear();
    this.#acks.take();
    this.#slow.stop();
  }

  #lose(place: AssignedPartition): void {
    place.state = 'lost';
    const gone = this.#known?.forget(place.partition);
    if (gone !== undefined) this.#owner.left(gone);
  }

  #giveBack(place: AssignedPartition): void {
    if (place.unfinished > 0 || this.#stopped) return;
    const { partition, generation, epoch, done: offset } = place;
    // Without a connection nothing is lost: the gateway asks again on the next one, or has given it away by then.
    const position = { partition, generation, epoch, offset };
    if (!this.#owner.send({ type: 'returned', position })) return;
    // Until the gateway has heard of it, nobody else knows what there is in the partition.
    place.state = 'returned';
  }

  #judge(place: AssignedPartition, offset: number, event: PipeEvent): void {
    place.start(offset);
    const judgement = this.#known?.judge(place.partition, event) ?? 'pass';
    if (judgement === 'drop') {
      this.#finished(place, offset, event);
      return;
    }
    if (judgement === 'introduce') this.#tell(place, introduction(event));
    this.#run(place, offset, event);
  }

  #run(place: AssignedPartition, offset: number, event: PipeEvent): void {
    const bytes = event.data?.length ?? 0;
    if (this.#ackReceived && this.#allowance.hasRoom) this.#finished(place, offset, event);
    this.#allowance.began(bytes);
    place.events += 1;
    place.bytes += bytes;
    place.unfinished += 1;
    this.#queue(this.#key(event), event, place, offset, false);
  }

  /** Hands on what no event told. */
  #tell(place: AssignedPartition, { kind, name }: Change, reason?: string): void {
    const ofSocket = kind === EventKind.OPEN || kind === EventKind.CLOSE;
    const event: PipeEvent = {
      kind,
      socketId: ofSocket ? name : '',
      channel: ofSocket ? undefined : name,
      time: this.#clock.wall(),
      reason,
    };
    place.unfinished += 1;
    this.#queue(name, event, place, place.received, true);
  }

  #queue(
    key: string,
    event: PipeEvent,
    place: AssignedPartition,
    offset: number,
    resync: boolean,
  ): void {
    this.#lanes.run(key, {
      event,
      partition: place,
      offset,
      resync,
      running: undefined,
      behind: undefined,
    });
  }

  /** Ends the doubt about what was known of an earlier session, as soon as that can be done. */
  #settle(): void {
    const known = this.#known;
    if (known?.stale !== true) return;
    let ours = 0;
    for (const { state, awaits } of this.#places) {
      if (state === 'lost') continue;
      if (awaits && !this.#nodeLost) return;
      if (state === 'owned') ours += 1;
    }
    if (this.#nodeLost || ours === this.#partitions) {
      const nowhere = new AssignedPartition(0, 0, this.#places.stream, { generation: 0, from: 1 });
      const reason = this.#nodeLost ? 'node_lost' : undefined;
      for (const change of known.closeStale()) this.#tell(nowhere, change, reason);
    } else {
      this.#owner.left(known.dropStale());
    }
    this.#nodeLost = false;
  }

  #key({ kind, socketId, channel = '' }: PipeEvent): string {
    const ofChannel = this.#byChannel && kind !== EventKind.OPEN && kind !== EventKind.CLOSE;
    return ofChannel ? channel || socketId : socketId || channel;
  }

  #work(arrival: Arrival): Promise<void> | undefined {
    const { event, partition: place, offset, resync } = arrival;
    const stopped = this.#stopped && this.#shared;
    if (resync ? stopped || place.state === 'lost' : place.leaves(offset, stopped)) {
      // It was taken for closed when this arrived, so nothing else would say that it is another's now.
      if (event.kind === EventKind.CLOSE) this.#owner.left([event.socketId]);
      return undefined;
    }
    const running = this.#owner.deliver(arrival);
    if (running !== undefined) arrival.running = this.#slow.started(arrival);
    return running;
  }

  #end(arrival: Arrival, failure: Error | undefined): void {
    const { event, partition: place, offset, resync, running } = arrival;
    if (running !== undefined) this.#slow.ended(running);
    arrival.running = undefined;
    if (failure !== undefined) this.#owner.failed(failure);
    place.unfinished -= 1;
    if (!resync) {
      const bytes = event.data?.length ?? 0;
      this.#allowance.ended(bytes);
      place.events -= 1;
      place.bytes -= bytes;
      this.#freed();
      this.#finished(place, offset, event);
    }
    if (place.state === 'revoking') this.#giveBack(place);
    if (!this.#taking) this.#acks.count();
  }

  #freed(): void {
    if (this.#allowance.isShort) this.#acks.freed();
  }

  #finished(place: AssignedPartition, offset: number, event: PipeEvent): void {
    // What was acknowledged on receipt ends a second time.
    if (this.#halted || offset <= place.done) return;
    place.finish(offset);
    this.#acks.finished(place, event.data?.length ?? 0);
  }
}
