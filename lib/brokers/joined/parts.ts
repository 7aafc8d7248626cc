import type { Logger } from '../../util/logger';
import type { Clock } from '../../util/timers';
import type { BrokerMetrics, BrokerState } from '../broker';
import type { EngineLink } from './engine-link';
import type { Letters } from './mail/letters';
import type { Mailbox } from './mail/mailbox';
import type { Receipts } from './mail/receipts';
import type { TurnLimits } from './turn-queue';

export interface JoinedLimits extends TurnLimits {
  /** Bytes of events that wait for the engine, over all apps. */
  maxSpoolBytes: number;
  /** Time for which calls wait for an engine that is away. */
  holdMs: number;
  leaseMs: number;
}

/** Limits of a node, with their defaults. */
export const JOINED_LIMITS: JoinedLimits = {
  maxTurnsInFlight: 8,
  maxTurnBytes: 256 * 1024,
  maxTurnOperations: 1000,
  maxSpoolBytes: 8 * 1024 * 1024,
  holdMs: 5000,
  leaseMs: 15_000,
};

export interface JoinedOptions {
  clock?: Clock;
  log?: Logger;
  limits?: Partial<JoinedLimits>;
}

/** The node as its apps see it. */
export interface AppParts {
  clock: Clock;
  link: EngineLink;
  limits: JoinedLimits;
  metrics: BrokerMetrics;
  letters: Letters;
  mailbox: Mailbox;
  receipts: Receipts;
  node(): number;
  nodes(): ReadonlySet<number>;
  state(): BrokerState;
  isInDoubt(): boolean;
  fenced(): void;
  /** The engine has lost turns that it had acknowledged. */
  lost(): void;
  /** Events of so many channels of an app may have been missed for good. */
  missed(app: string, channels: number): void;
}
