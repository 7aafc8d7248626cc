import { Ring } from '../../util/ring';
import type { Clock } from '../../util/timers';
import type { BrokerMetrics, Records, Unavailable } from '../broker';
import type { Operation, Result, TurnReply } from '../operation';
import { isFact } from './facts';

/** Sizes of turns: how many are on their way at most, and how large one gets. */
export interface TurnLimits {
  maxTurnsInFlight: number;
  maxTurnBytes: number;
  maxTurnOperations: number;
}

/** An operation on its way to the engine. */
export interface Said {
  operation: Operation;
  /** Gets the result; undefined when nobody waits, or when it was answered `unavailable`. */
  answer: ((result: Result | Unavailable | undefined) => void) | undefined;
  /** The same fact was said before: its transition may have been told. */
  again: boolean;
}

interface Turn {
  number: number;
  said: Said[];
  /** Moment at which it was sent; undefined while it is not on its way. */
  sentAt: number | undefined;
}

export interface TurnQueueParts {
  clock: Clock;
  limits: TurnLimits;
  metrics: BrokerMetrics;
  send(turn: number, operations: readonly Operation[]): Promise<TurnReply>;
  applied(said: Said, result: Result | undefined): void;
  fenced(): void;
  /** The engine has lost turns that it had acknowledged. */
  lost(): void;
}

/**
 * Operations of one node for one app, in order. At the end of a turn of the event loop they are sent as numbered turns,
 * a few at a time. A turn whose outcome is not known is sent again under its number, and the engine applies it once.
 */
export class TurnQueue {
  readonly #parts: TurnQueueParts;
  readonly #waiting = new Ring<Said>();
  #flight: Turn[] = [];
  #number = 0;
  /** Turns that have been sent and not answered; the others of `#flight` wait until these have been. */
  #outstanding = 0;
  #isUp = false;
  #flushes = false;
  /** A turn was refused: nothing is sent before the next `retry` or `up`. */
  #waits = false;
  /** Grows when everything begins anew: answers of earlier turns say nothing then. */
  #life = 0;
  #waitingBytes = 0;

  constructor(parts: TurnQueueParts) {
    this.#parts = parts;
  }

  /** Bytes that have not been sent. */
  get bytes(): number {
    return this.#waitingBytes;
  }

  /** Moment since which the oldest turn waits for its answer. */
  get waitsSince(): number | undefined {
    return this.#flight.find(({ sentAt }) => sentAt !== undefined)?.sentAt;
  }

  get isEmpty(): boolean {
    return this.#flight.length === 0 && this.#waiting.length === 0;
  }

