import type { Command } from '../../wire/frames';
import type { Arrival, Stream } from '../inbox/arrival';
import type { AssignedPartition } from '../inbox/assigned-partition';
import type { CloseMeta, EventPosition } from '../types';

/** What a handler gets last. The id is put together only when it is asked for. */
export class EventMeta implements CloseMeta {
  readonly channel: string | undefined;
  readonly userId: string | undefined;
  readonly position: EventPosition;
  readonly redelivered: boolean;
  readonly resync: boolean;
  readonly time: number;
  readonly conflated: number;
  readonly code: number | undefined;
  readonly reason: string | undefined;
  readonly #partition: AssignedPartition;
  readonly #stream: Stream;
  /** Tells what was made up at a position from what was sent there. */
  readonly #suffix: string;
  #answers = 0;

  constructor({ event, partition, offset, source }: Arrival) {
    const resync = source === 'resync';
    this.channel = event.channel;
    this.userId = event.userId;
    this.position = { partition: partition.partition, epoch: partition.epoch, offset };
    this.redelivered = event.redelivered ?? false;
    this.resync = resync;
    this.time = event.time;
    this.conflated = event.conflated ?? 0;
    this.code = event.code;
    this.reason = event.reason;
    this.#partition = partition;
    this.#stream = partition.stream;
    this.#suffix = resync ? `.${event.kind}.${event.socketId || (event.channel ?? '')}` : '';
  }

  get id(): string {
    const { partition, epoch, offset } = this.position;
    return `${this.#stream.name}.${epoch}.${partition}.${offset}${this.#suffix}`;
  }

  /**
   * For a command that answers this event: as long as the event's partition is this client's, and not longer, the gateway
   * applies it. Undefined when nobody else can have the event.
   */
  origin(): Command['origin'] {
    if (this.#stream.isLost) return undefined;
    const partition = this.#partition;
    const { offset } = this.position;
    const generation = this.resync ? partition.generation : partition.generationOf(offset);
    if (generation === 0) return undefined;
    return {
      partition: partition.partition,
      generation,
      offset: Math.max(0, offset),
      index: this.#answers++,
    };
  }
}
