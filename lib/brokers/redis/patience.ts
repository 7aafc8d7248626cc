import type { Clock, Timer } from '../../util/timers';

/** Time for which an engine may be silent while a connection with it is made ready. */
const SILENCE_MS = 5000;

/**
 * Waits for an engine that is to answer. Hosts that are gone, and balancers before them, may leave connections that seem to
 * be there: nobody else ends these.
 */
export class Patience {
  /** Rejects when the engine was silent for too long. */
  readonly over: Promise<never>;
  readonly #clock: Clock;
  #giveUp: () => void = () => undefined;
  #timer: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.over = new Promise((_, reject) => {
      this.#giveUp = () => reject(new Error(`no answer for ${SILENCE_MS} ms`));
    });
    this.over.catch(() => undefined);
    this.renew();
  }

  /** The engine has answered. */
  readonly renew = (): void => {
    this.end();
    this.#timer = this.#clock.setTimeout(this.#giveUp, SILENCE_MS);
  };

  end(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
