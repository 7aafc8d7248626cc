import { StandpipeError } from '../../errors';
import type { Clock, Timer } from '../../util/timers';
import type { Frame, ReplyFrame } from '../../wire/frames';
import { WIRE_LIMITS } from '../../wire/limits';
import type { QueryOptions } from './results';
import { badArgument, checkKeys, jsonOf } from '../checks';
import { failure } from '../outbox/outcomes';
import { refusalError } from '../refusal';

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

interface OpenQuery {
  readonly method: Method;
  readonly params: string;
  readonly endsAt: number;
  readonly timer: Timer;
  /** Pieces of the result that came over the present connection. */
  pieces: unknown[];
  sent: boolean;
  resolve(pieces: unknown[]): void;
  reject(error: StandpipeError): void;
}

const OPTIONS = ['timeoutMs'] satisfies Array<keyof QueryOptions>;
const DEFAULT_MS = 5_000;
const MAX_MS = 600_000;
const MAX_OPEN = 1_000;
/** An id is an unsigned number of 32 bits. */
const MAX_ID = 2 ** 32 - 1;

/**
 * Queries of the gateway, outside of the streams. A query that only reads is asked again on the next connection, until
 * its time is over; a request to a browser is not, since it may have been heard.
 */
export class Queries {
  readonly #clock: Clock;
  readonly #send: (frame: Frame) => boolean;
  readonly #queries = new Map<number, OpenQuery>();
  #lastId = 0;
  #open = true;

  /** @param send false when there is no connection. */
  constructor(clock: Clock, send: (frame: Frame) => boolean) {
    this.#clock = clock;
    this.#send = send;
  }

  /**
   * Resolves with a single value.
   * @throws StandpipeError `bad_argument`, `timeout`, `refused` (see `status`), `outbox_full`, `closed`; of a request
   * to a browser also `unknown_outcome`
   */
  async one<T>(method: Method, params: object, options?: QueryOptions): Promise<T> {
    const [value] = await this.#ask(method, params, options);
    return value as T;
  }

  /** Resolves with a list, which came in pieces. Throws as `one` does. */
  async list<T>(method: Method, params: object, options?: QueryOptions): Promise<T[]> {
    return (await this.#ask(method, params, options)).flat() as T[];
  }

  /** The result of a query, or a piece of it. Throws a StandpipeError when it is none. */
  reply({ id, result, error, more }: ReplyFrame): void {
    const query = this.#queries.get(id);
    // The time of the query is over.
    if (query === undefined) return;
    if (error !== undefined) return this.#take(id)?.reject(refusalError(query.method, error));
    query.pieces.push(parse(result));
    if (!more) this.#take(id)?.resolve(query.pieces);
  }

  /** A connection was welcomed. */
  online(): void {
    for (const [id, query] of this.#queries) this.#put(id, query);
  }

  offline(): void {
    for (const [id, query] of this.#queries) {
      query.pieces = [];
      if (query.sent && query.method === 'socket.request') {
        this.#take(id)?.reject(failure('unknown_outcome'));
      }
    }
  }

  /** Takes queries again after `close`. */
  open(): void {
    this.#open = true;
  }

  /** Ends all that are open with `closed`. */
  close(): void {
    this.#open = false;
    for (const id of this.#queries.keys()) this.#take(id)?.reject(failure('closed'));
  }

  #ask(method: Method, params: object, options: QueryOptions = {}): Promise<unknown[]> {
    return new Promise((resolve, reject) => {
      checkKeys('options', options, OPTIONS);
      const timeoutMs = timeoutOf(options);
      const text = jsonOf(params, WIRE_LIMITS.maxDataBytes);
      if (!this.#open) throw failure('closed');
      if (this.#queries.size >= MAX_OPEN) {
        throw new StandpipeError('outbox_full', `${MAX_OPEN} queries wait for their results`);
      }
      const id = this.#nextId();
      const timer = this.#clock.setTimeout(() => {
        const message = `${method} was not answered within ${timeoutMs} ms`;
        this.#take(id)?.reject(new StandpipeError('timeout', message));
      }, timeoutMs);
      const endsAt = this.#clock.now() + timeoutMs;
      const asked = { method, params: text, endsAt, timer };
      const query: OpenQuery = { ...asked, pieces: [], sent: false, resolve, reject };
      this.#queries.set(id, query);
      this.#put(id, query);
    });
  }

  #nextId(): number {
    do this.#lastId = (this.#lastId % MAX_ID) + 1;
    while (this.#queries.has(this.#lastId));
    return this.#lastId;
  }

  #put(id: number, query: OpenQuery): void {
    const { method, params, endsAt } = query;
    const deadlineMs = Math.max(1, Math.ceil(endsAt - this.#clock.now()));
    query.sent = this.#send({ type: 'query', id, method, params, deadlineMs });
  }

  #take(id: number): OpenQuery | undefined {
    const query = this.#queries.get(id);
    if (query === undefined) return undefined;
    this.#queries.delete(id);
    this.#clock.clearTimeout(query.timer);
    return query;
  }
}

function timeoutOf({ timeoutMs = DEFAULT_MS }: QueryOptions): number {
  if (Number.isSafeInteger(timeoutMs) && timeoutMs >= 1 && timeoutMs <= MAX_MS) return timeoutMs;
  throw badArgument(`timeoutMs must be a whole number from 1 to ${MAX_MS}`);
}

function parse(result: string): unknown {
  try {
    return JSON.parse(result) as unknown;
  } catch (cause) {
    throw new StandpipeError('protocol_error', 'the gateway sent a result that is no JSON', {
      cause,
    });
  }
}
