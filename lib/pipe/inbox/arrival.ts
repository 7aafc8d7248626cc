import type { Laned } from '../../stream/lanes';
import type { PipeEvent } from '../../wire/frames';
import type { AssignedPartition } from './assigned-partition';
import type { Running } from './slow-handlers';

/** An event on its way to its handlers. */
export interface Arrival extends Laned<Arrival> {
  readonly event: PipeEvent;
  readonly partition: AssignedPartition;
  readonly offset: number;
  /**
   * Origin of the event. `event`: the gateway sent it. `resync`: the client made it from a snapshot. `moved`: the client
   * made it because its socket or channel is with another member now.
   */
  readonly source: 'event' | 'resync' | 'moved';
  /** Set while its handlers run. */
  running: Running<Arrival> | undefined;
}

/** Data of an event, as the credit counts it. */
export function bytesOf({ data }: PipeEvent): number {
  return data?.length ?? 0;
}
