import { later } from '../../../brokers/eventual';
import type { Clock, Timer } from '../../../util/timers';
import { nodeOfSocketId } from '../../../pusher/socket-id';
import { Ring } from '../../../util/ring';
import { EventKind, RuleKind, type PipeEvent, type Rule } from '../../../wire/frames';
import type { App, AppObserver } from '../model/app';
import { Rules } from '../streams/rules';
import type { Nodes } from './nodes';
import type { KeepMessage, Present, ReportItem, ReportMessage, TailMessage } from './report';
import { type Reported, Tail } from './tail';

/** Rules about what is present: their events change a list that the other node keeps. */
const LISTED: ReadonlySet<RuleKind> = new Set<RuleKind>([
  RuleKind.SOCKET,
  RuleKind.CHANNEL,
  RuleKind.PRESENCE,
  RuleKind.USER,
]);

/** Reports without an answer. Events that come meanwhile are joined. */
const MAX_IN_FLIGHT = 8;
/** Items and bytes of a report, about. */
const MAX_ITEMS = 1_000;
const MAX_BYTES = 256 * 1024;
/** Names in a piece of a list. */
const PIECE = 500;
/** Bytes that an event takes beside its data, about. */
const EVENT_BYTES = 160;
/** Time for which events for the streams of a node that is gone are kept. */
const ORPHAN_MS = 60_000;
/** Wait before everything is told anew to a node that did not answer. */
const AGAIN_MS = 1_000;

export interface ReporterParts {
  readonly clock: Clock;
  readonly nodes: Nodes;
  /** Number of this series of reports, which no other one to the same node has. */
  readonly series: number;
  readonly maxEvents: number;
  readonly maxBytes: number;
  /** Events were dropped, and the other node will be told. */
  lost(node: number): void;
}

/**
 * Reports to another node what the browsers of this one do, as far as backends there want to hear of it: in order, and with
 * a list of all that is present first. A report without an answer is sent again. Bounded: when too many events wait, they are
 * dropped, the other node is told, and the list comes anew.
 */
export class Reporter implements AppObserver {
  readonly node: number;
  readonly #app: App;
  readonly #parts: ReporterParts;
  /** The number under which this node reports. */
  readonly #own: number;
  #wanted: readonly Rule[] = [];
  #rules = new Rules([]);
  #listed = '';
  /** Number of the question that was answered last. */
  #heard = 0;
  readonly #waiting = new Ring<{ item: ReportItem; bytes: number }>();
  #bytes = 0;
  /** Items of reports without an answer, by number. */
  readonly #unanswered = new Map<number, readonly ReportItem[]>();
  readonly #tail: Tail;
  /** Runs while events are kept for the streams of a node that is gone, until a time on the monotonic clock. */
  #orphan: Timer | undefined;
  #keptUntilMs = 0;
  #number = 0;
  /** Grows when everything is told anew: answers to earlier reports say nothing then. */
  #life = 0;
  #flushes = false;
  /** Runs from a loss until everything is told anew; nothing is reported meanwhile. */
  #again: Timer | undefined;
  /** Runs until reports without an answer are sent again; nothing else is sent meanwhile. */
  #repeat: Timer | undefined;
  #isStopped = false;

