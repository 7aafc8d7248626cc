import type { Signed } from './delivery';

/** Requests that are kept, of all endpoints, and bytes of their bodies. */
const MAX_KEPT = 100;
const MAX_KEPT_BYTES = 1024 * 1024;

/** A request that no attempt goes on with. It can be sent again as it is: the bytes are those that were signed. */
export interface GivenUpRequest extends Signed {
  readonly delivery: string;
  /** Number of events in it. */
  readonly events: number;
  /** Beginning of the first event. */
  readonly first: string;
  /** Wall time in milliseconds. */
  readonly at: number;
  readonly why: string;
  /** Attempts so far. */
  attempts: number;
  /** The request is on its way again. */
  isUnderway: boolean;
}

/** The latest requests that were given up, for those who look after the gateway. The oldest make room for new ones. */
export class GivenUp {
  /** Requests with their owners, the oldest first. */
  readonly #kept = new Map<GivenUpRequest, object>();
  #bytes = 0;

  keep(owner: object, request: GivenUpRequest): void {
    const { length } = request.body;
    if (length > MAX_KEPT_BYTES) return;
    this.#kept.set(request, owner);
    this.#bytes += length;
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MAX_KEPT && this.#bytes <= MAX_KEPT_BYTES) return;
      this.forget(oldest);
    }
  }

  forget(request: GivenUpRequest): void {
    if (this.#kept.delete(request)) this.#bytes -= request.body.length;
  }

  /** Requests of an endpoint, the latest first. */
  of(owner: object): GivenUpRequest[] {
    return [...this.#kept].flatMap(([request, of]) => (of === owner ? [request] : [])).reverse();
  }

  find(owner: object, delivery: string): GivenUpRequest | undefined {
    return this.of(owner).find((request) => request.delivery === delivery);
  }
}
