import type { Credit } from '../../stream/in-flight';
import type { Clock } from '../../util/timers';
import {
  type Ack,
  type Assignment,
  type Frame,
  type GapFrame,
  type PipeEvent,
  type PartitionPosition,
  type Run,
  type SnapshotFrame,
  type WelcomeFrame,
} from '../../wire/frames';
import type { Settings } from '../options';
import type { Arrival } from './arrival';
import { countsOf, type AssignedPartition } from './assigned-partition';
import { AssignedPartitions, broken } from './assigned-partitions';
import { Deadlines } from './deadlines';
import { Deliveries } from './deliveries';
import { Phases, type Phase } from './phases';
import { policyOf, takeoverMs, type Policy } from './policy';
import { Resync, introduction } from './resync';

export interface InboxOwner {
  /** Runs the handlers of an event; a promise only when some are still running. */
  deliver(arrival: Arrival): Promise<void> | undefined;
  /** Sends a frame. False when there is no connection. */
  send(frame: Frame): boolean;
  /** Sends `takeAck()`, if there is a connection. */
  ackDue(): void;
  /** Delivering failed in a way no handler is to blame for. */
  failed(error: Error): void;
  /** The handlers of an event run for long. */
  slow(arrival: Arrival, key: string, runningMs: number): void;
  /** Commands queued so far, of which `sent` have left over the present connection. */
  commands(): { queued: number; sent: number };
  /** Sends the commands that the credit allows, and calls `commandsSent` when there were some. */
  sendCommands(): void;
}

/** Most finished ranges of all positions of a HELLO: it may hold 64 KiB. */
const MAX_HELLO_RANGES = 512;

/**
 * Events on their way to handlers: each offset once and in order, the events of one key one after the other, and an
 * acknowledgement of every event whose handlers have ended.
 */
export class Inbox {
  readonly #owner: InboxOwner;
  readonly #policy: Policy;
  readonly #resync: Resync | undefined;
  readonly #deliveries: Deliveries;
  readonly #partitions = new AssignedPartitions();
  readonly #deadlines: Deadlines;
  readonly #phases: Phases;
  /** The gateway process and its numbers, as the last WELCOME told them. */
  #gateway = { node: '', partitions: 0 };
  /** The gateway process of the session before is gone, and that was not told yet. */
  #nodeLost = false;

