import { hash32 } from '../../../util/hash';
import type { EventKind } from '../../../wire/frames';
import { RuleKind, type Rule } from '../../../wire/frames';
import { Rules } from './rules';

/** A member of a group, as far as routing goes. */
export interface Subscriber {
  readonly name: string;
  readonly rules: readonly Rule[];
}

/**
 * Result of matching an event: the kind of delivery, and the rules that match. All members match when `rules` is
 * undefined.
 */
export interface Match {
  readonly latest: boolean;
  readonly rules: ReadonlySet<Rules> | undefined;
}

const EVERY: Match = { latest: false, rules: undefined };
const LATEST: Match = { latest: true, rules: undefined };

/**
 * The rules of a group's members, and where an event goes: to the partition of its key when the member that this belongs
 * to asked for it, otherwise to a partition of one that did, always the same for a key, otherwise to nobody.
 */
export class Routing<M extends Subscriber> {
  /** Members with equal rules share one. */
  #distinct = new Map<string, Rules>();
  #rulesOf = new Map<M, Rules>();
  /** The member that each partition belongs to. */
  #homes: readonly (M | undefined)[] = [];
  #partitionsOf = new Map<M, number[]>();
  /** The rules of all members, or the last ones that there were. */
  #lists: ReadonlyArray<readonly Rule[]> = [];
  /** Grows with every change: where members differ, a selection of before is another one. */
  #version = 0;
  #memo: { kind: EventKind; channel: string | undefined; event: string | undefined } | undefined;
  #memoized: Match | undefined;

  /** True when members have different subscriptions. */
  get isMixed(): boolean {
    return this.#distinct.size > 1;
  }

  /** The rules of all members, or the last ones that there were. */
  get lists(): ReadonlyArray<readonly Rule[]> {
    return this.#lists;
  }

  /** Takes the rules of the first member before it is one, so that nothing is missed while it reads its WELCOME. */
  expect(rules: readonly Rule[]): void {
    if (this.#distinct.size > 0) return;
    this.#lists = [rules];
    this.#distinct.set(JSON.stringify(rules), new Rules(rules));
  }

  /** Takes the members, and the member that each partition belongs to. Without members the last rules hold. */
  update(members: Iterable<M>, homes: ReadonlyArray<M | undefined>): void {
    this.#memo = undefined;
    this.#version++;
    this.#homes = homes;
    this.#partitionsOf = new Map();
    homes.forEach((home, number) => {
      if (home === undefined) return;
      const numbers = this.#partitionsOf.get(home);
      if (numbers === undefined) this.#partitionsOf.set(home, [number]);
      else numbers.push(number);
    });
    const all = [...members];
    this.#rulesOf = new Map();
    if (all.length === 0) {
      const [last] = this.#distinct;
      this.#distinct = new Map(last && [last]);
      return;
    }
    this.#lists = all.map(({ rules }) => rules);
    const before = this.#distinct;
    this.#distinct = new Map();
    for (const member of all) {
      const text = JSON.stringify(member.rules);
      const rules = this.#distinct.get(text) ?? before.get(text) ?? new Rules(member.rules);
      this.#distinct.set(text, rules);
      this.#rulesOf.set(member, rules);
    }
  }

  /** Matches an event with the rules; undefined when no rule matches. The last result is kept. */
  match(
    kind: EventKind,
    channel: string | undefined,
    event: string | undefined,
  ): Match | undefined {
    const memo = this.#memo;
    if (memo?.kind === kind && memo.channel === channel && memo.event === event) {
      return this.#memoized;
    }
    this.#memo = { kind, channel, event };
    return (this.#memoized = this.#match(kind, channel, event));
  }

  /** The number of the partition that an event of a key goes to; undefined when nobody can have it. */
  partitionOf(key: string, { rules }: Match): number | undefined {
    const count = this.#homes.length;
    const number = count === 1 ? 0 : hash32(key) % count;
    if (rules === undefined) return number;
    const home = this.#homes[number];
    if (home !== undefined && this.#asked(home, rules)) return number;
    let numbers: number[] | undefined;
    let best = -1;
    for (const [member, theirs] of this.#partitionsOf) {
      if (!this.#asked(member, rules)) continue;
      const score = hash32(`${key}/${member.name}`);
      if (score > best) [best, numbers] = [score, theirs];
    }
    return numbers?.[hash32(key) % numbers.length];
  }

  /** True when a partition belongs to some member that asked for an event. */
  reaches({ rules }: Match): boolean {
    return rules === undefined || this.#homes.some((home) => home && this.#asked(home, rules));
  }

  /** True when the member that a partition belongs to asked for an event. */
  accepts(number: number, { rules }: Match): boolean {
    const home = this.#homes[number];
    return home === undefined || rules === undefined || this.#asked(home, rules);
  }

  /** Names the sockets, or the channels, whose coming and going a partition records; '' when it records none. */
  selection(number: number, kind: typeof RuleKind.SOCKET | typeof RuleKind.CHANNEL): string {
    const [first = []] = this.#lists;
    const own = selected(this.#homes[number]?.rules ?? first, kind);
    const isMixed = this.isMixed && this.#lists.some((rules) => selected(rules, kind) !== own);
    return own === '' || !isMixed ? own : `${own} ${this.#version}`;
  }

  #match(
    kind: EventKind,
    channel: string | undefined,
    event: string | undefined,
  ): Match | undefined {
    if (!this.isMixed) {
      for (const rules of this.#distinct.values()) {
        const match = rules.match(kind, channel, event);
        return match && (match === 'latest' ? LATEST : EVERY);
      }
      return undefined;
    }
    const asked = new Set<Rules>();
    let latest = true;
    for (const rules of this.#distinct.values()) {
      const match = rules.match(kind, channel, event);
      if (match === undefined) continue;
      asked.add(rules);
      latest &&= match === 'latest';
    }
    return asked.size === 0 ? undefined : { latest, rules: asked };
  }

  #asked(member: M, rules: ReadonlySet<Rules>): boolean {
    const own = this.#rulesOf.get(member);
    return own !== undefined && rules.has(own);
  }
}

function selected(rules: readonly Rule[], kind: RuleKind): string {
  const asked = rules.filter((rule) => rule.kind === kind);
  if (asked.length === 0) return '';
  return kind === RuleKind.SOCKET ? 'all' : JSON.stringify(asked.map(({ channels }) => channels));
}
