/* eslint-disable standpipe/fixed-event-names -- the one dispatcher of names from outside: all carry the prefix `event:` */
import { StandpipeError } from '../../errors';
import { Emitter, type Handler } from '../../util/emitter';

/** Event names in here are the program's own: fixed words, or `event:` before a name from outside. */
export type Events = Record<string, unknown[]>;
export type AnyHandler = Handler<unknown[]>;
type OnFailure = (error: unknown, event: string) => void;

/** Stands for all sockets, channels or users; no name from outside can be the same. */
export const EVERY = Symbol('every');
export type Scope = string | typeof EVERY;

/**
 * Emitters by the name of a socket or channel. One exists from the first `on` until its last handler is gone, so a
 * name that nobody listens to costs nothing.
 */
export class Registry {
  readonly #emitters = new Map<Scope, Emitter<Events>>();
  readonly #onFailure: OnFailure;

  constructor(onFailure: OnFailure) {
    this.#onFailure = onFailure;
  }

  get size(): number {
    return this.#emitters.size;
  }

  /** Whether anybody listens to one of these events of a name. */
  hears(name: Scope, event: string, orEvent: string): boolean {
    const emitter = this.#emitters.get(name);
    return emitter !== undefined && (emitter.has(event) || emitter.has(orEvent));
  }

  add(name: Scope, event: string, handler: AnyHandler, once: boolean): void {
    let emitter = this.#emitters.get(name);
    if (emitter === undefined) {
      emitter = new Emitter<Events>(this.#onFailure);
      this.#emitters.set(name, emitter);
    }
    if (once) emitter.once(event, handler);
    else emitter.on(event, handler);
  }

  remove(name: Scope, event: string, handler?: AnyHandler): void {
    const emitter = this.#emitters.get(name);
    emitter?.off(event, handler);
    if (emitter?.idle === true) this.#emitters.delete(name);
  }

  tell(name: Scope, event: string, ...args: unknown[]): Promise<void> | undefined {
    const emitter = this.#emitters.get(name);
    if (emitter === undefined) return undefined;
    const running = emitter.emit(event, ...args);
    // The last handler may have been there once only.
    if (emitter.idle && this.#emitters.get(name) === emitter) this.#emitters.delete(name);
    return running;
  }

  /** Removes all handlers of a name. */
  drop(name: Scope): void {
    this.#emitters.delete(name);
  }
}

/** Everybody who listens to what browsers do. */
export interface Listeners {
  readonly sockets: Registry;
  readonly channels: Registry;
  readonly users: Registry;
}

/** Joins what two emits returned: a promise only when some handler is still running. */
export function both(
  one: Promise<void> | undefined,
  other: Promise<void> | undefined,
): Promise<void> | undefined {
  if (one === undefined) return other;
  if (other === undefined) return one;
  return Promise.all([one, other]).then(() => undefined);
}

/** Throws `bad_argument` for a word that is no event, which is most likely misspelled. */
export function checkEvent(event: unknown, words: readonly string[]): void {
  if (words.includes(event as string)) return;
  throw new StandpipeError(
    'bad_argument',
    `there is no such event here; the events are ${words.join(', ')}`,
  );
}

export function checkHandler(handler: unknown): void {
  if (typeof handler === 'function') return;
  throw new StandpipeError('bad_argument', 'a handler must be a function');
}
