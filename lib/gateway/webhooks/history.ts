import type { Clock } from '../../util/timers';
import type { Metrics } from '../core/metrics';
import { deliveryOf, type Signed } from './delivery';
import type { GivenUp, GivenUpRequest } from './given-up';
import type { Poster, PostOutcome } from './poster';

/** Attempts that are remembered, and characters of the first event of each. */
const MAX_ATTEMPTS = 30;
const MAX_SHOWN = 200;

/** An attempt to send a request, as it ended. Times are wall times in milliseconds. */
export interface Attempt {
  readonly at: number;
  readonly tookMs: number;
  /** Id of the delivery, which all of its attempts have. */
  readonly delivery: string;
  readonly attempt: number;
  readonly events: number;
  /** Beginning of the first event, as it was sent. */
  readonly first: string;
  /** Reason of a failure, such as `status 500`. */
  readonly why: string | undefined;
  /** False when the request is not tried again. */
  readonly goesOn: boolean;
}

/** A request with its events and the number of attempts so far. */
export interface Tried extends Signed {
  readonly entries: readonly string[];
  readonly attempts: number;
}

interface HistoryParts {
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly givenUp: GivenUp;
}

/** Past attempts of one endpoint, and its requests that were given up, which can be sent again. */
export class History {
  readonly #parts: HistoryParts;
  readonly #poster: Pick<Poster, 'post'>;
  #attempts: readonly Attempt[] = [];

  constructor(parts: HistoryParts, poster: Pick<Poster, 'post'>) {
    this.#parts = parts;
    this.#poster = poster;
  }

  /** The latest first, here and below. */
  get attempts(): readonly Attempt[] {
    return this.#attempts;
  }

  get givenUp(): readonly GivenUpRequest[] {
    return this.#parts.givenUp.of(this);
  }

  /** An attempt has ended. */
  ended(request: Tried, outcome: PostOutcome, tookMs: number, goesOn: boolean): void {
    const { entries, attempts: attempt } = request;
    const about = { delivery: deliveryOf(request), attempt, goesOn };
    this.#add({ ...about, events: entries.length, first: firstOf(entries) }, outcome, tookMs);
  }

  gaveUp({ headers, body, entries, attempts }: Tried, why: string): void {
    const { clock, givenUp } = this.#parts;
    const about = { delivery: deliveryOf({ headers, body }), headers, body, attempts, why };
    const what = { events: entries.length, first: firstOf(entries), at: clock.wall() };
    givenUp.keep(this, { ...about, ...what, isUnderway: false });
  }

  /**
   * Sends a request again that was given up, whatever else waits; undefined when there is no such request. It is kept until
   * it is taken.
   * @param taken called before the promise resolves, with the number of events
   */
  sendAgain(
    delivery: string,
    taken: (events: number) => void,
  ): Promise<PostOutcome | 'underway'> | undefined {
    const { givenUp, clock, metrics } = this.#parts;
    const request = givenUp.find(this, delivery);
    if (request === undefined) return undefined;
    if (request.isUnderway) return Promise.resolve('underway');
    request.isUnderway = true;
    request.attempts++;
    const { headers, body, events, first, attempts: attempt } = request;
    const sinceMs = clock.now();
    return new Promise((resolve) => {
      this.#poster.post(headers, body, (outcome) => {
        request.isUnderway = false;
        const tookMs = clock.now() - sinceMs;
        metrics.attempted(tookMs);
        if (outcome.ok) {
          givenUp.forget(request);
          taken(events);
        } else metrics.webhookFailures++;
        this.#add({ delivery, attempt, events, first, goesOn: false }, outcome, tookMs);
        resolve(outcome);
      });
    });
  }

  /** The endpoint is gone, and with it the address that its requests were for. */
  end(): void {
    for (const request of this.givenUp) this.#parts.givenUp.forget(request);
  }

  #add(about: Omit<Attempt, 'at' | 'tookMs' | 'why'>, outcome: PostOutcome, tookMs: number): void {
    const why = outcome.ok ? undefined : outcome.why;
    const attempt = { ...about, at: this.#parts.clock.wall(), tookMs, why };
    this.#attempts = [attempt, ...this.#attempts.slice(0, MAX_ATTEMPTS - 1)];
  }
}

function firstOf([first = '']: readonly string[]): string {
  return first.slice(0, MAX_SHOWN);
}
