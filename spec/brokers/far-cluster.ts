import { FarEngine } from '../../lib/brokers/memory/far-engine';
import type { FarLink } from '../../lib/brokers/memory/far-link';
import { ManualClock } from '../support/manual-clock';
import { VirtualTime } from '../support/virtual-time';
import { TestNode } from './test-node';

/** A node on the virtual clock, with what it says is true. */
export class FarNode extends TestNode {
  readonly link: FarLink;
  readonly clock: ManualClock;
  /** Facts by name, as said last. */
  readonly channels = new Map<string, number>();
  readonly roster = new Map<string, number>();
  readonly online = new Map<string, number>();
  isAlive = true;

  constructor(engine: FarEngine, clock: ManualClock, limits: { leaseMs: number; holdMs: number }) {
    const { broker, link } = engine.join({ clock, limits });
    super(broker);
    this.link = link;
    this.clock = clock;
  }

  /** As by SIGKILL: nothing of it runs any more, and its connections end. */
  kill(): void {
    this.isAlive = false;
    this.clock.kill();
    this.link.close();
  }

  override async start(): Promise<void> {
    const forget = (): void => {
      for (const facts of [this.channels, this.roster, this.online]) facts.clear();
    };
    await this.broker.start({
      state: (state) => void this.states.push(state),
      nodes: () => undefined,
      fenced: () => {
        this.fenced++;
        forget();
      },
    });
  }
}

/** Nodes around a far memory engine, all on one virtual time. */
export class FarCluster {
  readonly time = new VirtualTime();
  readonly nodes: FarNode[] = [];
  readonly engine: FarEngine;
  readonly limits = { leaseMs: 15_000, holdMs: 5000 };
  readonly #random: () => number;

  constructor(random: () => number, Engine = FarEngine) {
    this.#random = random;
    const clock = new ManualClock({ time: this.time, random });
    this.engine = new Engine({ clock, delayMs: () => 1 + random() * 10 });
  }

  async add(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      const clock = new ManualClock({ time: this.time, random: this.#random });
      const node = new FarNode(this.engine, clock, this.limits);
      this.nodes.push(node);
      const started = node.start();
      await this.pass(200);
      await started;
    }
  }

  get alive(): FarNode[] {
    return this.nodes.filter(({ isAlive }) => isAlive);
  }

  /** Lets time pass, with room for promises between timers. */
  async pass(ms: number, stepMs = 5): Promise<void> {
    for (let at = 0; at < ms; at += stepMs) {
      this.time.advance(stepMs);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
