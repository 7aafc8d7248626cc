import type { CommandAck, Receipt, Refusal } from '../../../wire/frames';
import type { Outcome } from './commands/outcome';

/** So many answers are told at once, in the middle of a turn: a frame has its limit. */
const MAX_UNTOLD = 1024;

/**
 * What is to be told about a session's commands. Answers that were told are kept as long as the backend may not have got
 * them: it never has more commands open than its credit, so older ones have reached it.
 */
export class CommandAnswers {
  readonly #credit: number;
  #untold: CommandAck | undefined;
  #refused: Refusal[] = [];
  #receipts: Receipt[] = [];

  constructor(credit: number) {
    this.#credit = credit;
  }

  /** True when the answers should be told before more come together. */
  get full(): boolean {
    const { refused, receipts } = this.#untold ?? { refused: [], receipts: [] };
    return refused.length + receipts.length >= MAX_UNTOLD;
  }

  add(seq: number, outcome: Outcome, wantsReceipt: boolean): void {
    if ('code' in outcome) this.#pending().refused.push({ seq, ...outcome });
    else if (wantsReceipt) this.#pending().receipts.push({ seq, sockets: outcome.sockets });
  }

  /** Everything up to a number has been applied or refused. */
  applied(seq: number): void {
    this.#pending().applied = seq;
  }

  /** What has to be told now. */
  take(): CommandAck | undefined {
    const untold = this.#untold;
    this.#untold = undefined;
    if (untold !== undefined) this.#keep(untold);
    return untold;
  }

  /** Tells everything from a number on once more: it went down with a connection, perhaps. */
  repeat(first: number, applied: number): void {
    this.take();
    if (applied < first) return;
    const open = ({ seq }: { seq: number }): boolean => seq >= first;
    this.#untold = {
      applied,
      refused: this.#refused.filter(open),
      receipts: this.#receipts.filter(open),
    };
    this.#refused = [];
    this.#receipts = [];
  }

  #pending(): CommandAck {
    return (this.#untold ??= { applied: 0, refused: [], receipts: [] });
  }

  #keep({ applied, refused, receipts }: CommandAck): void {
    this.#refused.push(...refused);
    this.#receipts.push(...receipts);
    if (this.#refused.length + this.#receipts.length <= 3 * this.#credit) return;
    const open = ({ seq }: { seq: number }): boolean => seq > applied - this.#credit;
    this.#refused = this.#refused.filter(open);
    this.#receipts = this.#receipts.filter(open);
  }
}
