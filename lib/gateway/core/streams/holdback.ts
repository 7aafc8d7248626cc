import { CloseCode } from '../../../pusher/close-codes';
import type { Clock } from '../../../util/timers';
import { DelayQueue } from '../timing/delay-queue';
import type { Budget } from '../../../stream/budget';
import type { Socket } from '../model/socket';
import type { Audience } from '../fanout/outlet';
import { SMALL_AUDIENCE, type Turn } from '../fanout/turn';

/** Fill at which a stream's browsers are held back. The rest is for events that cannot wait, such as closes. */
const FULL = 0.75;
/** Fill at which the browsers go on. */
const EASY = 0.5;

/**
 * Browsers that are not read, so that TCP holds them back. Either backends do not keep up and a stream has no room for
 * their events: until it is half empty, and a browser that has waited for too long is closed. Or their events went to
 * more sockets than one turn writes to: until these have them. Nothing that was read from them is dropped.
 */
export class Holdback {
  readonly #turn: Turn;
  readonly #waiting: DelayQueue<Socket>;
  readonly #paused = new Map<Budget, Set<Socket>>();
  /** Sockets that wait until the events that are due now are written. */
  readonly #senders = new Set<Socket>();
  /** The socket whose last messages are handled now: it is not paused again. */
  #leaving: Socket | undefined;
  /** Sockets closed so far. */
  closes = 0;

  constructor(turn: Turn, clock: Clock, maxPauseMs: number) {
    this.#turn = turn;
    this.#waiting = new DelayQueue(clock, maxPauseMs, (socket) => this.#close(socket));
  }

  /** Sockets that are not read now. */
  get size(): number {
    const sockets = [...this.#paused.values()].flatMap((each) => [...each]);
    return new Set(sockets).size;
  }

  /** An event of a socket was put in a stream that wants its browsers paused, or closed, when it is full. */
  appended(budget: Budget, socket: Socket, policy: 'pause' | 'close'): void {
    if (budget.fill < FULL || socket.closed || this.#leaving === socket) return;
    // Sockets over HTTP requests have no reading to be stopped.
    if (policy === 'close' || socket.sink.pause === undefined) return this.#close(socket);
    const sockets = this.#paused.get(budget) ?? new Set();
    this.#paused.set(budget, sockets.add(socket));
    if (this.#waiting.has(socket)) return;
    this.#waiting.add(socket);
    if (!this.#senders.has(socket)) socket.sink.pause();
  }

  /** An event of a socket was published to an audience. Its next one waits while the gateway is behind with writes. */
  published(socket: Socket, { sockets }: Audience): void {
    const turn = this.#turn;
    if (sockets.size <= SMALL_AUDIENCE || !turn.behind) return;
    if (socket.closed || this.#leaving === socket || this.#senders.has(socket)) return;
    if (socket.sink.pause === undefined) return;
    this.#senders.add(socket);
    if (!this.#waiting.has(socket)) socket.sink.pause();
    turn.whenCaughtUp(() => {
      if (this.#senders.delete(socket) && !this.#waiting.has(socket)) socket.sink.resume?.();
    });
  }

  /** A stream may have become shorter. */
  acknowledged(budget: Budget): void {
    if (this.#paused.size > 0 && budget.fill < EASY) this.release(budget);
  }

  /** A stream holds nobody back any more. */
  release(budget: Budget): void {
    const sockets = this.#paused.get(budget);
    if (sockets === undefined) return;
    this.#paused.delete(budget);
    for (const socket of sockets) {
      if (this.#isPaused(socket)) continue;
      this.#waiting.delete(socket);
      if (!this.#senders.has(socket)) socket.sink.resume?.();
    }
  }

  /** A socket is gone. */
  gone(socket: Socket): void {
    this.#senders.delete(socket);
    if (this.#waiting.delete(socket)) this.#forget(socket);
  }

  stop(): void {
    this.#waiting.stop();
  }

  /** A socket is going to be closed: the messages that had been read before it was paused are handled first. */
  letGo(socket: Socket): void {
    const isPaused = this.#senders.has(socket);
    if (this.#waiting.delete(socket) || isPaused) this.#release(socket);
  }

  #close(socket: Socket): void {
    this.closes++;
    this.#waiting.delete(socket);
    this.#release(socket);
    const reason = 'Over capacity: the backends of this app do not keep up';
    this.#turn.close(socket, CloseCode.OVER_CAPACITY, reason);
  }

  #release(socket: Socket): void {
    this.#forget(socket);
    this.#senders.delete(socket);
    this.#leaving = socket;
    try {
      socket.sink.resume?.(true);
    } finally {
      this.#leaving = undefined;
    }
  }

  #isPaused(socket: Socket): boolean {
    for (const sockets of this.#paused.values()) if (sockets.has(socket)) return true;
    return false;
  }

  #forget(socket: Socket): void {
    for (const [budget, sockets] of this.#paused) {
      if (sockets.delete(socket) && sockets.size === 0) this.#paused.delete(budget);
    }
  }
}
