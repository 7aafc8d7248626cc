/** Rings up to this size keep their memory; larger ones give it back as they empty. */
const KEPT_SLOTS = 1024;

/**
 * A growable ring buffer: a queue whose ends move in O(1) amortised and whose middle can be read by index. Items
 * that leave the ring are forgotten at once.
 */
export class Ring<T> {
  /** Slots, a power of two, so that an index wraps with a mask; none until the first push. */
  #slots: Array<T | undefined> = [];
  #head = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(value: T): void {
    if (this.#length === this.#slots.length) this.#resize(Math.max(16, this.#length * 2));
    this.#slots[(this.#head + this.#length) & (this.#slots.length - 1)] = value;
    this.#length += 1;
  }

  /** Takes the oldest out; undefined when the ring is empty. */
  shift(): T | undefined {
    if (this.#length === 0) return undefined;
    const value = this.#slots[this.#head];
    this.drop(1);
    return value;
  }

  /** The value `index` places behind the oldest; undefined outside the ring. */
  at(index: number): T | undefined {
    if (!(index >= 0 && index < this.#length)) return undefined;
    return this.#slots[(this.#head + index) & (this.#slots.length - 1)];
  }

  /** Replaces the value `index` places behind the oldest; nothing happens outside the ring. */
  set(index: number, value: T): void {
    if (!(index >= 0 && index < this.#length)) return;
    this.#slots[(this.#head + index) & (this.#slots.length - 1)] = value;
  }

  /** Copies `count` values from `index` on, or as many as there are. */
  slice(index: number, count: number): T[] {
    const size = Math.max(0, Math.min(count, this.#length - index));
    const mask = this.#slots.length - 1;
    const values: T[] = [];
    for (let i = 0; i < size; i += 1)
      values.push(this.#slots[(this.#head + index + i) & mask] as T);
    return values;
  }

  /** Forgets the `count` oldest, or all when there are fewer. */
  drop(count: number): void {
    const size = Math.min(count, this.#length);
    const mask = this.#slots.length - 1;
    for (let i = 0; i < size; i += 1) {
      this.#slots[this.#head] = undefined;
      this.#head = (this.#head + 1) & mask;
    }
    this.#length -= size;
    const capacity = this.#slots.length;
    if (capacity > KEPT_SLOTS && this.#length <= capacity / 8) {
      this.#resize(Math.max(KEPT_SLOTS, capacity / 4));
    }
  }

  #resize(capacity: number): void {
    const slots = new Array<T | undefined>(capacity).fill(undefined);
    const mask = this.#slots.length - 1;
    for (let i = 0; i < this.#length; i += 1) slots[i] = this.#slots[(this.#head + i) & mask];
    this.#slots = slots;
    this.#head = 0;
  }
}
