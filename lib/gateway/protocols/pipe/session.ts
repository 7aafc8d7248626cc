import { InFlight } from '../../../stream/in-flight';
import { Cursor } from '../../../stream/position';
import { REFUSAL_CODES } from '../../../wire/close-codes';
import type {
  Ack,
  Command,
  CommandAck,
  CommandsFrame,
  Credit,
  HelloFrame,
  Position,
  Rule,
  WelcomeFrame,
} from '../../../wire/frames';
import { capCredit, WIRE_LIMITS } from '../../../wire/limits';
import type { App } from '../../core/model/app';
import type { Group, GroupMember } from '../../core/streams/group';
import { countUp } from '../../core/metrics';
import type { Partition } from '../../core/streams/partition';
import { RULE_KINDS } from '../../core/streams/rules';
import { CommandAnswers } from './command-answers';
import { applyCommand } from './commands';
import type { Outcome } from './commands/outcome';
import type { BackendLink } from './backend-link';
import type { PipeContext } from './context';
import { sendPartitions } from './writer';

/** Of the credit, what stuck handlers of one partition can use up. A backend acknowledges when a quarter is used. */
const SHARES = 4;

/** What the gateway is ready to hold of unacknowledged commands; it applies them as they come. */
const COMMAND_CREDIT: Credit = {
  messages: WIRE_LIMITS.creditMessages,
  bytes: WIRE_LIMITS.creditBytes,
};

export interface Opening {
  verdict: WelcomeFrame['verdict'];
  reason: string;
  id: Uint8Array;
  /** Told once; empty when the session is resumed. */
  secret: Uint8Array;
}

/**
 * One backend's stream in both directions, over any number of connections: the partitions it owns and what it has
 * handled of them, which of its commands were applied. Written once per turn, after the browsers.
 */
export class PipeSession implements GroupMember {
  readonly name: string;
  readonly app: App;
  readonly group: Group;
  readonly #context: PipeContext;
  readonly #commands = new Cursor();
  readonly #answers = new CommandAnswers(COMMAND_CREDIT.messages);
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
    this.name = Buffer.from(opening.id).toString('hex');
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

  /** Where its partitions stand now: what is asked of the gateway is answered as of here. */
  positions(): Position[] {
    return this.group.ownedBy(this).map(({ number, generation, log }) => {
      return { partition: number, generation, epoch: log.epoch, offset: log.top };
    });
  }

  /** Whether events of its partitions wait to be handled. */
  get behind(): boolean {
    return this.group.ownedBy(this).some(({ log }) => log.committed.offset < log.top);
  }

  /** Why this session cannot go on with what HELLO says; undefined when it can. */
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
    this.#welcomed = false;
    before?.fail('replaced', 'another connection of this session took over');
    this.#opening = { ...this.#opening, verdict: 'resumed', reason: '', secret: new Uint8Array() };
    this.#rules = hello.rules;
    this.#flight = flightOf(this.group, hello);
    this.#answers.repeat(hello.nextSeq, this.#commands.next - 1);
    const unsure: Partition[] = [];
    for (const partition of this.group.ownedBy(this)) {
      const { log, number } = partition;
      const position = positionOf(hello.positions, number);
      log.attach(position ?? log.committed, this.#flight);
      this.group.acknowledged(partition);
      // A gap brings a snapshot by itself.
      if (position === undefined || position.wantsSnapshot === true) unsure.push(partition);
      this.#ready.add(partition);
    }
    if (unsure.length > 0) this.group.capture(unsure);
  }

