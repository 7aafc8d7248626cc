import { StandpipeError } from '../../errors';
import type { Clock, Timer } from '../../util/timers';
import { REFUSAL_CODES, refusalCode } from '../../wire/close-codes';
import type { Frame } from '../../wire/frames';
import { WIRE_LIMITS } from '../../wire/limits';
import type { QueryOptions } from './results';
import { jsonOf } from '../outbox/command';
import { failure } from '../outbox/outcomes';

export type Method =
  | 'channels.list'
  | 'channel.info'
  | 'channel.members'
  | 'sockets.count'
  | 'sockets.list'
  | 'socket.info'
  | 'socket.request'
  | 'user.info'
  | 'stats';

interface Question {
  readonly method: Method;
  readonly params: string;
  readonly endsAt: number;
  readonly timer: Timer;
  /** What has come of the answer over the present connection. */
  pieces: unknown[];
  sent: boolean;
  resolve(pieces: unknown[]): void;
  reject(error: StandpipeError): void;
}

type Reply = Extract<Frame, { type: 'reply' }>;

const DEFAULT_MS = 5_000;
const MAX_MS = 600_000;
const MAX_OPEN = 1_000;
/** An id is an unsigned number of 32 bits. */
const MAX_ID = 2 ** 32 - 1;

/**
 * Questions to the gateway, outside of the streams. What only reads is asked again on the next connection, until its time
 * is over; a request to a browser is not, since it may have been heard.
 */
export class Queries {
  readonly #clock: Clock;
  readonly #send: (frame: Frame) => boolean;
  readonly #questions = new Map<number, Question>();
  #lastId = 0;
  #open = true;

  /** @param send false when there is no connection. */
  constructor(clock: Clock, send: (frame: Frame) => boolean) {
    this.#clock = clock;
    this.#send = send;
  }

  /** Questions without an answer. */
  get size(): number {
    return this.#questions.size;
  }

  /**
   * Resolves with a single value.
   * @throws StandpipeError `bad_argument`, `timeout`, `refused` (see `status`), `outbox_full`, `closed`; of a request to a
   * browser also `unknown_outcome`
   */
  async one<T>(method: Method, params: object, options?: QueryOptions): Promise<T> {
    const [value] = await this.#ask(method, params, options);
    return value as T;
  }

  /** Resolves with a list, which came in pieces. Throws as `one` does. */
  async list<T>(method: Method, params: object, options?: QueryOptions): Promise<T[]> {
    return (await this.#ask(method, params, options)).flat() as T[];
  }

  /** The answer to a question, or a piece of it. Throws a StandpipeError when it is none. */
  reply({ id, result, error, more }: Reply): void {
    const question = this.#questions.get(id);
    // Too late, its time is over.
    if (question === undefined) return;
    if (error !== undefined) return this.#take(id)?.reject(refused(question.method, error));
    question.pieces.push(parse(result));
    if (!more) this.#take(id)?.resolve(question.pieces);
  }

  /** A connection was welcomed. */
  online(): void {
    for (const [id, question] of this.#questions) this.#put(id, question);
  }

  offline(): void {
    for (const [id, question] of this.#questions) {
      question.pieces = [];
      if (question.sent && question.method === 'socket.request') {
        this.#take(id)?.reject(failure('unknown_outcome'));
      }
    }
  }

  /** Takes questions again after `close`. */
  open(): void {
    this.#open = true;
  }

  /** The end of all that are open. */
  close(): void {
    this.#open = false;
    for (const id of this.#questions.keys()) this.#take(id)?.reject(failure('closed'));
  }

  #ask(method: Method, params: object, options: QueryOptions = {}): Promise<unknown[]> {
    return new Promise((resolve, reject) => {
      const timeoutMs = timeoutOf(options);
      const text = jsonOf(params, WIRE_LIMITS.maxDataBytes);
      if (!this.#open) throw failure('closed');
      if (this.#questions.size >= MAX_OPEN) {
        throw new StandpipeError('outbox_full', `${MAX_OPEN} questions wait for their answers`);
      }
      const id = this.#nextId();
      const timer = this.#clock.setTimeout(() => {
        const message = `${method} was not answered within ${timeoutMs} ms`;
        this.#take(id)?.reject(new StandpipeError('timeout', message));
      }, timeoutMs);
      const endsAt = this.#clock.now() + timeoutMs;
      const asked = { method, params: text, endsAt, timer };
      const question: Question = { ...asked, pieces: [], sent: false, resolve, reject };
      this.#questions.set(id, question);
      this.#put(id, question);
    });
  }

  #nextId(): number {
    do this.#lastId = (this.#lastId % MAX_ID) + 1;
    while (this.#questions.has(this.#lastId));
    return this.#lastId;
  }

  #put(id: number, question: Question): void {
    const { method, params, endsAt } = question;
    const deadlineMs = Math.max(1, Math.ceil(endsAt - this.#clock.now()));
    question.sent = this.#send({ type: 'query', id, method, params, deadlineMs });
  }

  #take(id: number): Question | undefined {
    const question = this.#questions.get(id);
    if (question === undefined) return undefined;
    this.#questions.delete(id);
    this.#clock.clearTimeout(question.timer);
    return question;
  }
}

function timeoutOf({ timeoutMs = DEFAULT_MS }: QueryOptions): number {
  if (Number.isSafeInteger(timeoutMs) && timeoutMs >= 1 && timeoutMs <= MAX_MS) return timeoutMs;
  throw new StandpipeError('bad_argument', `timeoutMs must be a whole number up to ${MAX_MS}`);
}

function refused(
  method: Method,
  { code, message }: { code: number; message: string },
): StandpipeError {
  const why = message === '' ? (refusalCode(code)?.meaning ?? `code ${code}`) : message;
  const kind = code === REFUSAL_CODES.timeout.code ? 'timeout' : 'refused';
  return new StandpipeError(kind, `${method}: ${why}`, { status: code });
}

function parse(result: string): unknown {
  try {
    return JSON.parse(result) as unknown;
  } catch (cause) {
    throw new StandpipeError('protocol_error', 'the gateway sent an answer that is no JSON', {
      cause,
    });
  }
}
