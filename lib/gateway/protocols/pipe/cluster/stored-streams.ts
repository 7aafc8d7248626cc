import type { Unavailable } from '../../../../brokers/broker';
import { all, type Eventual, later } from '../../../../brokers/eventual';
import type { Nodes } from '../../../core/cluster/nodes';
import type { App } from '../../../core/model/app';
import {
  claim,
  readStream,
  type StoredStream,
  type StreamShape,
} from '../../../core/streams/stream-records';

interface Reading {
  /** Connections that wait for it, or are about to take it. */
  readers: number;
  isRead: Eventual<boolean>;
  stored: StoredStream | undefined;
}

/** Streams that other gateways have left in the engine, read for those that are about to go on with them here. */
export class StoredStreams {
  readonly #nodes: Pick<Nodes, 'own' | 'has'>;
  readonly #keptMs: number;
  readonly #byApp = new Map<App, Map<string, Reading>>();

  /** @param keptMs time for which the engine keeps what nobody writes */
  constructor(nodes: Pick<Nodes, 'own' | 'has'>, keptMs: number) {
    this.#nodes = nodes;
    this.#keptMs = keptMs;
  }

  /**
   * Reads a stream of which this node has become the home, and writes that it goes on here. False when the engine does not
   * answer.
   */
  read(app: App, name: string): Eventual<boolean> {
    const streams = this.#byApp.get(app) ?? new Map<string, Reading>();
    this.#byApp.set(app, streams);
    const known = streams.get(name);
    if (known !== undefined) {
      known.readers++;
      return known.isRead;
    }
    const reading: Reading = { readers: 1, isRead: true, stored: undefined };
    streams.set(name, reading);
    reading.isRead = later(this.#readAll(app, name), (stored) => {
      if (stored === 'unavailable') return false;
      reading.stored = stored;
      return true;
    });
    return reading.isRead;
  }

  #readAll(app: App, name: string): Eventual<StoredStream | undefined | Unavailable> {
    return later(app.broker.records(name), (records) => {
      const stored = records === 'unavailable' ? records : readStream(records);
      if (stored === undefined || stored === 'unavailable') return stored;
      const { home, nodes } = stored.head;
      const dead = [home, ...nodes].filter(
        (node) => node !== this.#nodes.own && !this.#nodes.has(node),
      );
      return later(all(dead.map((node) => app.broker.socketsOf(node))), (lists) => {
        const known = lists.filter((list) => list !== 'unavailable');
        if (known.length < lists.length) return 'unavailable';
        return this.#claim(app, name, { ...stored, gone: known.flat() });
      });
    });
  }

  #claim(app: App, name: string, stored: StoredStream): Eventual<StoredStream | Unavailable> {
    const { own } = this.#nodes;
    const { head } = stored;
    // This node has said so before, and nobody has come to go on with it.
    const isClaimed = head.home === own && head.owed.length > 0;
    const taken = isClaimed ? { ...stored, owed: head.owed } : stored;
    const written = app.broker.write(name, claim(taken, own), { ttlMs: this.#keptMs });
    return later(written, (result) => (result === 'written' ? taken : 'unavailable'));
  }

  /** The stream that was read, if it fits. */
  take(app: App, name: string, shape: StreamShape): StoredStream | undefined {
    const stored = this.#byApp.get(app)?.get(name)?.stored;
    if (stored === undefined) return undefined;
    const { head } = stored;
    const isSame =
      head.partitions === shape.partitions &&
      head.order === shape.order &&
      head.mode === shape.mode &&
      head.overflow === shape.overflow;
    return isSame ? stored : undefined;
  }

  /** A connection for which it was read has its place, or none. */
  done(app: App, name: string): void {
    const streams = this.#byApp.get(app);
    const reading = streams?.get(name);
    if (streams === undefined || reading === undefined || --reading.readers > 0) return;
    streams.delete(name);
    if (streams.size === 0) this.#byApp.delete(app);
  }
}
