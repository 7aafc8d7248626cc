import { backoff } from '../../util/backoff';
import { type Deferred, deferred } from '../../util/deferred';
import type { Logger } from '../../util/logger';
import type { MemoryWatch } from '../../stream/memory-watch';
import type { Clock, Timer } from '../../util/timers';
import type { App } from '../core/model/app';
import { Matcher } from '../core/streams/matcher';
import type { Metrics } from '../core/metrics';
import type { Limits, WebhookOptions } from '../options/options';
import { Queue, type Load } from './queue';
import { Circuit } from './circuit';
import { signedDelivery, type Signed } from './delivery';
import type { WebhookEvent } from './events';
import type { GivenUp, GivenUpRequest } from './given-up';
import { type Attempt, History } from './history';
import type { PostOutcome, Poster } from './poster';

/** Time until an event is dropped, counted from its arrival or from its first refused attempt. */
const GIVE_UP_MS = 300_000;
const MAX_IN_FLIGHT = 8;
/** With `batch`, events of this time share a request. */
const BATCH_MS = 50;
/** The first failed attempt is told of at once, further ones after this time. */
const QUIET_MS = 60_000;
/** Events that nobody tried to send and that are kept of those that became too old at once. */
const MAX_KEPT_EXPIRED = 100;
const ONE = { entries: 1, bytes: Infinity };
// Receivers may refuse bodies above 100 kB: that is the default of Express.
const BATCH = { entries: 500, bytes: 64 * 1024 };

interface Delivery extends Signed {
  load: Load;
  firstAttemptAt: number;
  attempts: number;
  dueAt: number;
  /** Other gateways tell what it says of channels and members. */
  isLeft?: boolean;
}

/** Wait of a gateway that the others may have taken for dead, until it looks again whether they have. */
const DOUBT_MS = 1000;

/** An endpoint as the console shows it. */
export interface EndpointState {
  /** Paths and queries may hold secrets. */
  readonly host: string;
  readonly events: readonly string[] | undefined;
  readonly waiting: number;
  readonly sent: number;
  readonly dropped: number;
  /** Milliseconds until requests go out again; 0 while they do. */
  readonly pausedMs: number;
  /** The latest first, here and below. */
  readonly attempts: readonly Attempt[];
  readonly givenUp: readonly GivenUpRequest[];
}

export interface EndpointParts {
  clock: Clock;
  log: Logger;
  metrics: Metrics;
  limits: Limits;
  memory?: MemoryWatch;
  givenUp: GivenUp;
}

/**
 * A webhook of an app: filters events, keeps them until the endpoint has taken them, and tries again with growing waits.
 */
export class Endpoint {
  readonly #app: App;
  #options: WebhookOptions;
  readonly #parts: EndpointParts;
  readonly #poster: Pick<Poster, 'post' | 'close'>;
  #events: ReadonlySet<string> | undefined;
  #channels: Matcher;
  readonly #queue: Queue;
  readonly #circuit = new Circuit(MAX_IN_FLIGHT);
  /** Requests that wait for their next attempt, the first due first. */
  readonly #retries: Delivery[] = [];
  readonly #inFlight = new Set<Delivery>();
  /** Events that nobody took yet may go from this time on. */
  #freshAt = 0;
  #timer: Timer | undefined;
  #idle: Deferred<void> | undefined;
  /** True from the first event there was no room for until nothing waits: one warning tells of all between. */
  #overflowing = false;
  #stopped = false;
  /** Failed attempts are told of once until then. */
  #quietUntil = -Infinity;
  readonly #history: History;
  #sent = 0;
  #dropped = 0;

  constructor(
    app: App,
    options: WebhookOptions,
    parts: EndpointParts,
    poster: Pick<Poster, 'post' | 'close'>,
  ) {
    this.#app = app;
    this.#options = options;
    this.#parts = parts;
    this.#poster = poster;
    this.#history = new History(parts, poster);
    this.#events = options.events && new Set(options.events);
    this.#channels = new Matcher(options.channels ?? []);
    const { maxWebhookEvents: maxEntries, maxWebhookBytes: maxBytes } = parts.limits;
    this.#queue = new Queue({ maxEntries, maxBytes, maxAgeMs: GIVE_UP_MS }, parts.memory);
  }

  get url(): string {
    return this.#options.url;
  }

