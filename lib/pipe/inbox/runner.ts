import { Lanes } from '../../stream/lanes';
import type { Clock } from '../../util/timers';
import type { Arrival } from './arrival';
import { SlowHandlers } from './slow-handlers';

export interface RunnerOptions {
  /** Keys whose handlers may run at once. */
  concurrency: number;
  slowHandlerMs: number;
  clock: Clock;
  /** Asked right before the handlers of an event begin; false holds all events until `release`. */
  mayBegin?: (() => boolean) | undefined;
  /** Runs the handlers of an event; a promise only when some are still running. */
  deliver(arrival: Arrival): Promise<void> | undefined;
  /** The handlers of an event have ended. */
  ended(arrival: Arrival, failure: Error | undefined): void;
  /** A later event has taken the place of one that had not begun, and counts it. */
  replaced(arrival: Arrival, by: Arrival): void;
  /** The handlers of an event have run for long, and still do. */
  slow(arrival: Arrival, runningMs: number): void;
}

/** Handlers of events: one event after the other of each key, and the keys side by side. */
export class Runner {
  readonly #lanes: Lanes<Arrival>;
  readonly #slow: SlowHandlers<Arrival>;

  constructor(options: RunnerOptions) {
    const { clock, slowHandlerMs } = options;
    this.#slow = new SlowHandlers<Arrival>(clock, slowHandlerMs, (arrival, runningMs) =>
      options.slow(arrival, runningMs),
    );
    this.#lanes = new Lanes<Arrival>({
      maxActive: options.concurrency,
      ...(options.mayBegin && { mayBegin: options.mayBegin }),
      work: (arrival) => {
        const running = options.deliver(arrival);
        if (running !== undefined) arrival.running = this.#slow.started(arrival);
        return running;
      },
      ended: (arrival, failure) => {
        if (arrival.running !== undefined) this.#slow.ended(arrival.running);
        arrival.running = undefined;
        options.ended(arrival, failure);
      },
      replaces: (arrival, last) => {
        if (!conflates(arrival, last)) return false;
        arrival.event.conflated = (arrival.event.conflated ?? 0) + (last.event.conflated ?? 0) + 1;
        options.replaced(last, arrival);
        return true;
      },
    });
  }

  run(key: string, arrival: Arrival): void {
    this.#lanes.run(key, arrival);
  }

  /** Nothing more begins until `release`. */
  hold(): void {
    this.#lanes.hold();
  }

  release(): void {
    this.#lanes.release();
  }

  /** Takes out events that have not begun, those of a key in their order. */
  drop(test: (arrival: Arrival) => boolean): Arrival[] {
    return this.#lanes.take(test);
  }

  /** Resolves when no handler runs and no event waits. */
  idle(): Promise<void> {
    return this.#lanes.idle();
  }

  /** Watches the handlers that run no longer. */
  unwatch(): void {
    this.#slow.stop();
  }
}

/** True when an event may replace the event of its key that waits right before it. */
function conflates({ event, partition, source }: Arrival, last: Arrival): boolean {
  if (last.event.conflatable !== true || source !== 'event' || last.source !== 'event')
    return false;
  const { kind, socketId, channel, event: name } = last.event;
  return (
    partition === last.partition &&
    event.kind === kind &&
    event.socketId === socketId &&
    event.channel === channel &&
    event.event === name
  );
}
