import type { Clock } from '../../../util/timers';

/** Work of one peer that may go on in a later turn. Does some of it, and answers whether more is left. */
export type Share = () => boolean;

/**
 * Units of one turn of the event loop: a message or a request is one, and so are this many bytes. A read of Node, 64 KiB,
 * costs less than a share: a backend's commands, hundreds in a frame, are so read on in the same turn, and their events
 * for one socket leave in one write.
 */
export const BYTES_PER_UNIT = 2048;
const UNITS_PER_TURN = 1024;
/** Units of the check of a signature, which takes as long as so many small messages. */
export const SIGNATURE_UNITS = 4;
/** Units that one peer may use before the others have their turn. */
export const UNITS_PER_SHARE = 64;

/**
 * Budget of input per turn of the event loop, one for the whole gateway. Every entrance spends from it (WebSocket, HTTP,
 * fallback). When it is used up, reading stops and goes on in the next turn, one share for each peer that has to wait, so
 * that a flood of one costs the others milliseconds.
 */
export class TurnBudget {
  readonly #clock: Pick<Clock, 'endOfTurn'>;
  readonly #waiting = new Set<Share>();
  #left = UNITS_PER_TURN;
  #spent = 0;
  #scheduled = false;
  #turn = 0;

  constructor(clock: Pick<Clock, 'endOfTurn'>) {
    this.#clock = clock;
  }

  /** Number of the present turn. It grows at the end of each turn in which something was spent. */
  get turn(): number {
    return this.#turn;
  }

  /** The turn has used up its units: each peer gets no more than the least. */
  get exhausted(): boolean {
    return this.#left <= 0;
  }

  /** Answers have cost a turn's units once more: even small input waits. */
  get overdrawn(): boolean {
    return this.#left <= -UNITS_PER_TURN;
  }

  /** Units of all turns so far. */
  get spent(): number {
    return this.#spent;
  }

  spend(units: number): void {
    this.#left -= units;
    this.#spent += units;
    this.#schedule();
  }

  /** Begins with a share now if there is budget for it and nobody waits; goes on with it in later turns. */
  begin(share: Share): void {
    if (this.#left > 0 && this.#waiting.size === 0 && !share()) return;
    this.later(share);
  }

  /** Goes on with a share in a later turn. */
  later(share: Share): void {
    this.#waiting.add(share);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#clock.endOfTurn(() => this.#nextTurn());
  }

  #nextTurn(): void {
    this.#scheduled = false;
    this.#turn++;
    this.#left = UNITS_PER_TURN;
    let others = this.#waiting.size;
    for (const share of this.#waiting) {
      if (this.#left <= 0 || others-- === 0) break;
      // At the end of the queue again, if more is left.
      this.#waiting.delete(share);
      if (share()) this.#waiting.add(share);
    }
    if (this.#waiting.size > 0) this.#schedule();
  }
}
