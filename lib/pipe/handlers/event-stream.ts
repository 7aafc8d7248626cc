import { deferred, type Deferred } from '../../util/deferred';
import { Ring } from '../../util/ring';
import type { AnyHandler, Registry, Subject } from './registry';

/** An event that waits for the loop, or is in its hands. */
interface Held<T> {
  readonly value: T;
  /** Resolved when the loop has finished with it. */
  readonly finished: Deferred<void>;
}

/**
 * Events as an async iterator. An event is finished when the loop asks for the next one, or is left: until then `push`'s
 * promise delays its acknowledgement. Events that wait for the loop are bounded by the credit.
 */
class EventStream<T> implements AsyncIterableIterator<T, undefined> {
  readonly #queue = new Ring<Held<T>>();
  readonly #pulls = new Ring<Deferred<IteratorResult<T, undefined>>>();
  readonly #release: () => void;
  /** The event in the loop's hands. */
  #given: Held<T> | undefined;
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
    const held = { value, finished: deferred<void>() };
    const pull = this.#pulls.shift();
    if (pull === undefined) this.#queue.push(held);
    else pull.resolve(this.#give(held));
    return held.finished.promise;
  }

  /** Ends the stream: no further event comes, and the queue is still given out. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#release();
    for (let pull = this.#pulls.shift(); pull !== undefined; pull = this.#pulls.shift()) {
      pull.resolve({ value: undefined, done: true });
    }
  }

  next(): Promise<IteratorResult<T, undefined>> {
    this.#finish();
    const held = this.#queue.shift();
    if (held !== undefined) return Promise.resolve(this.#give(held));
    if (this.#ended) return Promise.resolve({ value: undefined, done: true });
    const pull = deferred<IteratorResult<T, undefined>>();
    this.#pulls.push(pull);
    return pull.promise;
  }

  /** Called by `for await` when the loop is left early. Events that wait for it have no handler any more. */
  return(): Promise<IteratorResult<T, undefined>> {
    this.end();
    this.#finish();
    for (let held = this.#queue.shift(); held !== undefined; held = this.#queue.shift()) {
      held.finished.resolve();
    }
    return Promise.resolve({ value: undefined, done: true });
  }

  #give(held: Held<T>): IteratorResult<T, undefined> {
    // A second `next` may have been called before the first was answered: the earlier event is then finished too.
    this.#finish();
    this.#given = held;
    return { value: held.value, done: false };
  }

  #finish(): void {
    this.#given?.finished.resolve();
    this.#given = undefined;
  }
}

/**
 * The events of a subject from now on, until the loop is left or an event of `ends` is delivered.
 * @param valueOf makes a value of the arguments of a handler of `event`
 */
export function eventStream<T, A extends unknown[]>(
  registry: Registry,
  subject: Subject,
  valueOf: (...args: A) => T,
  ends: readonly string[] = [],
): EventStream<T> {
  const event = ((...args: A) => stream.push(valueOf(...args))) as AnyHandler;
  const end = (): void => stream.end();
  const stream = new EventStream<T>(() => {
    registry.remove(subject, 'event', event);
    for (const name of ends) registry.remove(subject, name, end);
  });
  registry.add(subject, 'event', event, false);
  for (const name of ends) registry.add(subject, name, end, false);
  return stream;
}
