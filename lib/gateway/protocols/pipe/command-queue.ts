import type { Eventual } from '../../../brokers/eventual';
import { Ring } from '../../../util/ring';
import { type Command, Verb } from '../../../wire/frames';
import type { Outcome } from './commands/outcome';

interface Open {
  readonly seq: number;
  readonly wantsReceipt: boolean;
  outcome: Outcome | undefined;
}

/** What a queue does with its commands. */
export interface CommandQueueParts {
  apply(command: Command): Eventual<Outcome>;
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

  constructor(parts: CommandQueueParts) {
    this.#parts = parts;
  }

  push(seq: number, command: Command): void {
    if (this.#isHolding) this.#held.push({ seq, command });
    else this.#apply(seq, command);
  }

  #apply(seq: number, command: Command): void {
    const outcome = this.#parts.apply(command);
    const wantsReceipt = command.receipt === 'delivered';
    if (!(outcome instanceof Promise) && this.#open.length === 0) {
      return this.#parts.done(seq, outcome, wantsReceipt);
    }
    const open: Open = { seq, wantsReceipt, outcome: undefined };
    this.#open.push(open);
    if (!(outcome instanceof Promise)) {
      open.outcome = outcome;
      return;
    }
    const holds = command.verb === Verb.SUBSCRIBE_SOCKET || command.ifOccupied === true;
    if (holds) this.#isHolding = true;
    void outcome.then((ended) => {
      open.outcome = ended;
      if (holds) this.#goOn();
      this.#tell();
    });
  }

  #goOn(): void {
    this.#isHolding = false;
    while (!this.#isHolding) {
      const next = this.#held.shift();
      if (next === undefined) return;
      this.#apply(next.seq, next.command);
    }
  }

  #tell(): void {
    for (;;) {
      const { seq, outcome, wantsReceipt } = this.#open.at(0) ?? {};
      if (seq === undefined || outcome === undefined || wantsReceipt === undefined) break;
      this.#open.shift();
      this.#parts.done(seq, outcome, wantsReceipt);
    }
    this.#parts.later();
  }
}
