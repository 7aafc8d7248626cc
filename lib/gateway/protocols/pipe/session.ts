import { Flight } from '../../../stream/flight';
import { Cursor } from '../../../stream/position';
import { REFUSAL_CODES } from '../../../wire/close-codes';
import type {
  Ack,
  CommandAck,
  CommandsFrame,
  Credit,
  HelloFrame,
  Rule,
  WelcomeFrame,
} from '../../../wire/frames';
import { capCredit, WIRE_LIMITS } from '../../../wire/limits';
import type { App } from '../../core/app';
import { Group, RULE_KINDS } from '../../core/group';
import { applyCommand } from './commands';
import type { PipeContext } from './context';
import type { PipeLink } from './link';

const MAX_RULES = 1000;
const PARTITION = 0;
const GENERATION = 1;

/** What the gateway is ready to hold of unacknowledged commands; it applies them as they come. */
const COMMAND_CREDIT: Credit = {
  messages: WIRE_LIMITS.creditMessages,
  bytes: WIRE_LIMITS.creditBytes,
};

/** So many answers are told at once, in the middle of a turn: a frame has its limit. */
const MAX_ANSWERS = 1024;

/** Told answers are looked through when there are this many; no more than the credit of them can still be open. */
const MAX_TOLD = 3 * COMMAND_CREDIT.messages;

interface Opening {
  verdict: WelcomeFrame['verdict'];
  reason: string;
  id: Uint8Array;
  /** Told once; empty when the session is resumed. */
  secret: Uint8Array;
}

/**
 * One backend's stream in both directions, over any number of connections: which events it has handled, which of its
 * commands were applied. Written once per turn, after the browsers.
 */
export class PipeSession {
  readonly app: App;
  readonly #context: PipeContext;
  readonly #group: Group;
  readonly #on: { detached: () => void; ended: () => void };
  readonly #commands = new Cursor();
  #opening: Opening;
  #link: PipeLink | undefined;
  /** Answers to commands that have yet to be told. */
  #answers: CommandAck | undefined;
  /**
   * Answers that were told, but perhaps on a connection that was lost. A client never has more commands open than its
   * credit, so older ones have reached it.
   */
  #told: Pick<CommandAck, 'refused' | 'receipts'> = { refused: [], receipts: [] };
  #awake = false;
  #waitsForDrain = false;

  constructor(
    context: PipeContext,
    link: PipeLink,
    hello: HelloFrame,
    opening: Opening,
    on: { detached: () => void; ended: () => void },
  ) {
    const { maxPipeUnackedEvents: maxEntries, maxPipeUnackedBytes: maxBytes } = context.limits;
    this.#context = context;
    this.app = link.app;
    this.#link = link;
    this.#opening = opening;
    this.#on = on;
    this.#group = new Group({ maxEntries, maxBytes, epoch: 1 }, () => this.#wake());
    this.#group.log.attach({ epoch: 1, offset: 0 }, this.#flight(hello.credit));
    this.#group.rules = hello.rules;
    this.app.groups.add(this.#group);
  }

  /** Why this session cannot go on with what HELLO says; undefined when it can. */
  cannotResume({ positions, nextSeq }: HelloFrame): string | undefined {
    const position = positions.find(({ partition }) => partition === PARTITION);
    if (position === undefined || position.epoch > this.#group.log.epoch) return 'bad_position';
    return this.#commands.continues(nextSeq) ? undefined : 'up_gap';
  }

  /** Goes on over another connection. The one before, if it is still there, is closed. */
  resume(link: PipeLink, hello: HelloFrame): void {
    const before = this.#link;
    this.#link = link;
    before?.fail('replaced', 'another connection of this session took over');
    const position = hello.positions.find(({ partition }) => partition === PARTITION);
    this.#opening = { ...this.#opening, verdict: 'resumed', reason: '', secret: new Uint8Array() };
    this.#group.rules = hello.rules;
    this.#group.log.attach(position ?? { epoch: 0, offset: 0 }, this.#flight(hello.credit));
    this.#tellAgain(hello.nextSeq);
  }

  /** Says WELCOME and what is there to say. */
  begin(): void {
    const { limits, node } = this.#context;
    const { id, secret, verdict, reason } = this.#opening;
    const { epoch, committed } = this.#group.log;
    this.#link?.send({
      type: 'welcome',
      version: 1,
      verdict,
      reason,
      session: id,
      secret,
      applied: this.#commands.next - 1,
      credit: COMMAND_CREDIT,
      limits: {
        frameBytes: WIRE_LIMITS.maxFrameBytes,
        batch: WIRE_LIMITS.maxBatch,
        dataBytes: Math.min(limits.maxEventDataBytes, WIRE_LIMITS.maxDataBytes),
        pingMs: WIRE_LIMITS.pingMs,
        deadMs: WIRE_LIMITS.deadMs,
      },
      partitions: 1,
      assigned: [
        { partition: PARTITION, generation: GENERATION, epoch, from: committed.offset + 1 },
      ],
      node,
      windowMs: limits.pipeWindowMs,
    });
    this.#wake();
  }

