import type { Logger } from '../util/logger';
import type { Metrics, Traffic } from './core/metrics';

/** Bytes and bad ends of connections, as those who carry them tell of them. */
export interface ConnectionEnds {
  readonly traffic: Traffic;
  /** The peer did not read. */
  cut(): void;
  /** The gateway itself failed. */
  failure(error: unknown): void;
  peerFailure(error: unknown): void;
}

/** Counts and logs the bad ends of connections. */
export function connectionEnds(metrics: Metrics, log: Logger): ConnectionEnds {
  return {
    traffic: metrics,
    cut: () => void metrics.socketsCut++,
    failure: (error) => {
      metrics.failures++;
      log.error({ err: error }, 'a connection failed');
    },
    peerFailure: (error) => {
      metrics.peerFailures++;
      log.debug({ err: error }, 'a peer broke off or broke a rule');
    },
  };
}
