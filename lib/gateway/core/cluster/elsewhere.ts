import { all, type Eventual, later } from '../../../brokers/eventual';
import type { Timer } from '../../../util/timers';
import { EventKind, type PipeEvent } from '../../../wire/frames';
import type { App, ClusterStream, FarBrowsers, TakenOver } from '../model/app';
import { FarNode } from './far-node';
import type { NodeMessage } from './nodes';
import { Questions } from './questions';
import { readReport, type ReportItem, type TailMessage } from './report';
import { Reporters, type ReportersParts } from './reporters';

/** Longest wait of a backend for nodes that do not answer: one that has died is known to be dead later. */
const HEARD_MS = 2_000;
/** Longest wait for events that are passed on: snapshots wait as well. */
const PASSED_MS = 12_000;
/** Wait before a node is asked again for what it keeps for a stream. */
const AGAIN_MS = 1_000;
/** Events of a lost node that are told in one turn. */
const SLICE = 500;

/**
 * The other nodes of an app. Each is asked to report what the streams of this node want to hear, and their reports are
 * offered to the streams, joined to one view: a channel that two nodes have becomes occupied once. And this node reports to
 * those that ask. A node that dies is told as the close of all of its sockets.
 */
export class Elsewhere implements FarBrowsers {
  readonly #app: App;
  readonly #parts: ReportersParts;
  readonly #far = new Map<number, FarNode>();
  /** Nodes that are gone, and not yet told as gone to the end. */
  readonly #gone = new Set<FarNode>();
  /** Reports of this node to the others. */
  readonly reporters: Reporters;
  readonly #questions: Questions;
  /** The number of this node under which it has asked. */
  #own = 0;
  /** The streams here go on elsewhere: the other nodes keep what they would report. */
  #isLeaving = false;
  readonly #waiting = new Set<() => void>();
  #overdue: Timer | undefined;
  /** Questions for what is kept for a stream that a node could not answer, and the timer until they are asked again. */
  #unanswered: Array<[node: number, message: TailMessage]> = [];
  #again: Timer | undefined;

  constructor(app: App, parts: ReportersParts) {
    this.#app = app;
    this.#parts = parts;
    this.reporters = new Reporters(app, parts);
    const { clock, nodes } = parts;
    const heard = (): void => this.#checkHeard();
    this.#questions = new Questions(app, { clock, nodes, far: this.#far, heard });
  }

