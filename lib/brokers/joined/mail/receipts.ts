import type { Clock } from '../../../util/timers';

/** Nodes that have not answered after this time count as nothing. */
const DEADLINE_MS = 5000;

interface Asked {
  sockets: number;
  answered: number;
  /** Nodes that the event was passed to; undefined until the engine has said so. */
  nodes: number | undefined;
  deadline: number;
  answer: (sockets: number) => void;
}

/** Sums of the sockets that events were written to, over all nodes. */
export class Receipts {
  readonly #clock: Clock;
  readonly #asked = new Map<number, Asked>();
  #number = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  ask(): { receipt: number; sockets: Promise<number> } {
    this.#number = (this.#number % 0xffff_ffff) + 1;
    const receipt = this.#number;
    const deadline = this.#clock.now() + DEADLINE_MS;
    const sockets = new Promise<number>((answer) => {
      this.#asked.set(receipt, { sockets: 0, answered: 0, nodes: undefined, deadline, answer });
    });
    return { receipt, sockets };
  }

  /** The engine has passed the event to so many nodes. */
  passed(receipt: number, nodes: number): void {
    const asked = this.#asked.get(receipt);
    if (asked === undefined) return;
    asked.nodes = nodes;
    this.#done(receipt, asked);
  }

  /** A node has answered. */
  counted(receipt: number, sockets: number): void {
    const asked = this.#asked.get(receipt);
    if (asked === undefined) return;
    asked.sockets += sockets;
    asked.answered++;
    this.#done(receipt, asked);
  }

  tick(): void {
    const now = this.#clock.now();
    for (const [receipt, asked] of this.#asked) {
      if (now < asked.deadline) continue;
      this.#asked.delete(receipt);
      asked.answer(asked.sockets);
    }
  }

  #done(receipt: number, asked: Asked): void {
    if (asked.nodes === undefined || asked.answered < asked.nodes) return;
    this.#asked.delete(receipt);
    asked.answer(asked.sockets);
  }
}
