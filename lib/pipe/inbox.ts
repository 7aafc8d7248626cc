import { StandpipeError } from '../errors';
import { ContiguousAck } from '../stream/contiguous-ack';
import { CreditMeter } from '../stream/credit';
import { Lanes } from '../stream/lanes';
import { Cursor } from '../stream/position';
import type { Clock, Timer } from '../util/timers';
import type {
  Ack,
  Assignment,
  GapFrame,
  PipeEvent,
  Position,
  PositionAck,
  Run,
  WelcomeFrame,
} from '../wire/frames';
import type { Settings } from './options';

/** What positions count in: one session, or what is left of an earlier one while its handlers run. */
export interface Stream {
  readonly name: string;
  /** Events that have arrived and whose handlers have not all ended. */
  unfinished: number;
}

/** One partition in one epoch. */
export interface Place {
  readonly partition: number;
  readonly epoch: number;
  readonly stream: Stream;
  generation: number;
  readonly cursor: Cursor;
  readonly acks: ContiguousAck;
  /** Whether it stands in the list of places that have something to acknowledge. */
  moved: boolean;
  /** The last offset that the gateway was told of. */
  told: number;
}

export interface Arrival {
  readonly event: PipeEvent;
  readonly place: Place;
  readonly offset: number;
}

export interface InboxOwner {
  /** Runs the handlers of an event; a promise only when some are still running. */
  deliver(arrival: Arrival): Promise<void> | undefined;
  /** Sends what `takeAck` gives, if there is a connection. */
  ackDue(): void;
  /** Delivering failed in a way no handler is to blame for. */
  failed(error: Error): void;
}

/**
 * Events on their way to handlers: each position once and in order, the events of one socket one after the other, and an
 * acknowledgement up to the last one whose handlers, and those of all before it, have ended.
 */
export class Inbox {
  readonly #clock: Clock;
  readonly #owner: InboxOwner;
  readonly #maxMessages: number;
  readonly #meter: CreditMeter;
  readonly #lanes: Lanes<Arrival>;
  readonly #places = new Map<number, Place>();
  #stream: Stream = { name: '', unfinished: 0 };
  #moved: Place[] = [];
  #timer: Timer | undefined;
  #stopped = false;
  /** While a run is taken in, what ends at once is counted here and noted at its end. */
  #taking = false;
  #ended = 0;
  #endedBytes = 0;

