import type { List } from './api';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;

export function limitOf(query: URLSearchParams): number {
  const limit = Number(query.get('limit') ?? DEFAULT_LIMIT);
  return Number.isInteger(limit) && limit > 0 ? Math.min(limit, MAX_LIMIT) : DEFAULT_LIMIT;
}

/** The best of many, in one pass and with no more memory than the best take; the others are only counted. */
export class Best<T> {
  readonly #limit: number;
  readonly #compare: (a: T, b: T) => number;
  #kept: T[] = [];
  #total = 0;

  /** @param compare negative when the first one is better */
  constructor(limit: number, compare: (a: T, b: T) => number) {
    this.#limit = limit;
    this.#compare = compare;
  }

  add(item: T): void {
    this.#total++;
    this.#kept.push(item);
    // Sorted now and then: cheaper than a heap for so few.
    if (this.#kept.length >= this.#limit * 8) this.#prune();
  }

  get list(): List<T> {
    this.#prune();
    return { items: this.#kept, total: this.#total, nodes: { asked: 1, answered: 1 } };
  }

  #prune(): void {
    this.#kept.sort(this.#compare);
    this.#kept = this.#kept.slice(0, this.#limit);
  }
}

/** Orders texts as a machine does, whatever the language. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
