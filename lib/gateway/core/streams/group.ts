import { randomBytes } from 'node:crypto';
import { Budget } from '../../../stream/budget';
import { Ownership, type Change, type Owner } from '../../../stream/ownership';
import type { Timer } from '../../../util/timers';
import {
  EventKind,
  RuleKind,
  type Group as GroupOptions,
  type PipeEvent,
  type Rule,
} from '../../../wire/frames';
import type { App, AppObserver, Lag } from '../model/app';
import type { Parts } from '../parts';
import type { Forwards } from '../tracing/forwards';
import { clusterStream, goOn } from './cluster-stream';
import { Conflation } from './conflation';
import { keyOf } from './event-key';
import type { Holdback } from './holdback';
import { lagOf, Partition } from './partition';
import { Routing } from './routing';
import { capture } from './snapshots';
import { bytesOf, generationsBefore, keepersOf, type StoredStream } from './stream-records';
import type { StreamStore } from './stream-store';

/** Random bytes of a stream's id. */
const ID_BYTES = 9;

/** Kinds that a browser brings about by what it sends; to hold it back makes fewer of them. */
const SENT: ReadonlySet<EventKind> = new Set([
  EventKind.MESSAGE,
  EventKind.MEMBER_ADDED,
  EventKind.USER_ONLINE,
]);

/** A backend's end of a group's stream. Its name is one of a kind among the members. */
export interface GroupMember extends Owner {
  readonly rules: readonly Rule[];
  /** True while the member has a connection. */
  readonly attached: boolean;
  /** The member owns some partitions from now on. */
  gained(partitions: readonly Partition[]): void;
  /** The member shall begin nothing more of a partition and give it back until the time on the monotonic clock. */
  asked(partition: Partition, untilMs: number): void;
  /** A partition of that generation is another's from now on. */
  lost(partition: Partition, generation: number): void;
  /** A partition it owns has something to send. */
  ready(partition: Partition): void;
}

export interface GroupSettings extends GroupOptions {
  /** Epoch of the group's logs. A later group of the same name gets another epoch. */
  epoch: number;
  partitions: number;
  /** Events and bytes that all partitions may keep together. */
  maxEntries: number;
  maxBytes: number;
  /** Time that an owner has to finish its handlers when a partition moves. */
  revokeMs: number;
}

interface GroupParts extends Pick<Parts, 'clock' | 'metrics' | 'log' | 'memory' | 'tracing'> {
  readonly holdback: Holdback;
}

/**
 * The backends that share one stream of an app's events: their subscriptions, and the events that are kept in bounded
 * logs until they are acknowledged, each partition with one backend at a time.
 */
export class Group implements AppObserver {
  /** Id of the stream, which no other one has. */
  readonly id: string;
  readonly app: App;
  readonly settings: GroupSettings;
  readonly budget: Budget;
  readonly partitions: readonly Partition[];
  readonly stream = clusterStream(this);
  readonly #parts: GroupParts;
  readonly #conflation = new Conflation();
  readonly #forwards: Forwards | undefined;
  /** Nodes that may have had the sessions of the stream before. */
  readonly previous: readonly number[];
  /** Keeps the stream where the next gateway finds it; undefined when no other one can. */
  store: StreamStore | undefined;
  readonly #ownership: Ownership<GroupMember>;
  readonly #routing = new Routing<GroupMember>();
  /** Deadlines of partitions that are being revoked, by number. */
  readonly #deadlines = new Map<number, { timer: Timer; untilMs: number }>();
  #wasMixed = false;
  /** The stream as another gateway had it, until it goes on here. */
  #stored: StoredStream | undefined;
  /** Start of the search for the least busy partition, so that equally busy partitions take turns. */
  #turn = 0;