  constructor(settings: Settings, clock: Clock, owner: InboxOwner) {
    this.#clock = clock;
    this.#owner = owner;
    this.#maxMessages = settings.credit.messages;
    this.#meter = new CreditMeter(settings.credit);
    this.#lanes = new Lanes<Arrival>({
      maxActive: settings.maxRunningHandlers,
      work: (arrival) => owner.deliver(arrival),
      ended: (arrival, failure) => this.#end(arrival, failure),
    });
  }

  /** For HELLO: per partition, the last offset up to which everything was handled. */
  positions(): Position[] {
    this.takeAck();
    return [...this.#places.values()].map(({ partition, epoch, acks }) => ({
      partition,
      epoch,
      offset: acks.done,
    }));
  }

  /** A connection was welcomed. A session that goes on keeps its places, so that nothing is handled twice. */
  welcome(frame: WelcomeFrame, streamName: string): void {
    if (frame.verdict === 'resumed') {
      const assigned = new Set(frame.assigned.map(({ partition }) => partition));
      for (const partition of this.#places.keys()) {
        if (!assigned.has(partition)) this.#places.delete(partition);
      }
    } else {
      this.#places.clear();
      this.#stream = { name: streamName, unfinished: 0 };
    }
    this.assign(frame.assigned);
  }

  assign(assigned: readonly Assignment[]): void {
    for (const { partition, generation, epoch, from } of assigned) {
      const place = this.#places.get(partition);
      if (place?.epoch === epoch) place.generation = generation;
      else this.#place(partition, generation, epoch, from);
    }
  }

  /** An announced jump. Throws a StandpipeError when it leads backwards. */
  gap({ partition, newEpoch, first }: GapFrame): void {
    const place = this.#places.get(partition);
    if (place === undefined) return;
    if (first < 1 || newEpoch < place.epoch) throw broken(`a gap that leads back in ${partition}`);
    if (newEpoch > place.epoch) this.#place(partition, place.generation, newEpoch, first);
    else {
      place.cursor.skipTo(first);
      place.acks.skipTo(first);
      this.#note(place);
    }
  }

  /** Takes consecutive events. Throws a StandpipeError when they are none that may come now. */
  take({ partition, generation, epoch, firstOffset, events }: Run): void {
    const place = this.#places.get(partition);
    if (place === undefined) throw broken(`partition ${partition} is not assigned`);
    // Sent before the gateway gave the partition anew.
    if (generation < place.generation) return;
    if (epoch !== place.epoch) throw broken(`epoch ${epoch} of partition ${partition} unannounced`);
    // Not acknowledged, so that somebody else can have them.
    if (this.#stopped) return;
    const repeated = place.cursor.accept(firstOffset, events.length);
    if (repeated === undefined) throw broken(`offset ${firstOffset} of ${partition} unannounced`);
    place.stream.unfinished += events.length - repeated;
    if (place.stream.unfinished > this.#maxMessages) throw broken('more events than the credit');

    this.#taking = true;
    for (let i = repeated; i < events.length; i += 1) {
      const event = events[i] as PipeEvent;
      const offset = firstOffset + i;
      place.acks.start(offset);
      this.#lanes.run(event.socketId || event.channel || '', { event, place, offset });
    }
    this.#taking = false;
    this.#count();
  }

  /** What can be acknowledged and was not yet. */
  takeAck(): Ack | undefined {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#meter.acked();
    if (this.#moved.length === 0) return undefined;
    const positions: PositionAck[] = [];
    for (const place of this.#moved) {
      place.moved = false;
      place.told = place.acks.done;
      // A place of an earlier session or epoch is nobody's business any more.
      if (this.#places.get(place.partition) !== place) continue;
      const { partition, generation, epoch, told } = place;
      positions.push({ partition, generation, epoch, offset: told });
    }
    this.#moved = [];
    return positions.length === 0 ? undefined : { positions };
  }

  /** Takes events again after `stop`. */
  start(): void {
    this.#stopped = false;
  }

  /** Takes no more events. Resolves when the handlers of those at hand have ended. */
  stop(): Promise<void> {
    this.#stopped = true;
    return this.#lanes.idle();
  }

  /** Forgets all places: the session has ended. */
  clear(): void {
    this.#places.clear();
    this.takeAck();
  }

  #place(partition: number, generation: number, epoch: number, from: number): void {
    this.#places.set(partition, {
      partition,
      epoch,
      stream: this.#stream,
      generation,
      cursor: new Cursor(from),
      acks: new ContiguousAck(from - 1),
      moved: false,
      told: from - 1,
    });
  }

  #end({ event, place, offset }: Arrival, failure: Error | undefined): void {
    place.stream.unfinished -= 1;
    place.acks.finish(offset);
    this.#note(place);
    this.#ended += 1;
    this.#endedBytes += event.data?.length ?? 0;
    if (failure !== undefined) this.#owner.failed(failure);
    if (!this.#taking) this.#count();
  }

  #note(place: Place): void {
    if (place.moved || place.acks.done <= place.told) return;
    place.moved = true;
    this.#moved.push(place);
  }

  #count(): void {
    if (this.#ended === 0) return;
    const now = this.#clock.now();
    this.#meter.handled(this.#ended, this.#endedBytes, now);
    this.#ended = this.#endedBytes = 0;
    const dueAt = this.#meter.dueAtMs ?? now;
    if (dueAt <= now) this.#owner.ackDue();
    else this.#timer ??= this.#clock.setTimeout(() => this.#late(), dueAt - now);
  }

  #late(): void {
    this.#timer = undefined;
    this.#owner.ackDue();
  }
}

function broken(what: string): StandpipeError {
  return new StandpipeError('protocol_error', `the gateway sent ${what}`);
}
