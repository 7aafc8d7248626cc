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
  readonly #begin: (name: string) => Promise<number>;
  readonly #end: (name: string) => void;
  readonly #watches = new Map<string, Watch>();
  /** Topics that nobody needs, the longest first. */
  readonly #unused = new Map<string, Watch>();
  #heard = 0;

  /** @param begin resolves when a topic is heard, with the number of a change before that */
  constructor(clock: Clock, begin: (name: string) => Promise<number>, end: (name: string) => void) {
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

  /**
   * @param heard called when a topic is heard that was not, with the number of a change before that, and whether no other topic
   * is heard; returns the number behind which its events are due
   */
  add(name: string, heard: (number: number, isFirst: boolean) => number): void | Promise<void> {
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

  #open(name: string, heard: (number: number, isFirst: boolean) => number): Watch {
    const ready = this.#begin(name).then((number) => {
      // Nobody may need it any more.
      if (this.#watches.get(name) !== watch) return;
      watch.heard = true;
      watch.dueFrom = heard(number, this.#heard++ === 0);
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
    for (const [name, { unusedSince, heard }] of this.#unused) {
      if (now - unusedSince < LINGER_MS) return;
      this.#unused.delete(name);
      this.#watches.delete(name);
      if (heard) this.#heard--;
      this.#end(name);
    }
  }
}
