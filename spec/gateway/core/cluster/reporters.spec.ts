import t from 'tap';
import type { Nodes } from '../../../../lib/gateway/core/cluster/nodes';
import { Reporters } from '../../../../lib/gateway/core/cluster/reporters';
import type { Journal } from '../../../../lib/gateway/core/journal';
import type { App, AppObserver } from '../../../../lib/gateway/core/model/app';
import { EventKind, RuleKind } from '../../../../lib/wire/frames';
import { ManualClock } from '../../../support/manual-clock';

const RULES = [{ kind: RuleKind.MESSAGE, channels: [], events: [] }];

/** Node 1, whose browsers send events, and the reports that it makes to other nodes, which answer nothing. */
class Reporting {
  readonly #observers = new Set<AppObserver>();
  readonly #reporters: Reporters;

  constructor() {
    const app = { observers: this.#observers, sockets: new Map(), occupied: () => [] };
    const nodes = { own: 1, has: () => true, send: () => new Promise(() => undefined) };
    this.#reporters = new Reporters({ ...app, hasHadSockets: true } as unknown as App, {
      clock: new ManualClock(),
      nodes: nodes as unknown as Nodes,
      journal: {} as Journal,
      ...{ maxEvents: 100, maxBytes: 1e6 },
    });
  }

  others(...nodes: number[]): void {
    this.#reporters.nodesChanged(new Set(nodes));
  }

  hear(from: number, rules = RULES): void {
    this.#reporters.hear(from, { type: 'hear', id: 1, rules });
  }

  send(...texts: string[]): void {
    for (const data of texts) {
      const event = { kind: EventKind.MESSAGE, socketId: '', time: 0, event: 'hi', data };
      for (const each of this.#observers) each.offer(event, '');
    }
  }

  /** A node asks for what is kept for a stream that some nodes have had. */
  take(by: number, ...homes: number[]): string {
    const owed = homes.map((home) => [home, 0]);
    return this.#reporters.tail(by, { type: 'tail', owed, rules: RULES, stream: 'chat' });
  }

  kept(...homes: number[]): unknown {
    const owed = homes.map((home) => [home, 0] as const);
    const events = this.#reporters.tailFor({ type: 'tail', owed, rules: RULES, stream: 'chat' });
    return Array.isArray(events) ? events.map(({ data }) => data) : events;
  }
}

/** Node 2 had the stream, and is gone; node 3 has taken what was kept. */
function taken(): Reporting {
  const node = new Reporting();
  node.others(2, 3, 4);
  node.hear(2);
  node.others(3, 4);
  node.send('a');
  node.hear(3);
  return node;
}

t.test('events behind those that a home took are with it, each once', async (t) => {
  const node = taken();
  t.equal(node.take(3, 2), 'ok');
  node.send('b');
  node.others(4);
  node.send('c');
  t.strictSame(node.kept(2, 3), ['a', 'b', 'c']);
});

t.test(
  'events that a node took without becoming a home are kept, with all behind them',
  async (t) => {
    const node = taken();
    t.equal(node.take(3, 2), 'ok');
    node.send('b');
    t.strictSame(node.kept(2), ['a', 'b'], 'for another home');
    // Node 3 lets its stream end before it has heard of them, and takes it over once more.
    node.hear(3, []);
    node.hear(3);
    node.send('c');
    t.strictSame(node.kept(2), ['a', 'b', 'c']);
    t.strictSame(node.kept(2, 3), ['a', 'b', 'c', 'c'], 'those that may be with it come again');
    t.equal(node.take(4, 2), 'again', 'a node that asks for no reports');
    node.hear(4);
    t.equal(node.take(4, 2), 'ok');
    node.send('d');
    node.others();
    t.strictSame(node.kept(2, 4), ['a', 'b', 'c', 'd']);
  },
);
