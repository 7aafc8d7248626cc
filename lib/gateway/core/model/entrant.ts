import type { Membership } from '../../../brokers/broker';
import type { Channel } from './channel';
import type { Identity } from './presence';
import type { Socket } from './socket';

/**
 * Reason why a socket does not join a channel: the rule that says so, a text for its user, and the status that
 * pusher-js is told.
 */
export interface AdmissionRefusal {
  rule: 'name' | 'limit' | 'proof' | 'member';
  message: string;
  status: number;
}

/** An event that a socket finds on a cache channel, with its number. */
export interface Found {
  text: string;
  seq: number;
}

/** End of a way onto a channel: the socket is on it, has gone before, or cannot join after all. */
export type EntranceOutcome = 'in' | 'gone' | AdmissionRefusal;

/** A socket on its way onto a channel. */
export interface Entrant {
  readonly socket: Socket;
  readonly channel: Channel;
  readonly identity: Identity | undefined;
  readonly done: ((outcome: EntranceOutcome) => void) | undefined;
  state: 'waiting' | 'in' | 'gone';
  /** Answer of the broker for its user; undefined until it is here. */
  membership: Membership | undefined;
  /** Last event of a cache channel; undefined until it was looked up. */
  cached: { event: Found | undefined } | undefined;
  /** Last event that was heard of since. */
  heard: Found | undefined;
}
