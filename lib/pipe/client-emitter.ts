import type { Emitter, Handler } from '../util/emitter';
import { checkHandler, checkWord } from './checks';
import { NodeEmitter, type HandlerOf } from './handlers/node-emitter';
import { CLIENT_EVENTS } from './reporter';
import type { ClientEvents } from './types';

/** The events of a client itself, such as `connected` and `error`. */
export class ClientEmitter extends NodeEmitter<ClientEvents> {
  readonly #emitter: Emitter<ClientEvents>;

  constructor(emitter: Emitter<ClientEvents>) {
    super();
    this.#emitter = emitter;
  }

  /** Adds a handler. */
  on<K extends keyof ClientEvents>(event: K, handler: HandlerOf<ClientEvents, K>): this {
    checkWord(event, CLIENT_EVENTS);
    checkHandler(handler);
    this.#emitter.on(event, handler as Handler<ClientEvents[K]>);
    return this;
  }

  /** Adds a handler that runs at most once. */
  once<K extends keyof ClientEvents>(event: K, handler: HandlerOf<ClientEvents, K>): this {
    checkWord(event, CLIENT_EVENTS);
    checkHandler(handler);
    this.#emitter.once(event, handler as Handler<ClientEvents[K]>);
    return this;
  }

  /** Removes a handler, or all handlers of an event. */
  off<K extends keyof ClientEvents>(event: K, handler?: HandlerOf<ClientEvents, K>): this {
    this.#emitter.off(event, handler as Handler<ClientEvents[K]> | undefined);
    return this;
  }

  listeners(event: keyof ClientEvents): Array<Handler<never[]>> {
    return this.#emitter.handlers(event) as Array<Handler<never[]>>;
  }

  removeAllListeners(event?: keyof ClientEvents): this {
    if (event === undefined) this.#emitter.clear();
    else this.#emitter.off(event);
    return this;
  }

  emit<K extends keyof ClientEvents>(event: K, ...args: Partial<ClientEvents[K]>): boolean {
    const isHeard = this.#emitter.has(event);
    void this.#emitter.emit(event, ...(args as ClientEvents[K]));
    return isHeard;
  }
}
