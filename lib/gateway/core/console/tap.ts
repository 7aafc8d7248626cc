import type { Eventual } from '../../../brokers/eventual';
import type { Unavailable } from '../../../brokers/broker';
import type { App } from '../model/app';
import type { Channel } from '../model/channel';
import type { Socket } from '../model/socket';

/** An event on its way to the subscribers of a channel, as the router has it. */
export interface Passing {
  readonly channel: string;
  readonly event: string;
  readonly data: string;
  readonly except?: readonly string[] | undefined;
}

/**
 * Sees the events that pass the router of this gateway. It is no observer, as the answers to browsers and backends must not
 * depend on who looks. There is none unless somebody does.
 */
export interface Tap {
  /** An event of a browser. `data` is JSON. */
  fromSocket(
    socket: Socket,
    channel: Channel | undefined,
    event: string,
    data: string,
    went: { readonly relayed: boolean; readonly wanted: boolean },
  ): void;
  /** An event for a channel. */
  published(app: App, passing: Passing, answer: Eventual<number | Unavailable>): void;
  /** An event for one socket. */
  sent(socket: Socket, event: string, data: string): void;
}