  constructor(app: App, node: number, parts: ReporterParts) {
    this.#app = app;
    this.node = node;
    this.#parts = parts;
    this.#own = parts.nodes.own;
    this.#tail = new Tail(parts.maxEvents, parts.maxBytes);
    app.observers.add(this);
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** The other node wants to hear this from now on. */
  hear(id: number, rules: readonly Rule[]): void {
    this.#want(rules);
    this.#heard = id;
    const listed = JSON.stringify(rules.filter(({ kind }) => LISTED.has(kind)));
    const isOther = listed !== this.#listed;
    this.#listed = listed;
    if (this.#again !== undefined) return;
    if (isOther) this.#tellAll('more');
    else this.#push({ heard: id });
  }

  wants(kind: EventKind, channel: string | undefined, event: string | undefined): boolean {
    return this.#rules.match(kind, channel, event) !== undefined;
  }

  offer(event: PipeEvent): void {
    if (!this.wants(event.kind, event.channel, event.event)) return;
    if (!this.#isOwn(event.socketId)) return;
    const bytes = bytesOf(event);
    if (this.#again !== undefined || this.#orphan !== undefined) {
      this.#tail.push({ number: this.#number + 1, isSent: false, event, bytes });
      return;
    }
    this.#push(event, bytes);
    const { maxEvents, maxBytes } = this.#parts;
    if (this.#waiting.length > maxEvents || this.#bytes > maxBytes) this.#lose();
  }

  /** The other node may be gone: events that it wanted are kept for the next homes of its streams. */
  keep({ rules, forMs }: KeepMessage, done: () => void): void {
    this.#want(rules);
    this.orphan(done, Math.min(forMs, ORPHAN_MS));
  }

  /** Asks another node to keep the same, for as long as this one does. */
  question(): KeepMessage {
    const isOrphan = this.#orphan !== undefined;
    const forMs = isOrphan ? this.#keptUntilMs - this.#parts.clock.now() : ORPHAN_MS;
    return { type: 'keep', of: this.node, rules: this.#wanted, forMs };
  }

  /** The other node is gone: its streams may go on elsewhere. `done` is called when nothing is kept for these any more. */
  orphan(done: () => void, forMs = ORPHAN_MS): void {
    const { clock } = this.#parts;
    this.#drop();
    if (this.#again !== undefined) clock.clearTimeout(this.#again);
    this.#again = undefined;
    this.#orphan = clock.setTimeout(() => {
      this.stop();
      done();
    }, forMs);
    this.#keptUntilMs = clock.now() + forMs;
  }

  /**
   * Events behind a report that one of some rules brings: the other node may not have put them in the log of a stream.
   * Undefined when some were dropped.
   */
  tailAfter(
    number: number,
    { stream, rules: wanted, owed }: Pick<TailMessage, 'stream' | 'rules' | 'owed'>,
  ): PipeEvent[] | undefined {
    if (!this.#tail.isWhole) return undefined;
    const rules = new Rules(wanted);
    const events: PipeEvent[] = [];
    for (const { number: at, isSent, event } of [
      ...this.#tail.eventsOf(stream, homesOf(owed)),
      ...this.#pending(),
    ]) {
      if (at <= number || !this.#isOwn(event.socketId)) continue;
      if (rules.match(event.kind, event.channel, event.event) === undefined) continue;
      // The node before may have given it to a backend, and died before it was in the log.
      events.push(isSent ? { ...event, redelivered: true } : event);
    }
    return events;
  }

  /** The next home of a stream is told what is kept for it. */
  passed({ stream, owed }: Pick<TailMessage, 'stream' | 'owed'>, to: Reporter): void {
    if (this.#orphan !== undefined) this.#tail.passed(stream, homesOf(owed), to);
  }

  /** Tells the other node what a stream has missed that it took over; false when it can not be told. */
  pass(stream: string, events: readonly PipeEvent[]): boolean {
    if (this.#again !== undefined || this.#orphan !== undefined) return false;
    for (const event of events) this.#push({ passed: event, stream }, bytesOf(event));
    this.#push({ ended: stream });
    return true;
  }

  /** The app is gone from this node, and everything of it. */
  end(): void {
    if (this.#again === undefined) {
      this.#push({ begin: 'gone' });
      this.#push({ heard: this.#heard });
      this.#flush(Infinity);
    }
    this.stop();
  }

  stop(): void {
    this.#isStopped = true;
    this.#life++;
    this.#app.observers.delete(this);
    for (const timer of [this.#again, this.#orphan, this.#repeat]) {
      if (timer !== undefined) this.#parts.clock.clearTimeout(timer);
    }
  }

  /** False for a socket of before this node was taken for dead: the others have told its close. */
  #isOwn(socketId: string): boolean {
    return socketId === '' || nodeOfSocketId(socketId) === this.#parts.nodes.own;
  }

  #want(rules: readonly Rule[]): void {
    this.#wanted = rules;
    this.#rules = new Rules(rules);
  }

  #push(item: ReportItem, bytes = 0): void {
    this.#waiting.push({ item, bytes });
    this.#bytes += bytes;
    if (this.#flushes) return;
    this.#flushes = true;
    this.#parts.clock.endOfTurn(() => {
      this.#flushes = false;
      this.#flush();
    });
  }

  #flush(maxInFlight = MAX_IN_FLIGHT): void {
    const { nodes } = this.#parts;
    const life = this.#life;
    // Under another number the other node would take the reports for those of a node that it does not know.
    if (this.#own !== nodes.own || this.#repeat !== undefined) return;
    while (!this.#isStopped && this.#unanswered.size < maxInFlight && this.#waiting.length > 0) {
      const items: ReportItem[] = [];
      for (let bytes = 0; items.length < MAX_ITEMS && bytes < MAX_BYTES;) {
        const next = this.#waiting.shift();
        if (next === undefined) break;
        items.push(next.item);
        bytes += next.bytes;
        this.#bytes -= next.bytes;
      }
      const number = ++this.#number;
      this.#unanswered.set(number, items);
      this.#send(number, items);
      if (life !== this.#life) return;
    }
  }

  #send(number: number, items: readonly ReportItem[]): void {
    const life = this.#life;
    const { nodes, series } = this.#parts;
    const report: ReportMessage = { type: 'report', series, number, items };
    void later(nodes.send(this.#app, this.node, report), (text) => {
      if (life !== this.#life) return;
      if (text === undefined) return this.#sendAgain();
      if (text === 'again') return this.#lose();
      this.#unanswered.delete(number);
      this.#tail.clear();
      this.#flush();
    });
  }

  /** Reports may not have been heard, or their events not be kept yet: all are sent again, in their order. */
  #sendAgain(): void {
    // Answers that are still to come are those to be asked for again.
    this.#life++;
    this.#repeat ??= this.#parts.clock.setTimeout(() => {
      this.#repeat = undefined;
      const life = this.#life;
      for (const [number, items] of this.#unanswered) {
        if (life === this.#life) this.#send(number, items);
      }
      this.#flush();
    }, AGAIN_MS);
  }

  /** Reports that wait or are on their way may not be heard: after a while everything is told anew. */
  #lose(): void {
    this.#drop();
    if (this.#isStopped || !this.#parts.nodes.has(this.node)) return;
    this.#parts.lost(this.node);
    this.#again = this.#parts.clock.setTimeout(() => {
      this.#again = undefined;
      this.#tellAll('lost');
    }, AGAIN_MS);
  }

  /** Nothing is reported any more; events are kept for the next homes of the other node's streams. */
  #drop(): void {
    this.#life++;
    if (this.#repeat !== undefined) this.#parts.clock.clearTimeout(this.#repeat);
    this.#repeat = undefined;
    for (const reported of this.#pending()) this.#tail.push(reported);
    this.#unanswered.clear();
    while (this.#waiting.shift() !== undefined);
    this.#bytes = 0;
  }

  /** Events that are on their way, or wait. */
  *#pending(): IterableIterator<Reported> {
    for (const [number, items] of this.#unanswered) {
      for (const item of items) if ('kind' in item) yield reported(number, true, item);
    }
    for (let at = 0; at < this.#waiting.length; at++) {
      const { item } = this.#waiting.at(at) as { item: ReportItem };
      if ('kind' in item) yield reported(this.#number + 1, false, item);
    }
  }

  /** Tells what is present now, in pieces. Events that follow stand behind it. */
  #tellAll(begin: 'more' | 'lost'): void {
    this.#push({ begin });
    for (const [list, names] of present(this.#app, this.#rules)) {
      const own = list === 'sockets' ? names.filter((id) => this.#isOwn(id as string)) : names;
      for (let at = 0; at < own.length; at += PIECE) {
        const piece = own.slice(at, at + PIECE);
        this.#push({ present: { [list]: piece } }, piece.length * 24);
      }
    }
    this.#push({ heard: this.#heard });
  }
}

function reported(number: number, isSent: boolean, event: PipeEvent): Reported {
  return { number, isSent, event, bytes: bytesOf(event) };
}

function homesOf(owed: TailMessage['owed']): ReadonlySet<number> {
  return new Set(owed.map(([home]) => home));
}

function bytesOf({ data }: PipeEvent): number {
  return EVENT_BYTES + (data?.length ?? 0);
}

/** Lists of all that is present on this node, as far as the rules ask for it. */
function present(
  app: App,
  rules: Rules,
): ReadonlyArray<readonly [keyof Present, readonly unknown[]]> {
  const sockets = rules.match(EventKind.OPEN, undefined, undefined) ? [...app.sockets.keys()] : [];
  const channels: string[] = [];
  const members: Array<[string, string]> = [];
  for (const { name, presence } of app.occupied()) {
    if (rules.match(EventKind.OCCUPIED, name, undefined)) channels.push(name);
    if (presence === undefined || !rules.match(EventKind.MEMBER_ADDED, name, undefined)) continue;
    for (const userId of presence.usersIn()) members.push([name, userId]);
  }
  const isAskedForUsers = rules.match(EventKind.USER_ONLINE, undefined, undefined) !== undefined;
  return [
    ['sockets', sockets],
    ['channels', channels],
    ['members', members],
    ['users', isAskedForUsers ? [...app.users.ids()] : []],
  ];
}
