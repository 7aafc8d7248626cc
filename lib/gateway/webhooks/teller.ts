import { later } from '../../brokers/eventual';
import type { Clock, Timer } from '../../util/timers';
import type { Telling } from '../../brokers/broker';
import type { App } from '../core/model/app';
import type { WebhookEventName } from '../options/options';
import type { WebhookEvent } from './events';
import { type OpenTelling, OpenTellings, Receipt } from './receipt';

/** Changes that are asked about together. */
const MAX_ASKED = 500;
/** Wait before a broker that is away is asked again. */
const AGAIN_MS = 1_000;

interface Change {
  readonly event: WebhookEvent;
  readonly seq: number;
}

/** Webhooks that tell of a thing being there. */
const PRESENT: ReadonlySet<WebhookEventName> = new Set(['channel_occupied', 'member_added']);

export interface TellerParts {
  readonly clock: Clock;
  /** Changes that wait for the broker; further ones are dropped. */
  readonly maxWaiting: number;
  /** True for channels that this node looks after. */
  isOwn(channel: string): boolean;
  tell(event: WebhookEvent): void;
  /** Event of a state that another node had yet to tell. */
  eventOf(telling: Telling): WebhookEvent | undefined;
  dropped(count: number): void;
}

/**
 * Tells changes of channels and members that no other node has told. The broker is asked in the order of the changes, those
 * of a turn together; while it is away they wait. A change is owed until all endpoints have taken it or given it up: debts of
 * nodes that are gone are told before anything else. The state that was told last in the cluster is told again behind an
 * earlier state that endpoints may have taken after it.
 */
export class Teller {
  readonly #app: App;
  readonly #parts: TellerParts;
  #waiting: Change[] = [];
  #asks = false;
  #timer: Timer | undefined;
  /** Nodes may be gone that owed something. */
  #takesOver = false;
  readonly #open = new OpenTellings();
  /** States that are not owed any more, until the broker knows. */
  #settled: OpenTelling[] = [];
  #idle: Array<() => void> = [];
  #isStopped = false;

  constructor(app: App, parts: TellerParts) {
    this.#app = app;
    this.#parts = parts;
  }

  /** @param seq number of the change; without one no other node can tell of it */
  offer(event: WebhookEvent, seq: number | undefined): void {
    if (seq === undefined) return this.#parts.tell(event);
    if (this.#waiting.length >= this.#parts.maxWaiting) return this.#parts.dropped(1);
    this.#waiting.push({ event, seq });
    this.#begin();
  }

  /** Nodes are gone: their debts are this node's and the others'. */
  takeOver(): void {
    this.#takesOver = true;
    this.#begin();
  }

  /** Resolves when nothing waits for the broker. */
  idle(): Promise<void> {
    if (!this.#asks) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  /** Drops what waits. The broker still hears what is not owed any more. */
  giveUp(): void {
    this.#parts.dropped(this.#waiting.length);
    this.#waiting = [];
    this.#begin();
  }

  /** Drops what waits. */
  stop(): void {
    this.#isStopped = true;
    if (this.#timer !== undefined) this.#parts.clock.clearTimeout(this.#timer);
    this.#parts.dropped(this.#waiting.length);
    this.#ended();
  }

  #begin(): void {
    if (this.#asks || this.#isStopped) return;
    this.#asks = true;
    this.#parts.clock.endOfTurn(() => this.#ask());
  }

  /** Asks again when the broker may be back. */
  #wait(): void {
    this.#timer = this.#parts.clock.setTimeout(() => this.#ask(), AGAIN_MS);
  }

  #ask(): void {
    if (!this.#asks) return;
    if (this.#settled.length > 0) return this.#settle();
    if (this.#takesOver) return this.#takeDebts();
    const asked = this.#waiting.slice(0, MAX_ASKED);
    if (asked.length === 0) return this.#ended();
    const tellings = asked.map(({ event: { name, channel, userId, isFound }, seq }) => {
      return { channel, userId, present: PRESENT.has(name), seq, isFound };
    });
    void later(this.#app.broker.tell(tellings), (answers) => {
      if (!this.#asks) return;
      if (answers === 'unavailable') return this.#wait();
      this.#waiting.splice(0, asked.length);
      asked.forEach(({ event }, i) => {
        const isApart = answers[i] === 'apart';
        if (answers[i] !== 'no')
          this.#tell({ ...event, mayBeTaken: isApart }, tellings[i] as Telling);
      });
      this.#ask();
    });
  }

  /** Takes over what nodes owe that are gone. */
  #takeDebts(): void {
    const { broker } = this.#app;
    // The others may have taken this node for dead: then they tell of its channels.
    if (broker.isInDoubt) return this.#wait();
    this.#takesOver = false;
    void later(
      broker.owed((channel) => this.#parts.isOwn(channel)),
      (owed) => {
        if (owed === 'unavailable') {
          this.#takesOver = true;
          return this.#wait();
        }
        for (const telling of owed) this.#tellAgain(telling);
        this.#ask();
      },
    );
  }

  /** The event is owed until no endpoint holds it. */
  #tell(event: WebhookEvent, telling: Telling): void {
    const receipt = new Receipt(() => {
      if (this.#settled.length < this.#parts.maxWaiting) this.#settled.push(told);
      else this.#open.settle(told);
      this.#begin();
    });
    const told = { telling, receipt, isSettled: false };
    this.#open.add(told);
    receipt.hold();
    this.#parts.tell({ ...event, receipt });
    receipt.release();
  }

  /** A state that is owed since before, or again: an endpoint may have it. */
  #tellAgain(telling: Telling): void {
    const event = this.#parts.eventOf(telling);
    if (event !== undefined) this.#tell({ ...event, mayBeTaken: true }, telling);
  }

  #settle(): void {
    const settled = this.#settled.slice(0, MAX_ASKED);
    const due = this.#open.due(settled);
    const asked = due.map((told) => ({ ...told.telling, isLast: this.#open.isLast(told) }));
    void later(this.#app.broker.told(asked), (others) => {
      if (!this.#asks) return;
      if (others === 'unavailable') return this.#wait();
      this.#settled.splice(0, settled.length);
      for (const told of settled) this.#open.settle(told);
      // Another node has told something later, which endpoints may have had first.
      for (const telling of others) this.#tellAgain(telling);
      this.#ask();
    });
  }

  #ended(): void {
    this.#asks = false;
    this.#waiting = [];
    for (const resolve of this.#idle.splice(0)) resolve();
  }
}
