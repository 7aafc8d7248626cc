import { EventKind, RuleKind, type Rule } from '../../../wire/frames';
import { WIRE_LIMITS } from '../../../wire/limits';
import { RuleMatcher } from './matcher';

/** The subscription that brings an event of a kind. */
const RULE_OF: ReadonlyMap<EventKind, RuleKind> = new Map<EventKind, RuleKind>([
  [EventKind.OPEN, RuleKind.SOCKET],
  [EventKind.CLOSE, RuleKind.SOCKET],
  [EventKind.MESSAGE, RuleKind.MESSAGE],
  [EventKind.OCCUPIED, RuleKind.CHANNEL],
  [EventKind.VACATED, RuleKind.CHANNEL],
  [EventKind.MEMBER_ADDED, RuleKind.PRESENCE],
  [EventKind.MEMBER_REMOVED, RuleKind.PRESENCE],
  [EventKind.USER_ONLINE, RuleKind.USER],
  [EventKind.USER_OFFLINE, RuleKind.USER],
  [EventKind.CACHE_MISS, RuleKind.CACHE],
  [EventKind.SLOW, RuleKind.BACKPRESSURE],
  [EventKind.DRAINED, RuleKind.BACKPRESSURE],
]);

/** The kinds of rules that a backend may announce. */
export const RULE_KINDS: ReadonlySet<RuleKind> = new Set(Object.values(RuleKind));

/** Kinds that have a channel, and with it something to filter by. */
const FILTERED: ReadonlySet<RuleKind> = new Set<RuleKind>([
  RuleKind.MESSAGE,
  RuleKind.CHANNEL,
  RuleKind.PRESENCE,
  RuleKind.CACHE,
  RuleKind.AUTHORIZE,
]);

/** A list of subscriptions, ready to be asked: an event is wanted when any of them brings it. */
export class Rules {
  readonly #matchers = new Map<RuleKind, RuleMatcher[]>();

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

  /**
   * Delivery of an event: `latest` when every rule that brings it is content with the latest of its kind, `every`
   * otherwise; undefined when no rule brings it.
   */
  match(
    kind: EventKind,
    channel: string | undefined,
    event: string | undefined,
  ): 'every' | 'latest' | undefined {
    const rule = RULE_OF.get(kind);
    const matchers = rule && this.#matchers.get(rule);
    if (matchers === undefined) return undefined;
    let match: 'every' | 'latest' | undefined;
    for (const matcher of matchers) {
      if (!matcher.matches(channel, event)) continue;
      if (!matcher.conflate || rule !== RuleKind.MESSAGE) return 'every';
      match = 'latest';
    }
    return match;
  }

  /** True when a rule of this kind matches. */
  has(kind: RuleKind, channel: string | undefined, event: string | undefined): boolean {
    const matchers = this.#matchers.get(kind);
    return matchers !== undefined && matchers.some((rule) => rule.matches(channel, event));
  }
}

/** The fault of a list of rules, undefined when there is none. Patterns need no check: any text can be compared. */
export function badRule(rules: readonly Rule[]): string | undefined {
  const { maxRules } = WIRE_LIMITS;
  if (rules.length > maxRules) return `${rules.length} rules are more than ${maxRules}`;
  const unknown = rules.find(({ kind }) => !RULE_KINDS.has(kind));
  return unknown && `kind ${unknown.kind} is not one that can be subscribed to`;
}
