import { later } from '../../brokers/eventual';
import type { Clock, Timer } from '../../util/timers';
import type { App } from '../core/model/app';
import type { WebhookEvent } from './events';

/** Changes that are asked about together. */
const MAX_ASKED = 500;
/** Wait before a broker that is away is asked again. */
const AGAIN_MS = 1_000;

interface Change {
  readonly event: WebhookEvent;
  readonly seq: number;
}

export interface TellerParts {
  readonly clock: Clock;
  /** Changes that wait for the broker; further ones are dropped. */
  readonly maxWaiting: number;
  tell(event: WebhookEvent): void;
  dropped(count: number): void;
}

/**
 * Tells changes of channels and members that no other node has told. The broker is asked in the order of the changes, those
 * of a turn together; while it is away they wait.
 */
export class Teller {
  readonly #app: App;
  readonly #parts: TellerParts;
  #waiting: Change[] = [];
  #asks = false;
  #timer: Timer | undefined;
  #idle: Array<() => void> = [];

  constructor(app: App, parts: TellerParts) {
    this.#app = app;
    this.#parts = parts;
  }

  /** @param seq number of the change; without one no other node can tell of it */
  offer(event: WebhookEvent, seq: number | undefined): void {
    if (seq === undefined) return this.#parts.tell(event);
    if (this.#waiting.length >= this.#parts.maxWaiting) return this.#parts.dropped(1);
    this.#waiting.push({ event, seq });
    if (this.#asks) return;
    this.#asks = true;
    this.#parts.clock.endOfTurn(() => this.#ask());
  }

  /** Resolves when no change waits for the broker. */
  idle(): Promise<void> {
    if (this.#waiting.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  /** Drops what waits. */
  stop(): void {
    if (this.#timer !== undefined) this.#parts.clock.clearTimeout(this.#timer);
    this.#parts.dropped(this.#waiting.length);
    this.#ended();
  }

  #ask(): void {
    const asked = this.#waiting.slice(0, MAX_ASKED);
    if (asked.length === 0) return this.#ended();
    const tellings = asked.map(({ event: { name, channel, userId }, seq }) => {
      const present = name === 'channel_occupied' || name === 'member_added';
      return { channel, userId, present, seq };
    });
    void later(this.#app.broker.tell(tellings), (answers) => {
      if (!this.#asks) return;
      if (answers === 'unavailable') {
        this.#timer = this.#parts.clock.setTimeout(() => this.#ask(), AGAIN_MS);
        return;
      }
      this.#waiting.splice(0, asked.length);
      asked.forEach(({ event }, i) => {
        if (answers[i] === true) this.#parts.tell(event);
      });
      this.#ask();
    });
  }

  #ended(): void {
    this.#asks = false;
    this.#waiting = [];
    for (const resolve of this.#idle.splice(0)) resolve();
  }
}