  get state(): EndpointState {
    return {
      host: new URL(this.#options.url).host,
      events: this.#options.events,
      waiting: this.#queue.size,
      ...{ sent: this.#sent, dropped: this.#dropped },
      pausedMs: Math.max(0, this.#circuit.openUntil - this.#parts.clock.now()),
      attempts: this.#history.attempts,
      givenUp: this.#history.givenUp,
    };
  }

  /** Other options of the same URL hold from now on; events that wait stay. */
  change(options: WebhookOptions): void {
    this.#options = options;
    this.#events = options.events && new Set(options.events);
    this.#channels = new Matcher(options.channels ?? []);
  }

  wants(name: string, channel: string): boolean {
    return (this.#events?.has(name) ?? true) && this.#channels.matches(channel);
  }

  /** Takes an event if it is wanted. Nothing is sent before the turn is over. */
  offer(event: WebhookEvent): void {
    if (this.#stopped || !this.wants(event.name, event.channel)) return;
    const { clock, metrics } = this.#parts;
    const now = clock.now();
    const { hasReady: hadReady, size } = this.#queue;
    const dropped = this.#queue.add(event, now);
    metrics.webhookEventsWaiting += this.#queue.size - size;
    if (dropped > 0) this.#overflow(dropped);
    // The event may have taken back the only one that waited.
    this.#settled();
    if (hadReady || !this.#queue.hasReady) return;
    this.#freshAt = now + (this.#options.batch ? BATCH_MS : 0);
    this.#schedule(now);
  }

  /** As `sendAgain` of its history. */
  sendAgain(delivery: string): ReturnType<History['sendAgain']> {
    return this.#stopped
      ? undefined
      : this.#history.sendAgain(delivery, (events) => this.#taken(events));
  }

  /** Other gateways tell of changes that this one had yet to tell; told late, they would undo what came behind them. */
  leave(): void {
    this.#parts.metrics.webhookEventsWaiting -= this.#queue.leave();
    for (const delivery of [...this.#inFlight, ...this.#retries]) delivery.isLeft = true;
    for (const delivery of this.#retries.splice(0)) this.#again(delivery);
    this.#settled();
    this.#pump();
  }

  /** Age of the oldest event that waits or is on its way, in milliseconds; 0 when there is none. */
  ageMs(now: number): number {
    return now - Math.min(now, this.#queue.oldestMs);
  }

  /** Resolves when everything is delivered or given up. */
  async idle(): Promise<void> {
    if (this.#stopped || this.#queue.size === 0) return;
    this.#idle ??= deferred();
    return this.#idle.promise;
  }

  /** Drops what is left and closes the connections: the gateway stops, and other gateways tell what it owes. */
  stop(): void {
    this.#end('the gateway stops', this.#queue.size);
  }

  /** Drops what is left, which nobody is to tell, and closes the connections. */
  remove(): void {
    this.#end('the endpoint was taken out of the configuration', this.#queue.giveUp());
  }

  #end(why: string, dropped: number): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#clearTimer();
    this.#poster.close();
    this.#history.end();
    this.#drop(dropped, why);
    this.#idle?.resolve();
  }

  #pump(): void {
    const now = this.#parts.clock.now();
    // The others may tell what this gateway owes, and what has come behind it.
    if (this.#app.broker.isInDoubt) return this.#schedule(now, now + DOUBT_MS);
    while (this.#inFlight.size < this.#circuit.allowed(now)) {
      // A trial request takes a load that was not refused yet: one bad load must not keep the circuit open.
      const delivery = this.#circuit.trying
        ? (this.#fresh(now) ?? this.#retry(now))
        : (this.#retry(now) ?? this.#fresh(now));
      if (delivery === undefined) break;
      this.#attempt(delivery);
    }
    this.#schedule(now);
  }

  #retry(now: number): Delivery | undefined {
    for (;;) {
      const [next] = this.#retries;
      if (next === undefined || next.dueAt > now) return undefined;
      this.#retries.shift();
      if (now <= next.firstAttemptAt + GIVE_UP_MS) return next;
      this.#giveUp(next, 'it was left alone for too long');
    }
  }

  #fresh(now: number): Delivery | undefined {
    if (now < this.#freshAt) return undefined;
    const { batch } = this.#options;
    const { load, expired } = this.#queue.take(batch ? BATCH : ONE, now);
    // Events that come while this one is on its way share the next request, however soon it is answered.
    if (batch && !this.#queue.hasReady) this.#freshAt = now + BATCH_MS;
    this.#expired(expired);
    if (load === undefined) {
      this.#settled();
      return undefined;
    }
    return { load, ...this.#sign(load.entries), firstAttemptAt: now, attempts: 0, dueAt: now };
  }

  #sign(entries: readonly string[]): Signed {
    const { headers } = this.#options;
    return signedDelivery(this.#app, headers, entries, this.#parts.clock.wall());
  }

  /** Events that became too old while nothing went out. */
  #expired(entries: readonly string[]): void {
    const why = 'they waited too long';
    this.#drop(entries.length, why);
    for (const entry of entries.slice(-MAX_KEPT_EXPIRED)) {
      this.#history.gaveUp({ ...this.#sign([entry]), entries: [entry], attempts: 0 }, why);
    }
  }

  #attempt(delivery: Delivery): void {
    const { clock, metrics } = this.#parts;
    const sinceMs = clock.now();
    this.#inFlight.add(delivery);
    delivery.attempts++;
    this.#poster.post(delivery.headers, delivery.body, (outcome) => {
      const durationMs = clock.now() - sinceMs;
      metrics.attempted(durationMs);
      if (this.#stopped) return;
      this.#inFlight.delete(delivery);
      const attempted = { ...delivery, entries: delivery.load.entries };
      this.#ended(delivery, outcome);
      const goesOn = this.#retries.includes(delivery);
      this.#history.ended(attempted, outcome, durationMs, goesOn);
      this.#pump();
    });
  }

  #ended(delivery: Delivery, outcome: PostOutcome): void {
    const { clock, metrics } = this.#parts;
    const { load, attempts, firstAttemptAt } = delivery;
    if (outcome.ok) {
      this.#circuit.succeeded();
      const count = load.entries.length;
      this.#taken(count);
      metrics.webhookEventsWaiting -= count;
      return this.#release(load);
    }
    const now = clock.now();
    const { why } = outcome;
    metrics.webhookFailures++;
    if (this.#circuit.failed(now)) {
      this.#warn(why, 'a webhook endpoint fails; it is left alone for 30 s');
    } else if (now >= this.#quietUntil) {
      this.#warn(why, 'a webhook was not taken; it is sent again');
      this.#quietUntil = now + QUIET_MS;
    }
    const random = (): number => clock.random();
    const dueAt = now + backoff(attempts - 1, { baseMs: 1000, maxMs: 60_000, random });
    if (Math.max(dueAt, this.#circuit.openUntil) > firstAttemptAt + GIVE_UP_MS) {
      return this.#giveUp(delivery, why);
    }
    delivery.dueAt = dueAt;
    this.#again(delivery);
  }

  /** Plans another attempt, of what others do not tell. */
  #again(delivery: Delivery): void {
    const { load, isLeft, dueAt } = delivery;
    if (isLeft === true && load.receipts.length > 0) {
      this.#parts.metrics.webhookEventsWaiting -= this.#queue.leaveOf(load);
      if (load.entries.length === 0) return this.#release(load);
      Object.assign(delivery, this.#sign(load.entries));
    }
    const at = this.#retries.findIndex((other) => other.dueAt > dueAt);
    this.#retries.splice(at < 0 ? this.#retries.length : at, 0, delivery);
  }

  #taken(events: number): void {
    this.#parts.metrics.webhookEventsSent += events;
    this.#sent += events;
  }

  #giveUp(delivery: Delivery, why: string): void {
    const { load } = delivery;
    this.#drop(load.entries.length, why);
    this.#history.gaveUp({ ...delivery, entries: load.entries }, why);
    this.#release(load);
  }

  #release(load: Load): void {
    this.#queue.settle(load);
    this.#settled();
  }

  #settled(): void {
    if (this.#queue.size > 0) return;
    this.#overflowing = false;
    this.#idle?.resolve();
    this.#idle = undefined;
  }

  /** The pump is woken by a timer, or by the end of a request while all places are taken. */
  #schedule(now: number, notBefore = 0): void {
    this.#clearTimer();
    const fresh = this.#queue.hasReady ? this.#freshAt : Infinity;
    const dueAt = Math.max(
      Math.min(fresh, this.#retries[0]?.dueAt ?? Infinity),
      this.#circuit.openUntil,
      notBefore,
    );
    if (dueAt === Infinity || this.#inFlight.size >= this.#circuit.allowed(dueAt)) return;
    this.#timer = this.#parts.clock.setTimeout(
      () => {
        this.#timer = undefined;
        this.#pump();
      },
      Math.max(0, Math.ceil(dueAt - now)),
    );
  }

  #clearTimer(): void {
    if (this.#timer !== undefined) this.#parts.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #overflow(count: number): void {
    this.#dropped += count;
    this.#parts.metrics.webhookEventsDropped += count;
    if (this.#overflowing) return;
    this.#overflowing = true;
    this.#warn('too many wait for it', 'webhook events are dropped');
  }

  #drop(count: number, why: string): void {
    if (count === 0) return;
    this.#dropped += count;
    this.#parts.metrics.webhookEventsDropped += count;
    this.#parts.metrics.webhookEventsWaiting -= count;
    this.#warn(why, `${count} webhook events are dropped`);
  }

  /** Paths and queries of endpoints may hold secrets, so only the host is told. */
  #warn(why: string, message: string): void {
    const { host } = new URL(this.#options.url);
    this.#parts.log.warn({ appId: this.#app.id, host, why }, message);
  }
}
