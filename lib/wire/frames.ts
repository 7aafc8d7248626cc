/**
 * The frames of the Pipe protocol as the rest of Standpipe sees them: plain values with names, never handles. The bytes
 * are `codec.ts`'s business, the meaning is told in proto/PROTOCOL.md.
 *
 * Offsets and sequence numbers are whole numbers from 1 to 2^53-1. `data` is JSON text.
 */

/** What a backend subscribes to, or decides (rules), and what it is told (events); numbers as in pipe.proto. */
export const Kind = {
  SOCKET: 1,
  MESSAGE: 2,
  CHANNEL: 3,
  PRESENCE: 4,
  USER: 5,
  CACHE: 6,
  AUTHORIZE: 7,
  AUTHENTICATE: 8,
  BACKPRESSURE: 9,
  OPEN: 10,
  CLOSE: 11,
  OCCUPIED: 12,
  VACATED: 13,
  MEMBER_ADDED: 14,
  MEMBER_REMOVED: 15,
  USER_ONLINE: 16,
  USER_OFFLINE: 17,
  CACHE_MISS: 18,
  SLOW: 19,
  DRAINED: 20,
} as const;
export type Kind = (typeof Kind)[keyof typeof Kind];

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

/** Messages and bytes of data that may be sent beyond the last acknowledged one. */
export interface Credit {
  messages: number;
  bytes: number;
}

export interface Position {
  partition: number;
  epoch: number;
  offset: number;
}

export interface PositionAck extends Position {
  generation: number;
}

export interface Assignment {
  partition: number;
  generation: number;
  epoch: number;
  from: number;
}

/** Channels and events are names, or prefixes that end in `*`; an empty list matches all. */
export interface Rule {
  kind: Kind;
  channels: string[];
  events: string[];
  /** For MESSAGE: of those that wait, the latest of each socket, channel and name is enough. */
  conflate?: boolean | undefined;
}

export interface Group {
  name: string;
  order: 'socket' | 'channel';
  mode: 'sticky' | 'shared' | 'broadcast';
  overflow: 'gap' | 'pause' | 'close';
}

export interface PipeEvent {
  kind: Kind;
  /** Socket id; '' for what happens to a channel or user as a whole. */
  socketId: string;
  channel?: string | undefined;
  event?: string | undefined;
  /** JSON text as the browser sent it. */
  data?: string | undefined;
  /** When the gateway accepted it, milliseconds since 1970. */
  time: number;
  userId?: string | undefined;
  redelivered?: boolean | undefined;
  tries?: number | undefined;
  code?: number | undefined;
  reason?: string | undefined;
  /** How many earlier events it took the place of. */
  conflated?: number | undefined;
}

/** Consecutive events of one partition: event i has the offset `firstOffset + i`. */
export interface Run {
  partition: number;
  generation: number;
  epoch: number;
  firstOffset: number;
  events: PipeEvent[];
}

export interface Command {
  verb: Verb;
  channel?: string | undefined;
  /** Further channels of the same trigger. */
  channels?: string[] | undefined;
  event?: string | undefined;
  /** JSON text. */
  data?: string | undefined;
  socketId?: string | undefined;
  userId?: string | undefined;
  except?: string[] | undefined;
  ifOccupied?: boolean | undefined;
  receipt?: 'accepted' | 'delivered' | undefined;
  origin?: { partition: number; generation: number; offset: number; index: number } | undefined;
  idempotencyKey?: string | undefined;
  code?: number | undefined;
  reason?: string | undefined;
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
  positions: PositionAck[];
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
  member: string;
  session: Uint8Array;
  proof: Uint8Array;
  attempt: number;
  positions: Position[];
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
  applied: number;
  credit: Credit;
  limits: Limits;
  partitions: number;
  assigned: Assignment[];
  node: string;
  windowMs: number;
}

export interface EventsFrame {
  type: 'events';
  runs: Run[];
  commandAck?: CommandAck | undefined;
}

export interface CommandsFrame {
  type: 'commands';
  firstSeq: number;
  commands: Command[];
  ack?: Ack | undefined;
}

export interface GapFrame {
  type: 'gap';
  partition: number;
  oldEpoch: number;
  after: number;
  newEpoch: number;
  first: number;
  cause: 'unknown' | 'overflow' | 'expired' | 'store_lost' | 'node_lost';
  count: number;
}

export interface SnapshotFrame {
  type: 'snapshot';
  partition: number;
  epoch: number;
  offset: number;
  begin: boolean;
  end: boolean;
  sockets: Array<{ id: string; userId?: string | undefined; channels: string[] }>;
  channels: Array<{ name: string; subscriptions: number; members: string[] }>;
}

export type Frame =
  | HelloFrame
  | WelcomeFrame
  | EventsFrame
  | ({ type: 'ack' } & Ack)
  | CommandsFrame
  | ({ type: 'commandAck' } & CommandAck)
  | { type: 'subscribe'; id: number; rules: Rule[] }
  | { type: 'subscribed'; id: number; error?: WireError | undefined }
  | GapFrame
  | SnapshotFrame
  | { type: 'assign'; assigned: Assignment[] }
  | { type: 'revoke'; partition: number; generation: number; deadlineMs: number }
  | { type: 'drained'; partition: number; generation: number; offset: number }
  | { type: 'query'; id: number; method: string; params: string; deadlineMs: number }
  | {
      type: 'reply';
      id: number;
      result: string;
      error?: WireError | undefined;
      asOf: Position[];
      more: boolean;
    }
  | { type: 'ping'; time: number }
  | { type: 'pong'; time: number }
  | { type: 'goAway'; deadlineMs: number; reason: string; nodes: string[] }
  | { type: 'bye'; reason: string }
  | { type: 'error'; code: number; message: string };
