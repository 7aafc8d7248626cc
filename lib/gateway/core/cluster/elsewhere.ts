import { all, type Eventual, later } from '../../../brokers/eventual';
import type { Clock, Timer } from '../../../util/timers';
import { EventKind, type PipeEvent, type Rule } from '../../../wire/frames';
import type { Journal } from '../journal';
import type { App, ClusterStream, FarBrowsers, TakenOver } from '../model/app';
import { FarNode } from './far-node';
import type { NodeMessage, Nodes } from './nodes';
import {
  readHear,
  readReport,
  readTail,
  reportable,
  type ReportItem,
  type TailMessage,
} from './report';
import { Reporter } from './reporter';

/** Longest wait of a backend for nodes that do not answer: one that has died is known to be dead later. */
const HEARD_MS = 2_000;
/** Longest wait for events that are passed on: snapshots wait as well. */
const PASSED_MS = 12_000;
/** Wait before a node that did not answer is asked again. */
const AGAIN_MS = 1_000;
/** Events of a lost node that are told in one turn. */
const SLICE = 500;

export interface ElsewhereParts {
  readonly clock: Clock;
  readonly nodes: Nodes;
  readonly journal: Journal;
  /** Limits of the events that wait for another node: the same as of a stream. */
  readonly maxEvents: number;
  readonly maxBytes: number;
}

/**
 * The other nodes of an app. Each is asked to report what the streams of this node want to hear, and their reports are
 * offered to the streams, joined to one view: a channel that two nodes have becomes occupied once. And this node reports to
 * those that ask. A node that dies is told as the close of all of its sockets.
 */
export class Elsewhere implements FarBrowsers {
  readonly #app: App;
  readonly #parts: ElsewhereParts;
  readonly #far = new Map<number, FarNode>();
  /** Nodes that are gone, and not yet told as gone to the end. */
  readonly #gone = new Set<FarNode>();
  readonly #reporters = new Map<number, Reporter>();
  /** Reporters to nodes that are gone, for those that take over their streams. */
  readonly #orphans = new Map<number, Reporter>();
  /** Number of the last question to the other nodes, and its rules as text. */
  #id = 0;
  #asked = '';
  #rules: readonly Rule[] = [];
  /** The number of this node under which it has asked. */
  #own = 0;
  /** The streams here go on elsewhere: the other nodes keep what they would report. */
  #isLeaving = false;
  readonly #waiting = new Set<() => void>();
  #again: Timer | undefined;
  #overdue: Timer | undefined;

  constructor(app: App, parts: ElsewhereParts) {
    this.#app = app;
    this.#parts = parts;
  }

