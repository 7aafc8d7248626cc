import { later } from '../../../brokers/eventual';
import { InFlight } from '../../../stream/in-flight';
import { Cursor } from '../../../stream/position';
import type { Timer } from '../../../util/timers';
import { REFUSAL_CODES, refusalCode } from '../../../wire/close-codes';
import type {
  Ack,
  Command,
  CommandAck,
  CommandsFrame,
  Credit,
  HelloFrame,
  PartitionPosition,
  Rule,
  WelcomeFrame,
} from '../../../wire/frames';
import { capCredit, WIRE_LIMITS } from '../../../wire/limits';
import type { App } from '../../core/model/app';
import { countUp } from '../../core/metrics';
import type { Group, GroupMember } from '../../core/streams/group';
import type { Partition } from '../../core/streams/partition';
import { badRule } from '../../core/streams/rules';
import { CommandAnswers } from './command-answers';
import { CommandQueue } from './command-queue';
import { applyCommand } from './commands';
import type { Outcome } from './commands/outcome';
import type { BackendLink } from './backend-link';
import type { PipeContext } from './context';
import { nameOf } from './groups';
import { PIECE_BYTES, sendPartitions } from './writer';

/**
 * Share of the credit that stuck handlers of one partition can use up. A backend acknowledges when a quarter is used.
 */
const SHARES = 4;

/** Unacknowledged commands that the gateway is ready to hold; it applies them as they come. */
const COMMAND_CREDIT: Credit = {
  messages: WIRE_LIMITS.creditMessages,
  bytes: WIRE_LIMITS.creditBytes,
};

/** Name of all nodes together: sockets outlive the node of a backend, and its next one knows them. */
const JOINED = 'joined';

const STALE: Outcome = {
  code: REFUSAL_CODES.stale_owner.code,
  message: 'the partition of the event this answers has another owner by now',
};

/** The beginning of a session over one of its connections. */
export interface Opening {
  verdict: WelcomeFrame['verdict'];
  reason: string;
  id: Uint8Array;
  /** Told once; empty when the session is resumed. */
  secret: Uint8Array;
  /** Events that an earlier unnamed stream of the app left unhandled. */
  unhandled: number;
}

/**
 * A backend's streams in both directions, over any number of connections: its partitions with their acknowledged
 * offsets, and the number of its last applied command. Written once per turn, after the browsers.
 */
