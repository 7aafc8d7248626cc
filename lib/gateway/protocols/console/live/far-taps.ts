import { later } from '../../../../brokers/eventual';
import { isObject } from '../../../../pusher/json';
import type { NodeMessage } from '../../../core/cluster/nodes';
import type { Asked, Followed, TailRow } from '../api';
import type { ConsoleContext, Viewer } from '../context';
import { followedOf } from './follow';
import type { AskedTaps } from './request';
import { MAX_ROWS, type SeenPart } from './tail';

/** Time between two questions of the same; without them the others stop to look. */
const RENEW_MS = 5_000;

/**
 * The events of other nodes, for one stream of this node. Each node is asked to look, again and again while the stream is
 * read, and reports what it has seen once the report before has come.
 */
export class FarTaps {
  readonly id: string;
  readonly #context: ConsoleContext;
  readonly #viewer: Viewer;
  readonly #asked: AskedTaps;
  readonly #answered = new Set<number>();
  #others: readonly number[] = [];
  #askedMs = -Infinity;
  #tail: { rows: TailRow[]; seen: number; fit: number } = { rows: [], seen: 0, fit: 0 };
  readonly #followed = new Map<number, readonly Followed[]>();
  #own: readonly Followed[] = [];
  #hasFollowed = false;

  constructor(id: string, context: ConsoleContext, viewer: Viewer, asked: AskedTaps) {
    this.id = id;
    this.#context = context;
    this.#viewer = viewer;
    this.#asked = asked;
  }

  /** Nodes that were asked, this one among them, and those that look. */
  get nodes(): Asked {
    return { asked: this.#others.length + 1, answered: this.#answered.size + 1 };
  }

  /** Asks the others, when it is time or there are others than before. */
  renew(): void {
    const { clock, hub } = this.#context;
    const others = hub.nodes.others();
    const isSame = others.join() === this.#others.join();
    if (isSame && clock.now() < this.#askedMs + RENEW_MS) return;
    this.#askedMs = clock.now();
    this.#others = others;
    for (const node of this.#answered) if (!others.includes(node)) this.#answered.delete(node);
    const { role, apps } = this.#viewer;
    const { app, tail, follow } = this.#asked;
    const nodes = others.length + 1;
    for (const node of others) {
      const message = { type: 'watch', id: this.id, tail, follow, role, apps, nodes } as const;
      void later(hub.nodes.sendSoon(app, node, message), (answer) => {
        if (answer === 'ok' && this.#others.includes(node)) this.#answered.add(node);
        else this.#answered.delete(node);
      });
    }
  }

  /** A report of a node. Rows beyond what a part shows are left out; they are counted all the same. */
  heard(from: number, { tail, follow }: NodeMessage): void {
    if (Array.isArray(follow)) {
      this.#followed.set(from, follow as Followed[]);
      this.#hasFollowed = true;
    }
    if (!isObject(tail) || !Array.isArray(tail.rows)) return;
    const room = Math.max(0, MAX_ROWS - this.#tail.rows.length);
    this.#tail.rows.push(...(tail.rows as TailRow[]).slice(0, room));
    this.#tail.seen += Number(tail.seen) || 0;
    this.#tail.fit += Number(tail.fit) || 0;
  }

  /** The events of all nodes since the part before; undefined when nothing has passed by. */
  takeTail(own: SeenPart | undefined): SeenPart | undefined {
    const far = this.#tail;
    if (far.seen === 0) return own;
    this.#tail = { rows: [], seen: 0, fit: 0 };
    const rows = [...far.rows, ...(own?.rows ?? [])].sort((a, b) => a.at - b.at);
    return { rows, seen: far.seen + (own?.seen ?? 0), fit: far.fit + (own?.fit ?? 0) };
  }

  /**
   * The events that are followed on all nodes: the first ones of them, and no more than were asked for. Undefined when nothing
   * has changed since they were taken last.
   */
  takeFollowed(own: readonly Followed[] | undefined): readonly Followed[] | undefined {
    if (own === undefined && !this.#hasFollowed) return undefined;
    this.#own = own ?? this.#own;
    this.#hasFollowed = false;
    const all = [this.#own, ...this.#followed.values()].flat().sort((a, b) => a.at - b.at);
    return all.slice(0, followedOf(this.#asked.follow ?? {}));
  }

  /** Nobody reads any more. */
  stop(): void {
    const { nodes } = this.#context.hub;
    for (const node of this.#others) {
      void nodes.send(this.#asked.app, node, { type: 'watch', id: this.id, isOver: true });
    }
  }
}