  constructor(settings: Settings, clock: Clock, owner: InboxOwner) {
    const policy = (this.#policy = policyOf(settings));
    this.#owner = owner;
    const maxClosed = policy.shared ? settings.credit.messages : 0;
    this.#resync = policy.resyncs ? new Resync(policy.byChannel, maxClosed) : undefined;
    this.#deadlines = new Deadlines(clock, (partition) => {
      this.#owner.sendCommands();
      this.#giveBack(partition);
    });
    this.#phases = new Phases(clock, {
      hold: () => this.#deliveries.hold(),
      release: () => this.#deliveries.release(),
      ping: (time) => void owner.send({ type: 'ping', time }),
    });
    this.#deliveries = new Deliveries(settings, policy, clock, {
      ...owner,
      mayBegin: () => this.#phases.mayBegin(),
      acknowledges: () => this.#phase.name !== 'stopping' || this.#phase.acknowledges,
      ended: (partition) => this.#return(partition),
    });
  }

  /** Takes events again after `stop`. */
  start(): void {
    if (this.#phase.name === 'stopping') this.#phases.enter({ name: 'open' });
  }

  /** Nothing that ends from here on is acknowledged, and nothing more begins. */
  halt(): void {
    this.#phases.stop(false);
  }

  /**
   * Takes no more events. Resolves when the handlers that run have ended. Events that have not begun are left to the
   * gateway when it keeps the stream, and handled otherwise. After `halt` they are left in any case: events of a lost
   * gateway come to nobody again, and must not be handled behind one that failed.
   */
  stop(): Promise<void> {
    const acknowledges = this.#phases.stop(true);
    if (this.#policy.kept) this.#leave(({ state }) => !acknowledges || state !== 'retired');
    this.#deliveries.release();
    return this.#deliveries.idle();
  }

  /** Forgets all partitions: the session has ended. */
  clear(): void {
    if (this.#phase.name === 'away') this.#phases.enter({ name: 'held' });
    if (this.#policy.kept) {
      this.#leave(({ state }) => state !== 'retired');
      this.#partitions.leave('');
    } else {
      this.#partitions.renew('');
    }
    this.#partitions.clear();
    this.#deadlines.clearAll();
    this.#phases.unwatch();
    this.#deliveries.takeAck(this.#partitions);
    this.#deliveries.unwatch();
  }

  away(): void {
    this.#phases.away();
  }

  ponged(timeMs: number): void {
    this.#phases.ponged(timeMs);
  }

  /** The positions for HELLO: of every partition that is not known to be another member's. */
  positions(): PartitionPosition[] {
    this.#deliveries.takeAck(this.#partitions);
    const positions: PartitionPosition[] = [];
    let ranges = MAX_HELLO_RANGES;
    for (const partition of this.#partitions) {
      if (partition.state === 'lost') continue;
      const position = partition.reconnect(ranges);
      ranges = Math.max(0, ranges - countsOf(position));
      position.wantsSnapshot = partition.awaitsSnapshot && this.#resync?.asks === true;
      positions.push(position);
    }
    return positions;
  }

  /** The credit for HELLO. */
  credit(): Credit {
    return this.#deliveries.restart();
  }

  /** A connection was welcomed. A session that goes on keeps its partitions, so that nothing is handled twice. */
  welcome(frame: WelcomeFrame): void {
    // Handlers begin again in `opened`, behind the reports of the connection itself.
    if (this.#phase.name === 'stopping') this.#deliveries.hold();
    else this.#phases.enter({ name: 'held' });
    const { verdict, node, partitions, graceMs, assigned } = frame;
    if (verdict === 'resumed') {
      this.#resync?.interrupt();
      const owned = new Set(assigned.map(({ partition }) => partition));
      for (const partition of this.#partitions) {
        if (!owned.has(partition.partition)) this.#lose(partition);
      }
    } else {
      this.#deadlines.clearAll();
      this.#nodeLost = this.#gateway.node !== '' && this.#gateway.node !== node;
      this.#renew(frame.stream);
    }
    this.#gateway = { node, partitions };
    this.#phases.watch(takeoverMs(this.#policy, graceMs));
    this.assign(assigned);
  }

  /** The connection and its session were reported: handlers may run. */
  opened(): void {
    if (this.#phase.name === 'stopping') this.#deliveries.release();
    else this.#phases.open();
    this.#deliveries.tellMoved();
    this.#closeStale();
  }

  /** Says which of opens and closes, and of occupied and vacated, are subscribed to. */
  ask(sockets: boolean, channels: boolean): void {
    if (this.#resync?.ask(sockets, channels) !== true) return;
    for (const partition of this.#partitions) partition.awaitSnapshot(true);
  }

  assign(assigned: readonly Assignment[]): void {
    for (const assignment of assigned) {
      const before = this.#partitions.get(assignment.partition);
      if (before !== undefined) {
        this.#deadlines.clear(before);
        // Another generation: the partition was another member's meanwhile.
        const isSame = before.generation === assignment.generation;
        if (!isSame && before.epoch === assignment.epoch) this.#lose(before);
      }
      this.#deliveries.moved(this.#partitions.assign(assignment));
    }
    this.#deliveries.tellMoved();
  }

  /** A partition is asked back: it is returned when its handlers and their commands are done, or at the deadline. */
  revoke(number: number, generation: number, deadlineMs: number): void {
    const partition = this.#partitions.get(number);
    if (partition?.generation !== generation || partition.state !== 'owned') return;
    partition.revoke();
    this.#deadlines.set(partition, deadlineMs);
    this.#leave((each) => each === partition);
    this.#resync?.interrupt(number);
    // From LOST on the gateway does not count what still runs of it.
    this.#deliveries.shorten();
    this.#return(partition);
  }

  /** A partition is another member's from now on. */
  lost(number: number, generation: number): void {
    const partition = this.#partitions.get(number);
    if (partition === undefined || generation < partition.generation) return;
    this.#lose(partition);
  }

  /** Commands have left, perhaps the last ones of handlers of a partition that is to be returned. */
  commandsSent(): void {
    for (const partition of this.#partitions) this.#return(partition);
  }

  /** An announced jump. Throws a StandpipeError when it leads backwards. */
  gap({ partition: number, newEpoch, first }: GapFrame): void {
    const partition = this.#partitions.get(number);
    if (partition === undefined || partition.state !== 'owned') return;
    this.#resync?.interrupt(number);
    this.#deliveries.moved(this.#partitions.jump(partition, newEpoch, first));
  }

  /** Takes consecutive events. Throws a StandpipeError when they are none that may come now. */
  take({ partition: number, generation, epoch, firstOffset, skipped = 0, events }: Run): void {
    const partition = this.#partitions.get(number);
    if (partition === undefined) throw broken(`partition ${number} is not assigned`);
    // Sent before the gateway gave the partition anew, or before it heard that the partition is given back.
    if (generation < partition.generation || partition.state !== 'owned') return;
    if (epoch !== partition.epoch)
      throw broken(`epoch ${epoch} of partition ${number} unannounced`);
    // Not acknowledged, so that somebody else can have them.
    if (this.#phase.name === 'stopping') return;
    const { knownTo } = partition;
    const repeated = partition.receive(firstOffset, events.length, skipped);
    if (repeated === undefined) throw broken(`offset ${firstOffset} of ${number} unannounced`);
    if (this.#deliveries.exceeds(events.length - repeated, this.#partitions)) {
      throw broken('more events than the credit');
    }
    this.#deliveries.beginRun();
    if (skipped > 0 || repeated > 0) {
      this.#takeAgain(partition, firstOffset, events.slice(0, repeated), knownTo);
    }
    for (let i = repeated; i < events.length; i += 1) {
      this.#judge(partition, firstOffset + i, events[i] as PipeEvent);
    }
    this.#deliveries.endRun();
  }

  /** Takes a piece of what is true. Throws a StandpipeError when it does not stand where it says. */
  snapshot(frame: SnapshotFrame): void {
    const { epoch, offset, partition: number } = frame;
    const partition = this.#partitions.get(number);
    if (partition === undefined) throw broken(`partition ${number} is not assigned`);
    if (partition.state !== 'owned' || this.#phase.name === 'stopping') return;
    if (epoch !== partition.epoch || offset < partition.stands) {
      throw broken(`a snapshot of ${number} at ${epoch}.${offset}, which is not where it stands`);
    }
    partition.reached(offset);
    this.#resync?.snapshot(frame);
    this.#conclude(partition);
  }

  /** Positions and credit that are to be told and were not yet. */
  takeAck(): Ack | undefined {
    return this.#deliveries.takeAck(this.#partitions, this.#phase.name === 'stopping');
  }

  /** True while another process would get finished events again, because the gateway was not told of them. */
  get isUntold(): boolean {
    return this.#policy.kept && this.#partitions.haveNews;
  }

  get #phase(): Phase {
    return this.#phases.now;
  }

  /** Another session begins: events that have not begun come again where the gateway keeps the stream. */
  #renew(streamName: string): void {
    if (!this.#policy.kept || this.#nodeLost) {
      // Nobody else gets what the lost session had sent: it is finished here.
      this.#partitions.renew(streamName);
      this.#resync?.reset(this.#nodeLost);
      return;
    }
    this.#leave(({ state }) => state !== 'retired');
    this.#partitions.leave(streamName);
    if (!this.#policy.shared) return this.#resync?.reset(false);
    const moved = this.#resync?.forgetAll() ?? [];
    for (const change of moved) this.#deliveries.make(this.#partitions.nowhere(), change, 'moved');
  }

  /** A partition is another member's: handlers are told which of the sockets and channels they know went with it. */
  #lose(partition: AssignedPartition): void {
    if (partition.state === 'lost') return;
    this.#leave((each) => each === partition);
    partition.lose();
    this.#deadlines.clear(partition);
    this.#deliveries.shorten();
    const moved = this.#resync?.forget(partition.partition) ?? [];
    for (const change of moved) this.#deliveries.make(partition, change, 'moved');
  }

  /** Events of some partitions that have not begun are left to whoever gets them next. */
  #leave(isLeft: (partition: AssignedPartition) => boolean): void {
    // The latest first, so that handlers and what is known of them agree on the state before the earliest.
    for (const { partition, event, source, offset } of this.#deliveries.drop(isLeft).reverse()) {
      this.#resync?.undo(partition.partition, event);
      if (source === 'event') partition.leave(offset);
      else partition.awaitSnapshot(true);
    }
  }

  /** Returns a partition that is asked back, if nothing of it runs any more. */
  #return(partition: AssignedPartition): void {
    if (partition.state !== 'revoking' || partition.atHand > 0) return;
    // Commands triggered by the partition's handlers are sent before the partition is returned.
    const { queued, sent } = this.#owner.commands();
    if (sent < partition.commandsToWaitFor(queued)) {
      this.#owner.sendCommands();
      return;
    }
    this.#giveBack(partition);
  }

  #giveBack(partition: AssignedPartition): void {
    // BYE, which follows when the client stops, returns all partitions.
    if (partition.state !== 'revoking' || this.#phase.name === 'stopping') return;
    const position = partition.tell(MAX_HELLO_RANGES);
    // Without a connection nothing is lost: the gateway asks again on the next one, or has given it away by then.
    if (!this.#owner.send({ type: 'returned', position })) return;
    partition.returned();
    this.#deadlines.clear(partition);
  }

  /** Events that arrived before, or are skipped: one that was left to others is handled after all. */
  #takeAgain(
    partition: AssignedPartition,
    firstOffset: number,
    events: readonly PipeEvent[],
    knownTo: number,
  ): void {
    const { partition: number } = partition;
    for (const [i, event] of events.entries()) {
      this.#resync?.repeat(number, event);
      if (partition.takesBack(firstOffset + i)) this.#judge(partition, firstOffset + i, event);
      else if (firstOffset + i > knownTo) {
        const change = this.#resync?.relearn(number, event);
        if (change !== undefined) this.#deliveries.make(partition, change, 'resync');
      }
    }
    this.#conclude(partition);
    this.#deliveries.repeated(partition, events.length);
  }

  #judge(partition: AssignedPartition, offset: number, event: PipeEvent): void {
    partition.start(offset);
    // The handler of an event before it in its run has stopped the client.
    if (this.#policy.kept && this.#phase.name === 'stopping') return partition.leave(offset);
    const judgement = this.#resync?.judge(partition.partition, event) ?? 'pass';
    if (judgement === 'drop') {
      this.#deliveries.finish(partition, offset, event);
      return;
    }
    if (judgement === 'introduce') {
      this.#deliveries.make(partition, introduction(event), 'resync');
    }
    this.#deliveries.take(partition, offset, event);
  }

  /** Takes the truth of a whole snapshot, once the known events that are repeated behind it have come. */
  #conclude(partition: AssignedPartition): void {
    const resync = this.#resync;
    if (resync?.isPending(partition.partition) !== true || !partition.isCaughtUp) return;
    const { changes, coversAll } = resync.conclude(partition.partition);
    partition.awaitSnapshot(!coversAll);
    for (const change of changes) this.#deliveries.make(partition, change, 'resync');
    this.#closeStale();
  }

  /** Ends the doubt about what was known of an earlier session, as soon as that can be done. */
  #closeStale(): void {
    const resync = this.#resync;
    if (resync?.stale !== true) return;
    if (!this.#nodeLost && this.#partitions.known < this.#gateway.partitions) return;
    const reason = this.#nodeLost ? 'node_lost' : undefined;
    for (const change of resync.closeStale()) {
      this.#deliveries.make(this.#partitions.nowhere(), change, 'resync', reason);
    }
    this.#nodeLost = false;
  }
}
