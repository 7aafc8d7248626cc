import type { Clock } from '../../../util/timers';
import { SECOND_MS, type Overload } from '../../core/timing/overload';
import { TurnBudget } from '../../core/timing/turn-budget';
import type { Limits } from '../../options/options';
import { type CarrierHost, FallbackCarrier } from './carrier';

/** Every session over HTTP, by its identity. */
export class FallbackCarriers implements CarrierHost {
  readonly maxUnsentBytes: number;
  readonly maxUnsentTicks: number;
  readonly maxSilentTicks: number;
  readonly #limits: Limits;
  readonly #clock: Clock;
  readonly budget: TurnBudget;
  readonly #on: { cut: () => void; failure: (error: unknown) => void };
  readonly #carriers = new Map<string, FallbackCarrier>();
  /** Sessions of each remote address. */
  readonly #addresses = new Map<string, number>();

  constructor(
    limits: Limits,
    clock: Clock,
    overload: Overload,
    on: { cut: () => void; failure: (error: unknown) => void; budget?: TurnBudget },
  ) {
    this.budget = on.budget ?? new TurnBudget(clock);
    this.#limits = limits;
    this.#clock = clock;
    this.#on = on;
    this.maxUnsentBytes = limits.maxUnsentBytes;
    this.maxUnsentTicks = Math.ceil(limits.maxUnsentMs / SECOND_MS);
    this.maxSilentTicks = Math.ceil((limits.activityTimeoutMs + limits.pongTimeoutMs) / SECOND_MS);
    overload.each(() => this.#tick());
  }

  get(id: string): FallbackCarrier | undefined {
    return this.#carriers.get(id);
  }

  /** Makes a carrier that is not kept yet; undefined when there are too many. */
  make(remoteAddress: string): FallbackCarrier | undefined {
    const { maxFallbackSessions, maxConnectionsPerAddress } = this.#limits;
    const ofAddress = this.#addresses.get(remoteAddress) ?? 0;
    if (this.#carriers.size >= maxFallbackSessions || ofAddress >= maxConnectionsPerAddress) {
      return undefined;
    }
    return new FallbackCarrier(this, remoteAddress);
  }

  /** Keeps a carrier until its session is over. */
  add(id: string, carrier: FallbackCarrier): void {
    const { remoteAddress } = carrier;
    this.#carriers.set(id, carrier);
    this.#addresses.set(remoteAddress, (this.#addresses.get(remoteAddress) ?? 0) + 1);
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
    for (const [id, carrier] of this.#carriers) {
      if (!carrier.tick()) this.#delete(id, carrier);
    }
  }

  #delete(id: string, { remoteAddress }: FallbackCarrier): void {
    this.#carriers.delete(id);
    const left = (this.#addresses.get(remoteAddress) ?? 1) - 1;
    if (left === 0) this.#addresses.delete(remoteAddress);
    else this.#addresses.set(remoteAddress, left);
  }
}
