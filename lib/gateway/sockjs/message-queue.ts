import { UNITS_PER_SHARE, type TurnBudget } from '../core/timing/turn-budget';

/** Handlers of the owner of a queue; neither may throw. */
export interface QueueOwner {
  handle(text: string): void;
  /** All messages that had to wait are handled. */
  emptied?(): void;
}

/**
 * Messages of one peer that wait to be handled. A SockJS frame or body of 64 KiB may hold twenty thousand of them, and one
 * share of these is handled a turn.
 */
export class MessageQueue {
  readonly #budget: TurnBudget;
  readonly #owner: QueueOwner;
  #texts: string[] = [];
  #state: 'running' | 'paused' | 'ended' = 'running';

  constructor(budget: TurnBudget, owner: QueueOwner) {
    this.#budget = budget;
    this.#owner = owner;
  }

  /** Messages that wait. */
  get size(): number {
    return this.#texts.length;
  }

  push(texts: readonly string[]): void {
    if (texts.length === 0 || this.#state === 'ended') return;
    const isIdle = this.#texts.length === 0;
    for (const text of texts) this.#texts.push(text);
    if (isIdle && this.#state === 'running') this.#budget.begin(this.#share);
  }

  pause(): void {
    if (this.#state === 'running') this.#state = 'paused';
  }

  resume(): void {
    if (this.#state !== 'paused') return;
    this.#state = 'running';
    if (this.#texts.length > 0) this.#budget.later(this.#share);
  }

  /** Handles all messages, beyond the share: their connection is going to be closed. */
  flush(): void {
    this.#handle(Infinity);
  }

  /** Drops all messages, and takes no more. */
  end(): void {
    this.#state = 'ended';
    this.#texts = [];
  }

  /** Handles so many messages at most, and returns their number. */
  #handle(most: number): number {
    let done = 0;
    while (done < most && done < this.#texts.length && this.#state === 'running') {
      this.#owner.handle(this.#texts[done++] as string);
    }
    this.#texts.splice(0, done);
    return done;
  }

  /** Handles one share of the messages; true while more may be handled. */
  readonly #share = (): boolean => {
    if (this.#texts.length === 0) return false;
    this.#budget.spend(this.#handle(UNITS_PER_SHARE));
    if (this.#state !== 'running') return false;
    if (this.#texts.length > 0) return true;
    this.#owner.emptied?.();
    return false;
  };
}