export class PipeSession implements GroupMember {
  /** Session id, as hex digits. */
  readonly id: string;
  /** The name as a member of the group: the one that HELLO says, or one of its own. */
  readonly name: string;
  readonly isNamed: boolean;
  readonly app: App;
  readonly group: Group;
  readonly #context: PipeContext;
  readonly #commands = new Cursor();
  readonly #answers = new CommandAnswers(COMMAND_CREDIT.messages);
  readonly #queue = new CommandQueue({
    apply: (command) =>
      this.#isStale(command) ? STALE : applyCommand(this.#context, this.app, command),
    done: (seq, outcome, wantsReceipt) => {
      if ('code' in outcome) this.#refused(outcome);
      this.#answers.add(seq, outcome, wantsReceipt);
    },
    settled: () => this.app.broker.settled(),
    later: () => this.#wake(),
  });
  /** Partitions that may have something to send. */
  readonly #ready = new Set<Partition>();
  #rules: readonly Rule[];
  #flight: InFlight;
  #opening: Opening;
  #link: BackendLink | undefined;
  /** False until WELCOME was said on the present connection. */
  #welcomed = false;
  #awake = false;
  #waitsForDrain = false;
  /** Runs until a snapshot falls due that had to wait. */
  #snapshotTimer: Timer | undefined;

  constructor(
    context: PipeContext,
    group: Group,
    link: BackendLink,
    hello: HelloFrame,
    opening: Opening,
  ) {
    this.#context = context;
    this.app = link.app;
    this.group = group;
    this.id = Buffer.from(opening.id).toString('hex');
    this.isNamed = hello.name !== '';
    this.name = this.isNamed ? nameOf(hello) : this.id;
    this.#link = link;
    this.#opening = opening;
    this.#rules = hello.rules;
    this.#flight = flightOf(group, hello);
  }

  get rules(): readonly Rule[] {
    return this.#rules;
  }

  get attached(): boolean {
    return this.#link !== undefined;
  }

  /** The positions of its partitions: a query is answered as of here. */
  positions(): PartitionPosition[] {
    return this.group.ownedBy(this).map(({ number, generation, log }) => {
      return { partition: number, generation, epoch: log.epoch, offset: log.top };
    });
  }

  /** True while events of its partitions wait to be acknowledged. */
  get behind(): boolean {
    return this.group.ownedBy(this).some(({ log }) => log.unfinished > 0);
  }

  /** The reason why this session cannot go on from HELLO's positions; undefined when it can. */
  cannotResume({ positions, nextSeq }: HelloFrame): string | undefined {
    const ahead = this.group.ownedBy(this).some(({ number, log }) => {
      const position = positionOf(positions, number);
      return position !== undefined && position.epoch > log.epoch;
    });
    if (ahead) return 'bad_position';
    return this.#commands.continues(nextSeq) ? undefined : 'up_gap';
  }

  /** Goes on over another connection. The one before, if it is still there, is closed. */
  resume(link: BackendLink, hello: HelloFrame): void {
    const before = this.#link;
    this.#link = link;
    this.#quiet();
    before?.fail('replaced', 'another connection of this session took over');
    this.#opening = { ...this.#opening, verdict: 'resumed', reason: '', secret: new Uint8Array() };
    this.#opening.unhandled = 0;
    this.#flight = flightOf(this.group, hello);
    this.#answers.repeat(hello.nextSeq);
    for (const partition of this.group.ownedBy(this)) {
      const { log, number, generation } = partition;
      const position = positionOf(hello.positions, number);
      const isCurrent = position?.generation === generation;
      partition.attach(isCurrent ? position : log.committed, this.#flight);
      // A half of one that came over the connection before is worth nothing. A gap brings a snapshot by itself.
      const owes =
        !isCurrent || position.wantsSnapshot === true || partition.snapshot !== undefined;
      if (owes) partition.oweSnapshot();
      this.#ready.add(partition);
    }
    this.group.acknowledged();
    this.#replaceRules(hello.rules);
  }

  /** Says WELCOME and everything that is there to say. */
  begin(): void {
    const { limits, node, clock, metrics } = this.#context;
    const { id, secret, verdict, reason, unhandled } = this.#opening;
    const owned = this.group.ownedBy(this);
    const first = this.#answers.take(PIECE_BYTES);
    const applied: CommandAck = first ?? { applied: this.#answers.told, refused: [], receipts: [] };
    this.#link?.send({
      type: 'welcome',
      version: 1,
      verdict,
      reason,
      session: id,
      secret,
      nextSeq: this.#commands.next,
      commandAck: { ...applied, credit: COMMAND_CREDIT },
      limits: {
        frameBytes: WIRE_LIMITS.maxFrameBytes,
        batch: WIRE_LIMITS.maxBatch,
        dataBytes: Math.min(limits.maxEventDataBytes, WIRE_LIMITS.maxDataBytes),
        pingMs: WIRE_LIMITS.pingMs,
        deadMs: WIRE_LIMITS.deadMs,
      },
      partitions: this.group.partitions.length,
      assigned: owned.map(({ assignment }) => assignment),
      node: this.app.elsewhere === undefined ? this.app.nodeIn(node) : JOINED,
      windowMs: limits.pipeWindowMs,
      graceMs: limits.pipeGraceMs,
      unhandled,
      stream: this.group.id,
    });
    this.#welcomed = true;
    countUp(metrics.pipeResumes, verdict);
    for (const partition of owned) {
      // The connection on which it was asked for is gone.
      const untilMs = this.group.deadlineOf(partition);
      if (untilMs !== undefined) this.asked(partition, Math.max(untilMs, clock.now()));
    }
    this.#wake();
  }

  gained(partitions: readonly Partition[]): void {
    for (const partition of partitions) {
      partition.log.attach(partition.log.committed, this.#flight);
      this.#ready.add(partition);
    }
    const assigned = partitions.map(({ assignment }) => assignment);
    if (this.#welcomed) this.#link?.send({ type: 'assign', assigned });
    this.#wake();
  }

  asked({ number: partition, generation }: Partition, untilMs: number): void {
    if (!this.#welcomed) return;
    const deadlineMs = Math.ceil(untilMs - this.#context.clock.now());
    this.#link?.send({ type: 'revoke', partition, generation, deadlineMs });
  }

  lost(partition: Partition, generation: number): void {
    this.#ready.delete(partition);
    if (this.#welcomed) this.#link?.send({ type: 'lost', partition: partition.number, generation });
    // The partition's events in flight use no credit any more, so that other partitions may have room.
    this.#wake();
  }

  ready(partition: Partition): void {
    this.#ready.add(partition);
    this.#wake();
  }

  commands({ firstSeq, commands }: CommandsFrame): void {
    if (firstSeq + commands.length - 1 > this.#answers.limit) {
      this.#link?.fail('protocol_error', 'more commands came than the credit allows');
      return;
    }
    const repeated = this.#commands.accept(firstSeq, commands.length);
    if (repeated === undefined) {
      const message = `command ${firstSeq} came where ${this.#commands.next} was expected`;
      this.#link?.fail('protocol_error', message);
      return;
    }
    this.#context.metrics.pipeCommands += commands.length - repeated;
    const { isAlone } = this.app.broker;
    for (let i = repeated; i < commands.length; i++) {
      this.#queue.push(firstSeq + i, commands[i] as Command, isAlone);
    }
    if (!isAlone) this.#queue.settle();
    this.#wake();
  }

  acknowledged({ positions, credit }: Ack): void {
    const { metrics, clock } = this.#context;
    if (credit !== undefined) this.#flight.grant(capCredit(credit));
    for (const position of positions) {
      const { partition: number, generation, epoch, offset } = position;
      const partition = this.group.partitions[number];
      // An acknowledgement of an earlier owner is late, and counts no more.
      if (partition !== undefined && generation < partition.generation) continue;
      const ours = partition?.generation === generation && this.group.owner(partition) === this;
      const { low, oldest } = partition?.log ?? {};
      if (ours && partition.ack(position)) {
        const moved = oldest !== undefined && partition.log.low !== low;
        if (moved) metrics.handled(clock.wall() - oldest.time, oldest.trace);
        continue;
      }
      const what = `partition ${number}, generation ${generation}, epoch ${epoch}`;
      this.#link?.fail('protocol_error', `acknowledged what was never sent: ${what}, ${offset}`);
      return;
    }
    this.group.acknowledged();
    this.#wake();
  }

  /** Nothing of a partition runs at the backend any more, which was asked to give it back. */
  returned(position: PartitionPosition): void {
    const { partition: number, generation } = position;
    const partition = this.group.partitions[number];
    if (partition?.generation === generation && this.group.owner(partition) === this) {
      this.acknowledged({ positions: [position] });
    }
    this.group.returned(this, number, generation);
  }

  /** Replaces the subscriptions of this backend, from the next event on. */
  subscribe(id: number, rules: readonly Rule[]): void {
    const message = badRule(rules);
    if (message === undefined) this.#replaceRules(rules);
    const { code } = REFUSAL_CODES.bad_rule;
    const error = message === undefined ? undefined : { code, message };
    const link = this.#link;
    void later(this.app.elsewhere?.heard(), () => {
      if (this.#link === link) link?.send({ type: 'subscribed', id, error });
    });
    // A kind that is newly asked for brings a snapshot.
    for (const partition of this.group.ownedBy(this)) this.#ready.add(partition);
    this.#wake();
  }

  /** The connection is gone; events are kept from now on. False when it is not the present one. */
  detach(link: BackendLink): boolean {
    if (this.#link !== link) return false;
    this.#link = undefined;
    this.#quiet();
    return true;
  }

  /** The session is over: another one took its name, or nobody waits for it any more. */
  dispose(code: 'replaced' | 'going_away', message: string): void {
    const link = this.#link;
    this.#link = undefined;
    this.#quiet();
    link?.fail(code, message);
  }

  /** Nothing is written before the next WELCOME. */
  #quiet(): void {
    this.#welcomed = false;
    this.#waitsForDrain = false;
    if (this.#snapshotTimer !== undefined) this.#context.clock.clearTimeout(this.#snapshotTimer);
    this.#snapshotTimer = undefined;
  }

  #refused({ code, message }: { code: number; message: string }): void {
    const reason = refusalCode(code)?.name ?? 'other';
    const refused = { entrance: 'pipe', reason, app: this.app.id, message } as const;
    this.#context.journal.refused(refused, { backend: this.name });
  }

  #replaceRules(rules: readonly Rule[]): void {
    this.#rules = rules;
    if (this.group.members.has(this)) this.group.subscribed();
  }

  /** True when the command answers an event of a partition that now has another owner. */
  #isStale({ origin }: Command): boolean {
    if (origin === undefined) return false;
    const partition = this.group.partitions[origin.partition];
    return partition?.generation !== origin.generation || this.group.owner(partition) !== this;
  }

  #wake(): void {
    if (this.#awake || this.#link === undefined || !this.#welcomed) return;
    this.#awake = true;
    this.#context.hub.turn.whenWritten(() => {
      this.#awake = false;
      try {
        this.#flush();
      } catch (error) {
        this.#context.metrics.failures++;
        this.#context.log.error({ err: error }, 'events could not be sent to a backend');
        this.#link?.fail('internal_error', 'the gateway could not send what it has');
      }
    });
  }

  #flush(): void {
    const link = this.#link;
    if (link === undefined || !this.#welcomed) return;
    const waitMs = sendPartitions(this.#context, this.group, link, this.#ready, this.#answers);
    if (waitMs !== undefined) {
      this.#snapshotTimer ??= this.#context.clock.setTimeout(() => {
        this.#snapshotTimer = undefined;
        this.#wake();
      }, waitMs);
    }
    if (link.writable || this.#waitsForDrain) return;
    this.#waitsForDrain = true;
    link.onDrain(() => {
      // The drain of an earlier connection means nothing to the present one.
      if (this.#link !== link) return;
      this.#waitsForDrain = false;
      this.#wake();
    });
  }
}

function flightOf({ partitions }: Group, { credit }: HelloFrame): InFlight {
  const flight = new InFlight(partitions.length === 1 ? 1 : SHARES);
  flight.grant(capCredit(credit));
  return flight;
}

function positionOf(
  positions: readonly PartitionPosition[],
  number: number,
): PartitionPosition | undefined {
  return positions.find(({ partition }) => partition === number);
}
