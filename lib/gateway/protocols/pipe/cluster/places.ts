import type { HelloFrame } from '../../../../wire/frames';
import type { App } from '../../../core/model/app';
import type { BackendCarrier } from '../backend-link';
import type { PipeContext } from '../context';
import { streamKey } from '../groups';
import type { Edge } from './edge';
import type { Homes } from './homes';
import type { Tunnels } from './tunnels';

/** Bytes of the id of a session; the first two say the node that has it. */
const ID_BYTES = 16;

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
  readonly #context: PipeContext;
  readonly #homes: Homes;
  readonly #tunnels: Tunnels;
  readonly #knows: (app: App, session: Uint8Array) => boolean;

  constructor(
    context: PipeContext,
    homes: Homes,
    tunnels: Tunnels,
    knows: (app: App, session: Uint8Array) => boolean,
  ) {
    this.#context = context;
    this.#homes = homes;
    this.#tunnels = tunnels;
    this.#knows = knows;
  }

  /** `done` gets the place, inside the call where nobody has to be asked. */
  find(arrival: Arrival, done: (place: Place) => void): void {
    const { app, hello, isFar } = arrival;
    const { session } = hello;
    const { nodes } = this.#context.hub;
    if (app.broker.isAlone || this.#knows(app, session)) return done('here');
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
    const { nodes } = this.#context.hub;
    const name = streamKey(hello.group, hello.name);
    // A stream without a name begins where its backend is.
    if (name === undefined) return done('here');
    this.#homes.claim(app, name, (node) => {
      if (node === 'unavailable') return done({ refused: 'the broker does not answer' });
      if (node === nodes.own) return done('here');
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
    this.#tunnels.open(app, carrier, node, { seeks, nonce, hello, remoteAddress }, done);
  }
}
