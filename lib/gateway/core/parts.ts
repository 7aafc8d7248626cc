import type { Logger } from '../../util/logger';
import type { MemoryWatch } from '../../stream/memory-watch';
import type { Clock } from '../../util/timers';
import type { Limits } from '../options/options';
import type { Admission } from './admission';
import type { Hub } from './hub';
import type { Journal } from './journal';
import type { Metrics } from './metrics';
import type { Router } from './router';
import type { GatewayTracing } from './tracing/gateway-tracing';
import type { Overload } from './timing/overload';

/** Parts of which a gateway has one; each protocol picks those that it works with. */
export interface Parts {
  readonly hub: Hub;
  readonly admission: Admission;
  readonly router: Router;
  readonly metrics: Metrics;
  readonly journal: Journal;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly overload: Overload;
  readonly memory: MemoryWatch;
  readonly log: Logger;
  /** Undefined unless the option `tracing` is on. */
  readonly tracing?: GatewayTracing | undefined;
}
