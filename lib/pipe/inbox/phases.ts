import type { Clock, Timer } from '../../util/timers';

/**
 * Phase of the inbox. `open`: events come and handlers begin. `away`: the connection is lost, and handlers of events at
 * hand still begin until another process may have them. `unsure`: this process stood still for so long, and nothing
 * begins until the PONG to a PING sent since has come. `held`: nothing begins until a WELCOME has said what is still
 * owned. `stopping`: no event is taken any more.
 */
export type Phase =
  | { readonly name: 'open' | 'held' }
  | { readonly name: 'away'; readonly untilMs: number }
  | { readonly name: 'unsure'; readonly sinceMs: number }
  | { readonly name: 'stopping'; readonly acknowledges: boolean };

export interface PhasesOwner {
  /** Nothing more begins until `release`. */
  hold(): void;
  release(): void;
  /** Sends PING, if there is a connection. */
  ping(timeMs: number): void;
}

/** Looks at the clock in the time of a takeover. */
const LOOKS = 10;
/** Shortest standstill that counts: a busy process stands still for less now and then. */
const MIN_STANDSTILL_MS = 100;

/**
 * Phases of the inbox, one after the other, and the watch over takeovers by another process. Partitions of a member are
 * given to others when the gateway has not heard of it for the grace; a stream or a place in a group goes to the next
 * process of its name at once. A process that runs reads that it has lost them; one that stood still has not read it yet.
 *
 * A timer that has run twice shows that the process has read meanwhile what had come before.
 */
export class Phases {
  readonly #clock: Clock;
  readonly #owner: PhasesOwner;
  #now: Phase = { name: 'open' };
  /** Time that another process needs at least until it has the partitions; Infinity when none can have them. */
  #takeoverMs = Infinity;
  /** Moment of the last look. */
  #lookedMs = 0;
  /** Moment of the look before it: frames that had come by then have been read. */
  #readMs = 0;
  #timer: Timer | undefined;

  constructor(clock: Clock, owner: PhasesOwner) {
    this.#clock = clock;
    this.#owner = owner;
  }

  get now(): Phase {
    return this.#now;
  }

  enter(phase: Phase): void {
    this.#now = phase;
    if (phase.name === 'held' || phase.name === 'unsure') this.#owner.hold();
  }

  /** Watches for standstills of this process. @param takeoverMs Infinity when no other process can take over */
  watch(takeoverMs: number): void {
    this.#takeoverMs = takeoverMs;
    if (takeoverMs === Infinity) return this.unwatch();
    if (this.#timer !== undefined) return;
    this.#readMs = this.#lookedMs = this.#clock.now();
    this.#wait();
  }

  unwatch(): void {
    this.#takeoverMs = Infinity;
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** The gateway has said what is owned. Handlers begin, unless this process stood still since it said so. */
  open(): void {
    this.enter({ name: 'open' });
    if (this.mayBegin()) this.#owner.release();
  }

  /** The connection is lost. After a while the partitions may be with another process. */
  away(): void {
    const { name } = this.#now;
    if (name === 'unsure') this.enter({ name: 'held' });
    if (name !== 'open' || this.#takeoverMs === Infinity) return;
    this.enter({ name: 'away', untilMs: this.#readMs + this.#takeoverMs });
  }

  /** No more events are taken. Returns whether events that end are acknowledged: not after they once were not. */
  stop(acknowledges: boolean): boolean {
    const before = this.#now.name === 'stopping' ? this.#now.acknowledges : true;
    this.enter({ name: 'stopping', acknowledges: acknowledges && before });
    return acknowledges && before;
  }

  /** Asked right before handlers begin. False when they must wait. */
  mayBegin(): boolean {
    const phase = this.#now;
    if (phase.name === 'open') {
      const nowMs = this.#clock.now();
      if (this.#stoodStill(nowMs)) this.#ask(nowMs);
    } else if (phase.name === 'away') {
      if (this.#clock.now() >= phase.untilMs) this.enter({ name: 'held' });
    }
    return this.#now.name !== 'held' && this.#now.name !== 'unsure';
  }

  /** A PONG has come, to a PING that was sent at `timeMs`. */
  ponged(timeMs: number): void {
    if (this.#now.name === 'unsure' && timeMs >= this.#now.sinceMs) this.open();
  }

  #stoodStill(nowMs: number): boolean {
    return nowMs - this.#readMs > Math.max(this.#takeoverMs, MIN_STANDSTILL_MS);
  }

  #ask(nowMs: number): void {
    this.#readMs = this.#lookedMs = nowMs;
    const unsure: Phase = { name: 'unsure', sinceMs: Math.floor(nowMs) };
    this.enter(unsure);
    // A send that fails ends the connection, which must not happen while an event is about to begin.
    this.#clock.endOfTurn(() => {
      if (this.#now === unsure) this.#owner.ping(Math.floor(this.#clock.now()));
    });
  }

  #wait(): void {
    const delayMs = Math.max(this.#takeoverMs, MIN_STANDSTILL_MS) / LOOKS;
    this.#timer = this.#clock.setTimeout(() => this.#look(), delayMs);
  }

  #look(): void {
    const nowMs = this.#clock.now();
    const { name } = this.#now;
    if ((name === 'open' || name === 'unsure') && this.#stoodStill(nowMs)) {
      this.#ask(nowMs);
    } else {
      this.#readMs = this.#lookedMs;
      this.#lookedMs = nowMs;
    }
    this.#wait();
  }
}
