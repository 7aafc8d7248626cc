import { StandpipeError } from '../../errors';
import type { Outcome } from '../../stream/outbox';
import type { Clock } from '../../util/timers';
import type { Command } from '../../wire/frames';
import { refusalError } from '../refusal';
import type { Done, Queued } from './command';

export interface OutcomesOwner {
  /** Reports a failed command that has no callback. */
  report(error: StandpipeError): void;
  callbackFailed(thrown: unknown): void;
}

const SENTENCES = {
  closed: 'the client is closed; connect() opens it again',
  outbox_full: 'the outbox is full; slow down until drain',
  not_sent:
    'the client was closed before the command was sent, or had no connection for a volatile event',
  unknown_outcome: 'the connection was lost before the gateway answered',
} as const;
type Failure = keyof typeof SENTENCES;

/**
 * Tells the outcome of each command to its callback; a failure without a callback becomes an `error` event. Failures of
 * one kind and turn are one error.
 */
export class Outcomes {
  readonly #clock: Clock;
  readonly #owner: OutcomesOwner;
  /** Failures of this turn: the number without a callback, and the callbacks of the others. */
  readonly #failures = new Map<Failure, { silent: number; told: Done[] }>();

  constructor(clock: Clock, owner: OutcomesOwner) {
    this.#clock = clock;
    this.#owner = owner;
  }

  settle(command: Queued, outcome: Outcome): void {
    const { done } = command;
    switch (outcome.status) {
      case 'applied':
        if (done !== undefined) this.#call(done, null, outcome.sockets);
        return;
      case 'refused': {
        const error = refusalError(described(command), outcome);
        if (done === undefined) this.#owner.report(error);
        else this.#call(done, error);
        return;
      }
      case 'unknown':
        return this.fail('unknown_outcome', done);
      case 'not_sent':
        return this.fail('not_sent', done);
    }
  }

  /**
   * Tells a failure at the end of the turn, so that nothing but `trigger` happens inside of `trigger`.
   */
  fail(code: Failure, done: Done | undefined): void {
    let failures = this.#failures.get(code);
    if (failures === undefined) {
      failures = { silent: 0, told: [] };
      this.#failures.set(code, failures);
      this.#clock.endOfTurn(() => this.#tell(code));
    }
    if (done === undefined) failures.silent += 1;
    else failures.told.push(done);
  }

  #tell(code: Failure): void {
    const failures = this.#failures.get(code);
    if (failures === undefined) return;
    this.#failures.delete(code);
    const { silent, told } = failures;
    if (silent > 0) this.#owner.report(failure(code, silent));
    const error = failure(code);
    for (const done of told) this.#call(done, error);
  }

  #call(done: Done, error: StandpipeError | null, sockets?: number): void {
    try {
      done(error, sockets);
    } catch (thrown) {
      this.#owner.callbackFailed(thrown);
    }
  }
}

export function failure(code: Failure, count = 1): StandpipeError {
  const sentence = SENTENCES[code];
  return new StandpipeError(code, count === 1 ? sentence : `${count} commands: ${sentence}`);
}

/** Description of a command, for the error of its refusal. */
function described({ event, channel = '', socketId, userId }: Command): string {
  const target =
    socketId !== undefined
      ? `socket ${socketId}`
      : userId !== undefined
        ? `user ${userId}`
        : `channel ${channel}`;
  return event === undefined ? target : `${event} to ${target}`;
}
