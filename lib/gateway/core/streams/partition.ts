import { Log, type LogOptions } from '../../../stream/log';
import type { ChannelState, PipeEvent, SocketState } from '../../../wire/frames';

/** What is true of a partition's keys after everything up to `offset` has happened. */
export interface Snapshot {
  offset: number;
  /** Whether `sockets` are all of them, because somebody asked for sockets. */
  coversSockets: boolean;
  coversChannels: boolean;
  sockets: SocketState[];
  channels: ChannelState[];
}

/** One part of a group's stream: a share of the keys, in order, with one owner at a time. */
export class Partition {
  readonly number: number;
  readonly log: Log<PipeEvent>;
  generation = 0;
  /** Offsets up to here were sent to an earlier owner, who may have handled them. */
  sentBefore = 0;
  /** To be sent when everything up to its offset has been. */
  snapshot: Snapshot | undefined;

  constructor(number: number, options: LogOptions) {
    this.number = number;
    this.log = new Log<PipeEvent>(options);
  }
}
