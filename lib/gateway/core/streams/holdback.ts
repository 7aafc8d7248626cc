import { CloseCode } from '../../../pusher/close-codes';
import type { Clock } from '../../../util/timers';
import { DelayQueue } from '../timing/delay-queue';
import type { Partition } from './partition';
import type { Socket } from '../model/socket';
import type { Turn } from '../fanout/turn';

/** How full a log is when its browsers are held back; the rest is for what nobody can hold back, such as closes. */
const FULL = 0.75;
/** How full it may be when they go on. */
const EASY = 0.5;

/**
 * Browsers whose events a log has no room for, because backends do not keep up. They are not read, so that TCP holds
 * them back, until the log is half empty; one that has waited for too long is closed. Nothing they sent is dropped.
 */
export class Holdback {
  readonly #turn: Turn;
  readonly #waiting: DelayQueue<Socket>;
  readonly #paused = new Map<Partition, Set<Socket>>();
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

  /** An event of a socket was put in a log whose group wants its browsers paused, or closed, when it is full. */
  appended(partition: Partition, socket: Socket, policy: 'pause' | 'close'): void {
    if (partition.log.fill < FULL || socket.closed) return;
    // What comes in over HTTP requests has no reading to be stopped.
    if (policy === 'close' || socket.sink.pause === undefined) return this.#close(socket);
    const sockets = this.#paused.get(partition) ?? new Set();
    this.#paused.set(partition, sockets.add(socket));
    if (this.#waiting.has(socket)) return;
    this.#waiting.add(socket);
    socket.sink.pause();
  }

  /** A log may have become shorter. */
  acknowledged(partition: Partition): void {
    if (this.#paused.size > 0 && partition.log.fill < EASY) this.release(partition);
  }

  /** A log holds nobody back any more. */
  release(partition: Partition): void {
    const sockets = this.#paused.get(partition);
    if (sockets === undefined) return;
    this.#paused.delete(partition);
    for (const socket of sockets) {
      if (this.#isPaused(socket)) continue;
      this.#waiting.delete(socket);
      socket.sink.resume?.();
    }
  }

  /** A socket is gone. */
  gone(socket: Socket): void {
    if (this.#waiting.delete(socket)) this.#forget(socket);
  }

  stop(): void {
    this.#waiting.stop();
  }

  #close(socket: Socket): void {
    this.closes++;
    this.#forget(socket);
    const reason = 'Over capacity: the backends of this app do not keep up';
    this.#turn.close(socket, CloseCode.OVER_CAPACITY, reason);
  }

  #isPaused(socket: Socket): boolean {
    for (const sockets of this.#paused.values()) if (sockets.has(socket)) return true;
    return false;
  }

  #forget(socket: Socket): void {
    for (const [partition, sockets] of this.#paused) {
      if (sockets.delete(socket) && sockets.size === 0) this.#paused.delete(partition);
    }
  }
}
