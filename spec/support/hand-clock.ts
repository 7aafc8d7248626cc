import { ManualClock } from './manual-clock';

/** A clock turned by hand beside real sockets: the turns of the event loop are the real ones. */
export class HandClock extends ManualClock {
  #stalledMs = 0;

  override now(): number {
    return super.now() + this.#stalledMs;
  }

  override endOfTurn(run: () => void): void {
    setImmediate(run);
  }

  /** Jumps as for a process that was stopped: what fell due meanwhile runs late. */
  stall(ms: number): void {
    this.#stalledMs += ms;
  }
}
