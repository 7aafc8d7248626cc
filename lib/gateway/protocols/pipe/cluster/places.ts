import { later } from '../../../../brokers/eventual';
import type { HelloFrame } from '../../../../wire/frames';
import type { App } from '../../../core/model/app';
import type { BackendCarrier } from '../backend-link';
import type { PipeContext } from '../context';
import { streamKey } from '../groups';
import type { Edge } from './edge';
import type { Homes } from './homes';
import type { StoredStreams } from './stored-streams';
import type { Tunnels } from './tunnels';

/** Bytes of the id of a session; the first two say the node that has it. */
const ID_BYTES = 16;

export interface PlacesParts {
  readonly context: PipeContext;
  readonly homes: Homes;
  readonly stored: StoredStreams;
  readonly tunnels: Tunnels;
  knows(app: App, session: Uint8Array): boolean;
  /** True when the stream of a name is here already. */
  has(app: App, name: string): boolean;
}

/** A connection that has said HELLO. */
export interface Arrival {
  readonly app: App;
  readonly carrier: BackendCarrier;
  readonly nonce: string;
  readonly hello: HelloFrame;
  /** HELLO as it came. */
  readonly bytes: Uint8Array;
  /** True when the backend is connected to another node, which has looked for the place already. */
  readonly isFar: boolean;
}

/** The place of a connection: the session is here, or on another node, or cannot be anywhere for now. */
export type Place = 'here' | { readonly edge: Edge } | { readonly refused: string };

/** Finds the node for a backend: that of its session when it comes back, that of its stream when this has a name. */
export class Places {
  readonly #parts: PlacesParts;

  constructor(parts: PlacesParts) {
    this.#parts = parts;
  }

  /** `done` gets the place, inside the call where nobody has to be asked. */
  find(arrival: Arrival, done: (place: Place) => void): void {
    const { app, hello, isFar } = arrival;
    const { session } = hello;
    const { nodes } = this.#parts.context.hub;
    if (app.broker.isAlone || this.#parts.knows(app, session)) return done('here');
    const node = session.length === ID_BYTES ? Buffer.from(session).readUInt16BE() : 0;
    if (isFar || node === 0 || node === nodes.own || !nodes.has(node)) {
      return this.#findStream(arrival, done);
    }
    this.#open(arrival, node, 'session', (edge) => {
      if (edge === undefined) this.#findStream(arrival, done);
      else done({ edge });
    });
  }

  #findStream(arrival: Arrival, done: (place: Place) => void): void {
    const { app, hello, isFar } = arrival;
    const { context, homes, stored } = this.#parts;
    const { nodes } = context.hub;
    const name = streamKey(hello.group, hello.name);
    // A stream without a name begins where its backend is.
    if (name === undefined) return done('here');
    homes.claim(app, name, (node) => {
      if (node === 'unavailable') return done({ refused: 'the broker does not answer' });
      if (node === nodes.own) {
        if (this.#parts.has(app, name)) return done('here');
        return later(stored.read(app, name), (isRead) => {
          if (isRead) done('here');
          else done({ refused: 'the broker does not answer' });
          stored.done(app, name);
        });
      }
      if (isFar || !nodes.has(node)) return done({ refused: 'the gateway of this stream changes' });
      this.#open(arrival, node, 'stream', (edge) => {
        done(edge === undefined ? { refused: 'the gateway of this stream is leaving' } : { edge });
      });
    });
  }

  #open(
    { app, carrier, nonce, bytes }: Arrival,
    node: number,
    seeks: 'session' | 'stream',
    done: (edge: Edge | undefined) => void,
  ): void {
    const { remoteAddress } = carrier;
    const hello = Buffer.from(bytes).toString('base64');
    this.#parts.tunnels.open(app, carrier, node, { seeks, nonce, hello, remoteAddress }, done);
  }
}
