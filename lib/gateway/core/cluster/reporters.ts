import { later } from '../../../brokers/eventual';
import type { Clock } from '../../../util/timers';
import type { PipeEvent } from '../../../wire/frames';
import type { Journal } from '../journal';
import type { App } from '../model/app';
import type { NodeMessage, Nodes } from './nodes';
import { readHear, readKeep, readTail, type TailMessage } from './report';
import { Reporter } from './reporter';

export interface ReportersParts {
  readonly clock: Clock;
  readonly nodes: Nodes;
  readonly journal: Journal;
  /** Limits of the events that wait for another node: the same as of a stream. */
  readonly maxEvents: number;
  readonly maxBytes: number;
}

/**
 * Reports of an app's browsers here to the nodes that ask for them. Events for a node that is gone are kept for some time,
 * for the next homes of its streams: by all nodes, also by nodes that came later.
 */
export class Reporters {
  readonly #app: App;
  readonly #parts: ReportersParts;
  readonly #reporters = new Map<number, Reporter>();
  /** Reporters to nodes that are gone, or may be. */
  readonly #orphans = new Map<number, Reporter>();
  /** The number under which this node reports. */
  #own = 0;
  /** Reporters that were ever made. */
  #made = 0;
  /** Questions that came when this node had a number that it did not report under yet. */
  readonly #early = new Map<number, NodeMessage>();

  constructor(app: App, parts: ReportersParts) {
    this.#app = app;
    this.#parts = parts;
  }

  /** Another node asks for reports. */
  hear(from: number, message: NodeMessage): string {
    const hear = readHear(message);
    const { nodes } = this.#parts;
    if (hear === undefined) return '';
    if (this.#own !== nodes.own) {
      this.#early.set(from, message);
      return 'ok';
    }
    // Reports to a node that this one does not know would go nowhere.
    if (!nodes.has(from)) return 'again';
    this.#orphans.get(from)?.stop();
    this.#orphans.delete(from);
    let reporter = this.#reporters.get(from);
    if (hear.rules.length === 0) {
      reporter?.stop();
      this.#reporters.delete(from);
      return 'ok';
    }
    if (reporter === undefined) {
      reporter = this.#make(from);
      this.#reporters.set(from, reporter);
    }
    reporter.hear(hear.id, hear.rules);
    return 'ok';
  }

  /** Another node knows what a third one wants to hear, which may be gone. */
  keep(message: NodeMessage): string {
    const asked = readKeep(message);
    if (asked === undefined) return '';
    const { of } = asked;
    // Reporters of the number before keep nothing for others.
    const isKept = this.#own === this.#parts.nodes.own && this.#reporters.has(of);
    if (isKept || this.#orphans.has(of)) return 'ok';
    const reporter = this.#make(of);
    this.#orphans.set(of, reporter);
    reporter.keep(asked, () => this.#orphans.delete(of));
    return 'ok';
  }

  /** Another node has taken over a stream of some that are gone. */
  tail(from: number, message: NodeMessage): string {
    const asked = readTail(message);
    if (asked === undefined) return '';
    const events = this.tailFor(asked);
    if (events === 'lost') return events;
    if (events === undefined) return 'none';
    const reporter = this.#reporters.get(from);
    if (reporter?.pass(asked.stream, events) !== true) return 'again';
    for (const [home] of asked.owed) this.#to(home)?.passed(asked, reporter);
    return 'ok';
  }

  /**
   * Events that are kept here for a stream. `lost` when some were dropped, and when none were kept, or are any more, although
   * browsers have been here; undefined when there were none of these.
   */
  tailFor(asked: TailMessage): PipeEvent[] | 'lost' | undefined {
    // A home that was one for a moment may have asked this node for nothing.
    const known = asked.owed.flatMap(([home, after]) => {
      const reporter = this.#to(home);
      return reporter === undefined ? [] : [reporter.tailAfter(after, asked)];
    });
    if (known.length === 0) return this.#app.hasHadSockets ? 'lost' : undefined;
    return known.includes(undefined) ? 'lost' : known.flatMap((events) => events ?? []);
  }

  /** Nodes came or went, or this one has another number. */
  nodesChanged(others: ReadonlySet<number>): void {
    const { own } = this.#parts.nodes;
    for (const [node, reporter] of this.#reporters) {
      if (others.has(node) && this.#own === own) continue;
      this.#reporters.delete(node);
      if (this.#own !== own) reporter.stop();
      else {
        this.#orphans.set(node, reporter);
        reporter.orphan(() => this.#orphans.delete(node));
      }
    }
    this.#own = own;
    for (const [node, message] of this.#early) this.hear(node, message);
    this.#early.clear();
  }

  /** A node that has come keeps what the streams of nodes want to hear that may be gone. */
  passOn(to: number): void {
    for (const reporter of [...this.#orphans.values(), ...this.#reporters.values()]) {
      if (reporter.node === to) continue;
      void later(this.#parts.nodes.send(this.#app, to, reporter.question()), () => undefined);
    }
  }

  /** The app is gone from this node: the others are told. */
  end(): void {
    for (const reporter of this.#reporters.values()) reporter.end();
  }

  stop(): void {
    for (const all of [this.#reporters, this.#orphans]) {
      for (const reporter of all.values()) reporter.stop();
      all.clear();
    }
  }

  #to(node: number): Reporter | undefined {
    return this.#orphans.get(node) ?? this.#reporters.get(node);
  }

  #make(node: number): Reporter {
    const { clock, nodes, maxEvents, maxBytes } = this.#parts;
    const lost = (to: number): void => this.#toldNothing(to);
    return new Reporter(this.#app, node, {
      ...{ clock, nodes, maxEvents, maxBytes, lost },
      series: ++this.#made,
    });
  }

  #toldNothing(node: number): void {
    const about = { app: this.#app.id, node };
    const text =
      'another gateway does not take what its backends want to hear: events are dropped, and it is told';
    this.#parts.journal.warn(about, text);
  }
}
