import { StandpipeError } from '../errors';
import { Kind, type Rule } from '../wire/frames';
import type { SubscriptionFilter, SubscriptionKind } from './types';

/** What each kind is called on the wire, and which filters mean something to it. */
const KINDS = new Map<unknown, { kind: Kind; channels: boolean; events: boolean }>([
  ['socket_existence', { kind: Kind.SOCKET, channels: false, events: false }],
  ['socket_message', { kind: Kind.MESSAGE, channels: true, events: true }],
  ['channel_existence', { kind: Kind.CHANNEL, channels: true, events: false }],
]);

const MAX_FILTER_LENGTH = 200;
/** All rules travel in one HELLO, which may hold 64 KiB. */
const MAX_RULES_BYTES = 48 * 1024;

/**
 * The rules the client wants to be in force. It is the whole truth: each connection announces it anew, so nothing here
 * depends on being connected.
 */
export class Subscriptions {
  /** Rules by their content, so that the same one is kept once. */
  #rules = new Map<string, Rule>();

  get rules(): Rule[] {
    return [...this.#rules.values()];
  }

  /**
   * Adds one rule per kind. Returns whether anything changed.
   * @throws StandpipeError `bad_argument`; then nothing has changed.
   */
  add(kinds: readonly SubscriptionKind[], filter: SubscriptionFilter = {}): boolean {
    const channels = names('channels', filter.channels);
    const events = names('events', filter.events);
    const wanted = new Map(this.#rules);
    for (const { kind, ...filtered } of wire(kinds)) {
      const rule: Rule = {
        kind,
        channels: filtered.channels ? channels : [],
        events: filtered.events ? events : [],
      };
      wanted.set(JSON.stringify(rule), rule);
    }
    if (Buffer.byteLength([...wanted.keys()].join('')) > MAX_RULES_BYTES) {
      throw new StandpipeError(
        'bad_argument',
        `all subscriptions together may take ${MAX_RULES_BYTES} bytes; use prefixes that end in *`,
      );
    }
    const changed = wanted.size > this.#rules.size;
    this.#rules = wanted;
    return changed;
  }

  /** Removes all rules of these kinds, whatever their filters. Returns whether anything changed. */
  remove(kinds: readonly SubscriptionKind[]): boolean {
    const gone = new Set(wire(kinds).map(({ kind }) => kind));
    const before = this.#rules.size;
    for (const [key, rule] of this.#rules) if (gone.has(rule.kind)) this.#rules.delete(key);
    return this.#rules.size < before;
  }
}

function wire(
  kinds: readonly SubscriptionKind[],
): Array<{ kind: Kind; channels: boolean; events: boolean }> {
  if (!Array.isArray(kinds) || kinds.length === 0) {
    throw new StandpipeError('bad_argument', `kinds must be an array of ${known()}`);
  }
  return kinds.map((kind) => {
    const found = KINDS.get(kind);
    if (found !== undefined) return found;
    throw new StandpipeError('bad_argument', `kinds must be an array of ${known()}`);
  });
}

function known(): string {
  return [...KINDS.keys()].join(', ');
}

function names(field: string, given: readonly string[] | undefined): string[] {
  if (given === undefined) return [];
  const sound = (name: unknown): boolean =>
    typeof name === 'string' && name.length >= 1 && name.length <= MAX_FILTER_LENGTH;
  if (!Array.isArray(given) || given.length === 0 || !given.every(sound)) {
    throw new StandpipeError(
      'bad_argument',
      `${field} must be an array of at least one name, or prefix that ends in *, of 1 to ${MAX_FILTER_LENGTH} characters`,
    );
  }
  return [...(given as string[])];
}
