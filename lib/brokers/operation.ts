import type { Member, Membership, Occupancy, PublishOptions, UserPresence } from './broker';

/** A call of a node that changes something in the engine. Its facts are absolute: the node's own numbers. */
export type Operation =
  | { kind: 'publish'; channel: string; text: string; options: PublishOptions | undefined }
  | { kind: 'subscriptions'; channel: string; count: number; tell: boolean }
  | { kind: 'member'; channel: string; who: Member; count: number; max: number }
  | { kind: 'user'; userId: string; count: number }
  | { kind: 'socket'; id: string; open: boolean }
  | { kind: 'cacheMissed'; channel: string }
  /** When the key was used before, the next `block` operations of the turn are left out. */
  | { kind: 'idempotent'; key: string; fingerprint: string; ttlMs: number; block: number }
  | { kind: 'answer'; key: string; answer: string }
  | { kind: 'take'; name: string; ratePerSecond: number; burst: number; want: number }
  /** Nothing; it is answered when all before it is applied. */
  | { kind: 'settled' };

export type IdempotentResult = 'new' | 'other' | { answer: string | undefined };

/** Results of operations, by kind. */
export interface Results {
  /** Sockets written to inside the call, and nodes that the event was passed to. */
  publish: { sockets: number; nodes: number };
  subscriptions: Occupancy;
  member: Membership | 'full';
  user: UserPresence;
  socket: boolean;
  cacheMissed: boolean;
  idempotent: IdempotentResult;
  answer: undefined;
  take: number;
  settled: undefined;
}

export type Result = Results[keyof Results];
