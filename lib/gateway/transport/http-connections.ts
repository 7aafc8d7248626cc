import type { Socket as NetSocket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Clock } from '../../util/timers';
import type { TurnBudget } from '../core/timing/turn-budget';
import { SECOND_MS } from '../core/timing/overload';
import { HttpConnection, type HttpLimits, type RequestQueue } from './http-connection';

/** Waiting requests of one connection from which on it floods. */
const FLOOD = 32;
/** Share of the idle connections that are ended in a second near the end of memory, and the least of them. */
const ENDED_SHARE = 1 / 8;
const MIN_ENDED = 16;
/** Units of the budget that a request costs which is refused unseen. */
const REFUSAL_UNITS = 4;
/** Requests that may wait in all; each holds some kilobytes. */
const MAX_WAITING = 6_000;

/** Options that every second is judged by. */
export interface HttpTimes {
  headersTimeoutMs: number;
  requestTimeoutMs: number;
  maxUnsentBytes: number;
  maxUnsentMs: number;
}

/** Every connection that speaks HTTP, and the queue of the requests that wait for a later turn. */
export class HttpConnections implements RequestQueue {
  readonly budget: TurnBudget;
  readonly #clock: Pick<Clock, 'endOfTurn'>;
  readonly #refused: (stream: NetSocket, why: 'pieces' | 'waiting') => void;
  readonly #connections = new Map<Duplex, HttpConnection>();
  #surplus = 0;
  #waiting = 0;
  /** Connections whose requests have had to wait; the one that waited last is the last. */
  readonly #pipelining = new Set<HttpConnection>();
  /** Streams that are not read in this turn, in the order in which they go on; undefined while all are. */
  #held: Set<Duplex> | undefined;
  /** Connections that were looked at for it. */
  #looked: 'none' | 'pipelining' | 'all' = 'none';
  /** Listeners that all streams share. A closure would keep the connection of a stream that has become a WebSocket. */
  readonly #onClose: (this: Duplex) => void;
  readonly #onResume: (this: Duplex) => void;

