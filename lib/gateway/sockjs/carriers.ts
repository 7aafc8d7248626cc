import type { MemoryWatch } from '../../stream/memory-watch';
import { sourceOf } from '../options/address-guard';
import type { Clock } from '../../util/timers';
import { SECOND_MS, type Overload } from '../core/timing/overload';
import { mostUnsent } from '../core/fanout/unsent-watch';
import type { Traffic } from '../core/metrics';
import { BytePool } from '../core/timing/byte-pool';
import type { TurnBudget } from '../core/timing/turn-budget';
import type { Limits } from '../options/options';
import { type CarrierHost, type CarrierOptions, SockJsCarrier } from './carrier';
import { lineEncoder } from './frames';

const EXPIRY_TICKS = 5;
/** pusher-js gives a server up that says nothing for 30 s. A tick less than the 25 s that are promised. */
const HEARTBEAT_TICKS = 24;

/** Every session over HTTP, by its identity. */
export class SockJsCarriers implements CarrierHost {
  readonly maxUnsentBytes: number;
  readonly maxUnsentTicks: number;
  readonly #defaults: CarrierOptions;
  readonly #limits: Limits;
  readonly #clock: Clock;
  readonly budget: TurnBudget;
  readonly #memory: MemoryWatch;
  readonly posts: BytePool;
  readonly traffic: Traffic;
  readonly #on: { cut: () => void; failure: (error: unknown) => void };
  readonly #carriers = new Map<string, SockJsCarrier>();
  /** Sessions of each remote address, IPv6 by its /64. */
  readonly #addresses = new Map<string, number>();

  constructor(
    limits: Limits,
    clock: Clock,
    overload: Overload,
    budget: TurnBudget,
    on: { cut: () => void; failure: (error: unknown) => void; traffic?: Traffic },
    posts = new BytePool(Infinity),
  ) {
    this.posts = posts;
    this.#memory = overload.memory;
    this.budget = budget;
    this.#limits = limits;
    this.#clock = clock;
    this.#on = on;
    this.traffic = on.traffic ?? { receivedBytes: 0, sentBytes: 0 };
    this.maxUnsentBytes = limits.maxUnsentBytes;
    this.maxUnsentTicks = Math.ceil(limits.maxUnsentMs / SECOND_MS);
    this.#defaults = {
      encoder: lineEncoder,
      expiryTicks: EXPIRY_TICKS,
      heartbeatTicks: HEARTBEAT_TICKS,
      maxSilentTicks: Math.ceil((limits.activityTimeoutMs + limits.pongTimeoutMs) / SECOND_MS),
    };
    overload.each(() => this.#tick());
  }

  get latestSlackMs(): number {
    return this.#limits.latestSlackMs;
  }

  now(): number {
    return this.#clock.now();
  }

  get size(): number {
    return this.#carriers.size;
  }

  get(id: string): SockJsCarrier | undefined {
    return this.#carriers.get(id);
  }

  /** Makes a carrier that is not kept yet, as pusher-js wants it unless `options` are given; undefined when there are too many. */
  make(remoteAddress: string, options: CarrierOptions = this.#defaults): SockJsCarrier | undefined {
    const { maxFallbackSessions, maxConnectionsPerAddress } = this.#limits;
    const ofAddress = this.#addresses.get(sourceOf(remoteAddress)) ?? 0;
    if (this.size >= maxFallbackSessions || ofAddress >= maxConnectionsPerAddress) return undefined;
    return new SockJsCarrier(this, remoteAddress, options);
  }

  /** Keeps a carrier until its session is over. */
  add(id: string, carrier: SockJsCarrier): void {
    const network = sourceOf(carrier.remoteAddress);
    this.#carriers.set(id, carrier);
    this.#addresses.set(network, (this.#addresses.get(network) ?? 0) + 1);
  }

  cut(): void {
    this.#on.cut();
  }

  failed(error: unknown): void {
    this.#on.failure(error);
  }

  endOfTurn(run: () => void): void {
    this.#clock.endOfTurn(run);
  }

  after(delayMs: number, run: () => void): void {
    this.#clock.setTimeout(run, delayMs);
  }

  #tick(): void {
    const behind: SockJsCarrier[] = [];
    for (const [id, carrier] of this.#carriers) {
      if (!carrier.tick()) this.#delete(id, carrier);
      else if (carrier.isUnread) behind.push(carrier);
    }
    if (this.#memory.isNear) for (const carrier of mostUnsent(behind)) carrier.cut();
  }

  #delete(id: string, { remoteAddress }: SockJsCarrier): void {
    this.#carriers.delete(id);
    const network = sourceOf(remoteAddress);
    const left = (this.#addresses.get(network) ?? 1) - 1;
    if (left === 0) this.#addresses.delete(network);
    else this.#addresses.set(network, left);
  }
}
