import type { BrokerMetrics } from './broker';

/** Counters of a broker at its start: alone, with nothing done. */
export function noMetrics(): BrokerMetrics {
  return {
    nodes: 1,
    turnsApplied: 0,
    turnsRepeated: 0,
    turnsStale: 0,
    turnSeconds: 0,
    spoolBytes: 0,
    dropped: 0,
    topics: 0,
    received: 0,
    replayed: 0,
    missed: 0,
    swept: 0,
    eras: 0,
    fenced: 0,
    unreadable: 0,
  };
}
