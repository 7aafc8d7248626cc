import type { Clock, Timer } from '../../../util/timers';
import type { Socket } from '../model/socket';

/** Longest wait for the answer of a page. */
const PATIENCE_MS = 10_000;
/** Probes that wait, on the whole. */
const MAX_WAITING = 1_000;

interface Waiting {
  readonly sinceMs: number;
  readonly timer: Timer;
  readonly done: (tookMs: number | undefined) => void;
}

/**
 * Probes of pages: a client answers a `pusher:ping` when its page has run the handlers of everything before it. No answer is
 * no proof that nothing was read: a busy page, and a client that knows no pings, are silent too.
 */
export class Pongs {
  readonly #clock: Clock;
  readonly #waiting = new Map<Socket, Waiting[]>();
  #count = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves with the milliseconds until the answer; undefined when there is none. The caller sends the ping. */
  wait(socket: Socket): Promise<number | undefined> {
    if (this.#count >= MAX_WAITING) return Promise.resolve(undefined);
    this.#count++;
    return new Promise((resolve) => {
      const waiting: Waiting = {
        sinceMs: this.#clock.now(),
        timer: this.#clock.setTimeout(() => this.#end(socket, waiting, undefined), PATIENCE_MS),
        done: resolve,
      };
      const others = this.#waiting.get(socket);
      if (others === undefined) this.#waiting.set(socket, [waiting]);
      else others.push(waiting);
    });
  }

  /** A socket has answered a ping: the oldest one of it. */
  heard(socket: Socket): void {
    const [oldest] = this.#waiting.get(socket) ?? [];
    if (oldest !== undefined) this.#end(socket, oldest, this.#clock.now() - oldest.sinceMs);
  }

  /** A socket is gone, and does not answer any more. */
  closed(socket: Socket): void {
    for (const each of [...(this.#waiting.get(socket) ?? [])]) this.#end(socket, each, undefined);
  }

  stop(): void {
    for (const socket of [...this.#waiting.keys()]) this.closed(socket);
  }

  #end(socket: Socket, waiting: Waiting, tookMs: number | undefined): void {
    const all = this.#waiting.get(socket) ?? [];
    const at = all.indexOf(waiting);
    if (at < 0) return;
    all.splice(at, 1);
    if (all.length === 0) this.#waiting.delete(socket);
    this.#count--;
    this.#clock.clearTimeout(waiting.timer);
    waiting.done(tookMs);
  }
}
