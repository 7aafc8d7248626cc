import type { Command } from '../../wire/frames';
import type { Arrival } from '../inbox/arrival';
import type { AssignedPartition, Stream } from '../inbox/assigned-partition';
import type { CloseMeta, EventPosition } from '../types';

/** Last argument of every handler. The id is put together only when it is read. */
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
  /**
   * End of the id of an event that was made up here, which shares its position with one that was sent.
   */
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
   * Origin of a command that answers this event: the gateway applies it only while the event's partition is this
   * client's. Undefined when no other member can have the event.
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
