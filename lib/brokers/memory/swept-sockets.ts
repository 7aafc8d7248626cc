import { SWEPT_MS } from '../swept';

/** Sockets that nodes had open when they were declared dead, for some time. */
export class SweptSockets {
  readonly #byNode = new Map<number, { ids: Set<string>; endsAtMs: number }>();

  add(node: number, id: string, nowMs: number): void {
    this.#expire(nowMs);
    const swept = this.#byNode.get(node) ?? { ids: new Set<string>(), endsAtMs: 0 };
    this.#byNode.set(node, swept);
    swept.ids.add(id);
    swept.endsAtMs = nowMs + SWEPT_MS;
  }

  of(node: number, nowMs: number): Iterable<string> {
    this.#expire(nowMs);
    return this.#byNode.get(node)?.ids ?? [];
  }

  #expire(nowMs: number): void {
    for (const [node, { endsAtMs }] of this.#byNode) {
      if (endsAtMs <= nowMs) this.#byNode.delete(node);
    }
  }
}
