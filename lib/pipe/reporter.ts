import { StandpipeError, asError } from '../errors';
import { Emitter } from '../util/emitter';
import type { Tracing } from '../tracing/tracing';
import type { Logger } from '../util/logger';
import type { Clock } from '../util/timers';
import { Repeats } from '../util/warning-log';
import type { GapFrame } from '../wire/frames';
import type { ClientEvents, HandlerSlowInfo, InvalidInfo } from './types';

export const CLIENT_EVENTS = [
  ...['connected', 'disconnected', 'error', 'state'],
  ...['drain', 'gap', 'reset', 'handler_slow', 'invalid'],
];

/** Reports of the client itself: its events, and lines of the log. */
export class Reporter {
  readonly emitter: Emitter<ClientEvents>;
  readonly #log: Logger;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #tracing: Tracing | undefined;
  /** Refused data by the event's name, which has a schema. */
  readonly #invalid = new Repeats();

  constructor(log: Logger, clock: Pick<Clock, 'now'>, tracing?: Tracing) {
    this.#log = log;
    this.#clock = clock;
    this.#tracing = tracing;
    this.emitter = new Emitter<ClientEvents>((thrown, event) => this.handlerFailed(thrown, event));
  }

  /** Reports a failure that no callback and no promise tells. */
  error(error: StandpipeError): void {
    if (this.emitter.has('error')) void this.emitter.emit('error', error);
    else this.#log.warn(detailsOf(error), error.message);
  }

  handlerFailed(thrown: unknown, event: string): void {
    const message = `a handler of ${event} failed: ${asError(thrown).message}`;
    const error = new StandpipeError('handler_failed', message, { cause: thrown });
    this.#tracing?.failed('handler_failed');
    // A handler of 'error' is not told of its own failure: that would go on for ever.
    if (event === 'error') this.#log.error(detailsOf(error), message);
    else this.error(error);
  }

  gap({ partition, cause, count }: GapFrame): void {
    this.#log.warn({ partition, cause, count }, 'events were lost');
    void this.emitter.emit('gap', { partition, cause, count: count === 0 ? undefined : count });
  }

  /** Warns of a handler whose kind of events is not subscribed to. */
  unheard(word: string, kind: string): void {
    const advice = `call client.subscribe(['${kind}'])`;
    this.#log.warn({ word, kind }, `a handler of ${word} hears nothing: ${advice}`);
  }

  /** An earlier client without a name is gone, and nobody else is sent the events that it had not handled. */
  unhandled(count: number): void {
    const message =
      `an earlier client without a name is gone and left ${count} events unhandled, ` +
      'which are lost unless that process still lives and comes back; ' +
      `give createClient a name, and the next process of that name gets what this one leaves`;
    this.#log.warn({ count }, message);
    void this.emitter.emit('reset', { reason: 'unhandled', count, message });
  }

  /**
   * Reports an event that its schema refuses. The log gets no issues: some schemas repeat the data in them. It gets a line a
   * minute for each name of an event, with the number left out: a browser may send hundreds a second.
   */
  invalid(info: InvalidInfo): void {
    if (this.emitter.has('invalid')) return void this.emitter.emit('invalid', info);
    const { error, event, socketId } = info;
    const leftOut = this.#invalid.tell(event, this.#clock.now());
    if (leftOut === undefined) return;
    const message = 'data of a browser was refused by a schema; handlers of invalid are told why';
    const more = leftOut > 0 && { leftOut };
    this.#log.warn({ code: error.code, event, socketId, ...more }, message);
  }

  handlerSlow(info: HandlerSlowInfo): void {
    this.#log.warn(info, 'a handler runs for long');
    void this.emitter.emit('handler_slow', info);
  }
}

/** Details of an error for the log. A failed handler's own error shows where it failed. */
function detailsOf({ code, status, cause }: StandpipeError): object {
  return { code, status, ...(code === 'handler_failed' && { err: cause }) };
}
