import type { Handler } from '../../util/emitter';

/** Handler of an event `K` of the events `M`, whose values are lists of arguments. */
export type HandlerOf<M, K extends keyof M> = Handler<Extract<M[K], unknown[]>>;

/**
 * Names of Node's EventEmitter beside `on`, `once` and `off`, for programs that were written against the client of 2011.
 */
export abstract class NodeEmitter<M> {
  abstract on<K extends keyof M & string>(event: K, handler: HandlerOf<M, K>): this;
  abstract off<K extends keyof M & string>(event: K, handler?: HandlerOf<M, K>): this;
  /** The handlers of an event, in the order they were added. */
  abstract listeners(event: keyof M & string): Array<Handler<never[]>>;
  /** Removes all handlers of an event, or of every event. */
  abstract removeAllListeners(event?: keyof M & string): this;
  /**
   * Calls the handlers of an event here, as if it had happened. Nothing is sent.
   * @returns whether there were any
   */
  abstract emit<K extends keyof M & string>(
    event: K,
    ...args: Partial<Extract<M[K], unknown[]>>
  ): boolean;

  /** The same as `on`. */
  addListener<K extends keyof M & string>(event: K, handler: HandlerOf<M, K>): this {
    return this.on(event, handler);
  }

  /** The same as `off`. */
  removeListener<K extends keyof M & string>(event: K, handler: HandlerOf<M, K>): this {
    return this.off(event, handler);
  }

  /** Does nothing: an event may have any number of handlers. */
  setMaxListeners(count: number): this {
    void count;
    return this;
  }
}