  get isHeard(): boolean {
    for (const { awaited } of this.#streams()) if (awaited.size > 0) return false;
    return this.#questions.isHeard;
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
    this.#questions.changed(Array.from(this.#streams(), ({ rules }) => [...rules]).flat());
    if (!this.#questions.isAsking) for (const far of this.#far.values()) far.forget();
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

  takeOver(stream: ClusterStream, owed: readonly TakenOver[]): void {
    const rules = [...stream.rules].flat();
    const isAgain = owed.length > 1;
    const message = (node: number): TailMessage => {
      const all = owed.map(({ home, reports }) => [home, new Map(reports).get(node) ?? 0] as const);
      return { type: 'tail', owed: all, rules, stream: stream.id };
    };
    const kept = this.reporters.tailFor(message(this.#own));
    if (kept === 'lost') stream.missed();
    for (const event of kept === 'lost' ? [] : (kept ?? [])) {
      if (this.isNews(event)) this.#offerTo(stream.id, isAgain ? again(event) : event);
    }
    for (const node of this.#far.keys()) {
      stream.awaited.set(node, { held: [], isAgain });
      this.#askForTail(node, message(node));
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

  /** Another node reports. */
  report(from: number, message: NodeMessage): Eventual<string> {
    // Streams are left to their next homes, for which a node keeps what has no answer.
    if (this.#isLeaving) return new Promise(() => undefined);
    const report = readReport(message);
    const far = this.#far.get(from);
    if (report === undefined || far === undefined) return 'again';
    const isOfSeries = report.series === far.series;
    // A report that comes again was taken, and its events may not be kept yet.
    if (isOfSeries && far.next !== undefined && report.number < far.next) {
      return this.#kept(from, far.next - 1);
    }
    const isNext = isOfSeries && report.number === far.next;
    const begin = report.items.findIndex((item) => 'begin' in item);
    if (!isNext && begin < 0) return 'again';
    far.series = report.series;
    far.next = report.number + 1;
    for (const item of isNext ? report.items : report.items.slice(begin)) this.#take(far, item);
    return this.#kept(from, report.number);
  }

  /** A node is about to serve the app, perhaps one that a reload has added there: it did not take the question before. */
  arrived(node: number): void {
    const far = this.#far.get(node);
    if (far !== undefined) this.#questions.askIfUnheard(far);
  }

  /** Nodes came or went, or this one has another number. */
  nodesChanged(): void {
    const { nodes, clock } = this.#parts;
    if (nodes.own === 0) return;
    const others = new Set(nodes.others());
    this.reporters.nodesChanged(others);
    for (const [node, far] of this.#far) {
      if (others.has(node)) continue;
      for (const { id } of this.#streams()) this.#ended(node, id, 'perhaps again');
      this.#far.delete(node);
      this.#gone.add(far);
      this.#tellGone(far, far.gone(clock.wall()));
    }
    if (this.#own !== nodes.own) {
      // The others do not report to the number of before any more.
      const isBroken = this.#own !== 0 && this.#questions.isAsking;
      for (const far of this.#far.values()) far.isBroken = isBroken;
      this.#own = nodes.own;
      this.#isLeaving = false;
      this.#unanswered = [];
      this.changed();
      if (this.#questions.isAsking) this.#questions.askAll();
    }
    for (const node of others) {
      if (this.#far.has(node)) continue;
      this.#far.set(node, new FarNode(node, this.#questions.isAsking));
      if (this.#questions.isAsking) this.#questions.ask(node);
      this.reporters.passOn(node);
    }
    this.#tellNodes();
    this.#checkHeard();
  }

  /** The app is gone from this node: the others are told. */
  end(): void {
    this.reporters.end();
    this.stop();
  }

  /** Nothing is reported, and nobody is asked, any more. */
  stop(): void {
    this.reporters.stop();
    this.#far.clear();
    this.#questions.stop();
    this.#clear(this.#overdue);
    this.#clear(this.#again);
    for (const end of [...this.#waiting]) end();
  }

  /** Answers when the events of a report are where the next homes of the streams find them. */
  #kept(node: number, report: number): Eventual<string> {
    const kept = Array.from(this.#streams(), (stream) => stream.reported(node, report));
    return later(all(kept), (each) => (each.includes(false) ? 'again' : 'ok'));
  }

  *#streams(): IterableIterator<ClusterStream> {
    for (const { stream } of this.#app.observers) if (stream !== undefined) yield stream;
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
          stream.missed();
          this.#ended(far.node, stream.id, 'perhaps again');
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
      const held = stream.awaited.get(far.node)?.held;
      if (held === undefined) observer.offer(event, '');
      else if (held.push(event) > this.#parts.maxEvents)
        this.#ended(far.node, stream.id, 'perhaps again');
    }
  }

  /** An event for a stream that was taken over, which the other streams have had. */
  #pass(far: FarNode, event: PipeEvent, stream: string): void {
    if (this.#isHere(event) || this.#isElsewhere(event, far)) return;
    for (const { id, awaited } of this.#streams()) {
      if (id !== stream) continue;
      const waits = awaited.get(far.node);
      // An event that comes too late may be among those that were held and told instead.
      this.#offerTo(id, waits === undefined || waits.isAgain ? again(event) : event);
    }
  }

  #askForTail(node: number, message: TailMessage): void {
    const { nodes } = this.#parts;
    const { own } = nodes;
    void later(nodes.send(this.#app, node, message), (answer) => {
      // A stream ends here with the number under which it was taken over: the next one asks for itself.
      if (own !== nodes.own) return;
      // The end of its events comes with its reports.
      if (answer === 'ok') return;
      if (answer === 'none' || answer === '') this.#ended(node, message.stream, 'first');
      else if (answer === 'lost') this.#lost(node, message.stream);
      else if (nodes.has(node)) this.#askAgainForTail(node, message);
      else this.#ended(node, message.stream, 'perhaps again');
    });
  }

  #askAgainForTail(...asked: [node: number, message: TailMessage]): void {
    this.#unanswered.push(asked);
    this.#again ??= this.#parts.clock.setTimeout(() => {
      this.#again = undefined;
      for (const [node, message] of this.#unanswered.splice(0)) {
        const isAwaited = [...this.#streams()].some(
          ({ id, awaited }) => id === message.stream && awaited.has(node),
        );
        if (isAwaited) this.#askForTail(node, message);
      }
    }, AGAIN_MS);
  }

  /** A node did not keep its events for a stream, or not all of them. */
  #lost(node: number, id: string): void {
    for (const stream of this.#streams()) if (stream.id === id) stream.missed();
    this.#ended(node, id, 'first');
  }

  #offerTo(id: string, event: PipeEvent): void {
    for (const observer of this.#app.observers) {
      if (observer.stream?.id === id) observer.offer(event, '');
    }
  }

  /** A node has passed on all events for a stream, unless what it has reported since is told instead. */
  #ended(node: number, id: string, since?: 'first' | 'perhaps again'): void {
    for (const stream of this.#streams()) {
      const waits = stream.id === id ? stream.awaited.get(node) : undefined;
      if (waits === undefined) continue;
      stream.awaited.delete(node);
      for (const event of since === undefined ? [] : waits.held) {
        this.#offerTo(id, since === 'first' && !waits.isAgain ? event : again(event));
      }
      // The events that earlier homes did not have are in the log.
      if (stream.awaited.size === 0) stream.nodesChanged();
      this.#checkHeard();
    }
  }

  #clear(timer: Timer | undefined): void {
    if (timer !== undefined) this.#parts.clock.clearTimeout(timer);
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
}

function again(event: PipeEvent): PipeEvent {
  return { ...event, redelivered: true };
}