  /** @param stored the stream as another gateway had it. */
  constructor(app: App, settings: GroupSettings, parts: GroupParts, stored?: StoredStream) {
    const { epoch, partitions, maxEntries, maxBytes, overflow } = settings;
    this.previous = stored === undefined ? [] : keepersOf(stored.head);
    this.#stored = stored;
    this.id = stored?.head.id ?? randomBytes(ID_BYTES).toString('base64url');
    this.app = app;
    this.settings = settings;
    this.#parts = parts;
    this.#forwards = parts.tracing?.forwards(settings.name);
    this.#ownership = new Ownership<GroupMember>(partitions, generationsBefore(stored));
    // Browsers are held back before the limits are reached; events that were read from them by then have room beyond.
    const overdraft = overflow === 'gap' ? 0 : 1;
    const budget = (this.budget = new Budget({
      maxEntries,
      maxBytes,
      overdraft,
      overflowed: () => this.#overflowed(),
      memory: parts.memory,
    }));
    this.partitions = Array.from(
      { length: partitions },
      (_, number) => new Partition(number, { epoch, budget }, stored?.logs.get(number)),
    );
  }

  /** The rules of all members, or the last ones that there were. */
  get rules(): ReadonlyArray<readonly Rule[]> {
    return this.#routing.lists;
  }

  get members(): ReadonlySet<GroupMember> {
    return this.#ownership.members;
  }

  owner(partition: Partition): GroupMember | undefined {
    return this.#ownership.owner(partition.number);
  }

  ownedBy(member: GroupMember): Partition[] {
    return this.#ownership.ownedBy(member).map((number) => this.partitions[number] as Partition);
  }

  revoking(partition: Partition): boolean {
    return this.#ownership.revoking(partition.number);
  }

  /** Time by which an owner must have given a partition back, on the monotonic clock. */
  deadlineOf({ number }: Partition): number | undefined {
    return this.#deadlines.get(number)?.untilMs;
  }

  /** True when a member that partitions belong to subscribed to events of this kind. */
  wants(kind: EventKind, channel: string | undefined, event: string | undefined): boolean {
    const match = this.#routing.match(kind, channel, event);
    return match !== undefined && this.#routing.reaches(match);
  }