  commands({ firstSeq, commands }: CommandsFrame): void {
    const repeated = this.#commands.accept(firstSeq, commands.length);
    if (repeated === undefined) {
      const message = `command ${firstSeq} came where ${this.#commands.next} was expected`;
      this.#link?.fail('protocol_error', message);
      return;
    }
    const answers = this.#pendingAnswers();
    this.#context.metrics.pipeCommands += commands.length - repeated;
    for (let i = repeated; i < commands.length; i++) {
      const command = commands[i] as (typeof commands)[number];
      const seq = firstSeq + i;
      const outcome = applyCommand(this.#context, this.app, command);
      if ('code' in outcome) answers.refused.push({ seq, ...outcome });
      else if (command.receipt === 'delivered') answers.receipts.push({ seq, ...outcome });
    }
    answers.applied = this.#commands.next - 1;
    this.#wake();
    // A receipt says that the event was written, so the turn ends early rather than the answers.
    if (answers.refused.length + answers.receipts.length >= MAX_ANSWERS) {
      this.#context.hub.turn.flush();
    }
  }

  acknowledged({ positions, credit }: Ack): void {
    if (credit !== undefined) this.#group.flight.grant(capCredit(credit));
    for (const { partition, generation, epoch, offset } of positions) {
      const ours = partition === PARTITION && generation === GENERATION;
      if (ours && this.#group.log.ack({ epoch, offset })) continue;
      const what = `partition ${partition}, generation ${generation}, epoch ${epoch}`;
      this.#link?.fail('protocol_error', `acknowledged what was never sent: ${what}, ${offset}`);
      return;
    }
    this.#wake();
  }

  /** Replaces what this backend subscribes to, from the next event on. */
  subscribe(id: number, rules: readonly Rule[]): void {
    const message = badRule(rules);
    if (message === undefined) this.#group.rules = rules;
    const { code } = REFUSAL_CODES.bad_rule;
    const error = message === undefined ? undefined : { code, message };
    this.#link?.send({ type: 'subscribed', id, error });
  }

  /** Its connection is gone; what happens now is kept for the window. */
  detach(link: PipeLink): void {
    if (this.#link !== link) return;
    this.#link = undefined;
    this.#waitsForDrain = false;
    this.#on.detached();
  }

  /** The backend said goodbye. */
  end(): void {
    this.#on.ended();
  }

  dispose(): void {
    this.#link = undefined;
    this.app.groups.delete(this.#group);
  }

  #flight(credit: Credit): Flight {
    this.#group.flight = new Flight();
    this.#group.flight.grant(capCredit(credit));
    return this.#group.flight;
  }

  /** Answers once more every command from `first` on. */
  #tellAgain(first: number): void {
    const open = ({ seq }: { seq: number }): boolean => seq >= first;
    const later = this.#answers;
    this.#answers = {
      applied: this.#commands.next - 1,
      refused: [...this.#told.refused.filter(open), ...(later?.refused ?? [])],
      receipts: [...this.#told.receipts.filter(open), ...(later?.receipts ?? [])],
    };
    this.#told = { refused: [], receipts: [] };
  }

  #keepTold({ refused, receipts }: CommandAck): void {
    const told = this.#told;
    told.refused.push(...refused);
    told.receipts.push(...receipts);
    if (told.refused.length + told.receipts.length <= MAX_TOLD) return;
    const oldest = this.#commands.next - COMMAND_CREDIT.messages;
    told.refused = told.refused.filter(({ seq }) => seq >= oldest);
    told.receipts = told.receipts.filter(({ seq }) => seq >= oldest);
  }

  #pendingAnswers(): CommandAck {
    return (this.#answers ??= { applied: 0, refused: [], receipts: [] });
  }

  #wake(): void {
    if (this.#awake || this.#link === undefined) return;
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
    if (link === undefined) return;
    let answers = this.#answers;
    this.#answers = undefined;
    if (answers !== undefined) this.#keepTold(answers);
    while (link.writable) {
      const taken = this.#group.log.take(WIRE_LIMITS.maxBatch, WIRE_LIMITS.flushBytes);
      if (taken === undefined) break;
      if (taken.type === 'gap') {
        this.#context.metrics.pipeEventsDropped += taken.gap.count;
        link.send({ type: 'gap', partition: PARTITION, ...taken.gap });
        continue;
      }
      const { epoch, first: firstOffset, events } = taken;
      const run = { partition: PARTITION, generation: GENERATION, epoch, firstOffset, events };
      for (const bytes of link.encoder.encodeEvents([run], answers)) link.sendBytes(bytes);
      answers = undefined;
      this.#context.metrics.pipeEvents += events.length;
    }
    if (answers !== undefined) link.send({ type: 'commandAck', ...answers });
    if (!link.writable && !this.#waitsForDrain) {
      this.#waitsForDrain = true;
      link.onDrain(() => {
        this.#waitsForDrain = false;
        this.#wake();
      });
    }
  }
}

/** What is wrong with a list of rules. Patterns need no check: any text can be compared. */
function badRule(rules: readonly Rule[]): string | undefined {
  if (rules.length > MAX_RULES) return `${rules.length} rules are more than ${MAX_RULES}`;
  const unknown = rules.find(({ kind }) => !RULE_KINDS.has(kind));
  return unknown && `kind ${unknown.kind} is not one that can be subscribed to`;
}
