import type { Rule } from '../../../wire/frames';

/** Answers whether a name is among some names and prefixes (`game-*`). An empty list matches everything. */
export class Matcher {
  readonly #all: boolean;
  readonly #names: Set<string>;
  readonly #prefixes: string[];

  constructor(patterns: readonly string[]) {
    this.#all = patterns.length === 0 || patterns.includes('*');
    this.#names = new Set(patterns.filter((pattern) => !pattern.endsWith('*')));
    this.#prefixes = patterns
      .filter((pattern) => pattern.endsWith('*'))
      .map((pattern) => pattern.slice(0, -1));
  }

  get matchesAll(): boolean {
    return this.#all;
  }

  matches(name: string): boolean {
    if (this.#all || this.#names.has(name)) return true;
    return this.#prefixes.some((prefix) => name.startsWith(prefix));
  }
}

/**
 * A subscription rule ready to be asked. A filter keeps only what has the thing it filters by: a rule with `channels`
 * does not match a message without a channel. Rules about sockets and users as a whole have nothing to filter.
 */
export class RuleMatcher {
  readonly conflate: boolean;
  readonly #channels: Matcher;
  readonly #events: Matcher;

  constructor(rule: Rule) {
    this.#channels = new Matcher(rule.channels);
    this.#events = new Matcher(rule.events);
    this.conflate = rule.conflate === true;
  }

  matches(channel: string | undefined, event: string | undefined): boolean {
    if (!this.#channels.matchesAll && (channel === undefined || !this.#channels.matches(channel))) {
      return false;
    }
    return event === undefined || this.#events.matches(event);
  }
}
