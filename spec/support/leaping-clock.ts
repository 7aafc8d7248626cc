import { type Clock, systemClock } from '../../lib/util/timers';

/** The real clock, which can be set forward: times that are waited for begin anew, but what is old has become older. */
export class LeapingClock implements Clock {
  #aheadMs = 0;
  readonly wall = systemClock.wall;
  readonly setTimeout = systemClock.setTimeout;
  readonly clearTimeout = systemClock.clearTimeout;
  readonly endOfTurn = systemClock.endOfTurn;
  readonly random = systemClock.random;

  now(): number {
    return systemClock.now() + this.#aheadMs;
  }

  leap(ms: number): void {
    this.#aheadMs += ms;
  }
}
