/** Circles of a graph: its strongly connected components of more than one node, each sorted (Tarjan's algorithm). */
export function circlesOf(edges: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const path: string[] = [];
  const circles: string[][] = [];
  const visit = (node: string): number => {
    order.set(node, order.size);
    lowest.set(node, order.size - 1);
    path.push(node);
    for (const next of edges.get(node) ?? []) {
      if (!order.has(next)) lower(node, visit(next));
      else if (path.includes(next)) lower(node, order.get(next) ?? 0);
    }
    const own = lowest.get(node) ?? 0;
    if (own === order.get(node)) {
      const circle = path.splice(path.indexOf(node));
      if (circle.length > 1) circles.push(circle.sort());
    }
    return own;
  };
  const lower = (node: string, to: number): void => {
    lowest.set(node, Math.min(lowest.get(node) ?? to, to));
  };
  for (const node of edges.keys()) if (!order.has(node)) visit(node);
  return circles;
}
