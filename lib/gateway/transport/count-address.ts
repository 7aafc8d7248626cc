import type { Duplex } from 'node:stream';

/** Counts a connection of an address until it closes. */
export function countAddress(counts: Map<string, number>, stream: Duplex, address: string): void {
  counts.set(address, (counts.get(address) ?? 0) + 1);
  stream.once('close', () => {
    const left = (counts.get(address) ?? 1) - 1;
    if (left === 0) counts.delete(address);
    else counts.set(address, left);
  });
}
