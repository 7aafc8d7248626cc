import { Kind, type PipeEvent, type Rule } from '../../../wire/frames';
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
  // Not events but questions, for which a backend says in the same way that it answers them.
  [Kind.AUTHORIZE, Kind.AUTHORIZE],
  [Kind.AUTHENTICATE, Kind.AUTHENTICATE],
]);

/** What may be subscribed to. */
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
  /** Whether any rule wants the latest of its events only. */
  readonly conflating: boolean;

  constructor(rules: readonly Rule[]) {
    this.conflating = rules.some(({ conflate }) => conflate === true);
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
    const matchers = this.#matchers.get(RULE_OF.get(kind) ?? kind);
    return matchers !== undefined && matchers.some((rule) => rule.matches(channel, event));
  }

  /** Whether every rule that brings a message wants the latest only. */
  conflates({ kind, channel, event }: PipeEvent): boolean {
    if (!this.conflating || kind !== Kind.MESSAGE) return false;
    const matching = this.#matchers.get(kind)?.filter((rule) => rule.matches(channel, event));
    return matching?.every(({ conflate }) => conflate) === true;
  }
}
