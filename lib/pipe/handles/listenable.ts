import type { Handler } from '../../util/emitter';
import { checkHandler, checkWord } from '../checks';
import { NodeEmitter, type HandlerOf } from '../handlers/node-emitter';
import type { AnyHandler, Registries, Registry, Subject } from '../handlers/registry';
import type { Queries } from '../queries/queries';
import type { Sender } from '../outbox/sender';

/**
 * The parts of a client that handles use. Handles hold nothing else, so they may be made, kept, shared and dropped at
 * will.
 */
export interface ClientParts {
  readonly registries: Registries;
  readonly sender: Sender;
  readonly queries: Queries;
}

/** Kinds of argument lists of handlers of `event`, by which the name of an event tells the type of its data. */
export interface Narrowed {
  /** All arguments, the meta last. */
  full: unknown[];
  /** The arguments up to the data. A function with fewer parameters than a union of lists is no handler for TypeScript. */
  short: unknown[];
}

/**
 * `on`, `once` and `off`, and Node's other names for them, the same for every handle. `N` are the lists of arguments of
 * `event`; without it there is no such event.
 */
export abstract class Listenable<
  M,
  N extends Narrowed = { full: never; short: never },
> extends NodeEmitter<M> {
  readonly #registry: Registry;
  readonly #subject: Subject;
  readonly #words: readonly string[];

  protected constructor(registry: Registry, subject: Subject, words: readonly string[]) {
    super();
    this.#registry = registry;
    this.#subject = subject;
    this.#words = words;
  }

  /** Adds a handler. It may return a promise: the next event of the same socket waits for it. */
  on(event: 'event' & keyof M, handler: Handler<N['full']>): this;
  on(event: 'event' & keyof M, handler: Handler<N['short']>): this;
  on<K extends keyof M & string>(event: K, handler: HandlerOf<M, K>): this;
  on(event: string, handler: Handler<never[]>): this {
    return this.#add(event, handler as AnyHandler, false);
  }

  /** Adds a handler that runs at most once. */
  once(event: 'event' & keyof M, handler: Handler<N['full']>): this;
  once(event: 'event' & keyof M, handler: Handler<N['short']>): this;
  once<K extends keyof M & string>(event: K, handler: HandlerOf<M, K>): this;
  once(event: string, handler: Handler<never[]>): this {
    return this.#add(event, handler as AnyHandler, true);
  }

  /** Removes a handler, or all handlers of an event. */
  off<K extends keyof M & string>(event: K, handler?: HandlerOf<M, K>): this {
    this.#registry.remove(this.#subject, event, handler as AnyHandler | undefined);
    return this;
  }

  listeners(event: keyof M & string): Array<Handler<never[]>> {
    return this.#registry.listeners(this.#subject, event);
  }

  removeAllListeners(event?: keyof M & string): this {
    if (event === undefined) this.#registry.drop(this.#subject);
    else this.#registry.remove(this.#subject, event);
    return this;
  }

  emit(event: keyof M & string, ...args: unknown[]): boolean {
    const isHeard = this.listeners(event).length > 0;
    void this.#registry.tell(this.#subject, event, args);
    return isHeard;
  }

  #add(event: string, handler: AnyHandler, once: boolean): this {
    if (!/^event:./s.test(event)) checkWord(event, [...this.#words, 'event:NAME']);
    checkHandler(handler);
    this.#registry.add(this.#subject, event, handler, once);
    return this;
  }
}
