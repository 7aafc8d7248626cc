import type { EventKind } from '../../wire/frames';

/** A difference found by a snapshot: a socket or channel that came or went without an event. */
export interface Change {
  readonly kind: EventKind;
  readonly name: string;
}

const NOBODY: ReadonlySet<string> = new Set();

/** Names of one kind that handlers were told of and not taken back, by partition. Kept only while they are asked for. */
export class KnownNames {
  readonly #came: EventKind;
  readonly #went: EventKind;
  readonly #parts = new Map<number, Set<string>>();
  /** Names known of the session before and not yet found in this one. */
  #stale = new Set<string>();
  #asked = false;

  constructor(came: EventKind, went: EventKind) {
    this.#came = came;
    this.#went = went;
  }

  get asked(): boolean {
    return this.#asked;
  }

  get stale(): number {
    return this.#stale.size;
  }

  ask(asked: boolean): void {
    this.#asked = asked;
    if (asked) return;
    this.#parts.clear();
    this.#stale.clear();
  }

  in(partition: number): ReadonlySet<string> {
    return this.#parts.get(partition) ?? NOBODY;
  }

  /** False when it was known. */
  add(partition: number, name: string): boolean {
    let part = this.#parts.get(partition);
    if (part === undefined) this.#parts.set(partition, (part = new Set()));
    else if (part.has(name)) return false;
    part.add(name);
    return !this.#stale.delete(name);
  }

  /** False when it was not known. */
  remove(partition: number, name: string): boolean {
    return this.#parts.get(partition)?.delete(name) === true || this.#stale.delete(name);
  }

  /** Takes the truth of a partition, and returns how it differs from what was known. */
  replace(partition: number, truth: Set<string>): Change[] {
    const before = this.in(partition);
    const changes: Change[] = [];
    for (const name of before) if (!truth.has(name)) changes.push({ kind: this.#went, name });
    for (const name of truth) {
      if (before.has(name) || this.#stale.delete(name)) continue;
      changes.push({ kind: this.#came, name });
    }
    this.#parts.set(partition, truth);
    return changes;
  }

  /** Forgets the names of a partition and returns them, as changes that came. */
  forget(partition: number): Change[] {
    const forgotten = [...this.in(partition)].map((name) => ({ kind: this.#came, name }));
    this.#parts.delete(partition);
    return forgotten;
  }

  forgetAll(): Change[] {
    return [...this.#parts.keys()].flatMap((partition) => this.forget(partition));
  }

  /** Names of all partitions are in doubt. */
  doubt(): void {
    for (const part of this.#parts.values()) for (const name of part) this.#stale.add(name);
    this.#parts.clear();
  }

  /** Names in doubt are gone. */
  closeStale(): Change[] {
    const stale = this.#stale;
    this.#stale = new Set();
    return [...stale].map((name) => ({ kind: this.#went, name }));
  }
}