  /** Says WELCOME and what is there to say. */
  begin(): void {
    const { limits, node } = this.#context;
    const { id, secret, verdict, reason } = this.#opening;
    const owned = this.group.ownedBy(this);
    this.#link?.send({
      type: 'welcome',
      version: 1,
      verdict,
      reason,
      session: id,
      secret,
      nextSeq: this.#commands.next,
      commandAck: this.#firstAck(),
      limits: {
        frameBytes: WIRE_LIMITS.maxFrameBytes,
        batch: WIRE_LIMITS.maxBatch,
        dataBytes: Math.min(limits.maxEventDataBytes, WIRE_LIMITS.maxDataBytes),
        pingMs: WIRE_LIMITS.pingMs,
        deadMs: WIRE_LIMITS.deadMs,
      },
      partitions: this.group.partitions.length,
      assigned: owned.map(assignment),
      node,
      windowMs: limits.pipeWindowMs,
      graceMs: limits.pipeGraceMs,
      unhandled: 0,
    });
    this.#welcomed = true;
    countUp(this.#context.metrics.pipeResumes, verdict);
    for (const partition of owned) {
      // The connection on which it was asked for is gone.
      if (this.group.revoking(partition)) this.asked(partition, limits.pipeRevokeMs);
    }
    this.#wake();
  }

  gained(partition: Partition): void {
    partition.log.attach(partition.log.committed, this.#flight);
    this.#ready.add(partition);
    if (this.#welcomed) this.#link?.send({ type: 'assign', assigned: [assignment(partition)] });
    this.#wake();
  }

  asked({ number: partition, generation }: Partition, deadlineMs: number): void {
    if (this.#welcomed) this.#link?.send({ type: 'revoke', partition, generation, deadlineMs });
  }

  lost(partition: Partition): void {
    this.#ready.delete(partition);
    const { number, generation } = partition;
    if (this.#welcomed) this.#link?.send({ type: 'lost', partition: number, generation });
    // What was in flight of it counts no more, so that others may have room.
    this.#wake();
  }

  ready(partition: Partition): void {
    this.#ready.add(partition);
    this.#wake();
  }

  commands({ firstSeq, commands }: CommandsFrame): void {
    const repeated = this.#commands.accept(firstSeq, commands.length);
    if (repeated === undefined) {
      const message = `command ${firstSeq} came where ${this.#commands.next} was expected`;
      this.#link?.fail('protocol_error', message);
      return;
    }
    this.#context.metrics.pipeCommands += commands.length - repeated;
    for (let i = repeated; i < commands.length; i++) {
      const command = commands[i] as Command;
      const outcome = this.#isStale(command)
        ? STALE
        : applyCommand(this.#context, this.app, command);
      this.#answers.add(firstSeq + i, outcome, command.receipt === 'delivered');
    }
    this.#answers.applied(this.#commands.next - 1);
    this.#wake();
    // A receipt says that the event was written, so the turn ends early rather than the answers.
    if (this.#answers.full) this.#context.hub.turn.flush();
  }

  acknowledged({ positions, credit }: Ack): void {
    if (credit !== undefined) this.#flight.grant(capCredit(credit));
    for (const position of positions) {
      const { partition: number, generation, epoch, offset } = position;
      const partition = this.group.partitions[number];
      // What an earlier owner says is late, and counts no more.
      if (partition !== undefined && generation < partition.generation) continue;
      const ours = partition?.generation === generation && this.group.owner(partition) === this;
      if (ours && partition.log.ack({ epoch, offset })) {
        this.group.acknowledged(partition);
        continue;
      }
      const what = `partition ${number}, generation ${generation}, epoch ${epoch}`;
      this.#link?.fail('protocol_error', `acknowledged what was never sent: ${what}, ${offset}`);
      return;
    }
    this.#wake();
  }

  /** It has finished what it was asked to give back. */
  returned({ partition: number, generation, epoch, offset }: Position): void {
    const partition = this.group.partitions[number];
    if (partition !== undefined && this.group.owner(partition) === this) {
      if (partition.generation === generation) partition.log.ack({ epoch, offset });
      this.group.acknowledged(partition);
    }
    this.group.returned(this, number, generation);
  }

  /** Replaces what this backend subscribes to, from the next event on. */
  subscribe(id: number, rules: readonly Rule[]): void {
    const message = badRule(rules);
    if (message === undefined) {
      this.#rules = rules;
      this.group.subscribed();
    }
    const { code } = REFUSAL_CODES.bad_rule;
    const error = message === undefined ? undefined : { code, message };
    this.#link?.send({ type: 'subscribed', id, error });
  }

  /** The connection is gone; events are kept from now on. False when it is not the present one. */
  detach(link: BackendLink): boolean {
    if (this.#link !== link) return false;
    this.#link = undefined;
    this.#welcomed = false;
    this.#waitsForDrain = false;
    return true;
  }

  dispose(): void {
    this.#link?.fail('going_away', 'the session has ended');
    this.#link = undefined;
  }

  /** Whether a command answers an event of a partition that has another owner by now. */
  #isStale({ origin }: Command): boolean {
    if (origin === undefined) return false;
    const partition = this.group.partitions[origin.partition];
    return partition?.generation !== origin.generation || this.group.owner(partition) !== this;
  }

  /** Outcomes that may have gone down with an earlier connection, and the credit. */
  #firstAck(): CommandAck {
    const applied = this.#commands.next - 1;
    const untold = this.#answers.take() ?? { applied, refused: [], receipts: [] };
    return { ...untold, credit: COMMAND_CREDIT };
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
    sendPartitions(this.#context, this.group, link, this.#ready, this.#answers.take());
    if (link.writable || this.#waitsForDrain) return;
    this.#waitsForDrain = true;
    link.onDrain(() => {
      this.#waitsForDrain = false;
      this.#wake();
    });
  }
}

const STALE: Outcome = {
  code: REFUSAL_CODES.stale_owner.code,
  message: 'the partition of the event this answers has another owner by now',
};

function flightOf({ partitions }: Group, { credit }: HelloFrame): InFlight {
  const flight = new InFlight(partitions.length === 1 ? 1 : SHARES);
  flight.grant(capCredit(credit));
  return flight;
}

function assignment({ number, generation, log }: Partition): {
  partition: number;
  generation: number;
  epoch: number;
  firstOffset: number;
} {
  const { epoch, offset } = log.committed;
  return { partition: number, generation, epoch, firstOffset: offset + 1 };
}

function positionOf(positions: readonly Position[], number: number): Position | undefined {
  return positions.find(({ partition }) => partition === number);
}

/** What is wrong with a list of rules. Patterns need no check: any text can be compared. */
export function badRule(rules: readonly Rule[]): string | undefined {
  const { maxRules } = WIRE_LIMITS;
  if (rules.length > maxRules) return `${rules.length} rules are more than ${maxRules}`;
  const unknown = rules.find(({ kind }) => !RULE_KINDS.has(kind));
  return unknown && `kind ${unknown.kind} is not one that can be subscribed to`;
}
