import { deferred, type Deferred } from '../../util/deferred';
import { Ring } from '../../util/ring';

/** Events held for a consumer that is busy with an earlier one. */
const MAX_QUEUED = 1_000;

/**
 * Events as an async iterator. While its queue is full the events behind it wait: `push` returns a promise, which delays
 * their acknowledgement, and with it the gateway.
 */
export class EventStream<T> implements AsyncIterableIterator<T, undefined> {
  readonly #queue = new Ring<T>();
  readonly #pulls = new Ring<Deferred<IteratorResult<T, undefined>>>();
  readonly #release: () => void;
  #room: Deferred<void> | undefined;
  #ended = false;

  /** @param release removes the handlers that feed the stream. */
  constructor(release: () => void) {
    this.#release = release;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  push(value: T): Promise<void> | undefined {
    if (this.#ended) return undefined;
    const pull = this.#pulls.shift();
    if (pull !== undefined) {
      pull.resolve({ value, done: false });
      return undefined;
    }
    this.#queue.push(value);
    if (this.#queue.length < MAX_QUEUED) return undefined;
    this.#room ??= deferred();
    return this.#room.promise;
  }

  /** Ends the stream: no further event comes, and the queue is still given out. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#release();
    this.#makeRoom();
    for (let pull = this.#pulls.shift(); pull !== undefined; pull = this.#pulls.shift()) {
      pull.resolve({ value: undefined, done: true });
    }
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#queue.length > 0) {
      const value = this.#queue.shift() as T;
      if (this.#queue.length < MAX_QUEUED) this.#makeRoom();
      return Promise.resolve({ value, done: false });
    }
    if (this.#ended) return Promise.resolve({ value: undefined, done: true });
    const pull = deferred<IteratorResult<T, undefined>>();
    this.#pulls.push(pull);
    return pull.promise;
  }

  /** Called by `for await` when the loop is left early. */
  return(): Promise<IteratorResult<T, undefined>> {
    this.#queue.drop(this.#queue.length);
    this.end();
    return Promise.resolve({ value: undefined, done: true });
  }

  #makeRoom(): void {
    this.#room?.resolve();
    this.#room = undefined;
  }
}
