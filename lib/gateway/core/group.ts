import { Flight } from '../../stream/flight';
import { Log } from '../../stream/log';
import { Kind, type PipeEvent, type Rule } from '../../wire/frames';
import { RuleMatcher } from './matcher';

/** Bytes an event costs in a log beside its data: ids, names and the record itself. */
const EVENT_OVERHEAD_BYTES = 128;

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
]);

/** What may be subscribed to. */
export const RULE_KINDS: ReadonlySet<Kind> = new Set(RULE_OF.values());

/**
 * The stream of an app's events towards backends: what they subscribed to, kept in a bounded log until it is
 * acknowledged.
 */
export class Group {
  readonly log: Log<PipeEvent>;
  /** What the owner's connection has in flight; a new one with every connection. */
  flight = new Flight();
  readonly #wake: () => void;
  #rules = new Map<Kind, RuleMatcher[]>();

  constructor(limits: { maxEntries: number; maxBytes: number; epoch: number }, wake: () => void) {
    this.log = new Log<PipeEvent>(limits);
    this.#wake = wake;
  }

  set rules(rules: readonly Rule[]) {
    this.#rules = new Map();
    for (const rule of rules) {
      const filters = FILTERED.has(rule.kind) ? rule : { ...rule, channels: [], events: [] };
      const matchers = this.#rules.get(rule.kind);
      if (matchers === undefined) this.#rules.set(rule.kind, [new RuleMatcher(filters)]);
      else matchers.push(new RuleMatcher(filters));
    }
  }

  /** Whether a rule brings an event of this kind. */
  wants(kind: Kind, channel: string | undefined, event: string | undefined): boolean {
    const matchers = this.#rules.get(RULE_OF.get(kind) ?? kind);
    return matchers !== undefined && matchers.some((rule) => rule.matches(channel, event));
  }

  offer(event: PipeEvent): void {
    if (!this.wants(event.kind, event.channel, event.event)) return;
    this.log.append(event, EVENT_OVERHEAD_BYTES + (event.data?.length ?? 0));
    this.#wake();
  }
}

/** Kinds that have a channel, and with it something to filter by. */
const FILTERED: ReadonlySet<Kind> = new Set([
  Kind.MESSAGE,
  Kind.CHANNEL,
  Kind.PRESENCE,
  Kind.CACHE,
]);
