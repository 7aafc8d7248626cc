import type { LinkListener } from '../joined/engine-link';

/** The way between a worker and the process that hosts the engine. Messages keep their order, and are structured clones. */
export interface Channel {
  /** @param sent called when the message has left this process, or never will */
  send(message: Envelope, sent: () => void): void;
  /** Calls back with each message of the other end. */
  hear(heard: (message: unknown) => void): void;
}

/** Messages of one turn. Other messages of the same channel, as those of the program itself, have no such field. */
export interface Envelope {
  readonly standpipe: ReadonlyArray<FromWorker | FromHost>;
}

/** A method of the engine that a worker calls, with a number for its answer. */
export type FromWorker = readonly [call: number, method: string, args: readonly unknown[]];

/** An answer, the reason why there is none, or what a topic has told. */
export type FromHost =
  | readonly ['answer', call: number, value: unknown]
  | readonly ['failed', call: number, message: string]
  | { [K in Told]: readonly [K, ...Parameters<LinkListener[K]>] }[Told];

export type Told = 'heard' | 'heardUser' | 'posted';

/** The messages in an envelope; undefined when a message is none. */
export function opened<T extends FromWorker | FromHost>(
  message: unknown,
): readonly T[] | undefined {
  const { standpipe } = (message ?? {}) as { standpipe?: unknown };
  return Array.isArray(standpipe) ? (standpipe as T[]) : undefined;
}

/** Gathers what is said within a turn, and sends it as one message: most of what a message costs does not depend on its size. */
export class Outbox<T extends FromWorker | FromHost> {
  readonly #send: (messages: readonly T[]) => void;
  readonly #endOfTurn: (run: () => void) => void;
  #messages: T[] = [];

  constructor(endOfTurn: (run: () => void) => void, send: (messages: readonly T[]) => void) {
    this.#endOfTurn = endOfTurn;
    this.#send = send;
  }

  push(message: T): void {
    if (this.#messages.push(message) > 1) return;
    this.#endOfTurn(() => {
      const messages = this.#messages;
      this.#messages = [];
      this.#send(messages);
    });
  }
}
