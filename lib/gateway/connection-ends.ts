import type { Logger } from '../util/logger';
import type { Metrics } from './core/metrics';

/** Bad ends of connections, as those who carry them tell of them. */
export interface ConnectionEnds {
  /** The peer did not read. */
  cut(): void;
  /** The gateway itself failed. */
  failure(error: unknown): void;
  peerFailure(error: unknown): void;
}

/** Counts and logs the bad ends of connections. */
export function connectionEnds(metrics: Metrics, log: Logger): ConnectionEnds {
  return {
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
