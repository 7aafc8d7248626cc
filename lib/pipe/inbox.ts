import { StandpipeError } from '../errors';
import { Lanes } from '../stream/lanes';
import type { Clock } from '../util/timers';
import {
  Kind,
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
} from '../wire/frames';
import { Acks } from './acks';
import { Known, introduction, type Change } from './known';
import type { Settings } from './options';
import { Place, type Arrival, type Stream } from './place';
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
  readonly #known: Known | undefined;
  readonly #acks: Acks;
  readonly #lanes: Lanes<Arrival>;
  readonly #slow: SlowHandlers<Arrival>;
  readonly #places = new Map<number, Place>();
  #partitions = 0;
  #node = '';
  #nodeLost = false;
  #stream: Stream = { name: '', unfinished: 0, bytes: 0 };
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
    this.#known = group?.mode === 'shared' ? undefined : new Known(this.#byChannel);
    this.#acks = new Acks(credit, clock, () => owner.ackDue());
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
   * For HELLO: per partition, the last offset up to which everything was handled. One whose snapshot has not come is left
   * out, which makes the gateway send it anew.
   */
  positions(): Position[] {
    this.takeAck();
    const positions: Position[] = [];
    for (const place of this.#places.values()) {
      const { partition, epoch, done, state, awaits } = place;
      if (state === 'gone') continue;
      if (!awaits || this.#known?.asks !== true) {
        positions.push({ partition, epoch, offset: done });
      } else {
        place.told = 0;
        this.#acks.note(place);
      }
    }
    return positions;
  }

  /** A connection was welcomed. A session that goes on keeps its places, so that nothing is handled twice. */
  welcome(frame: WelcomeFrame, streamName: string): void {
    this.#partitions = frame.partitions;
    if (frame.verdict === 'resumed') {
      this.#known?.interrupt();
      const assigned = new Set(frame.assigned.map(({ partition }) => partition));
      for (const place of this.#places.values()) {
        place.arrived = 0;
        if (!assigned.has(place.partition)) this.#lose(place);
      }
    } else {
      this.#nodeLost = this.#node !== '' && this.#node !== frame.node;
      // Nobody else gets what the lost node had sent: it is finished here.
      this.#forgetPlaces(this.#shared && !this.#nodeLost);
      this.#known?.reset();
      this.#stream = { name: streamName, unfinished: 0, bytes: 0 };
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
    for (const assignment of assigned) {
      const { partition, generation, epoch, from } = assignment;
      const place = this.#places.get(partition);
      if (place?.epoch !== epoch) {
        if (place !== undefined) place.state = 'past';
        this.#places.set(partition, new Place(partition, epoch, this.#stream, assignment));
      } else if (place.state === 'gone' || place.generation !== generation) {
        place.regain(generation, from);
        this.#acks.note(place);
      } else {
        place.state = 'ours';
      }
    }
    if (this.#acks.pending) this.#owner.ackDue();
  }

  /** A partition goes to another member as soon as what has arrived of it is finished. */
  revoke(partition: number, generation: number): void {
    const place = this.#places.get(partition);
    if (place?.generation !== generation || place.state === 'gone') return;
    place.state = 'leaving';
    this.#giveBack(place);
  }

  /** An announced jump. Throws a StandpipeError when it leads backwards. */
  gap({ partition, newEpoch, first }: GapFrame): void {
    const place = this.#places.get(partition);
    if (place === undefined || place.state !== 'ours') return;
    if (first < 1 || newEpoch < place.epoch) throw broken(`a gap that leads back in ${partition}`);
    if (newEpoch > place.epoch) {
      const { generation } = place;
      place.state = 'past';
      const next = new Place(partition, newEpoch, this.#stream, { generation, from: first });
      this.#places.set(partition, next);
    } else {
      place.awaits = true;
      place.skipTo(first);
      this.#acks.note(place);
    }
  }

  /** Takes consecutive events. Throws a StandpipeError when they are none that may come now. */
  take({ partition, generation, epoch, firstOffset, events }: Run): void {
    const place = this.#places.get(partition);
    if (place === undefined) throw broken(`partition ${partition} is not assigned`);
    // Sent before the gateway gave the partition anew, or before it heard that the partition is given back.
    if (generation < place.generation || place.state !== 'ours') return;
    if (epoch !== place.epoch) throw broken(`epoch ${epoch} of partition ${partition} unannounced`);
    // Not acknowledged, so that somebody else can have them.
    if (this.#stopped) return;
    const repeated = place.cursor.accept(firstOffset, events.length);
    if (repeated === undefined) throw broken(`offset ${firstOffset} of ${partition} unannounced`);
    place.arrived = firstOffset + events.length - 1;
    this.#checkCredit(place.stream.unfinished + events.length - repeated);

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
    if (place.state !== 'ours' || this.#stopped) return;
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
    return this.#acks.take();
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
    this.#forgetPlaces(this.#shared);
    this.takeAck();
    this.#slow.stop();
  }

  /** @param elsewhere what has not begun comes to another member */
  #forgetPlaces(elsewhere: boolean): void {
    for (const place of this.#places.values()) {
      if (place.state !== 'gone') place.state = elsewhere ? 'gone' : 'past';
    }
    this.#places.clear();
  }

  #lose(place: Place): void {
    place.state = 'gone';
    const gone = this.#known?.forget(place.partition);
    if (gone !== undefined) this.#owner.left(gone);
  }

  #giveBack(place: Place): void {
    if (place.unfinished > 0 || this.#stopped) return;
    const { partition, generation, done: offset } = place;
    // Without a connection nothing is lost: the gateway asks again on the next one, or has given it away by then.
    if (this.#owner.send({ type: 'drained', partition, generation, offset })) this.#lose(place);
  }

  /** The gateway counts by the connection: beside what came over an earlier one it may send as much again. */
  #checkCredit(unfinished: number): void {
    const { messages } = this.#credit;
    if (unfinished <= messages) return;
    let inFlight = 0;
    for (const { state, arrived, told, skipped } of this.#places.values()) {
      // One that is leaving may be another's by now, and counts for nothing any more.
      if (state === 'ours') inFlight += Math.max(0, arrived - Math.max(told, skipped));
    }
    if (inFlight > messages) throw broken('more events than the credit');
  }

  #judge(place: Place, offset: number, event: PipeEvent): void {
    place.start(offset);
    const judgement = this.#known?.judge(place.partition, event) ?? 'pass';
    if (judgement === 'drop') {
      this.#finished(place, offset, event);
      return;
    }
    if (judgement === 'introduce') this.#tell(place, introduction(event));
    this.#run(place, offset, event);
  }

  #run(place: Place, offset: number, event: PipeEvent): void {
    const { stream } = place;
    if (
      this.#ackReceived &&
      stream.unfinished < this.#credit.messages &&
      stream.bytes < this.#credit.bytes
    ) {
      this.#finished(place, offset, event);
    }
    stream.unfinished += 1;
    stream.bytes += event.data?.length ?? 0;
    place.unfinished += 1;
    this.#lanes.run(this.#key(event), { event, place, offset, resync: false, running: undefined });
  }

  /** Hands on what no event told. */
  #tell(place: Place, { kind, name }: Change, reason?: string): void {
    const ofSocket = kind === Kind.OPEN || kind === Kind.CLOSE;
    const event: PipeEvent = {
      kind,
      socketId: ofSocket ? name : '',
      channel: ofSocket ? undefined : name,
      time: this.#clock.wall(),
      reason,
    };
    place.unfinished += 1;
    this.#lanes.run(name, {
      event,
      place,
      offset: place.received,
      resync: true,
      running: undefined,
    });
  }

  /** Ends the doubt about what was known of an earlier session, as soon as that can be done. */
  #settle(): void {
    const known = this.#known;
    if (known?.stale !== true) return;
    let ours = 0;
    for (const { state, awaits } of this.#places.values()) {
      if (awaits && !this.#nodeLost) return;
      if (state === 'ours') ours += 1;
    }
    if (this.#nodeLost || ours === this.#partitions) {
      const nowhere = new Place(0, 0, this.#stream, { generation: 0, from: 1 });
      const reason = this.#nodeLost ? 'node_lost' : undefined;
      for (const change of known.closeStale()) this.#tell(nowhere, change, reason);
    } else {
      // Their partitions are others', who tell what becomes of them.
      this.#owner.left(known.dropStale());
    }
    this.#nodeLost = false;
  }

  #key({ kind, socketId, channel = '' }: PipeEvent): string {
    const ofChannel = this.#byChannel && kind !== Kind.OPEN && kind !== Kind.CLOSE;
    return ofChannel ? channel || socketId : socketId || channel;
  }

  #work(arrival: Arrival): Promise<void> | undefined {
    const { event, place, offset, resync } = arrival;
    const stopped = this.#stopped && this.#shared;
    if (resync ? stopped || place.state === 'gone' : place.leaves(offset, stopped)) {
      // It was taken for closed when this arrived, so nothing else would say that it is another's now.
      if (event.kind === Kind.CLOSE) this.#owner.left([event.socketId]);
      return undefined;
    }
    const running = this.#owner.deliver(arrival);
    if (running !== undefined) arrival.running = this.#slow.started(arrival);
    return running;
  }

  #end(arrival: Arrival, failure: Error | undefined): void {
    const { event, place, offset, resync, running } = arrival;
    if (running !== undefined) this.#slow.ended(running);
    arrival.running = undefined;
    if (failure !== undefined) this.#owner.failed(failure);
    place.unfinished -= 1;
    if (!resync) {
      place.stream.unfinished -= 1;
      place.stream.bytes -= event.data?.length ?? 0;
      this.#finished(place, offset, event);
    }
    if (place.state === 'leaving') this.#giveBack(place);
    if (!this.#taking) this.#acks.count();
  }

  #finished(place: Place, offset: number, event: PipeEvent): void {
    // What was acknowledged on receipt ends a second time.
    if (this.#halted || offset <= place.done) return;
    place.finish(offset);
    this.#acks.finished(place, event.data?.length ?? 0);
  }
}

function broken(what: string): StandpipeError {
  return new StandpipeError('protocol_error', `the gateway sent ${what}`);
}
