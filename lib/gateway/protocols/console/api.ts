// Answers of the console's API: the page has these types, and nothing else of the gateway. Times are wall times in
// milliseconds unless their name says otherwise.

import type { Act, BackendChange, ClosedSocket, RefusedPeer } from '../../core/console/recorder';
import type { ConsoleRole } from '../../options/console';

export type { Act, BackendChange, ClosedSocket, RefusedPeer };

/** Part of a list: `items` are the best by the order that was asked for. */
export interface List<T> {
  readonly items: readonly T[];
  /** All that fit, on the nodes that answered. */
  readonly total: number;
  readonly nodes: Asked;
}

/** Nodes that were asked, and that answered in time. */
export interface Asked {
  readonly asked: number;
  readonly answered: number;
}

/** The side that a fault belongs to: the first question in the night. */
export type Side = 'gateway' | 'backend' | 'browsers' | 'publishers' | 'webhooks' | 'broker';

export interface Verdict {
  readonly level: 'bad' | 'warn';
  readonly side: Side;
  readonly text: string;
  readonly since?: number | undefined;
  /** Page with the evidence. */
  readonly page: 'backends' | 'refusals' | 'sockets' | 'webhooks' | 'nodes';
  readonly app?: string | undefined;
}

export interface Me {
  readonly name: string;
  readonly role: ConsoleRole;
  readonly apps: readonly string[];
  /** True when the token opens all apps, and with them the gateway itself. */
  readonly isWhole: boolean;
  readonly version: string;
  readonly node: string;
}

/** A point of the curves: numbers per second, but for sockets and the events that wait. */
export interface Point {
  readonly at: number;
  readonly sockets: number;
  readonly waiting: number;
  readonly received: number;
  readonly accepted: number;
  readonly delivered: number;
  readonly toBackends: number;
  /** Share of one processor, 1 for all of it. */
  readonly cpu: number;
  readonly lateMs: number;
}

export interface AppNumbers {
  readonly id: string;
  readonly isEnabled: boolean;
  readonly sockets: number;
  readonly channels: number;
  readonly users: number;
  readonly backends: number;
  readonly streams: number;
  /** Events that backends have yet to handle. */
  readonly lag: number;
  readonly webhooksWaiting: number;
}

export interface Overview {
  readonly at: number;
  readonly startedAt: number;
  readonly verdicts: readonly Verdict[];
  readonly apps: readonly AppNumbers[];
  /** Numbers of this node; undefined for those who may not see the gateway itself. */
  readonly node:
    | {
        readonly now: Point;
        readonly rssBytes: number;
        readonly cutPerMinute: number;
        readonly failures: number;
      }
    | undefined;
  readonly points: readonly Point[];
  readonly nodes: Asked;
}

export interface ChannelRow {
  readonly name: string;
  readonly type: string;
  readonly subscribers: number;
  /** Members of a presence channel; undefined of others. */
  readonly members: number | undefined;
  readonly events: number;
  readonly lastEventAt: number | undefined;
}

/** The partition of a stream that holds the events of a key, and who has had it. */
export interface Owner {
  readonly group: string;
  readonly partition: number;
  readonly generation: number;
  readonly owner: string | undefined;
  readonly isAttached: boolean;
  readonly since: number | undefined;
  readonly lag: number;
  readonly before: ReadonlyArray<{ owner: string; generation: number; since: number }>;
}

export interface ChannelPage extends ChannelRow {
  readonly sockets: List<SocketRow>;
  /** Members of a presence channel, on all nodes. */
  readonly users: readonly string[];
  readonly cached: { event: string; bytes: number; ttlMs: number } | undefined;
  readonly owners: readonly Owner[];
  readonly nodes: Asked;
}

export interface SocketRow {
  readonly id: string;
  readonly node: string;
  readonly openedAt: number;
  readonly user: string | undefined;
  /** Undefined for viewers. */
  readonly address: string | undefined;
  readonly channels: number;
  readonly unsentBytes: number;
  readonly protocol: number;
}

