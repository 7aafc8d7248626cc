/**
 * Frames of the Pipe protocol as the rest of Standpipe sees them: plain values with names, never handles. Their bytes
 * are made in `codec.ts`; proto/PROTOCOL.md says what they mean.
 *
 * Offsets and sequence numbers are whole numbers from 1 to 2^53-1. `data` is JSON text.
 */

import type { Credit } from '../stream/in-flight';
import type { Gap } from '../stream/log';
import type { Conflated } from '../stream/position';
import type { Range } from '../stream/ranges';

export type { Conflated, Credit, Gap, Range };

/** Kinds of rules, with the numbers of pipe.proto. */
export const RuleKind = {
  SOCKET: 1,
  MESSAGE: 2,
  CHANNEL: 3,
  PRESENCE: 4,
  USER: 5,
  CACHE: 6,
  AUTHORIZE: 7,
  AUTHENTICATE: 8,
  BACKPRESSURE: 9,
} as const;
export type RuleKind = (typeof RuleKind)[keyof typeof RuleKind];

/** Kinds of events, with the numbers of pipe.proto. */
export const EventKind = {
  OPEN: 1,
  CLOSE: 2,
  MESSAGE: 3,
  OCCUPIED: 4,
  VACATED: 5,
  MEMBER_ADDED: 6,
  MEMBER_REMOVED: 7,
  USER_ONLINE: 8,
  USER_OFFLINE: 9,
  CACHE_MISS: 10,
  SLOW: 11,
  DRAINED: 12,
} as const;
export type EventKind = (typeof EventKind)[keyof typeof EventKind];

export const Verb = {
  TRIGGER_CHANNEL: 1,
  TRIGGER_SOCKET: 2,
  TRIGGER_USER: 3,
  CLOSE_SOCKET: 4,
  TERMINATE_USER: 5,
  SUBSCRIBE_SOCKET: 6,
  UNSUBSCRIBE_SOCKET: 7,
} as const;
export type Verb = (typeof Verb)[keyof typeof Verb];

/** Position of a partition: its finished events; in REPLY, the offset of its state. */
export interface PartitionPosition {
  partition: number;
  generation: number;
  epoch: number;
  /** The last offset up to which every handler has finished. */
  offset: number;
  /**
   * Ranges above `offset` that are finished too: all of them each time, lowest first, with at least one unfinished
   * offset before each; at most 1 024.
   */
  finished?: Range[] | undefined;
  /** In HELLO only: the snapshot of this partition did not come to its end. */
  wantsSnapshot?: boolean | undefined;
  /** Counts that have changed, of events that wait and took the place of finished ones; at most 1 024. */
  conflated?: Conflated[] | undefined;
}

export interface Assignment {
  partition: number;
  generation: number;
  epoch: number;
  /** The first offset that will be sent. */
  firstOffset: number;
}

/** A rule of a backend. `channels` and `events` are names, or prefixes that end in `*`; an empty list matches all. */
export interface Rule {
  kind: RuleKind;
  channels: string[];
  events: string[];
  /** For MESSAGE: the latest waiting event of each socket, channel and name is enough. */
  conflate?: boolean | undefined;
}

export interface Group {
  name: string;
  order: 'socket' | 'channel';
  mode: 'sticky' | 'shared' | 'broadcast';
  overflow: 'gap' | 'pause' | 'close';
}

export interface PipeEvent {
  kind: EventKind;
  /** Socket id; '' for what happens to a channel or user as a whole. */
  socketId: string;
  channel?: string | undefined;
  event?: string | undefined;
  /** JSON text as the browser sent it. */
  data?: string | undefined;
  /** Time at which the gateway accepted it, milliseconds since 1970. */
  time: number;
  userId?: string | undefined;
  redelivered?: boolean | undefined;
  code?: number | undefined;
  reason?: string | undefined;
  /** Number of earlier events that it took the place of. */
  conflated?: number | undefined;
  /**
   * The receiver may drop it for a later one of its socket, channel and name, if nothing else of its key lies
   * between.
   */
  conflatable?: boolean | undefined;
  /** `traceparent` of a sampled trace that it is part of. */
  trace?: string | undefined;
}

/** Consecutive events of one partition: event i has the offset `firstOffset + i`. */
export interface Run {
  partition: number;
  generation: number;
  epoch: number;
  firstOffset: number;
  /** Number of offsets right before `firstOffset` that are left out, because they were finished before. */
  skipped?: number | undefined;
  events: PipeEvent[];
}

export interface Command {
  verb: Verb;
  channel?: string | undefined;
  /** Further channels of the same trigger. */
  channels?: string[] | undefined;
  event?: string | undefined;
  data?: string | undefined;
  socketId?: string | undefined;
  userId?: string | undefined;
  exceptSockets?: string[] | undefined;
  ifOccupied?: boolean | undefined;
  receipt?: 'accepted' | 'delivered' | undefined;
  origin?: { partition: number; generation: number; offset: number; index: number } | undefined;
  idempotencyKey?: string | undefined;
  code?: number | undefined;
  reason?: string | undefined;
  latestKey?: string | undefined;
  volatile?: boolean | undefined;
  trace?: string | undefined;
}

export interface Refusal {
  seq: number;
  code: number;
  message: string;
}

