import type { Duplex } from 'node:stream';
import { networkOf } from '../options/network';

/** Connections of each address, IPv6 by its /64. */
export class AddressCounts {
  readonly #counts = new Map<string, number>();

  of(address: string): number {
    return this.#counts.get(networkOf(address)) ?? 0;
  }

  /** Counts a connection until it closes. */
  add(stream: Duplex, address: string): void {
    const network = networkOf(address);
    this.#counts.set(network, this.of(address) + 1);
    stream.once('close', () => {
      const left = this.of(address) - 1;
      if (left <= 0) this.#counts.delete(network);
      else this.#counts.set(network, left);
    });
  }
}