  get isHeard(): boolean {
    for (const { awaited } of this.#streams()) if (awaited.size > 0) return false;
    if (this.#rules.length === 0) return true;
    for (const far of this.#far.values()) if (far.heard < this.#id) return false;
    return true;
  }

  heard(): Eventual<void> {
    if (this.isHeard) return undefined;
    const { clock } = this.#parts;
    return new Promise((resolve) => {
      const end = (): void => {
        this.#waiting.delete(end);
        clock.clearTimeout(timer);
        resolve();
      };
      const timer = clock.setTimeout(end, HEARD_MS);
      this.#waiting.add(end);
    });
  }

  leave(): void {
    this.#isLeaving = true;
  }

  changed(): void {
    if (this.#isLeaving) return;
    const rules = reportable(Array.from(this.#streams(), ({ rules }) => [...rules]).flat());
    const asked = [...rules.keys()].sort().join();
    if (asked === this.#asked) return;
    this.#asked = asked;
    this.#rules = [...rules.values()];
    this.#askAll();
  }

  isNews(event: PipeEvent): boolean {
    return !this.#isElsewhere(event, undefined);
  }

  *sockets(): IterableIterator<string> {
    for (const { sockets } of this.#far.values()) yield* sockets;
    for (const { sockets } of this.#gone) yield* sockets;
  }

  *nodes(): IterableIterator<[number, number]> {
    for (const far of [...this.#far.values(), ...this.#gone]) {
      yield [far.node, (far.next ?? 1) - 1];
    }
  }

  takeOver(stream: ClusterStream, { home, reports }: TakenOver): void {
    const { nodes } = this.#parts;
    const rules = [...stream.rules].flat();
    const own = this.#reporterTo(home)?.tailAfter(reports.get(nodes.own) ?? 0, rules) ?? [];
    for (const event of own) if (this.isNews(event)) this.#offerTo(stream.id, event);
    for (const node of this.#far.keys()) {
      const after = reports.get(node) ?? 0;
      const message: TailMessage = { type: 'tail', of: home, after, rules, stream: stream.id };
      stream.awaited.set(node, []);
      void later(nodes.send(this.#app, node, message), (answer) => {
        // Otherwise the end of its events comes with its reports.
        if (answer !== 'ok')
          this.#ended(node, stream.id, answer === 'none' ? 'first' : 'perhaps again');
      });
    }
    this.#clear(this.#overdue);
    this.#overdue = this.#parts.clock.setTimeout(() => {
      for (const { id } of this.#streams())
        for (const node of this.#far.keys()) this.#ended(node, id, 'perhaps again');
    }, PASSED_MS);
  }

  *channels(): IterableIterator<string> {
    for (const { channels } of this.#far.values()) yield* channels;
    for (const { channels } of this.#gone) yield* channels;
  }

  /** Another node asks for reports. */
  hear(from: number, message: NodeMessage): string {
    const hear = readHear(message);
    if (hear === undefined) return '';
    let reporter = this.#reporters.get(from);
    if (hear.rules.length === 0) {
      reporter?.stop();
      this.#reporters.delete(from);
      return 'ok';
    }
    if (reporter === undefined) {
      const { clock, nodes, maxEvents, maxBytes } = this.#parts;
      const lost = (node: number): void => this.#toldNothing(node);
      reporter = new Reporter(this.#app, from, { clock, nodes, maxEvents, maxBytes, lost });
      this.#reporters.set(from, reporter);
    }
    reporter.hear(hear.id, hear.rules);
    return 'ok';
  }

  /** Another node reports. */
  report(from: number, message: NodeMessage): Eventual<string> {
    const report = readReport(message);
    const far = this.#far.get(from);
    if (report === undefined || far === undefined) return 'again';
    const isNext = report.number === far.next;
    const begin = report.items.findIndex((item) => 'begin' in item);
    if (!isNext && begin < 0) return 'again';
    far.next = report.number + 1;
    for (const item of isNext ? report.items : report.items.slice(begin)) this.#take(far, item);
    const kept = Array.from(this.#streams(), (stream) => stream.reported(from, report.number));
    return later(all(kept), (each) => (each.includes(false) ? 'again' : 'ok'));
  }

  /** Another node has taken over a stream of one that is gone. */
  tail(from: number, message: NodeMessage): string {
    const asked = readTail(message);
    if (asked === undefined) return '';
    const events = this.#reporterTo(asked.of)?.tailAfter(asked.after, asked.rules);
    if (events === undefined) return 'none';
    return this.#reporters.get(from)?.pass(asked.stream, events) === true ? 'ok' : 'none';
  }

  /** Nodes came or went, or this one has another number. */
  nodesChanged(): void {
    const { nodes, clock } = this.#parts;
    if (nodes.own === 0) return;
    const others = new Set(nodes.others());
    for (const [node, reporter] of this.#reporters) {
      if (others.has(node) && this.#own === nodes.own) continue;
      this.#reporters.delete(node);
      if (this.#own !== nodes.own) reporter.stop();
      else {
        this.#orphans.set(node, reporter);
        reporter.orphan(() => this.#orphans.delete(node));
      }
    }
    for (const [node, far] of this.#far) {
      if (others.has(node)) continue;
      for (const { id } of this.#streams()) this.#ended(node, id, 'perhaps again');
      this.#far.delete(node);
      this.#gone.add(far);
      this.#tellGone(far, far.gone(clock.wall()));
    }
    if (this.#own !== nodes.own) {
      // The others do not report to the number of before any more.
      for (const far of this.#far.values()) far.isBroken = this.#own !== 0;
      this.#own = nodes.own;
      this.#isLeaving = false;
      this.changed();
      if (this.#rules.length > 0) this.#askAll();
    }
    for (const node of others) {
      if (this.#far.has(node)) continue;
      this.#far.set(node, new FarNode(node, this.#rules.length > 0));
      if (this.#rules.length > 0) this.#ask(node);
    }
    this.#tellNodes();
    this.#checkHeard();
  }

  /** The app is gone from this node: the others are told. */
  end(): void {
    for (const reporter of this.#reporters.values()) reporter.end();
    this.stop();
  }

  /** Nothing is reported, and nobody is asked, any more. */
  stop(): void {
    for (const all of [this.#reporters, this.#orphans]) {
      for (const reporter of all.values()) reporter.stop();
      all.clear();
    }
    this.#far.clear();
    this.#rules = [];
    this.#asked = '';
    this.#clear(this.#again);
    this.#clear(this.#overdue);
    for (const end of [...this.#waiting]) end();
  }

  *#streams(): IterableIterator<ClusterStream> {
    for (const { stream } of this.#app.observers) if (stream !== undefined) yield stream;
  }

  #askAll(): void {
    this.#id++;
    for (const node of this.#far.keys()) this.#ask(node);
  }

  #ask(node: number): void {
    const { nodes } = this.#parts;
    const id = this.#id;
    const message: NodeMessage = { type: 'hear', id, rules: this.#rules };
    void later(nodes.send(this.#app, node, message), (answer) => {
      const far = this.#far.get(node);
      if (far === undefined || id !== this.#id) return;
      // A version that reports nothing.
      if (answer === '') {
        far.heard = id;
        this.#checkHeard();
      } else if (answer === undefined) this.#askAgain();
    });
  }

  /** Asks those that have not answered. */
  #askAgain(): void {
    this.#again ??= this.#parts.clock.setTimeout(() => {
      this.#again = undefined;
      for (const [node, far] of this.#far) if (far.heard < this.#id) this.#ask(node);
    }, AGAIN_MS);
  }

  #take(far: FarNode, item: ReportItem): void {
    if ('kind' in item) this.#tell(far, item);
    else if ('present' in item) far.piece(item.present);
    else if ('begin' in item) far.begin(item.begin);
    else if ('passed' in item) this.#pass(far, item.passed, item.stream);
    else if ('ended' in item) this.#ended(far.node, item.ended);
    else {
      const { clock } = this.#parts;
      const news = far.end(clock.wall());
      if (news?.isLost === true) {
        for (const stream of this.#streams()) {
          this.#ended(far.node, stream.id);
          stream.missed();
        }
      }
      for (const event of news?.events ?? []) this.#tell(far, event);
      far.heard = item.heard;
      this.#checkHeard();
    }
  }

  /** Offers an event of another node to the streams, unless it changes nothing in the cluster. */
  #tell(far: FarNode, event: PipeEvent): void {
    const isNews = !this.#isHere(event) && !this.#isElsewhere(event, far);
    far.note(event);
    if (!isNews) return;
    for (const observer of this.#app.observers) {
      const { stream } = observer;
      if (stream === undefined) continue;
      const held = stream.awaited.get(far.node);
      if (held === undefined) observer.offer(event, '');
      else if (held.push(event) > this.#parts.maxEvents)
        this.#ended(far.node, stream.id, 'perhaps again');
    }
  }

  /** An event for a stream that was taken over, which the other streams have had. */
  #pass(far: FarNode, event: PipeEvent, stream: string): void {
    if (!this.#isHere(event) && !this.#isElsewhere(event, far)) this.#offerTo(stream, event);
  }

  #offerTo(id: string, event: PipeEvent): void {
    for (const observer of this.#app.observers) {
      if (observer.stream?.id === id) observer.offer(event, '');
    }
  }

  /** A node has passed on all events for a stream, unless what it has reported since is told instead. */
  #ended(node: number, id: string, since?: 'first' | 'perhaps again'): void {
    for (const stream of this.#streams()) {
      const held = stream.id === id ? stream.awaited.get(node) : undefined;
      if (held === undefined) continue;
      stream.awaited.delete(node);
      for (const event of since === undefined ? [] : held) {
        this.#offerTo(id, since === 'first' ? event : { ...event, redelivered: true });
      }
      this.#checkHeard();
    }
  }

  #clear(timer: Timer | undefined): void {
    if (timer !== undefined) this.#parts.clock.clearTimeout(timer);
  }

  #reporterTo(node: number): Reporter | undefined {
    return this.#orphans.get(node) ?? this.#reporters.get(node);
  }

  /** True when the channel, member or user of an event is present on this node. */
  #isHere({ kind, channel = '', userId = '' }: PipeEvent): boolean {
    const { channels, users } = this.#app;
    switch (kind) {
      case EventKind.OCCUPIED:
      case EventKind.VACATED:
        return (channels.get(channel)?.sockets.size ?? 0) > 0;
      case EventKind.MEMBER_ADDED:
      case EventKind.MEMBER_REMOVED:
        return channels.get(channel)?.presence?.isIn(userId) === true;
      case EventKind.USER_ONLINE:
      case EventKind.USER_OFFLINE:
        return users.has(userId);
      default:
        // Other events are about a socket, which is of one node alone.
        return false;
    }
  }

  #isElsewhere(event: PipeEvent, except: FarNode | undefined): boolean {
    for (const far of this.#far.values()) if (far !== except && far.has(event)) return true;
    for (const far of this.#gone) if (far !== except && far.has(event)) return true;
    return false;
  }

  /** Tells a lost node as gone, a slice in each turn. */
  #tellGone(far: FarNode, events: Iterator<PipeEvent, undefined>): void {
    for (let left = SLICE; left > 0; left--) {
      const { value, done } = events.next();
      if (done === true) {
        this.#gone.delete(far);
        return this.#tellNodes();
      }
      this.#tell(far, value);
    }
    this.#parts.clock.endOfTurn(() => this.#tellGone(far, events));
  }

  #tellNodes(): void {
    for (const stream of this.#streams()) stream.nodesChanged();
  }

  #checkHeard(): void {
    if (!this.isHeard) return;
    for (const end of [...this.#waiting]) end();
    for (const stream of this.#streams()) stream.heard();
  }

  #toldNothing(node: number): void {
    const about = { app: this.#app.id, node };
    const text =
      'another gateway does not take what its backends want to hear: events are dropped, and it is told';
    this.#parts.journal.warn(about, text);
  }
}
