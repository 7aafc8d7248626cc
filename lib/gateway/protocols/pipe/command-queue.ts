import type { Unavailable } from '../../../brokers/broker';
import { type Eventual, later } from '../../../brokers/eventual';
import { Ring } from '../../../util/ring';
import { type Command, Verb } from '../../../wire/frames';
import type { Bundle } from '../../core/cluster/bundles';
import { type Outcome, unknownAtBroker } from './commands/outcome';
import { ForwardedCommand } from './commands/forwarded-command';

/** Verbs whose commands are done when they have an outcome: the broker is told nothing, or facts that it is told again. */
const DONE_AT_ONCE: ReadonlySet<Verb> = new Set([
  Verb.TRIGGER_SOCKET,
  Verb.CLOSE_SOCKET,
  Verb.UNSUBSCRIBE_SOCKET,
]);

interface Open {
  readonly seq: number;
  readonly verb: Verb;
  readonly wantsReceipt: boolean;
  outcome: Outcome | ForwardedCommand | undefined;
}

/** Calls of a queue about its commands. */
export interface CommandQueueParts {
  apply(command: Command): Eventual<Outcome> | ForwardedCommand;
  /** Answers when the broker has applied everything that commands have said to it. */
  settled(): Eventual<'settled' | Unavailable>;
  /** The outcome of a command. All commands before it have theirs. */
  done(seq: number, outcome: Outcome, wantsReceipt: boolean): void;
  /** Outcomes have come outside of `push`. */
  later(): void;
}

/**
 * The commands of a session, applied in their order, with outcomes in the same order. Most have their outcome at once.
 * Commands for sockets of other nodes are applied while earlier ones are still under way; but a command that must be
 * done first, such as a subscription, holds back those behind it. Bounded by the credit of the session.
 */
export class CommandQueue {
  readonly #parts: CommandQueueParts;
  /** Applied commands from the first one without an outcome on. */
  readonly #open = new Ring<Open>();
  /** Commands behind one that must be done first. */
  readonly #held = new Ring<{ seq: number; command: Command }>();
  #isHolding = false;
  /** The broker has applied what commands up to this number said to it. */
  #settled = 0;
  /** The last one with commands of this queue, which is told of once. */
  #bundle: Bundle | undefined;

  constructor(parts: CommandQueueParts) {
    this.#parts = parts;
  }

  /** @param isAlone nothing has to be settled: the broker applies inside the call */
  push(seq: number, command: Command, isAlone: boolean): void {
    if (this.#isHolding) this.#held.push({ seq, command });
    else this.#apply(seq, command, isAlone);
  }

  /** The commands of a frame are pushed: their outcomes are told once the broker has applied them. */
  settle(): void {
    const upTo = this.#open.at(this.#open.length - 1)?.seq;
    if (upTo === undefined) return;
    void later(this.#parts.settled(), (settled) => {
      if (settled === 'unavailable') this.#lose(upTo);
      this.#settled = Math.max(this.#settled, upTo);
      this.#tell();
    });
  }

  /** Nobody knows whether the broker has applied what commands up to a number said to it. */
  #lose(upTo: number): void {
    for (let i = 0; i < this.#open.length; i++) {
      const open = this.#open.at(i) as Open;
      if (open.seq > upTo) break;
      if (open.seq > this.#settled && mayBeLost(open)) open.outcome = unknownAtBroker();
    }
  }

  #apply(seq: number, command: Command, isAlone = false): void {
    const outcome = this.#parts.apply(command);
    const wantsReceipt = command.receipt === 'delivered';
    const isHere = !(outcome instanceof Promise || outcome instanceof ForwardedCommand);
    if (isAlone && isHere && this.#open.length === 0) {
      return this.#parts.done(seq, outcome, wantsReceipt);
    }
    if (isAlone) this.#settled = seq;
    const open: Open = { seq, verb: command.verb, wantsReceipt, outcome: undefined };
    this.#open.push(open);
    if (!(outcome instanceof Promise)) {
      open.outcome = outcome;
      if (outcome instanceof ForwardedCommand) this.#await(outcome.bundle);
      return;
    }
    const holds = command.verb === Verb.SUBSCRIBE_SOCKET || command.ifOccupied === true;
    if (holds) this.#isHolding = true;
    void outcome.then((ended) => {
      open.outcome ??= ended;
      if (holds) this.#goOn();
      this.#tell();
    });
  }

  #await(bundle: Bundle): void {
    if (this.#bundle === bundle) return;
    this.#bundle = bundle;
    void bundle.answered.then(() => this.#tell());
  }

  #goOn(): void {
    this.#isHolding = false;
    while (!this.#isHolding) {
      const next = this.#held.shift();
      if (next === undefined) break;
      this.#apply(next.seq, next.command);
    }
    this.settle();
  }

  #tell(): void {
    for (;;) {
      const open = this.#open.at(0);
      if (open === undefined || open.seq > this.#settled) break;
      const outcome = outcomeOf(open);
      if (outcome === undefined) break;
      this.#open.shift();
      this.#parts.done(open.seq, outcome, open.wantsReceipt);
    }
    this.#parts.later();
  }
}

function outcomeOf({ outcome }: Open): Outcome | undefined {
  return outcome instanceof ForwardedCommand ? outcome.outcome : outcome;
}

function mayBeLost(open: Open): boolean {
  const outcome = outcomeOf(open);
  if (outcome === undefined) return true;
  return 'sockets' in outcome && !DONE_AT_ONCE.has(open.verb);
}
