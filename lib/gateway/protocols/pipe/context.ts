import type { Clock } from '../../../util/timers';
import type { Logger } from '../../../util/logger';
import type { App } from '../../core/model/app';
import type { Hub } from '../../core/hub';
import type { Metrics } from '../../core/metrics';
import type { Parts } from '../../core/parts';
import type { Router } from '../../core/router';
import type { Limits } from '../../options/options';
import { Deciders } from './deciders';
import type { PipeConnection } from './connection';
import { Sessions } from './sessions';

/** What the connections of backends work with. */
export class PipeContext {
  readonly hub: Hub;
  readonly router: Router;
  readonly metrics: Metrics;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly log: Logger;
  readonly sessions: Sessions;
  /** Backends that decide who may subscribe and sign in. */
  readonly deciders: Deciders;
  /** Name of this gateway process. */
  readonly node: string;
  readonly #links = new Set<PipeConnection>();

  constructor(parts: Omit<Parts, 'overload'> & { node: string }) {
    this.hub = parts.hub;
    this.router = parts.router;
    this.metrics = parts.metrics;
    this.limits = parts.limits;
    this.clock = parts.clock;
    this.log = parts.log;
    this.node = parts.node;
    this.sessions = new Sessions(this);
    this.deciders = new Deciders(this);
  }

  get connections(): ReadonlySet<PipeConnection> {
    return this.#links;
  }

  pipesOf(app: App): number {
    let pipes = 0;
    for (const link of this.#links) if (link.app === app) pipes++;
    return pipes;
  }

  opened(link: PipeConnection): void {
    this.#links.add(link);
  }

  closed(link: PipeConnection): void {
    this.#links.delete(link);
    this.deciders.lost(link);
  }
}
