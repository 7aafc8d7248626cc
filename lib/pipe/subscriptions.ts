import type { StandpipeError } from '../errors';
import { didYouMean } from '../util/closest';
import { deferred, rejected, type Deferred } from '../util/deferred';
import type { Clock } from '../util/timers';
import { RuleKind, type Frame, type Rule } from '../wire/frames';
import { WIRE_LIMITS } from '../wire/limits';
import { badArgument, checkKeys, checkPattern } from './checks';
import { failure } from './outbox/outcomes';
import { refusalError } from './refusal';
import type { SubscribeCallback, SubscriptionFilter, SubscriptionKind } from './types';

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

/** Kinds as a program gives them: one may stand without an array. */
export type Kinds = SubscriptionKind | readonly SubscriptionKind[];

const FILTERS = ['channels', 'events', 'conflate'] satisfies Array<keyof SubscriptionFilter>;
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
  /** Number of the present rules; each change makes it larger. */
  #version = 0;
  /** Version of the rules in HELLO, until WELCOME confirms it. */
  #helloVersion = 0;
  /** Version that the gateway has confirmed over the present connection; undefined without one. */
  #confirmed: number | undefined;
  /** Versions of the SUBSCRIBE frames that are not answered, by id. */
  readonly #asked = new Map<number, number>();
  #waiting: Array<{ version: number; promise: Deferred<void> }> = [];
  #open = true;
  /** True when the rules have changed since they were last sent. */
  #changed = false;
  #announcing = false;

  /** @param send false when there is no connection; the next one announces all rules anyway. */
  constructor(clock: Clock, send: (frame: Frame) => boolean) {
    this.#clock = clock;
    this.#send = send;
  }

  /** True when any rule brings events of a kind. */
  asks(kind: RuleKind): boolean {
    for (const rule of this.#rules.values()) if (rule.kind === kind) return true;
    return false;
  }

  /** All rules, for a HELLO: after it the gateway knows them. */
  announced(): Rule[] {
    this.#changed = false;
    this.#helloVersion = this.#version;
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
      this.#asked.set(this.#lastId, this.#version);
      this.#changed = false;
    });
  }

  /** Resolves when the gateway has taken the present rules over a connection that stands. */
  subscribed(): Promise<void> {
    if (!this.#open) return rejected(failure('closed'));
    if (this.#confirmed !== undefined && this.#confirmed >= this.#version) return Promise.resolve();
    const promise = deferred<void>();
    promise.promise.catch(() => undefined);
    this.#waiting.push({ version: this.#version, promise });
    return promise.promise;
  }

  /** Tells a callback when the gateway has taken the present rules. Rejects with what it throws. */
  tell(kinds: Kinds, callback: SubscribeCallback): Promise<void> {
    return this.subscribed().then(() => callback(null, { events: [kinds].flat() }), callback);
  }

  /** A connection was welcomed, which confirms the rules of its HELLO. Changed rules follow. */
  online(): void {
    this.#confirm(this.#helloVersion);
    this.announce();
  }

  offline(): void {
    this.#confirmed = undefined;
    this.#asked.clear();
  }

  /** The answer to a SUBSCRIBE frame. Returns its error where nobody awaits it. */
  answered(id: number, error?: { code: number; message: string }): StandpipeError | undefined {
    const version = this.#asked.get(id);
    this.#asked.delete(id);
    if (error === undefined) {
      if (version !== undefined) this.#confirm(version);
      return undefined;
    }
    const refusal = refusalError('subscriptions', error);
    const concerned = this.#waiting.filter(
      (each) => version !== undefined && each.version <= version,
    );
    this.#waiting = this.#waiting.filter((each) => !concerned.includes(each));
    for (const { promise } of concerned) promise.reject(refusal);
    return concerned.length === 0 ? refusal : undefined;
  }

  /** Takes waits again after `close`. */
  open(): void {
    this.#open = true;
  }

  /** Ends all waits with `closed`. */
  close(): void {
    this.#open = false;
    for (const { promise } of this.#waiting.splice(0)) promise.reject(failure('closed'));
  }

  /**
   * Adds one rule per kind.
   * @throws StandpipeError `bad_argument`; then nothing has changed.
   */
  add(kinds: Kinds, filter: SubscriptionFilter = {}): void {
    checkKeys('filter', filter, FILTERS);
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
  remove(kinds: Kinds): void {
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
    this.#version += 1;
    this.#changed = true;
    this.announce();
  }

  #confirm(version: number): void {
    this.#confirmed = Math.max(version, this.#confirmed ?? 0);
    const waiting = this.#waiting;
    this.#waiting = waiting.filter((each) => each.version > version);
    for (const each of waiting) if (each.version <= version) each.promise.resolve();
  }
}

function wire(kinds: Kinds): Array<{ kind: RuleKind; channels: boolean; events: boolean }> {
  const list = typeof kinds === 'string' ? [kinds] : kinds;
  if (!Array.isArray(list) || list.length === 0) {
    throw badArgument(`kinds must be an array of ${known()}`);
  }
  return list.map((kind) => {
    const found = KINDS.get(kind);
    if (found !== undefined) return found;
    const hint = didYouMean(String(kind), KINDS.keys() as Iterable<string>);
    throw badArgument(`kinds must be an array of ${known()}${hint}`);
  });
}

function known(): string {
  return [...KINDS.keys()].join(', ');
}

/** The name of a kind, as `subscribe` takes it. */
export function kindName(rule: RuleKind): string {
  for (const [name, { kind }] of KINDS) if (kind === rule) return String(name);
  return '';
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
  for (const name of given as string[]) checkPattern(field, name);
  return [...(given as string[])];
}
