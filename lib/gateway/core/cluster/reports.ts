import { later } from '../../../brokers/eventual';
import type { Clock } from '../../../util/timers';
import type { Journal } from '../journal';
import type { App } from '../model/app';
import { Elsewhere } from './elsewhere';
import type { Nodes } from './nodes';

export interface ReportsParts {
  readonly clock: Clock;
  readonly nodes: Nodes;
  readonly journal: Journal;
  readonly limits: { maxPipeUnackedEvents: number; maxPipeUnackedBytes: number };
}

/** Events of the browsers of each node, reported to the streams of backends on others. */
export class Reports {
  readonly #parts: ReportsParts;
  readonly #byApp = new Map<App, Elsewhere>();

  constructor(parts: ReportsParts) {
    this.#parts = parts;
    const { nodes } = parts;
    nodes.on(
      'hear',
      (app, message, from) => this.#byApp.get(app)?.reporters.hear(from, message) ?? '',
    );
    nodes.on('keep', (app, message) => this.#byApp.get(app)?.reporters.keep(message) ?? '');
    nodes.on(
      'tail',
      (app, message, from) => this.#byApp.get(app)?.reporters.tail(from, message) ?? '',
    );
    nodes.watch({
      changed: () => this.nodesChanged(),
      arrived: (app, node) => this.#byApp.get(app)?.arrived(node),
    });
    nodes.on('report', (app, message, from) => this.#byApp.get(app)?.report(from, message) ?? '');
  }

  /** Joins an app that other nodes may have too. */
  attach(app: App): void {
    if (app.broker.isAlone) return;
    const { clock, nodes, journal, limits } = this.#parts;
    const { maxPipeUnackedEvents: maxEvents, maxPipeUnackedBytes: maxBytes } = limits;
    const elsewhere = new Elsewhere(app, { clock, nodes, journal, maxEvents, maxBytes });
    this.#byApp.set(app, elsewhere);
    app.elsewhere = elsewhere;
    elsewhere.nodesChanged();
    // An app that a reload adds: the others ask at once for what their backends want to hear of it.
    void later(nodes.arrive([app]), () => undefined);
  }

  /** The app is gone from this node. */
  detach(app: App): void {
    this.#byApp.get(app)?.end();
    this.#byApp.delete(app);
    app.elsewhere = undefined;
  }

  /** Nodes came or went, or this one has another number. */
  nodesChanged(): void {
    for (const elsewhere of this.#byApp.values()) elsewhere.nodesChanged();
  }

  stop(): void {
    for (const elsewhere of this.#byApp.values()) elsewhere.stop();
  }
}
