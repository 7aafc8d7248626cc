import { Ownership, type Change, type Owner } from '../../../stream/ownership';
import { hash32 } from '../../../util/hash';
import type { Clock, Timer } from '../../../util/timers';
import {
  EventKind,
  RuleKind,
  type Group as GroupOptions,
  type PipeEvent,
  type Rule,
} from '../../../wire/frames';
import type { App, AppObserver } from '../model/app';
import { Conflation } from './conflation';
import type { Holdback } from './holdback';
import type { Metrics } from '../metrics';
import { Partition, type Snapshot } from './partition';
import { Rules } from './rules';

/** Bytes an event costs in a log beside its data: ids, names and the record itself. */
const EVENT_OVERHEAD_BYTES = 128;

/** Kinds that a browser brings about by what it sends; to hold it back makes fewer of them. */
const SENT: ReadonlySet<EventKind> = new Set([
  EventKind.MESSAGE,
  EventKind.MEMBER_ADDED,
  EventKind.USER_ONLINE,
]);

/** A backend's end of a group's stream. */
export interface GroupMember extends Owner {
  readonly rules: readonly Rule[];
  /** Whether it has a connection. */
  readonly attached: boolean;
  /** It owns a partition from now on. */
  gained(partition: Partition): void;
  /** It shall finish and give a partition back within a time. */
  asked(partition: Partition, deadlineMs: number): void;
  /** A partition is another's from now on. */
  lost(partition: Partition): void;
  /** A partition it owns has something to send. */
  ready(partition: Partition): void;
}

export interface GroupSettings extends GroupOptions {
  /** Of its logs; another group that ever had its name had another one. */
  epoch: number;
  partitions: number;
  maxEntries: number;
  maxBytes: number;
  /** How long an owner may take to finish its handlers when a partition moves. */
  revokeMs: number;
}

/**
 * The backends that share one stream of an app's events: what they subscribed to, kept in bounded logs until it is
 * acknowledged, each partition with one of them at a time.
 */
export class Group implements AppObserver {
  readonly app: App;
  readonly settings: GroupSettings;
  readonly partitions: readonly Partition[];
  readonly #clock: Clock;
  readonly #holdback: Holdback;
  readonly #metrics: Metrics;
  readonly #conflation = new Conflation();
  readonly #ownership: Ownership<GroupMember>;
  /** One for each partition that is asked back. */
  readonly #deadlines = new Map<number, Timer>();
  #rules = new Rules([]);
  /** Where the search for the least busy partition begins, so that equally busy ones take turns. */
  #turn = 0;