  /** Number before the first turn that has no answer: everything up to it was acknowledged. */
  get acknowledged(): number {
    return (this.#flight[0]?.number ?? this.#number + 1) - 1;
  }

  say(said: Said): void {
    this.#waiting.push(said);
    const bytes = bytesOf(said.operation);
    this.#waitingBytes += bytes;
    this.#parts.metrics.spoolBytes += bytes;
    this.#schedule();
  }

  /** The engine can be spoken to: turns without an answer go first. */
  up(): void {
    this.#isUp = true;
    this.retry();
  }

  away(): void {
    this.#isUp = false;
  }

  /** Some turns could not be applied for now, such as in an engine without memory: they are sent again. */
  retry(): void {
    this.#waits = false;
    this.#pump();
  }

  /**
   * The engine has been away for too long: nobody waits any more, and events are dropped. Turns keep their numbers and
   * facts, since nobody knows whether they were applied.
   */
  giveUp(): void {
    this.doubt();
    for (const { said } of this.#flight) for (const each of said) this.#drop(each);
    for (let said = this.#next(); said !== undefined; said = this.#next()) this.#drop(said);
  }

  /**
   * The engine may have applied turns and lost them again: their events may have been heard, and events come at most
   * once. Facts are said again.
   */
  doubt(): void {
    for (const { said } of this.#flight) {
      for (const each of said) {
        const { operation } = each;
        if (isFact(operation) || operation.kind === 'void') continue;
        this.#drop(each);
        each.operation = { kind: 'void', was: operation };
      }
    }
  }

  /** The node begins anew, with another number: nothing that was said counts. */
  restart(): void {
    this.giveUp();
    this.#life++;
    this.#flight = [];
    this.#number = 0;
    this.#outstanding = 0;
    this.#waits = false;
    this.#isUp = false;
  }

  #drop(said: Said): void {
    const { answer, operation } = said;
    if (operation.kind === 'publish') this.#parts.metrics.dropped++;
    said.answer = undefined;
    answer?.('unavailable');
  }

  #next(): Said | undefined {
    const said = this.#waiting.shift();
    if (said === undefined) return undefined;
    const bytes = bytesOf(said.operation);
    this.#waitingBytes -= bytes;
    this.#parts.metrics.spoolBytes -= bytes;
    return said;
  }

  #schedule(): void {
    if (this.#flushes) return;
    this.#flushes = true;
    this.#parts.clock.endOfTurn(() => {
      this.#flushes = false;
      this.#pump();
    });
  }

  #pump(): void {
    if (!this.#isUp || this.#waits) return;
    if (this.#flight.some(({ sentAt }) => sentAt === undefined)) {
      // A turn behind one that failed is refused; the order is kept by sending none before all answers are there.
      if (this.#outstanding > 0) return;
      for (const turn of this.#flight) this.#send(turn);
    }
    const { maxTurnsInFlight } = this.#parts.limits;
    while (this.#waiting.length > 0 && this.#flight.length < maxTurnsInFlight) {
      const turn: Turn = { number: ++this.#number, said: this.#take(), sentAt: undefined };
      this.#flight.push(turn);
      this.#send(turn);
    }
  }

  /** The operations of the next turn. It is never cut inside the block of an idempotency key. */
  #take(): Said[] {
    const { maxTurnBytes, maxTurnOperations } = this.#parts.limits;
    const said: Said[] = [];
    let bytes = 0;
    let block = 0;
    while (block > 0 || (said.length < maxTurnOperations && bytes < maxTurnBytes)) {
      const next = this.#next();
      if (next === undefined) break;
      said.push(next);
      bytes += bytesOf(next.operation);
      block = next.operation.kind === 'idempotent' ? next.operation.block : Math.max(0, block - 1);
    }
    return said;
  }

  #send(turn: Turn): void {
    const { clock } = this.#parts;
    const life = this.#life;
    turn.sentAt = clock.now();
    this.#outstanding++;
    const operations = turn.said.map(({ operation }) => operation);
    this.#parts.send(turn.number, operations).then(
      (reply) => {
        if (life !== this.#life) return;
        this.#outstanding--;
        this.#answered(turn, reply);
      },
      () => {
        if (life !== this.#life) return;
        this.#outstanding--;
        turn.sentAt = undefined;
        this.#waits = true;
      },
    );
  }

  #answered(turn: Turn, reply: TurnReply): void {
    const { clock, metrics } = this.#parts;
    switch (reply.kind) {
      case 'fenced':
        turn.sentAt = undefined;
        this.#parts.fenced();
        return;
      case 'out_of_turn':
        turn.sentAt = undefined;
        metrics.turnsStale++;
        this.#waits = true;
        if (reply.last < this.acknowledged) this.#parts.lost();
        return;
      case 'applied':
      case 'repeated':
        metrics.turnsApplied++;
        if (reply.kind === 'repeated') metrics.turnsRepeated++;
        metrics.turnSeconds += (clock.now() - (turn.sentAt ?? clock.now())) / 1000;
        this.#flight = this.#flight.filter((each) => each !== turn);
        turn.said.forEach((said, i) => this.#parts.applied(said, reply.results[i]));
        this.#pump();
    }
  }
}

export function bytesOfRecords(records: Records): number {
  let bytes = 0;
  for (const [field, value] of records) bytes += field.length + (value?.length ?? 0);
  return bytes;
}

/** Size of an operation about as it is sent. */
function bytesOf(operation: Operation): number {
  const OVERHEAD = 64;
  switch (operation.kind) {
    case 'publish':
      return OVERHEAD + operation.text.length + operation.channel.length;
    case 'answer':
      return OVERHEAD + operation.answer.length;
    case 'write':
      return OVERHEAD + operation.bytes;
    case 'member':
      return OVERHEAD + (operation.who.userInfo?.length ?? 0);
    default:
      // Names are short.
      return OVERHEAD;
  }
}