export interface Receipt {
  seq: number;
  /** Sockets it was written to. */
  sockets: number;
}

export interface CommandAck {
  /** Every command up to this number was applied or is in `refused`. */
  applied: number;
  refused: Refusal[];
  receipts: Receipt[];
  credit?: Credit | undefined;
}

export interface Ack {
  positions: PartitionPosition[];
  credit?: Credit | undefined;
}

export interface Limits {
  frameBytes: number;
  batch: number;
  dataBytes: number;
  pingMs: number;
  deadMs: number;
}

export interface WireError {
  code: number;
  message: string;
}

export interface HelloFrame {
  type: 'hello';
  version: number;
  library: string;
  group?: Group | undefined;
  /** Stable identity: of the stream, or of the member inside its group; '' for none. */
  name: string;
  session: Uint8Array;
  proof: Uint8Array;
  attempt: number;
  positions: PartitionPosition[];
  nextSeq: number;
  credit: Credit;
  rules: Rule[];
}

export interface WelcomeFrame {
  type: 'welcome';
  version: number;
  verdict: 'new' | 'resumed' | 'reset';
  reason: string;
  session: Uint8Array;
  secret: Uint8Array;
  /** The seq that the gateway expects next: the client sends from here on. */
  nextSeq: number;
  /** Outcomes from HELLO's `nextSeq` on, as far as they fit into this frame, and the first credit. */
  commandAck: CommandAck;
  limits: Limits;
  partitions: number;
  /** Empty unless the session is resumed. */
  assigned: Assignment[];
  node: string;
  /** Window: how long the session outlives its connection. Undefined when that was not said. */
  windowMs?: number | undefined;
  /** Grace: how long the partitions of a member that is away wait for it. Undefined when that was not said. */
  graceMs?: number | undefined;
  /** Events that an unnamed stream of the app left unhandled; 0 for none. */
  unhandled: number;
  /** Id of the stream: no other stream has it, and it is the same for all members and sessions. At most 64 characters. */
  stream: string;
}

/** The first frame of a client after WELCOME. */
export interface ReadyFrame {
  type: 'ready';
}

export interface EventsFrame {
  type: 'events';
  runs: Run[];
  commandAck?: CommandAck | undefined;
}

export interface AckFrame extends Ack {
  type: 'ack';
}

export interface CommandsFrame {
  type: 'commands';
  firstSeq: number;
  commands: Command[];
  ack?: Ack | undefined;
}

export interface CommandAckFrame extends CommandAck {
  type: 'commandAck';
}

export interface SubscribeFrame {
  type: 'subscribe';
  id: number;
  rules: Rule[];
}

export interface SubscribedFrame {
  type: 'subscribed';
  id: number;
  /** Set when the rules were refused: the list before them stays. */
  error?: WireError | undefined;
}

export interface GapFrame extends Gap {
  type: 'gap';
  partition: number;
}

export interface SocketState {
  id: string;
  userId?: string | undefined;
  channels: string[];
}

export interface ChannelState {
  name: string;
  subscriptions: number;
  members: string[];
}

export interface SnapshotFrame {
  type: 'snapshot';
  partition: number;
  epoch: number;
  offset: number;
  begin: boolean;
  end: boolean;
  /**
   * True when `sockets`, over all frames of the snapshot, are all sockets of the partition. When false, a missing
   * name proves nothing.
   */
  coversSockets: boolean;
  /** The same for `channels`. */
  coversChannels: boolean;
  sockets: SocketState[];
  channels: ChannelState[];
}

export interface AssignFrame {
  type: 'assign';
  assigned: Assignment[];
}

export interface RevokeFrame {
  type: 'revoke';
  partition: number;
  generation: number;
  deadlineMs: number;
}

/** RETURNED says that nothing of the partition runs at the client any more. It acknowledges. */
export interface ReturnedFrame {
  type: 'returned';
  position: PartitionPosition;
}

/** LOST says that the partition is another member's from now on. */
export interface LostFrame {
  type: 'lost';
  partition: number;
  generation: number;
}

export interface QueryFrame {
  type: 'query';
  id: number;
  method: string;
  params: string;
  deadlineMs: number;
}

export interface ReplyFrame {
  type: 'reply';
  id: number;
  result: string;
  error?: WireError | undefined;
  asOf: PartitionPosition[];
  more: boolean;
}

export interface PingFrame {
  type: 'ping';
  time: number;
}

export interface PongFrame {
  type: 'pong';
  time: number;
}

export interface GoAwayFrame {
  type: 'goAway';
  deadlineMs: number;
  reason: string;
  nodes: string[];
}

export interface ByeFrame {
  type: 'bye';
  reason: string;
}

export interface ErrorFrame extends WireError {
  type: 'error';
}

export type Frame =
  | HelloFrame
  | WelcomeFrame
  | ReadyFrame
  | EventsFrame
  | AckFrame
  | CommandsFrame
  | CommandAckFrame
  | SubscribeFrame
  | SubscribedFrame
  | GapFrame
  | SnapshotFrame
  | AssignFrame
  | RevokeFrame
  | ReturnedFrame
  | LostFrame
  | QueryFrame
  | ReplyFrame
  | PingFrame
  | PongFrame
  | GoAwayFrame
  | ByeFrame
  | ErrorFrame;