  /**
   * @param refused ends a connection whose body comes in too many pieces, or with the most waiting requests where there is no
   * room for those of others
   */
  constructor(
    budget: TurnBudget,
    clock: Pick<Clock, 'endOfTurn'>,
    refused: (stream: NetSocket, why: 'pieces' | 'waiting') => void,
  ) {
    this.budget = budget;
    this.#clock = clock;
    this.#refused = refused;
    const ended = (stream: Duplex): void => this.take(stream)?.closed();
    const resumed = (stream: Duplex): void => {
      // Node resumes the stream when a body is read, although requests wait, or others have to be read first.
      const connection = this.#connections.get(stream);
      if (connection !== undefined && (connection.waiting > 0 || this.holds(connection)))
        stream.pause();
    };
    this.#onClose = function () {
      ended(this);
    };
    this.#onResume = function () {
      resumed(this);
    };
  }

  /** Connections within the limits. */
  get size(): number {
    return this.#connections.size - this.#surplus;
  }

  /** Connections beyond the limits. */
  get surplus(): number {
    return this.#surplus;
  }

  get(stream: Duplex): HttpConnection | undefined {
    return this.#connections.get(stream);
  }

  /** Adds a connection until its stream closes or `take` gives it away. One for a single request has a deadline at once. */
  add(stream: NetSocket, surplus: string | undefined, isSpare = false): void {
    const connection = new HttpConnection(stream, this, surplus);
    this.#connections.set(stream, connection);
    if (isSpare) connection.hasBegun();
    if (surplus !== undefined) this.#surplus++;
    // Before Node's own listener, which ends the requests.
    stream.prependListener('close', this.#onClose);
    stream.on('resume', this.#onResume);
  }

  /** Removes a connection: it has closed, or speaks another protocol from now on. */
  take(stream: Duplex): HttpConnection | undefined {
    const connection = this.#connections.get(stream);
    if (connection === undefined) return undefined;
    this.#connections.delete(stream);
    if (connection.surplus !== undefined) this.#surplus--;
    this.#pipelining.delete(connection);
    // A connection that changes its protocol is read by its new owner.
    this.#held?.delete(stream);
    connection.ended();
    return connection;
  }

  /** Tells at the end of a second whose request is late, and who does not read its answers. */
  tick(
    { headersTimeoutMs, requestTimeoutMs, maxUnsentBytes, maxUnsentMs }: HttpTimes,
    found: (stream: NetSocket, fault: 'late' | 'stuck') => void,
  ): void {
    const limits: HttpLimits = {
      headTicks: ticks(headersTimeoutMs),
      requestTicks: ticks(requestTimeoutMs),
      maxUnsentBytes,
      // A tick more than the fallback takes, because the fallback tells its page the reason.
      maxUnsentTicks: ticks(maxUnsentMs) + 1,
    };
    for (const connection of this.#connections.values()) {
      const fault = connection.tick(limits);
      if (fault !== undefined) found(connection.stream, fault);
    }
  }

  /** Counts a request that was refused unseen. Many at once are held until they have closed: the others wait for that. */
  refused(stream: Duplex): void {
    this.budget.spend(REFUSAL_UNITS);
    const connection = this.#connections.get(stream);
    if (connection !== undefined && this.budget.exhausted) this.flooded(connection);
  }

  /** A share of the connections without a request, those first that were opened first. */
  idle(): NetSocket[] {
    const idle = [...this.#connections.values()].filter(({ isIdle }) => isIdle);
    const most = Math.max(MIN_ENDED, Math.ceil(ENDED_SHARE * idle.length));
    return idle.slice(0, most).map(({ stream }) => stream);
  }

  enter(connection: HttpConnection): boolean {
    if (this.#waiting >= MAX_WAITING && !this.#makeRoom(connection)) return false;
    this.#waiting++;
    this.#pipelining.delete(connection);
    this.#pipelining.add(connection);
    if (connection.waiting >= FLOOD) this.flooded(connection);
    // Others than these are read: a health check does not wait behind a flood.
    else if (this.budget.exhausted && this.#looked === 'none') {
      this.#looked = 'pipelining';
      this.#hold(this.#pipelining, connection);
    }
    return true;
  }

  shredded({ stream }: HttpConnection): void {
    this.#refused(stream, 'pieces');
  }

  /** Refuses the connection with the most waiting requests; false when no other has more of them than this one. */
  #makeRoom(asking: HttpConnection): boolean {
    let largest = asking;
    for (const each of this.#pipelining) if (each.waiting > largest.waiting) largest = each;
    if (largest === asking) return false;
    largest.refuse();
    this.#refused(largest.stream, 'waiting');
    return true;
  }

  leave(count: number): void {
    this.#waiting -= count;
  }

  readOn({ stream }: HttpConnection): void {
    if (this.#held === undefined) stream.resume();
    else this.#held.add(stream);
  }

  holds({ stream }: HttpConnection): boolean {
    return this.#held?.has(stream) === true;
  }

  /**
   * Reads no other connection in this turn. One read of 64 KiB holds two thousand small requests, or ten thousand pieces of
   * a body, and only their parser knows; so that a turn takes one such read, not those of all connections that flood.
   */
  flooded(flooding: HttpConnection): void {
    if (this.#looked === 'all') return;
    this.#looked = 'all';
    this.#hold(this.#connections.values(), flooding);
    // The flood is read again after all others, now and in the turns to come.
    const { stream } = flooding;
    if (!this.#connections.delete(stream)) return;
    this.#connections.set(stream, flooding);
    if (flooding.waiting > 0 || stream.isPaused()) return;
    stream.pause();
    this.#held?.add(stream);
  }

  #hold(connections: Iterable<HttpConnection>, flooding: HttpConnection): void {
    const held = (this.#held ??= this.#holdTurn());
    for (const connection of connections) {
      const { stream } = connection;
      if (connection === flooding || connection.waiting > 0 || stream.isPaused()) continue;
      stream.pause();
      held.add(stream);
    }
  }

  #holdTurn(): Set<Duplex> {
    const held = new Set<Duplex>();
    this.#clock.endOfTurn(() => {
      this.#held = undefined;
      this.#looked = 'none';
      for (const stream of held) {
        if (this.#connections.get(stream)?.waiting === 0) stream.resume();
      }
    });
    return held;
  }
}

function ticks(ms: number): number {
  return Math.max(1, Math.round(ms / SECOND_MS));
}
