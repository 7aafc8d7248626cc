import type { Clock, Timer } from '../../util/timers';
import type { Connection, ConnectionWatch } from './connection';

export interface KeepAliveOptions {
  /** Silence of a peer after which it is pinged, in milliseconds. */
  activityTimeoutMs: number;
  /** How long it may then take to answer, in milliseconds. */
  pongTimeoutMs: number;
  maxUnsentBytes: number;
  /** How long bytes may wait to be taken by the peer, in milliseconds. */
  maxUnsentMs: number;
}

const TICK_MS = 1000;

/**
 * Looks after every connection with one timer: pings the silent (RFC 6455 §5.5.2, whatever the protocol above), closes
 * the dead with 4201, cuts those that do not read. A peer is judged by complete messages and pongs, never by bytes.
 */
export class KeepAlive implements ConnectionWatch {
  readonly maxUnsentBytes: number;
  readonly #options: KeepAliveOptions;
  readonly #clock: Clock;
  readonly #connections = new Set<Connection>();
  readonly #backedUp = new Set<Connection>();
  readonly #onCut: () => void;
  readonly #onFailure: (error: unknown) => void;
  readonly #onPeerFailure: (error: unknown) => void;
  #timer: Timer | undefined;
  #lag = 0;

  constructor(
    options: KeepAliveOptions,
    clock: Clock,
    on: {
      cut: () => void;
      failure: (error: unknown) => void;
      peerFailure: (error: unknown) => void;
    },
  ) {
    this.#options = options;
    this.maxUnsentBytes = options.maxUnsentBytes;
    this.#clock = clock;
    this.#onCut = on.cut;
    this.#onFailure = on.failure;
    this.#onPeerFailure = on.peerFailure;
  }

  get size(): number {
    return this.#connections.size;
  }

  connections(): Iterable<Connection> {
    return this.#connections;
  }

  start(): void {
    this.#schedule();
  }

  stop(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  add(connection: Connection): void {
    this.#connections.add(connection);
  }

  backedUp(connection: Connection): void {
    this.#backedUp.add(connection);
  }

  cut(): void {
    this.#onCut();
  }

  gone(connection: Connection): void {
    this.#connections.delete(connection);
    this.#backedUp.delete(connection);
  }

  failed(error: unknown): void {
    this.#onFailure(error);
  }

  peerFailed(error: unknown): void {
    this.#onPeerFailure(error);
  }

  #schedule(): void {
    const due = this.#clock.now() + TICK_MS;
    this.#timer = this.#clock.setTimeout(() => {
      this.#lag = this.#clock.now() - due;
      this.#schedule();
      this.#tick();
    }, TICK_MS);
  }

  #tick(): void {
    const silentTicks = Math.max(1, Math.round(this.#options.activityTimeoutMs / TICK_MS));
    const deadTicks = silentTicks + Math.max(1, Math.round(this.#options.pongTimeoutMs / TICK_MS));
    const unsentTicks = Math.max(1, Math.round(this.#options.maxUnsentMs / TICK_MS));
    // A process that was stopped has not listened: what waits in its sockets must be read before anyone is judged.
    if (this.#lag > TICK_MS) return;
    for (const connection of this.#connections) {
      connection.pongs = 0;
      const silent = ++connection.silentTicks;
      if (silent === silentTicks) connection.ping();
      else if (silent >= deadTicks) connection.close(4201, 'Pong reply not received');
    }
    for (const connection of this.#backedUp) {
      if (connection.unsentBytes === 0) {
        connection.backlog = undefined;
        this.#backedUp.delete(connection);
      } else if (
        connection.backlog === undefined ||
        connection.sentBytes >= connection.backlog.target
      ) {
        const target = connection.sentBytes + connection.unsentBytes;
        connection.backlog = { target, ticks: 0 };
      } else if (++connection.backlog.ticks >= unsentTicks) {
        connection.cut();
      }
    }
  }
}
