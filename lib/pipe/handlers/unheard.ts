import type { Clock } from '../../util/timers';
import type { RuleKind } from '../../wire/frames';
import { ruleOf } from './deliver';
import type { Registries } from './registry';

export interface UnheardOwner {
  /** True when a kind of events is subscribed to. */
  asks(rule: RuleKind): boolean;
  /** Warns of a word that has a handler. */
  warn(word: string, rule: RuleKind): void;
}

/**
 * Warns of handlers that hear nothing, since their kind of events is not subscribed to: once a kind, at the end of the
 * turn in which the client has connected or the handler was added.
 */
export class Unheard {
  readonly #clock: Clock;
  readonly #owner: UnheardOwner;
  /** Kinds that have handlers, with the first word of each. A kind that was looked at is not looked at again. */
  readonly #words = new Map<RuleKind, string>();
  readonly #seen = new Set<RuleKind>();
  #online = false;
  #looking = false;

  constructor(clock: Clock, owner: UnheardOwner) {
    this.#clock = clock;
    this.#owner = owner;
  }

  /** A handler was added. */
  added(registry: keyof Registries, word: string): void {
    const rule = ruleOf(registry, word);
    if (rule === undefined || this.#seen.has(rule) || this.#words.has(rule)) return;
    this.#words.set(rule, word);
    this.#lookSoon();
  }

  online(): void {
    this.#online = true;
    this.#lookSoon();
  }

  offline(): void {
    this.#online = false;
  }

  #lookSoon(): void {
    if (!this.#online || this.#looking || this.#words.size === 0) return;
    this.#looking = true;
    this.#clock.endOfTurn(() => {
      this.#looking = false;
      for (const [rule, word] of this.#words) {
        this.#seen.add(rule);
        if (!this.#owner.asks(rule)) this.#owner.warn(word, rule);
      }
      this.#words.clear();
    });
  }
}
