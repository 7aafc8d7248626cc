import mitt from 'mitt';

/** A handler of an event. Its result is awaited only to see it fail or end. */
export type Handler<A extends unknown[]> = (...args: A) => unknown;

/** Names of events with the arguments of their handlers. */
export type EventArgs = Record<string, unknown[]>;

/**
 * mitt behind a barrier: a handler that throws, or whose promise rejects, is handed to `onFailure` and stops nobody
 * else. Names that come from outside must carry a prefix (`event:`) before they get here.
 */
export class Emitter<M extends EventArgs> {
  readonly #bus = mitt<Record<string, unknown[]>>();
  readonly #onFailure: (error: unknown, event: string) => void;
  /** Wrapped handlers by event, so that `off` finds what `on` was given. A handler added twice runs twice. */
  readonly #guards = new Map<
    string,
    Array<{ handler: unknown; guard: (args: unknown[]) => void }>
  >();
  #running: Array<Promise<void>> | undefined;

  constructor(onFailure: (error: unknown, event: string) => void) {
    this.#onFailure = onFailure;
  }

  on<K extends keyof M & string>(event: K, handler: Handler<M[K]>): void {
    this.#add(event, handler, (args) => this.#run(event, handler as Handler<unknown[]>, args));
  }

  once<K extends keyof M & string>(event: K, handler: Handler<M[K]>): void {
    this.#add(event, handler, (args) => {
      this.off(event, handler);
      this.#run(event, handler as Handler<unknown[]>, args);
    });
  }

  /** Removes one handler of an event, or all of them. */
  off<K extends keyof M & string>(event: K, handler?: Handler<M[K]>): void {
    const guards = this.#guards.get(event);
    if (guards === undefined) return;
    const at = handler === undefined ? -1 : guards.findIndex((entry) => entry.handler === handler);
    const gone = handler === undefined ? guards.splice(0) : at < 0 ? [] : guards.splice(at, 1);
    for (const { guard } of gone) this.#bus.off(event, guard);
    if (guards.length === 0) {
      this.#guards.delete(event);
      this.#bus.all.delete(event);
    }
  }

  /** The handlers of an event, in the order they were added. */
  handlers(event: string): unknown[] {
    return (this.#guards.get(event) ?? []).map(({ handler }) => handler);
  }

  /** Removes all handlers of every event. */
  clear(): void {
    this.#guards.clear();
    this.#bus.all.clear();
  }

  has(event: string): boolean {
    return this.#guards.has(event);
  }

  /** True when no event has a handler. */
  get idle(): boolean {
    return this.#guards.size === 0;
  }

  /**
   * Runs the handlers of an event in the order they were added. Returns a promise only when some handler returned one;
   * it resolves, and never rejects, when all of them have ended.
   */
  emit<K extends keyof M & string>(event: K, ...args: M[K]): Promise<void> | undefined {
    if (!this.#guards.has(event)) return undefined;
    const outer = this.#running;
    this.#running = undefined;
    this.#bus.emit(event, args);
    const running = this.#running as Array<Promise<void>> | undefined;
    this.#running = outer;
    if (running === undefined) return undefined;
    return running.length === 1 ? running[0] : Promise.all(running).then(() => undefined);
  }

  #add(event: string, handler: unknown, guard: (args: unknown[]) => void): void {
    const guards = this.#guards.get(event);
    if (guards === undefined) this.#guards.set(event, [{ handler, guard }]);
    else guards.push({ handler, guard });
    this.#bus.on(event, guard);
  }

  #run(event: string, handler: Handler<unknown[]>, args: unknown[]): void {
    try {
      const result = handler(...args);
      if (isThenable(result)) {
        const ended = Promise.resolve(result).then(
          () => undefined,
          (error: unknown) => this.#onFailure(error, event),
        );
        (this.#running ??= []).push(ended);
      }
    } catch (error) {
      this.#onFailure(error, event);
    }
  }
}

/** True for promises, and for objects that are awaited as such. */
export function isThenable<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { then?: unknown }).then === 'function'
  );
}
