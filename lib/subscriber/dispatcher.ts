import { reportFailure } from './log';

/** The data types of an app's events, by name. */
export type EventTypes = object;

/** Metadata of an event on a channel. */
export interface Metadata {
  /** The member who sent a client event on a presence channel, as it was signed. */
  user_id?: string;
}

/** Names of an event table; any name where the table is open. */
export type NameOf<E extends EventTypes> = keyof E & string;

/**
 * A handler of one event. It is compared as a method, so that a handler may declare the type of data it expects where an
 * app has not declared its events.
 */
export type EventHandler<D = unknown> = {
  /** Called with the data of an event. */
  handle(data: D, metadata: Metadata): unknown;
}['handle'];

/** A handler of every event. */
export type GlobalHandler = (event: string, data: unknown) => unknown;

type AnyHandler = (...args: unknown[]) => unknown;

interface Binding {
  handler: AnyHandler;
  context: unknown;
}

/** Events without a declaration: any name, with data of any kind. */
export type AnyEvents = Record<string, unknown>;

/**
 * Handlers by event name, with the calls and argument rules of pusher-js. A handler that throws is reported and stops no
 * other one. Handlers bound or unbound during an event count from the next one.
 */
export class Dispatcher<E extends EventTypes = AnyEvents> {
  readonly #bindings = new Map<string, readonly Binding[]>();
  #globals: readonly GlobalHandler[] = [];

  /** Calls `handler` for every event of this name; `context` is its `this`. */
  bind<K extends NameOf<E>>(event: K, handler: EventHandler<E[K]>, context?: unknown): this {
    const binding = { handler: handler as AnyHandler, context };
    this.#bindings.set(event, [...(this.#bindings.get(event) ?? []), binding]);
    return this;
  }

  /** Calls `handler` with the name and data of every event. */
  bind_global(handler: GlobalHandler): this {
    this.#globals = [...this.#globals, handler];
    return this;
  }

  /** The name that `bind_global` has in pusher-client. */
  bind_all(handler: GlobalHandler): this {
    return this.bind_global(handler);
  }

  /** Removes the handlers that match all arguments given; without any, all that `bind` has added. */
  unbind<K extends NameOf<E>>(event?: K, handler?: EventHandler<E[K]>, context?: unknown): this {
    const names = event ? [event] : [...this.#bindings.keys()];
    for (const name of names) {
      const left = (this.#bindings.get(name) ?? []).filter(
        (binding) =>
          (handler || context) &&
          ((handler && handler !== binding.handler) || (context && context !== binding.context)),
      );
      if (left.length === 0) this.#bindings.delete(name);
      else this.#bindings.set(name, left);
    }
    return this;
  }

  /** Removes one handler of every event, or all of them. */
  unbind_global(handler?: GlobalHandler): this {
    this.#globals = handler ? this.#globals.filter((other) => other !== handler) : [];
    return this;
  }

  /** Removes every handler. */
  unbind_all(): this {
    return this.unbind().unbind_global();
  }

  /**
   * Calls the handlers of an event, those of every event first. With metadata a handler has two arguments; without,
   * it has one, or none where the data is empty.
   */
  emit(event: string, data?: unknown, metadata?: Metadata): this {
    for (const handler of this.#globals) guarded(() => handler(event, data));
    const args = metadata ? [data, metadata] : data ? [data] : [];
    for (const { handler, context } of this.#bindings.get(event) ?? []) {
      guarded(() => handler.apply(context || globalThis, args));
    }
    return this;
  }
}

function guarded(call: () => unknown): void {
  try {
    const result = call();
    if (result instanceof Promise) result.catch(reportFailure);
  } catch (error) {
    reportFailure(error);
  }
}