export interface SocketPage extends SocketRow {
  readonly isOpen: true;
  readonly channelNames: readonly string[];
  /** Channels that it waits for. */
  readonly entering: readonly string[];
  readonly isBehind: boolean;
  readonly owners: readonly Owner[];
}

/** A socket that is not here any more, as far as it is remembered. */
export interface GonePage {
  readonly isOpen: false;
  readonly id: string;
  readonly closed: ClosedSocket | undefined;
  /** Socket of the same user, or address, that was opened after it. */
  readonly backAs: string | undefined;
}

export interface UserRow {
  readonly id: string;
  readonly sockets: number;
}

export interface UserPage {
  readonly id: string;
  readonly info: string | undefined;
  readonly sockets: readonly SocketRow[];
  readonly channels: readonly string[];
  readonly closed: readonly ClosedSocket[];
}

export interface PartitionRow {
  readonly number: number;
  /** Place of the owner among the members; -1 for none. */
  readonly owner: number;
  readonly generation: number;
  readonly lag: number;
  readonly isRevoking: boolean;
  readonly stuckSince: number | undefined;
}

export interface MemberRow {
  readonly name: string;
  readonly address: string | undefined;
  readonly word: 'well' | 'behind' | 'away' | 'handles nothing';
  readonly since: number | undefined;
  readonly partitions: number;
  readonly lag: number;
  readonly inFlight: number;
  readonly unsentBytes: number;
}

export interface StreamRow {
  readonly id: string;
  readonly group: string;
  readonly isShared: boolean;
  readonly order: string;
  readonly overflow: string;
  readonly lag: number;
  /** Share of the log that is used, 0 to 1. */
  readonly full: number;
  readonly oldestAt: number | undefined;
  readonly unattendedSince: number | undefined;
  readonly members: readonly MemberRow[];
  readonly partitions: readonly PartitionRow[];
}

export interface BackendsPage {
  readonly streams: readonly StreamRow[];
  /** Connected backends of all kinds, those of Pipe 0.2 included. */
  readonly backends: number;
  readonly history: readonly BackendChange[];
  readonly gaps: number;
  readonly nodes: Asked;
}

export interface WebhookRow {
  readonly host: string;
  readonly events: readonly string[] | undefined;
  readonly waiting: number;
  readonly sent: number;
  readonly dropped: number;
  readonly pausedMs: number;
  readonly attempts: ReadonlyArray<{
    readonly at: number;
    readonly tookMs: number;
    readonly delivery: string;
    readonly attempt: number;
    readonly events: number;
    readonly first: string | undefined;
    readonly why: string | undefined;
    readonly goesOn: boolean;
  }>;
  /** Requests that no attempt goes on with, the latest first; they can be sent again. */
  readonly givenUp: readonly GivenUpRow[];
}

export interface GivenUpRow {
  readonly delivery: string;
  readonly at: number;
  readonly attempts: number;
  readonly events: number;
  readonly bytes: number;
  /** Beginning of the first event; operators only. */
  readonly first: string | undefined;
  readonly why: string;
}

/** Outcome of a webhook that was sent again: taken unless `why` tells the reason. */
export interface SentAgain {
  readonly why: string | undefined;
}

export interface CountRow {
  readonly what: string;
  readonly last5Minutes: number;
  readonly lastHour: number;
  /** The way to mend it. */
  readonly remedy: string;
  readonly example: RefusedPeer | ClosedSocket | undefined;
}

export interface RecentPage {
  readonly refusals: readonly CountRow[];
  readonly closes: readonly CountRow[];
  readonly lastRefusals: readonly RefusedPeer[];
  readonly lastCloses: readonly ClosedSocket[];
  readonly acts: readonly Act[];
}

