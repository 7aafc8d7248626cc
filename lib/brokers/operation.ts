import type {
  Member,
  Membership,
  Occupancy,
  PublishOptions,
  Records,
  UserPresence,
  Written,
} from './broker';

/**
 * A number of a node, absolute. `of` is set when the facts of a dead node are said as gone: then they are those of
 * that node, and count only while it is fenced.
 */
export type Fact = { of?: number } & (
  | { kind: 'subscriptions'; channel: string; count: number; tell: boolean }
  | { kind: 'member'; channel: string; who: Member; count: number; max: number }
  | { kind: 'user'; userId: string; count: number }
  | { kind: 'socket'; id: string; count: number }
  | { kind: 'home'; name: string; count: number }
);

/** A call of a node that changes something in the engine. */
export type Operation =
  | Fact
  | {
      kind: 'publish';
      channel: string;
      text: string;
      options: PublishOptions | undefined;
      receipt: number;
    }
  | { kind: 'cacheMissed'; channel: string }
  /** When the key was used before, the next `block` operations of the turn are left out. */
  | { kind: 'idempotent'; key: string; fingerprint: string; ttlMs: number; block: number }
  | { kind: 'release'; key: string }
  | { kind: 'answer'; key: string; answer: string }
  | { kind: 'take'; name: string; ratePerSecond: number; burst: number; want: number }
  | { kind: 'write'; name: string; records: Records; anew: boolean; ttlMs: number; bytes: number }
  /** Nothing; it is answered when all before it is applied. */
  | { kind: 'settled' }
  /** Nothing any more; in a turn that was applied before, its result is there. */
  | { kind: 'void'; was: Operation };

export type IdempotentResult = 'new' | 'other' | { answer: string | undefined };

/** Results of operations, by kind. */
export interface Results {
  /** Sockets written to inside the call, and nodes that the event was passed to. */
  publish: { sockets: number; nodes: number };
  subscriptions: Occupancy;
  member: Membership | 'full';
  user: UserPresence;
  socket: boolean;
  /** The node that is the home of the name; 0 for none. */
  home: number;
  cacheMissed: boolean;
  idempotent: IdempotentResult;
  release: undefined;
  answer: undefined;
  take: number;
  write: Written;
  settled: undefined;
  void: undefined;
}

export type Result = Results[keyof Results];

/** Answer of an engine to a turn: results in the order of its operations, undefined for those left out. */
export type TurnReply =
  | { kind: 'applied' | 'repeated'; results: ReadonlyArray<Result | undefined> }
  /** The node was declared dead. */
  | { kind: 'fenced' }
  /** Another turn is missing before this one; `last` is the last that was applied. */
  | { kind: 'out_of_turn'; last: number };
