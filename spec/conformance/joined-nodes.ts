import type { AppBroker, AppListener, Broker } from '../../lib/brokers/broker';

/** A channel that no feature uses: an event there is heard when all events before it have been. */
const MARK = 'mark-of-the-specs';

/** A node with its part of the app, and the number of marks that it has heard. */
interface Node {
  app: AppBroker;
  marks: number;
}

/** Brokers of several gateways, of which a spec can say when all of them have heard what was said so far. */
export class JoinedNodes {
  readonly #join: () => Broker;
  readonly #nodes: Node[] = [];
  #marks = 0;
  #waiting: Array<() => void> = [];

  /** @param join makes a broker of the one engine */
  constructor(join: () => Broker) {
    this.#join = join;
  }

  /** A broker for one more gateway. */
  join(): Broker {
    const broker = this.#join();
    const app = broker.app.bind(broker);
    broker.app = (id, listener) => this.#app((heard) => app(id, heard), listener);
    return broker;
  }

  /** Resolves when every node has heard what was said before, and what was said because of that. */
  async settled(): Promise<void> {
    for (let rounds = 0; rounds < 3; rounds++) {
      const marks = (this.#marks += this.#nodes.length);
      for (const { app } of this.#nodes) void app.publish(MARK, '');
      while (this.#nodes.some((node) => node.marks < marks)) {
        await new Promise<void>((resolve) => void this.#waiting.push(resolve));
      }
    }
  }

  #app(join: (listener: AppListener) => AppBroker, listener: AppListener): AppBroker {
    const heard = Object.create(listener) as AppListener;
    const node: Node = { app: undefined as unknown as AppBroker, marks: 0 };
    heard.published = (channel, ...rest) => {
      if (channel !== MARK) return listener.published(channel, ...rest);
      node.marks++;
      for (const look of this.#waiting.splice(0)) look();
      return 0;
    };
    for (const name of ['member', 'counted', 'user', 'message', 'missed', 'changed'] as const) {
      // Private fields of the listener are its own.
      Object.assign(heard, { [name]: (listener[name] as () => unknown).bind(listener) });
    }
    node.app = join(heard);
    void node.app.watch(MARK);
    this.#nodes.push(node);
    return node.app;
  }
}
