import type { Duplex } from 'node:stream';
import { sourceOf } from '../options/address-guard';

/** Connections of each address, IPv6 by its /64. */
export class AddressCounts {
  readonly #counts = new Map<string, number>();

  of(address: string): number {
    return this.#counts.get(sourceOf(address)) ?? 0;
  }

  /** Counts a connection until it closes. */
  add(stream: Duplex, address: string): void {
    const network = sourceOf(address);
    this.#counts.set(network, this.of(address) + 1);
    stream.once('close', () => {
      const left = this.of(address) - 1;
      if (left <= 0) this.#counts.delete(network);
      else this.#counts.set(network, left);
    });
  }
}
