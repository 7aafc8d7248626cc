import { type Eventual, later } from '../../../../brokers/eventual';
import type { NodeMessage } from '../../../core/cluster/nodes';
import type { App } from '../../../core/model/app';
import type { BackendCarrier } from '../backend-link';
import type { PipeContext } from '../context';
import { Edge } from './edge';
import { FarCarrier } from './far-carrier';
import { readTunnelMessage, type TunnelMessage, type TunnelOpening } from './tunnel-message';

/** Takes the connection of a backend that is connected to another node; false when there is no place for it here. */
export type TakeFar = (app: App, carrier: FarCarrier, opening: TunnelOpening) => boolean;

/** An end of a tunnel, and the node of its other end. */
interface End<T> {
  readonly node: number;
  readonly end: T;
}

/** Connections of backends between the node that they are connected to and the node that has their session. */
export class Tunnels {
  readonly #context: PipeContext;
  readonly #take: TakeFar;
  readonly #edges = new Map<number, End<Edge>>();
  /** By the node of the edge and the number there. */
  readonly #homes = new Map<string, End<FarCarrier>>();
  #lastId = 0;

  constructor(context: PipeContext, take: TakeFar) {
    this.#context = context;
    this.#take = take;
    const { nodes } = context.hub;
    nodes.on('pipe', (app, message, from) => this.#received(app, message, from));
    nodes.watch({ changed: () => this.#nodesChanged(), fenced: () => this.clear() });
  }

  /** Has another node take a connection. `done` gets its edge here; undefined when that node does not take it. */
  open(
    app: App,
    carrier: BackendCarrier,
    node: number,
    opening: TunnelOpening,
    done: (edge: Edge | undefined) => void,
  ): void {
    const id = ++this.#lastId;
    const edge = new Edge({
      clock: this.#context.clock,
      carrier,
      send: (message) => this.#send(app, node, { type: 'pipe', to: 'home', id, ...message }),
      ended: () => void this.#edges.delete(id),
    });
    this.#edges.set(id, { node, end: edge });
    const opened = this.#send(app, node, { type: 'pipe', to: 'home', id, open: opening });
    void later(opened, (answer) => {
      if (answer === 'ok') return done(edge);
      this.#edges.delete(id);
      done(undefined);
    });
  }

  /** Ends all of them: the backends come back. */
  clear(): void {
    for (const { end } of [...this.#edges.values()]) end.lost();
    for (const { end } of [...this.#homes.values()]) end.lost(1006, 'cut off');
  }

  #send(app: App, node: number, message: TunnelMessage): Eventual<string | undefined> {
    return this.#context.hub.nodes.send(app, node, message);
  }

  #received(app: App, nodeMessage: NodeMessage, from: number): Eventual<string> {
    const message = readTunnelMessage(nodeMessage);
    if (message === undefined) return '';
    const { to, id, open, frames, close, reason = '' } = message;
    if (open !== undefined) return this.#open(app, from, id, open);
    if (to === 'home') {
      const end = this.#homes.get(`${from} ${id}`)?.end;
      if (close !== undefined) end?.lost(close, reason);
      else return end?.received(frames ?? []) ?? 'gone';
      return 'ok';
    }
    const edge = this.#edges.get(id);
    if (edge?.node !== from) return 'gone';
    if (close === undefined) return edge.end.received(frames ?? []);
    edge.end.close(close, reason);
    return 'ok';
  }

  #open(app: App, from: number, id: number, opening: TunnelOpening): string {
    // The app was taken out of this node.
    if (app.elsewhere === undefined) return 'elsewhere';
    const { clock, limits } = this.#context;
    const key = `${from} ${id}`;
    const carrier = new FarCarrier({
      clock,
      remoteAddress: opening.remoteAddress,
      maxUnsentBytes: limits.maxUnsentBytes,
      send: (message) => this.#send(app, from, { type: 'pipe', to: 'edge', id, ...message }),
      ended: () => void this.#homes.delete(key),
    });
    this.#homes.set(key, { node: from, end: carrier });
    if (this.#take(app, carrier, opening)) return 'ok';
    this.#homes.delete(key);
    return 'elsewhere';
  }

  #nodesChanged(): void {
    const { nodes } = this.#context.hub;
    for (const { node, end } of [...this.#edges.values()]) if (!nodes.has(node)) end.lost();
    for (const { node, end } of [...this.#homes.values()]) {
      if (!nodes.has(node)) end.lost(1006, 'the gateway of this connection is gone');
    }
  }
}
