import { Emitter, type Handler } from '../../util/emitter';

/** Event names in here are the program's own: fixed words, or `event:` before a name from outside. */
export type Events = Record<string, unknown[]>;
export type AnyHandler = Handler<unknown[]>;
type OnFailure = (error: unknown, event: string) => void;

/** Subject that stands for all sockets, channels or users; no name from outside can be the same. */
export const EVERY = Symbol('every');
export type Subject = string | typeof EVERY;

/**
 * Emitters by the name of a socket, channel or user. An emitter exists from the first `on` until its last handler is
 * gone, so a name without handlers costs nothing.
 */
export class Registry {
  readonly #emitters = new Map<Subject, Emitter<Events>>();
  readonly #onFailure: OnFailure;
  readonly #onAdded: (event: string) => void;

  /**
   * @param onFailure told of a handler that failed
   * @param onAdded told of the event of each handler that is added
   */
  constructor(onFailure: OnFailure, onAdded: (event: string) => void) {
    this.#onFailure = onFailure;
    this.#onAdded = onAdded;
  }

  /** True when a subject has handlers of one of these events. */
  hears(subject: Subject, event: string, orEvent: string): boolean {
    const emitter = this.#emitters.get(subject);
    return emitter !== undefined && (emitter.has(event) || emitter.has(orEvent));
  }

  /** True when a subject has any handlers. */
  has(subject: Subject): boolean {
    return this.#emitters.has(subject);
  }

  /** The handlers of an event of a subject. */
  listeners(subject: Subject, event: string): AnyHandler[] {
    return (this.#emitters.get(subject)?.handlers(event) ?? []) as AnyHandler[];
  }

  add(subject: Subject, event: string, handler: AnyHandler, once: boolean): void {
    let emitter = this.#emitters.get(subject);
    if (emitter === undefined) {
      emitter = new Emitter<Events>(this.#onFailure);
      this.#emitters.set(subject, emitter);
    }
    if (once) emitter.once(event, handler);
    else emitter.on(event, handler);
    this.#onAdded(event);
  }

  remove(subject: Subject, event: string, handler?: AnyHandler): void {
    const emitter = this.#emitters.get(subject);
    emitter?.off(event, handler);
    if (emitter?.idle === true) this.#emitters.delete(subject);
  }

  /** Runs the handlers of an event. Returns a promise only when some of them are still running. */
  tell(subject: Subject, event: string, args: unknown[]): Promise<void> | undefined {
    const emitter = this.#emitters.get(subject);
    if (emitter === undefined) return undefined;
    const running = emitter.emit(event, ...args);
    // The last handler may have been there once only.
    if (emitter.idle && this.#emitters.get(subject) === emitter) this.#emitters.delete(subject);
    return running;
  }

  /** Removes all handlers of a subject. */
  drop(subject: Subject): void {
    this.#emitters.delete(subject);
  }
}

/** The handlers of what browsers do. */
export interface Registries {
  readonly sockets: Registry;
  readonly channels: Registry;
  readonly users: Registry;
}

/** @param onAdded told of the registry and the event of each handler that is added */
export function registriesOf(
  onFailure: OnFailure,
  onAdded: (registry: keyof Registries, event: string) => void,
): Registries {
  const registry = (name: keyof Registries): Registry =>
    new Registry(onFailure, (event) => onAdded(name, event));
  return { sockets: registry('sockets'), channels: registry('channels'), users: registry('users') };
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
