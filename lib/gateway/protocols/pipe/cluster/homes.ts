import { type Eventual, later } from '../../../../brokers/eventual';
import type { App } from '../../../core/model/app';

/**
 * Streams with a name that this node is the home of. A stream of a name is on one node at a time, to which backends are
 * connected over any other; the broker knows which. A name is given up when nobody uses it any more.
 */
export class Homes {
  readonly #uses = new Map<App, Map<string, number>>();

  /** Asks to be the home of a name. `done` gets the node that is; until it has ended the name is not given up. */
  claim(app: App, name: string, done: (node: number | 'unavailable') => Eventual<void>): void {
    this.hold(app, name);
    void later(app.broker.home(name, true), (node) => {
      const letGo = (): void => this.letGo(app, name);
      const ended = done(node);
      if (ended instanceof Promise) void ended.finally(letGo);
      else letGo();
    });
  }

  /** A stream or a claim of this node uses a name. */
  hold(app: App, name: string): void {
    const uses = this.#uses.get(app) ?? new Map<string, number>();
    this.#uses.set(app, uses);
    uses.set(name, (uses.get(name) ?? 0) + 1);
  }

  /** A use is over; with the last one the name is given up. */
  letGo(app: App, name: string): void {
    const uses = this.#uses.get(app);
    const count = uses?.get(name);
    if (uses === undefined || count === undefined) return;
    if (count > 1) uses.set(name, count - 1);
    else {
      uses.delete(name);
      if (uses.size === 0) this.#uses.delete(app);
      void app.broker.home(name, false);
    }
  }
}
