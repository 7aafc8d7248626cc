import type { Timed } from '../support/ledger-file';

export interface Mishaps {
  /** Time that a member has to give a key back. */
  revokeMs: number;
  /** True when a process was killed, stopped or cut off in that time, or right before it. */
  suffered(process: string, sinceNs: bigint, untilNs: bigint): boolean;
}

/**
 * Keys of a group that two members had at a time, as sentences. A member that suffers a mishap may lose its keys while it
 * is at work, and one whose handler runs for longer than the time to give back does; nobody else does.
 */
export function overlapsOf(lines: readonly Timed[], { revokeMs, suffered }: Mishaps): string[] {
  const overlaps: string[] = [];
  /** By key, and by process: handlers that run. */
  const running = new Map<string, Map<string, { sinceNs: bigint; other?: string }>>();
  for (const line of lines) {
    if (line.type !== 'began' && line.type !== 'ended') continue;
    const { process, key, n } = line;
    const atNs = BigInt(line.atNs);
    const atWork = running.get(key) ?? new Map<string, { sinceNs: bigint; other?: string }>();
    running.set(key, atWork);
    if (line.type === 'began') {
      for (const each of atWork.values()) each.other ??= `${process} began ${key}/${n}`;
      atWork.set(process, { sinceNs: atNs });
      continue;
    }
    const { sinceNs = atNs, other } = atWork.get(process) ?? {};
    atWork.delete(process);
    const isSlow = atNs - sinceNs > BigInt(revokeMs) * 1_000_000n;
    if (other === undefined || isSlow || suffered(process, sinceNs, atNs)) continue;
    overlaps.push(`${other} while ${process} was at work`);
  }
  return overlaps;
}
