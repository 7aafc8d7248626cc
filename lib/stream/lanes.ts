import { asError } from '../errors';
import { Ring } from '../util/ring';

/** An item is its own link in the chain of its lane: most lanes live for a moment only, too short for a queue. */
export interface Laned<T> {
  behind: T | undefined;
}

export interface LanesOptions<T> {
  /** Items that may be worked on at once; further keys wait. */
  maxActive: number;
  /** Asked right before an item begins; false holds all items until `release`. */
  mayBegin?(): boolean;
  /** Works on an item. It has ended when this returns, or when the promise it returns is settled. */
  work(item: T): Promise<unknown> | undefined;
  /** Called once for each item that has ended, with what it threw or rejected with; must not throw. */
  ended(item: T, failure: Error | undefined): void;
  /** True when `item` replaces `last`, which waits right before it. `last` then leaves without an end. */
  replaces?(item: T, last: T): boolean;
}

interface Lane<T> {
  readonly key: string;
  /** Items that wait, oldest first. */
  first: T | undefined;
  last: T | undefined;
  /** The item before `last`; meaningless while only one waits. */
  before: T | undefined;
}

/**
 * Work in lanes: items of one key one after the other, items of different keys side by side. While work returns no
 * promise, items run at once, in order, and leave nothing behind. The caller of `run` bounds the number of items that
 * wait.
 */
export class Lanes<T extends Laned<T>> {
  readonly #options: LanesOptions<T>;
  /** Keys with an item at work or waiting. */
  readonly #lanes = new Map<string, Lane<T>>();
  /** Lanes with items waiting and none at work, in the order of their turns. */
  readonly #ready = new Ring<Lane<T>>();
  /** Items that came from inside an item's work; their turn comes when it has returned. */
  readonly #nested = new Ring<{ key: string; item: T }>();
  #idlers: Array<() => void> = [];
  #working = false;
  #held = false;
  /** Items at work whose promise is not settled. */
  #active = 0;
  /** Items that have not begun. */
  #waiting = 0;

  constructor(options: LanesOptions<T>) {
    this.#options = options;
  }

  /** Resolves when nothing is at work and nothing waits. */
  idle(): Promise<void> {
    return new Promise((resolve) => {
      this.#idlers.push(resolve);
      this.#rest();
    });
  }

  /** Nothing more begins until `release`. */
  hold(): void {
    this.#held = true;
  }

  release(): void {
    this.#held = false;
    if (!this.#working) this.#settle();
  }

  /** Takes the waiting items out that `test` holds for; items of a key in their order. */
  take(test: (item: T) => boolean): T[] {
    const taken: T[] = [];
    for (const lane of this.#lanes.values()) {
      let item = lane.first;
      lane.first = lane.last = lane.before = undefined;
      while (item !== undefined) {
        const { behind } = item;
        item.behind = undefined;
        if (test(item)) taken.push(item);
        else this.#append(lane, item);
        item = behind;
      }
    }
    for (let count = this.#nested.length; count > 0; count -= 1) {
      const nested = this.#nested.shift() as { key: string; item: T };
      if (test(nested.item)) taken.push(nested.item);
      else this.#nested.push(nested);
    }
    this.#waiting -= taken.length;
    if (!this.#working) this.#rest();
    return taken;
  }

  run(key: string, item: T): void {
    if (this.#working) {
      this.#nested.push({ key, item });
      this.#waiting += 1;
      return;
    }
    this.#admit(key, item);
    this.#settle();
  }

  #admit(key: string, item: T): void {
    const lane = this.#lanes.get(key);
    if (lane !== undefined) {
      this.#queue(lane, item);
    } else if (this.#isFull || !this.#mayBegin()) {
      const blocked = this.#open(key);
      this.#queue(blocked, item);
      this.#ready.push(blocked);
    } else {
      const promise = this.#begin(item);
      if (promise !== undefined) this.#await(this.#open(key), item, promise);
    }
  }

  #open(key: string): Lane<T> {
    const lane: Lane<T> = { key, first: undefined, last: undefined, before: undefined };
    this.#lanes.set(key, lane);
    return lane;
  }

  #queue(lane: Lane<T>, item: T): void {
    const { last } = lane;
    if (last !== undefined && this.#options.replaces?.(item, last) === true) {
      if (lane.first === last) lane.first = item;
      else (lane.before as T).behind = item;
      lane.last = item;
      return;
    }
    this.#append(lane, item);
    this.#waiting += 1;
  }

  #append(lane: Lane<T>, item: T): void {
    if (lane.last === undefined) lane.first = item;
    else lane.last.behind = item;
    lane.before = lane.last;
    lane.last = item;
  }

  /** True when no further key may begin. */
  get #isFull(): boolean {
    return this.#held || this.#active >= this.#options.maxActive;
  }

  #mayBegin(): boolean {
    if (!this.#held && this.#options.mayBegin?.() === false) this.#held = true;
    return !this.#held;
  }

  /** Starts an item; without a promise it has ended on return. */
  #begin(item: T): Promise<unknown> | undefined {
    let promise: Promise<unknown> | undefined;
    let failure: Error | undefined;
    this.#working = true;
    try {
      promise = this.#options.work(item);
    } catch (thrown) {
      failure = asError(thrown);
    }
    if (promise === undefined) this.#options.ended(item, failure);
    this.#working = false;
    return promise;
  }

  #await(lane: Lane<T>, item: T, promise: Promise<unknown>): void {
    this.#active += 1;
    const end = (failure: Error | undefined): void => {
      this.#active -= 1;
      this.#working = true;
      this.#options.ended(item, failure);
      this.#working = false;
      // A lane with more items stands behind the lanes that wait, so that a busy key starves no other.
      if (lane.first !== undefined) this.#ready.push(lane);
      else this.#lanes.delete(lane.key);
      this.#settle();
    };
    promise.then(
      () => end(undefined),
      (reason: unknown) => end(asError(reason)),
    );
  }

  /** Runs a lane until one of its items returns a promise or none is left; then the lane is closed. */
  #drain(lane: Lane<T>): void {
    while (lane.first !== undefined) {
      if (!this.#mayBegin()) {
        this.#ready.push(lane);
        return;
      }
      const item = lane.first;
      lane.first = item.behind;
      if (lane.first === undefined) lane.last = lane.before = undefined;
      // Or what has ended would keep alive what came after it.
      item.behind = undefined;
      this.#waiting -= 1;
      const promise = this.#begin(item);
      if (promise !== undefined) {
        this.#await(lane, item, promise);
        return;
      }
    }
    this.#lanes.delete(lane.key);
  }

  /** Nested items and ready lanes get their turn, as many as may be active. */
  #settle(): void {
    for (;;) {
      const nested = this.#nested.shift();
      if (nested !== undefined) {
        this.#waiting -= 1;
        this.#admit(nested.key, nested.item);
      } else if (this.#ready.length > 0 && !this.#isFull) {
        this.#drain(this.#ready.shift() as Lane<T>);
      } else {
        break;
      }
    }
    this.#rest();
  }

  #rest(): void {
    if (this.#working || this.#active > 0 || this.#waiting > 0 || this.#idlers.length === 0) return;
    const idlers = this.#idlers;
    this.#idlers = [];
    for (const resolve of idlers) resolve();
  }
}
