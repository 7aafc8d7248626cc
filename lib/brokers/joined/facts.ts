import type { Fact } from '../operation';

interface Entry {
  /** The fact as it was said last. */
  fact: Fact;
  /** The number that the engine has acknowledged. */
  appliedCount: number;
}

/**
 * Facts of this node in one app, as said last. They are said again when the engine may have lost them; a fact of 0 is
 * forgotten as soon as the engine has it.
 */
export class FactTable {
  readonly #entries = new Map<string, Entry>();

  get size(): number {
    return this.#entries.size;
  }

  said(fact: Fact): void {
    const key = keyOf(fact);
    const entry = this.#entries.get(key);
    if (entry !== undefined) entry.fact = fact;
    else if (fact.count > 0) this.#entries.set(key, { fact, appliedCount: 0 });
  }

  /** The engine has a fact. Returns the number that it had before of this node, as far as was acknowledged. */
  applied(fact: Fact): number {
    const key = keyOf(fact);
    const entry = this.#entries.get(key);
    if (entry === undefined) return 0;
    const before = entry.appliedCount;
    entry.appliedCount = fact.count;
    if (fact.count === 0 && entry.fact.count === 0) this.#entries.delete(key);
    return before;
  }

  /** The engine has refused a fact: it stays as it was applied last. */
  refused(fact: Fact): void {
    const key = keyOf(fact);
    const entry = this.#entries.get(key);
    if (entry?.fact === fact && entry.appliedCount === 0) this.#entries.delete(key);
  }

  /** A fact is not so, and is not said again. */
  forget(fact: Fact): void {
    this.#entries.delete(keyOf(fact));
  }

  has(fact: Fact): boolean {
    return this.#entries.has(keyOf(fact));
  }

  all(): Fact[] {
    return Array.from(this.#entries.values(), ({ fact }) => fact);
  }

  /** Facts that the engine may have otherwise, or not at all. */
  unapplied(): Fact[] {
    const facts: Fact[] = [];
    for (const { fact, appliedCount } of this.#entries.values()) {
      if (fact.count === 0 || fact.count !== appliedCount) facts.push(fact);
    }
    return facts;
  }

  clear(): void {
    this.#entries.clear();
  }
}

function keyOf(fact: Fact): string {
  switch (fact.kind) {
    case 'subscriptions':
      return `c${fact.channel}`;
    case 'member':
      return `m${fact.channel}\n${fact.who.userId}`;
    case 'user':
      return `u${fact.userId}`;
    case 'socket':
      return `s${fact.id}`;
    case 'home':
      return `h${fact.name}`;
  }
}

const KINDS: ReadonlySet<string> = new Set<Fact['kind']>([
  'subscriptions',
  'member',
  'user',
  'socket',
  'home',
]);

export function isFact(operation: { kind: string }): operation is Fact {
  const { kind } = operation;
  return KINDS.has(kind);
}
