import { Kind, type Rule } from '../../../wire/frames';
import { RuleMatcher } from './matcher';

/** The subscription that brings an event of a kind. */
const RULE_OF: ReadonlyMap<Kind, Kind> = new Map<Kind, Kind>([
  [Kind.OPEN, Kind.SOCKET],
  [Kind.CLOSE, Kind.SOCKET],
  [Kind.MESSAGE, Kind.MESSAGE],
  [Kind.OCCUPIED, Kind.CHANNEL],
  [Kind.VACATED, Kind.CHANNEL],
  [Kind.MEMBER_ADDED, Kind.PRESENCE],
  [Kind.MEMBER_REMOVED, Kind.PRESENCE],
  [Kind.USER_ONLINE, Kind.USER],
  [Kind.USER_OFFLINE, Kind.USER],
  [Kind.CACHE_MISS, Kind.CACHE],
  [Kind.SLOW, Kind.BACKPRESSURE],
  [Kind.DRAINED, Kind.BACKPRESSURE],
  // Queries, for which a backend says in the same way that it decides them.
  [Kind.AUTHORIZE, Kind.AUTHORIZE],
  [Kind.AUTHENTICATE, Kind.AUTHENTICATE],
]);

/** Kinds that may be subscribed to. */
export const RULE_KINDS: ReadonlySet<Kind> = new Set(RULE_OF.values());

/** Kinds that have a channel, and with it something to filter by. */
const FILTERED: ReadonlySet<Kind> = new Set([
  Kind.MESSAGE,
  Kind.CHANNEL,
  Kind.PRESENCE,
  Kind.CACHE,
  Kind.AUTHORIZE,
]);

/** A list of subscriptions, ready to be asked: an event is wanted when any of them brings it. */
export class Rules {
  readonly #matchers = new Map<Kind, RuleMatcher[]>();

  constructor(rules: readonly Rule[]) {
    for (const rule of rules) {
      const matcher = new RuleMatcher(
        FILTERED.has(rule.kind) ? rule : { ...rule, channels: [], events: [] },
      );
      const matchers = this.#matchers.get(rule.kind);
      if (matchers === undefined) this.#matchers.set(rule.kind, [matcher]);
      else matchers.push(matcher);
    }
  }

  wants(kind: Kind, channel: string | undefined, event: string | undefined): boolean {
    return this.match(kind, channel, event) !== undefined;
  }

  /**
   * How an event is wanted: `latest` when every rule that brings it is content with the latest of its kind, `every`
   * otherwise; undefined when no rule brings it.
   */
  match(
    kind: Kind,
    channel: string | undefined,
    event: string | undefined,
  ): 'every' | 'latest' | undefined {
    const matchers = this.#matchers.get(RULE_OF.get(kind) ?? kind);
    if (matchers === undefined) return undefined;
    let match: 'every' | 'latest' | undefined;
    for (const matcher of matchers) {
      if (!matcher.matches(channel, event)) continue;
      if (!matcher.conflate || kind !== Kind.MESSAGE) return 'every';
      match = 'latest';
    }
    return match;
  }
}
