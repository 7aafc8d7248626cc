import type { Clock } from '../../../util/timers';
import type { Logger } from '../../../util/logger';
import type { Admission } from '../../core/admission';
import type { Hub } from '../../core/hub';
import type { Journal } from '../../core/journal';
import type { Metrics } from '../../core/metrics';
import type { Router } from '../../core/router';
import type { Limits } from '../../options/options';

/** The parts of a gateway that the rooms of the Pipe work with. `protocol.ts` builds it. */
export interface PipeContext {
  readonly hub: Hub;
  readonly admission: Admission;
  readonly router: Router;
  readonly metrics: Metrics;
  readonly journal: Journal;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly log: Logger;
  /** Name of this gateway process. */
  readonly node: string;
}
