import type { Handler } from '../../util/emitter';
import {
  checkEvent,
  checkHandler,
  type AnyHandler,
  type Listeners,
  type Registry,
  type Scope,
} from '../handlers/registry';
import type { Queries } from '../queries/queries';
import type { Sender } from '../outbox/sender';

/** What handles stand on. They hold nothing else, so they may be made, kept, shared and dropped at will. */
export interface Ground {
  readonly listeners: Listeners;
  readonly sender: Sender;
  readonly requests: Queries;
}

/** `on`, `once` and `off`, the same for every handle. */
export abstract class Listenable<M> {
  readonly #registry: Registry;
  readonly #scope: Scope;
  readonly #words: readonly string[];

  protected constructor(registry: Registry, scope: Scope, words: readonly string[]) {
    this.#registry = registry;
    this.#scope = scope;
    this.#words = words;
  }

  /** Adds a handler. It may return a promise: the next event of the same socket waits for it. */
  on<K extends keyof M & string>(event: K, handler: Handler<Extract<M[K], unknown[]>>): this {
    return this.#add(event, handler as AnyHandler, false);
  }

  /** Adds a handler that runs at most once. */
  once<K extends keyof M & string>(event: K, handler: Handler<Extract<M[K], unknown[]>>): this {
    return this.#add(event, handler as AnyHandler, true);
  }

  /** Removes a handler, or all handlers of an event. */
  off<K extends keyof M & string>(event: K, handler?: Handler<Extract<M[K], unknown[]>>): this {
    this.#registry.remove(this.#scope, event, handler as AnyHandler | undefined);
    return this;
  }

  #add(event: string, handler: AnyHandler, once: boolean): this {
    if (!/^event:./s.test(event)) checkEvent(event, [...this.#words, 'event:NAME']);
    checkHandler(handler);
    this.#registry.add(this.#scope, event, handler, once);
    return this;
  }
}