  constructor(
    app: App,
    settings: GroupSettings,
    { clock, holdback, metrics }: { clock: Clock; holdback: Holdback; metrics: Metrics },
  ) {
    const { epoch, partitions, maxEntries, maxBytes } = settings;
    // The group's limit is shared out; a quarter of it at least, since few groups spread evenly.
    const share = Math.max(1, Math.min(partitions, 4));
    const limits = {
      epoch,
      maxEntries: Math.ceil(maxEntries / share),
      maxBytes: Math.ceil(maxBytes / share),
    };
    this.app = app;
    this.settings = settings;
    this.#clock = clock;
    this.#holdback = holdback;
    this.#metrics = metrics;
    this.#ownership = new Ownership<GroupMember>(partitions);
    this.partitions = Array.from(
      { length: partitions },
      (_, number) => new Partition(number, limits),
    );
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

  /** Whether some member subscribed to events of this kind. */
  wants(kind: EventKind, channel: string | undefined, event: string | undefined): boolean {
    return this.#rules.wants(kind, channel, event);
  }

  offer(event: PipeEvent): void {
    const { kind, channel, socketId } = event;
    const key = this.#keyOf(event);
    const conflates = this.#rules.conflates(event);
    const wanted = conflates || this.wants(kind, channel, event.event);
    // What is remembered of a key must not outlive it, also when the group hears of no closes.
    const ends = wanted ? !conflates : kind === EventKind.CLOSE || kind === EventKind.VACATED;
    if (ends && this.#conflation.size > 0) this.#conflation.end(key);
    if (!wanted) return;
    const bytes = EVENT_OVERHEAD_BYTES + (event.data?.length ?? 0);
    if (conflates && this.#conflation.replace(key, event, bytes)) {
      this.#metrics.pipeEventsConflated++;
      return;
    }
    const partition = this.#partitionOf(key);
    const offset = partition.log.append(event, bytes);
    if (conflates) this.#conflation.add(key, event, partition, offset);
    this.owner(partition)?.ready(partition);
    const { overflow } = this.settings;
    if (overflow === 'gap' || !SENT.has(kind)) return;
    const socket = this.app.sockets.get(socketId);
    if (socket !== undefined) this.#holdback.appended(partition, socket, overflow);
  }

  /** Events that wait to be handled, and when the oldest of them was accepted. */
  get lag(): { events: number; since: number } {
    let events = 0;
    let since = Infinity;
    for (const { log } of this.partitions) {
      events += log.length;
      since = Math.min(since, log.oldest?.time ?? Infinity);
    }
    return { events, since };
  }

  /** Something of a partition was acknowledged. */
  acknowledged(partition: Partition): void {
    this.#holdback.acknowledged(partition);
  }

  join(member: GroupMember): void {
    const changes = this.#ownership.join(member);
    this.subscribed();
    this.#apply(changes);
  }

  /** A member is gone: its partitions go on elsewhere from the last acknowledged event. */
  leave(member: GroupMember): void {
    for (const partition of this.ownedBy(member)) {
      this.#clearDeadline(partition.number);
      // It may come back, and must not go on with what it had to send of what is another's by then.
      member.lost(partition);
    }
    this.#apply(this.#ownership.leave(member));
    // Without anybody left, what the last one wanted is kept for the one that comes back.
    if (this.members.size > 0) this.subscribed();
  }

  /** An owner has finished what it had of a partition. */
  returned(member: GroupMember, number: number, generation: number): void {
    const partition = this.partitions[number];
    if (partition === undefined || this.owner(partition) !== member) return;
    this.#release(partition, generation);
  }

  /** The rules of some member have changed. */
  subscribed(): void {
    this.#rules = new Rules([...this.members].flatMap(({ rules }) => rules));
  }

  /** Captures what is true of some partitions now. */
  capture(partitions: readonly Partition[]): void {
    const captured = new Map<number, Snapshot>();
    const coversSockets = this.#rules.announces(RuleKind.SOCKET);
    const coversChannels = this.#rules.announces(RuleKind.CHANNEL);
    for (const partition of partitions) {
      const snapshot = {
        offset: partition.log.top,
        coversSockets,
        coversChannels,
        sockets: [],
        channels: [],
      };
      captured.set(partition.number, snapshot);
      partition.snapshot = snapshot;
    }
    if (coversSockets) {
      for (const { id } of this.app.sockets.values()) {
        captured.get(this.#place(id))?.sockets.push({ id, channels: [] });
      }
    }
    for (const { name, sockets } of this.app.occupied()) {
      const snapshot = captured.get(this.#place(name));
      if (snapshot === undefined || !this.wants(EventKind.OCCUPIED, name, undefined)) continue;
      snapshot.channels.push({ name, subscriptions: sockets.size, members: [] });
    }
  }

  dispose(): void {
    for (const partition of this.partitions) this.#holdback.release(partition);
    for (const number of this.#deadlines.keys()) this.#clearDeadline(number);
  }

  #apply(changes: ReadonlyArray<Change<GroupMember>>): void {
    const assigned: Partition[] = [];
    for (const change of changes) {
      const partition = this.partitions[change.partition] as Partition;
      if (change.type === 'assign') {
        partition.generation = change.generation;
        partition.sentBefore = partition.log.sent;
        assigned.push(partition);
      } else {
        const { revokeMs } = this.settings;
        const overdue = this.#clock.setTimeout(
          () => this.#release(partition, change.generation),
          revokeMs,
        );
        this.#deadlines.set(partition.number, overdue);
        change.member.asked(partition, revokeMs);
      }
    }
    if (assigned.length === 0) return;
    this.capture(assigned);
    for (const partition of assigned) this.owner(partition)?.gained(partition);
  }

  #release(partition: Partition, generation: number): void {
    const before = this.owner(partition);
    const changes = this.#ownership.released(partition.number, generation);
    if (changes.length === 0) return;
    this.#clearDeadline(partition.number);
    before?.lost(partition);
    this.#apply(changes);
  }

  #clearDeadline(number: number): void {
    const timer = this.#deadlines.get(number);
    if (timer !== undefined) this.#clock.clearTimeout(timer);
    this.#deadlines.delete(number);
  }

  /** What an event is ordered by: its socket, or its channel when the group wants that. */
  #keyOf({ kind, socketId, channel }: PipeEvent): string {
    const byChannel =
      socketId === '' ||
      (this.settings.order === 'channel' && kind !== EventKind.OPEN && kind !== EventKind.CLOSE);
    return (byChannel && channel) || socketId;
  }

  #partitionOf(key: string): Partition {
    if (this.partitions.length === 1) return this.partitions[0] as Partition;
    if (this.settings.mode === 'shared') return this.#leastBusy();
    return this.partitions[this.#place(key)] as Partition;
  }

  /** The partition with the least to do of those whose owner is there. */
  #leastBusy(): Partition {
    const { partitions } = this;
    const first = (this.#turn = (this.#turn + 1) % partitions.length);
    let least: Partition | undefined;
    for (let i = 0; i < partitions.length && least?.log.length !== 0; i++) {
      const partition = partitions[(first + i) % partitions.length] as Partition;
      if (this.revoking(partition) || this.owner(partition)?.attached !== true) continue;
      if (least === undefined || partition.log.length < least.log.length) least = partition;
    }
    return least ?? (partitions[first] as Partition);
  }

  #place(key: string): number {
    return this.partitions.length === 1 ? 0 : hash32(key) % this.partitions.length;
  }
}
