import type { Clock } from '../util/timers';
import { RuleKind, type Frame, type Rule } from '../wire/frames';
import { WIRE_LIMITS } from '../wire/limits';
import { badArgument } from './checks';
import type { SubscriptionFilter, SubscriptionKind } from './types';

/** Kinds by name: the number on the wire, and the filters that mean something to them. */
const KINDS = new Map<unknown, { kind: RuleKind; channels: boolean; events: boolean }>([
  ['socket_existence', { kind: RuleKind.SOCKET, channels: false, events: false }],
  ['socket_message', { kind: RuleKind.MESSAGE, channels: true, events: true }],
  ['channel_existence', { kind: RuleKind.CHANNEL, channels: true, events: false }],
  ['channel_presence', { kind: RuleKind.PRESENCE, channels: true, events: false }],
  ['channel_cache', { kind: RuleKind.CACHE, channels: true, events: false }],
  ['user_existence', { kind: RuleKind.USER, channels: false, events: false }],
  ['socket_backpressure', { kind: RuleKind.BACKPRESSURE, channels: false, events: false }],
]);

const MAX_FILTER_LENGTH = 200;
/** Longest JSON of all rules: they travel in one HELLO, which may hold 64 KiB. */
const MAX_RULES_BYTES = 48 * 1024;

/**
 * The rules that the client wants to be in force. Each connection announces all of them anew, so nothing here depends on
 * being connected.
 */
export class Subscriptions {
  readonly #clock: Clock;
  readonly #send: (frame: Frame) => boolean;
  /** Rules by their content, so that the same one is kept once. */
  #rules = new Map<string, Rule>();
  #lastId = 0;
  /** Whether the rules have changed since the gateway was told of them. */
  #changed = false;
  #announcing = false;

  /** @param send false when there is no connection; the next one announces all rules anyway. */
  constructor(clock: Clock, send: (frame: Frame) => boolean) {
    this.#clock = clock;
    this.#send = send;
  }

  /** Whether any rule brings events of a kind. */
  asks(kind: RuleKind): boolean {
    for (const rule of this.#rules.values()) if (rule.kind === kind) return true;
    return false;
  }

  /** All rules, for a HELLO: after it the gateway knows them. */
  announced(): Rule[] {
    this.#changed = false;
    return [...this.#rules.values()];
  }

  /** Sends changed rules at the end of the turn, in which more may change. */
  announce(): void {
    if (!this.#changed || this.#announcing) return;
    this.#announcing = true;
    this.#clock.endOfTurn(() => {
      this.#announcing = false;
      if (!this.#changed) return;
      const rules = [...this.#rules.values()];
      if (!this.#send({ type: 'subscribe', id: this.#lastId + 1, rules })) return;
      this.#lastId += 1;
      this.#changed = false;
    });
  }

  /**
   * Adds one rule per kind.
   * @throws StandpipeError `bad_argument`; then nothing has changed.
   */
  add(kinds: readonly SubscriptionKind[], filter: SubscriptionFilter = {}): void {
    const channels = names('channels', filter.channels);
    const events = names('events', filter.events);
    const conflate = flag('conflate', filter.conflate);
    this.#add(
      wire(kinds).map(({ kind, ...filtered }) => ({
        kind,
        channels: filtered.channels ? channels : [],
        events: filtered.events ? events : [],
        conflate: (filtered.events && conflate) || undefined,
      })),
    );
  }

  /**
   * Adds the rule that this client decides, for some channels or as a whole.
   * @throws StandpipeError `bad_argument`; then nothing has changed.
   */
  decide(kind: RuleKind, channels?: readonly string[]): void {
    this.#add([{ kind, channels: names('channels', channels), events: [] }]);
  }

  /**
   * Removes all rules of these kinds, whatever their filters.
   * @throws StandpipeError `bad_argument`
   */
  remove(kinds: readonly SubscriptionKind[]): void {
    const gone = new Set(wire(kinds).map(({ kind }) => kind));
    this.#replace(new Map([...this.#rules].filter(([, { kind }]) => !gone.has(kind))));
  }

  #add(rules: Rule[]): void {
    const wanted = new Map(this.#rules);
    for (const rule of rules) wanted.set(JSON.stringify(rule), rule);
    const { maxRules } = WIRE_LIMITS;
    if (wanted.size > maxRules) {
      throw badArgument(`a client may have ${maxRules} subscriptions`);
    }
    if (Buffer.byteLength([...wanted.keys()].join('')) > MAX_RULES_BYTES) {
      throw badArgument(
        `all subscriptions together may take ${MAX_RULES_BYTES} bytes; use prefixes that end in *`,
      );
    }
    this.#replace(wanted);
  }

  #replace(rules: Map<string, Rule>): void {
    if (rules.size === this.#rules.size) return;
    this.#rules = rules;
    this.#changed = true;
    this.announce();
  }
}

function wire(
  kinds: readonly SubscriptionKind[],
): Array<{ kind: RuleKind; channels: boolean; events: boolean }> {
  if (!Array.isArray(kinds) || kinds.length === 0) {
    throw badArgument(`kinds must be an array of ${known()}`);
  }
  return kinds.map((kind) => {
    const found = KINDS.get(kind);
    if (found !== undefined) return found;
    throw badArgument(`kinds must be an array of ${known()}`);
  });
}

function known(): string {
  return [...KINDS.keys()].join(', ');
}

function flag(field: string, given: boolean | undefined): boolean {
  if (given === undefined || typeof given === 'boolean') return given === true;
  throw badArgument(`${field} must be true or false`);
}

function names(field: string, given: readonly string[] | undefined): string[] {
  if (given === undefined) return [];
  const sound = (name: unknown): boolean =>
    typeof name === 'string' && name.length >= 1 && name.length <= MAX_FILTER_LENGTH;
  if (!Array.isArray(given) || given.length === 0 || !given.every(sound)) {
    throw badArgument(
      `${field} must be an array of at least one name, or prefix that ends in *, of 1 to ${MAX_FILTER_LENGTH} characters`,
    );
  }
  return [...(given as string[])];
}