  offer(offered: PipeEvent): void {
    const { kind } = offered;
    let event = offered;
    const match = this.#routing.match(kind, event.channel, event.event);
    if (match === undefined) {
      // The place of a key must not outlive it, also when the group hears of no closes.
      const ends = kind === EventKind.CLOSE || kind === EventKind.VACATED;
      if (ends) this.#conflation.end(keyOf(event, this.settings.order));
      return;
    }
    if (event.trace !== undefined) event = this.#forwards?.begin(event) ?? event;
    const key = keyOf(event, this.settings.order);
    const bytes = bytesOf(event);
    if (match.latest) this.#appendLatest(event, key, bytes);
    else {
      if (this.#conflation.size > 0) this.#conflation.end(key);
      this.#append(event, bytes, this.#partitionOf(key, event));
    }
  }

  get lag(): Lag {
    return lagOf(this);
  }

  /** Called after an acknowledgement. */
  acknowledged(): void {
    this.store?.changed();
    this.#forwards?.settle();
    this.#parts.holdback.acknowledged(this.budget);
  }

  /** A first member is about to join: its stream begins now, and its partitions wait for it. */
  expect({ rules }: GroupMember): void {
    this.#routing.expect(rules);
    this.subscribed();
    if (this.#stored !== undefined) goOn(this, this.#stored, this.#parts.clock.wall());
    this.#stored = undefined;
  }

  join(member: GroupMember): void {
    const changes = this.#ownership.join(member);
    this.subscribed();
    this.#apply(changes);
  }

  /** A member takes the place of another one of its name, with the same partitions and without waiting. */
  replace(before: GroupMember, after: GroupMember): void {
    this.#takeFrom(before);
    const changes = this.#ownership.replace(before, after);
    this.subscribed();
    this.#apply(changes);
  }

  /** A member is gone: its partitions go on elsewhere from the last acknowledged event. */
  leave(member: GroupMember): void {
    if (!this.members.has(member)) return;
    this.#takeFrom(member);
    const changes = this.#ownership.leave(member);
    // Without anybody left, the subscriptions of the last one are kept for the one that comes back.
    this.subscribed();
    this.#apply(changes);
  }

  /** An owner has finished and given back a partition. */
  returned(member: GroupMember, number: number, generation: number): void {
    const partition = this.partitions[number];
    if (partition === undefined || this.owner(partition) !== member) return;
    this.#release(partition, generation);
  }

  /** The members, or the rules of some member, have changed. */
  subscribed(): void {
    const homes = this.partitions.map(({ number }) => this.#ownership.home(number));
    this.#routing.update(this.members, homes);
    const isShared = this.settings.mode === 'shared';
    for (const { number, log, sockets, channels } of this.partitions) {
      // In a shared group no partition holds everything that happens to a socket.
      sockets.select(isShared ? '' : this.#routing.selection(number, RuleKind.SOCKET), log.top);
      channels.select(isShared ? '' : this.#routing.selection(number, RuleKind.CHANNEL), log.top);
    }
    const { isMixed } = this.#routing;
    if (isMixed && !this.#wasMixed) {
      const { name } = this.settings;
      const text = 'members of a group subscribe to different things: each gets what it asked for';
      this.#parts.log.info({ group: name, members: this.members.size }, text);
    }
    this.#wasMixed = isMixed;
    this.app.elsewhere?.changed();
  }

  /** Captures the truth of some partitions, each as of the last offset that was sent of it. */
  capture(partitions: readonly Partition[]): void {
    const places = {
      socket: (id: string) => this.placeOf(EventKind.OPEN, undefined, id),
      channel: (name: string) => this.placeOf(EventKind.OCCUPIED, name, name),
    };
    capture(this.app, partitions, places, this.#parts.clock.now());
  }

  dispose(): void {
    this.#forwards?.dispose();
    this.#parts.holdback.release(this.budget);
    for (const number of this.#deadlines.keys()) this.#clearDeadline(number);
    this.app.elsewhere?.changed();
  }

  #append(event: PipeEvent, bytes: number, partition: Partition | undefined): number {
    if (partition === undefined) return 0;
    const { overflow } = this.settings;
    const offset = partition.log.append(event, bytes);
    if (event.trace !== undefined) this.#forwards?.placed(event.trace, partition, offset);
    this.store?.appended(partition, offset, event);
    this.owner(partition)?.ready(partition);
    if (overflow !== 'gap' && SENT.has(event.kind)) {
      const socket = this.app.sockets.get(event.socketId);
      if (socket !== undefined) this.#parts.holdback.appended(this.budget, socket, overflow);
    }
    return offset;
  }

  /** The event may take the place of the one before it of its key, and may give its own to the next one. */
  #appendLatest(event: PipeEvent, key: string, bytes: number): void {
    const latest = { ...event, conflatable: true };
    const place = this.#conflation.replace(key, latest, bytes);
    if (place !== undefined) {
      this.#parts.metrics.pipeEventsConflated++;
      if (latest.trace) this.#forwards?.placed(latest.trace, place.partition, place.offset);
      const event = this.store && place.partition.log.at(place);
      if (event !== undefined) this.store?.appended(place.partition, place.offset, event);
      return;
    }
    const partition = this.#partitionOf(key, event);
    const offset = this.#append(latest, bytes, partition);
    if (partition !== undefined) this.#conflation.add(key, latest, partition, offset);
  }

  /** A member has no partition any more: if it returns, it must not send partitions that are another one's by then. */
  #takeFrom(member: GroupMember): void {
    for (const partition of this.ownedBy(member)) {
      this.#clearDeadline(partition.number);
      member.lost(partition, partition.generation);
    }
  }

  #apply(changes: ReadonlyArray<Change<GroupMember>>): void {
    const assigned: Partition[] = [];
    for (const change of changes) {
      const partition = this.partitions[change.partition] as Partition;
      const { generation, member } = change;
      if (change.type === 'assign') {
        partition.assign(generation, member.name, this.#parts.clock.wall());
        assigned.push(partition);
      } else {
        const { revokeMs } = this.settings;
        const { clock } = this.#parts;
        const untilMs = clock.now() + revokeMs;
        const timer = clock.setTimeout(() => this.#release(partition, generation), revokeMs);
        this.#deadlines.set(partition.number, { timer, untilMs });
        member.asked(partition, untilMs);
      }
    }
    if (this.#routing.isMixed) for (const partition of assigned) this.#handOn(partition);
    const byOwner = new Map<GroupMember, Partition[]>();
    for (const partition of assigned) {
      const owner = this.owner(partition);
      if (owner === undefined) continue;
      const theirs = byOwner.get(owner);
      if (theirs === undefined) byOwner.set(owner, [partition]);
      else theirs.push(partition);
    }
    for (const [owner, theirs] of byOwner) owner.gained(theirs);
  }

  /** Events that the new owner of a partition did not ask for go to a member that did. */
  #handOn(partition: Partition): void {
    const { log, number } = partition;
    log.eachAfter(log.committed.offset, (event, offset) => {
      const match = this.#routing.match(event.kind, event.channel, event.event);
      if (match === undefined || this.#routing.accepts(number, match)) return;
      const other = this.#partitionOf(keyOf(event, this.settings.order), event);
      if (other === undefined || other === partition) return;
      log.discard(offset);
      const redelivered = offset <= log.sent ? true : event.redelivered;
      const moved = { ...event, redelivered };
      const place = other.log.append(moved, bytesOf(event));
      this.store?.appended(other, place, moved);
      this.owner(other)?.ready(other);
    });
    this.store?.changed();
  }

  #release(partition: Partition, generation: number): void {
    const before = this.owner(partition);
    const changes = this.#ownership.released(partition.number, generation);
    if (changes.length === 0) return;
    this.#clearDeadline(partition.number);
    before?.lost(partition, generation);
    this.#apply(changes);
  }

  #clearDeadline(number: number): void {
    const deadline = this.#deadlines.get(number);
    if (deadline !== undefined) this.#parts.clock.clearTimeout(deadline.timer);
    this.#deadlines.delete(number);
  }

  #overflowed(): void {
    const { name, maxEntries, maxBytes } = this.settings;
    this.#parts.log.warn(
      { app: this.app.id, group: name, events: this.budget.entries, bytes: this.budget.bytes },
      `a stream of backends is full (maxPipeUnackedEvents ${maxEntries}, maxPipeUnackedBytes ${maxBytes}): its oldest events are dropped`,
    );
  }

  #partitionOf(key: string, { kind, channel, event }: PipeEvent): Partition | undefined {
    if (this.settings.mode === 'shared') return this.#leastBusy(kind, channel, event);
    return this.placeOf(kind, channel, key, event);
  }

  /** The partition to which an event of a key goes, in a group that is not shared; undefined when nobody asked for it. */
  placeOf(
    kind: EventKind,
    channel: string | undefined,
    key: string,
    event?: string,
  ): Partition | undefined {
    const match = this.#routing.match(kind, channel, event);
    const number = match && this.#routing.partitionOf(key, match);
    return number === undefined ? undefined : this.partitions[number];
  }

  /** The partition with the least to do, of those whose owner is there and asked for the event. */
  #leastBusy(kind: EventKind, channel?: string, event?: string): Partition | undefined {
    const { partitions } = this;
    const match = this.#routing.match(kind, channel, event);
    if (match === undefined) return undefined;
    const first = (this.#turn = (this.#turn + 1) % partitions.length);
    let least: Partition | undefined;
    let spare: Partition | undefined;
    for (let i = 0; i < partitions.length && least?.log.unfinished !== 0; i++) {
      const partition = partitions[(first + i) % partitions.length] as Partition;
      if (!this.#routing.accepts(partition.number, match)) continue;
      spare ??= partition;
      if (this.revoking(partition) || this.owner(partition)?.attached !== true) continue;
      if (least === undefined || partition.log.unfinished < least.log.unfinished) least = partition;
    }
    return least ?? spare;
  }
}