/** A line of an explanation. The first one that is `no` is the verdict. */
export interface Step {
  readonly is: 'ok' | 'no' | 'unknown';
  readonly about: 'socket' | 'channel' | 'published' | 'written' | 'read' | 'backends';
  readonly text: string;
}

export interface Explanation {
  readonly socket: string | undefined;
  readonly steps: readonly Step[];
  readonly verdict: string;
}

export interface ConfigPage {
  readonly values: ReadonlyArray<{
    readonly name: string;
    readonly value: string;
    readonly isDefault: boolean;
  }>;
}

export interface NodeRow {
  readonly node: string;
  readonly isThis: boolean;
  readonly version: string;
  readonly startedAt: number;
  readonly sockets: number;
  readonly cpu: number;
  readonly rssBytes: number;
  readonly lateMs: number;
  readonly broker: string;
  /** Digest of the configuration: nodes that differ serve their browsers differently. */
  readonly configuration: string;
}

export interface NodesPage {
  readonly rows: readonly NodeRow[];
  readonly nodes: Asked;
}

/** An event that passed by. */
export interface TailRow {
  readonly at: number;
  /** Node that it passed. */
  readonly node: string;
  /** `in`: a browser's. `out`: for a channel. `to`: for one socket. */
  readonly way: 'in' | 'out' | 'to';
  readonly channel: string | undefined;
  readonly event: string;
  readonly socket: string | undefined;
  readonly bytes: number;
  /** Sockets of this node that it goes to; of all nodes where its sender has asked for a receipt. */
  readonly sockets: number | undefined;
  readonly toBackends: boolean | undefined;
  /** The data, cut; operators only, and only when they ask for it. */
  readonly data: string | undefined;
}

export interface TailPart {
  readonly rows: readonly TailRow[];
  /** Events that passed by, and those that fit the filter, since the part before. */
  readonly seen: number;
  readonly fit: number;
  /** Events that fit and were left out while the reader was behind, since the part before. */
  readonly missed: number;
}

export interface TailFilter {
  readonly way?: TailRow['way'] | undefined;
  /** Beginning of the channel's name. */
  readonly channel?: string | undefined;
  readonly event?: string | undefined;
  readonly socket?: string | undefined;
  readonly data?: boolean | undefined;
}

/** A hop on the way of one event. */
export interface Hop {
  readonly name: string;
  /** Milliseconds since the gateway accepted it; undefined while that is awaited. */
  readonly ms: number | undefined;
  readonly text: string;
  readonly is: 'ok' | 'no' | 'waits';
}

export interface Followed {
  readonly id: string;
  readonly at: number;
  /** Node that accepted it. Hops are those that this node sees. */
  readonly node: string;
  readonly way: TailRow['way'];
  readonly channel: string | undefined;
  readonly event: string;
  readonly socket: string | undefined;
  readonly bytes: number;
  readonly hops: readonly Hop[];
  readonly isOver: boolean;
}

export interface FollowFilter {
  readonly channel?: string | undefined;
  readonly event?: string | undefined;
  readonly socket?: string | undefined;
  /** Events to follow, 1 to 20. */
  readonly count?: number | undefined;
  /** Asks the pages of 20 sockets at most whether they have read it; operators only. */
  readonly probe?: boolean | undefined;
}

/** Body of `POST /api/stream`. */
export interface StreamRequest {
  /** Targets of GET requests whose answers are sent whenever they change. */
  readonly watch?: readonly string[];
  readonly app?: string;
  readonly tail?: TailFilter;
  readonly follow?: FollowFilter;
}

/** A line of the stream; an empty one says that the gateway is there. */
export interface StreamLine {
  readonly path?: string;
  readonly answer?: unknown;
  readonly error?: Fault;
  readonly tail?: TailPart;
  readonly follow?: readonly Followed[];
  /** Nodes whose events the tail or follow shows. */
  readonly nodes?: Asked;
}

export interface Fault {
  readonly status: number;
  readonly message: string;
}
