import { Ring } from '../../../util/ring';
import type { CommandAck, Receipt, Refusal } from '../../../wire/frames';
import type { Outcome } from './commands/outcome';

/** Bytes that an answer takes in a frame beside its message, at most. */
const ANSWER_BYTES = 24;

/**
 * Answers to a session's commands: refusals and receipts, in the order of the commands. They are told in pieces, each
 * with the number up to which all commands are applied and answered. An answer that was told is kept as long as the
 * backend may not have got it: it never has more commands open than its credit.
 */
export class CommandAnswers {
  readonly #credit: number;
  readonly #kept = new Ring<Refusal | Receipt>();
  /** Number of kept answers that were sent. */
  #told = 0;
  #applied = 0;
  #toldApplied = 0;

  constructor(credit: number) {
    this.#credit = credit;
  }

  /** True while answers wait to be sent. */
  get pending(): boolean {
    return this.#applied > this.#toldApplied;
  }

  /** Every command up to this number was told as applied or refused. */
  get told(): number {
    return this.#toldApplied;
  }

  /** The highest number that a backend within its credit can have sent. */
  get limit(): number {
    return this.#toldApplied + this.#credit;
  }

  /** A command has been applied or refused. */
  add(seq: number, outcome: Outcome, wantsReceipt: boolean): void {
    if ('code' in outcome) this.#kept.push({ seq, ...outcome });
    else if (wantsReceipt) this.#kept.push({ seq, sockets: outcome.sockets });
    this.#applied = seq;
  }

  /** The next piece to tell, of about so many bytes; undefined when everything was told. */
  take(maxBytes: number): CommandAck | undefined {
    if (!this.pending) return undefined;
    const ack: CommandAck = { applied: 0, refused: [], receipts: [] };
    let bytes = 0;
    let answer = this.#kept.at(this.#told);
    for (; answer !== undefined && bytes < maxBytes; answer = this.#kept.at(++this.#told)) {
      if ('code' in answer) ack.refused.push(answer);
      else ack.receipts.push(answer);
      bytes += ANSWER_BYTES + ('code' in answer ? answer.message.length : 0);
    }
    ack.applied = this.#toldApplied = answer === undefined ? this.#applied : answer.seq - 1;
    this.#forget(this.#toldApplied - this.#credit);
    return ack;
  }

  /** Another connection follows, whose backend has got every answer below a number. */
  repeat(first: number): void {
    this.#told = this.#kept.length;
    this.#forget(first - 1);
    this.#told = 0;
    this.#toldApplied = Math.min(this.#applied, first - 1);
  }

  /** Forgets answers that were told, up to a number. */
  #forget(seq: number): void {
    let count = 0;
    while (count < this.#told && (this.#kept.at(count)?.seq ?? Infinity) <= seq) count++;
    this.#kept.drop(count);
    this.#told -= count;
  }
}
