import type { Clock } from '../../util/timers';

/** A topic is heard for this long after nobody needs it, so that a page that is loaded again does not end it. */
const LINGER_MS = 1000;

interface Watch {
  count: number;
  heard: boolean;
  ready: Promise<void>;
  unusedSince: number;
  /** Number behind which its events are due; undefined before it is heard. */
  dueFrom: number | undefined;
}

/** Topics that a node hears, each as long as somebody needs it and a moment longer. */
export class Watches {
  readonly #clock: Clock;
  readonly #begin: (name: string) => Promise<void>;
  readonly #end: (name: string) => void;
  readonly #watches = new Map<string, Watch>();
  /** Topics that nobody needs, the longest first. */
  readonly #unused = new Map<string, Watch>();

  constructor(clock: Clock, begin: (name: string) => Promise<void>, end: (name: string) => void) {
    this.#clock = clock;
    this.#begin = begin;
    this.#end = end;
  }

  get size(): number {
    return this.#watches.size;
  }

  names(): string[] {
    return [...this.#watches.keys()];
  }

  /** @param heard called when a topic is heard that was not; returns the number of the last change known then */
  add(name: string, heard: () => number): void | Promise<void> {
    const watch = this.#watches.get(name) ?? this.#open(name, heard);
    watch.count++;
    this.#unused.delete(name);
    return watch.heard ? undefined : watch.ready;
  }

  /** Number behind which events of a topic are due; undefined when it is not heard. */
  dueFrom(name: string): number | undefined {
    return this.#watches.get(name)?.dueFrom;
  }

  /** Numbers begin anew: all events from now on are due. */
  renumbered(): void {
    for (const watch of this.#watches.values()) if (watch.dueFrom !== undefined) watch.dueFrom = 0;
  }

  #open(name: string, heard: () => number): Watch {
    const ready = this.#begin(name).then(() => {
      watch.heard = true;
      watch.dueFrom = heard();
    });
    const watch: Watch = { count: 0, heard: false, ready, unusedSince: 0, dueFrom: undefined };
    this.#watches.set(name, watch);
    return watch;
  }

  remove(name: string): void {
    const watch = this.#watches.get(name);
    if (watch === undefined || watch.count === 0 || --watch.count > 0) return;
    watch.unusedSince = this.#clock.now();
    this.#unused.set(name, watch);
  }

  tick(): void {
    const now = this.#clock.now();
    for (const [name, { unusedSince }] of this.#unused) {
      if (now - unusedSince < LINGER_MS) return;
      this.#unused.delete(name);
      this.#watches.delete(name);
      this.#end(name);
    }
  }
}
