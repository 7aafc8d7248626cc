import type { MemoryWatch } from '../../stream/memory-watch';
import { systemClock, type Clock } from '../../util/timers';
import type { Broker, BrokerLimits } from '../broker';
import { AppState } from './app-state';
import { MemoryBroker, type Nodes } from './broker';
import { MEMORY_LIMITS } from './limits';

export interface MemoryEngineOptions {
  clock?: Clock;
  limits?: Partial<BrokerLimits>;
  /** For one gateway alone, which hears everything and keeps the list of its sockets itself. Default: false. */
  isAlone?: boolean;
  memory?: MemoryWatch;
}

/**
 * The engine of one process. A gateway without a broker of its own has a private one; several gateways of a process may
 * share one. Everything is answered inside the call.
 */
export class MemoryEngine implements Nodes {
  readonly clock: Clock;
  readonly isAlone: boolean;
  readonly nodes = new Map<number, MemoryBroker>();
  readonly #limits: BrokerLimits;
  readonly #memory: MemoryWatch | undefined;
  readonly #apps = new Map<string, AppState>();
  #next = 1;

  constructor({ clock = systemClock, limits, isAlone = false, memory }: MemoryEngineOptions = {}) {
    this.#memory = memory;
    this.clock = clock;
    this.isAlone = isAlone;
    this.#limits = { ...MEMORY_LIMITS, ...limits };
  }

  /** A broker for one gateway. */
  join(): Broker {
    return new MemoryBroker(this, this.#next++);
  }

  app(id: string): AppState {
    let app = this.#apps.get(id);
    if (app === undefined) {
      app = new AppState(this.#limits, this.isAlone, this.#memory);
      this.#apps.set(id, app);
    }
    return app;
  }

  /** A node has a lease. */
  joined(broker: MemoryBroker): void {
    this.nodes.set(broker.node, broker);
    for (const each of this.nodes.values()) each.nodesChanged();
  }

  /** A node has none any more: another one, if there is any, sweeps and tells on. */
  left(broker: MemoryBroker): void {
    if (!this.nodes.delete(broker.node)) return;
    for (const [id, app] of this.#apps) {
      app.hearers.delete(broker.node);
      const transitions = app.sweep(broker.node, this.clock.now());
      const [sweeper] = this.nodes.values();
      for (const transition of transitions) sweeper?.changed(id, transition);
    }
    for (const each of this.nodes.values()) each.nodesChanged();
  }
}
