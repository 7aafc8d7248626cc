import { mostUnsent, UnsentWatch } from '../core/fanout/unsent-watch';
import type { Traffic } from '../core/metrics';
import { SECOND_MS, type Overload } from '../core/timing/overload';
import type { MemoryWatch } from '../../stream/memory-watch';
import type { TurnBudget } from '../core/timing/turn-budget';
import type { Connection, ConnectionWatch } from './connection';
import type { PaceLimits } from './pace';

/** Slow connections that are ended in one turn. */
const CUTS_PER_TURN = 16;
/** The same near the end of memory, which they hold. */
const CUTS_PER_TURN_NEAR = 128;

export interface KeepAliveOptions extends PaceLimits {
  /** Silence of a peer after which it is pinged, in milliseconds. */
  activityTimeoutMs: number;
  /** Silence after which the connection is pinged so that proxies on the way keep it open, in milliseconds. */
  pingMs: number;
  /** Time to answer a ping, in milliseconds. */
  pongTimeoutMs: number;
  maxUnsentBytes: number;
  /** Time that bytes may wait until the peer takes them, in milliseconds. */
  maxUnsentMs: number;
}

/**
 * Looks after every connection once a second: pings the silent (RFC 6455 §5.5.2, whatever the protocol above), closes
 * the dead with 4201, cuts those that do not read. A peer is judged by complete messages and pongs, never by bytes. Near
 * the end of memory those are cut first which hold most of it.
 */
export class KeepAlive implements ConnectionWatch {
  readonly maxUnsentBytes: number;
  readonly traffic: Traffic;
  readonly #options: KeepAliveOptions;
  readonly #connections = new Set<Connection>();
  readonly #backedUp = new Set<Connection>();
  readonly #toCut = new Set<Connection>();
  readonly #overload: Overload;
  readonly #budget: TurnBudget;
  readonly #memory: MemoryWatch;
  readonly #onCut: () => void;
  readonly #onFailure: (error: unknown) => void;
  readonly #onPeerFailure: (error: unknown) => void;

  constructor(
    options: KeepAliveOptions,
    overload: Overload,
    budget: TurnBudget,
    on: {
      cut: () => void;
      failure: (error: unknown) => void;
      peerFailure: (error: unknown) => void;
      traffic?: Traffic;
    },
  ) {
    this.#options = options;
    this.#overload = overload;
    this.#budget = budget;
    this.#memory = overload.memory;
    this.maxUnsentBytes = options.maxUnsentBytes;
    this.traffic = on.traffic ?? { receivedBytes: 0, sentBytes: 0 };
    this.#onCut = on.cut;
    this.#onFailure = on.failure;
    this.#onPeerFailure = on.peerFailure;
    overload.each(() => this.#tick());
  }

  get paceLimits(): PaceLimits {
    return this.#options;
  }

  now(): number {
    return this.#overload.now();
  }

  /** Connections that droppable events are not written to now. */
  get behind(): number {
    const nowMs = this.now();
    let behind = 0;
    for (const connection of this.#connections) if (connection.isBehind(nowMs)) behind++;
    return behind;
  }

  /** Bytes that wait until their connections read. */
  get unsentBytes(): number {
    let bytes = 0;
    for (const { unsentBytes } of this.#backedUp) bytes += unsentBytes;
    return bytes;
  }

  get size(): number {
    return this.#connections.size;
  }

  connections(): Iterable<Connection> {
    return this.#connections;
  }

  add(connection: Connection): void {
    this.#connections.add(connection);
  }

  backedUp(connection: Connection): void {
    this.#backedUp.add(connection);
  }

  /** Counts a cut, and ends a connection that was cut in one of the next turns. */
  cut(connection?: Connection): void {
    this.#onCut();
    if (connection === undefined) return;
    if (this.#toCut.size === 0) this.#budget.later(this.#endCuts);
    this.#toCut.add(connection);
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

  /** All who share a channel may be found slow in one turn, and each end is told to everyone who watches. */
  readonly #endCuts = (): boolean => {
    const { isNear } = this.#memory;
    let left = isNear ? CUTS_PER_TURN_NEAR : CUTS_PER_TURN;
    for (const connection of this.#toCut) {
      if (left-- === 0 || (this.#budget.exhausted && !isNear)) return true;
      this.#toCut.delete(connection);
      connection.endCut();
    }
    return false;
  };

  #tick(): void {
    const silentTicks = Math.max(1, Math.round(this.#options.activityTimeoutMs / SECOND_MS));
    const pingTicks = Math.max(1, Math.round(this.#options.pingMs / SECOND_MS));
    const deadTicks =
      silentTicks + Math.max(1, Math.round(this.#options.pongTimeoutMs / SECOND_MS));
    const { maxUnsentBytes, maxUnsentMs } = this.#options;
    const limits = { maxUnsentBytes, maxLooks: Math.max(1, Math.round(maxUnsentMs / SECOND_MS)) };
    const { isNear } = this.#memory;
    for (const connection of this.#connections) {
      connection.pongs = 0;
      // A paused connection is not read, so its life signs are not seen.
      if (connection.paused || connection.behind) continue;
      if (connection.tick() && isNear && !connection.isBackend) connection.cutUnfinished();
      const silent = ++connection.silentTicks;
      if (silent >= deadTicks) connection.giveUp(4201, 'Pong reply not received');
      else if (silent === silentTicks || silent % pingTicks === 0) connection.ping();
    }
    const behind: Connection[] = [];
    for (const connection of this.#backedUp) {
      const watch = (connection.unsentWatch ??= new UnsentWatch());
      const found = watch.look(connection, limits, connection.session);
      if (found === 'stuck') connection.cut();
      else if (found === 'empty') {
        connection.unsentWatch = undefined;
        this.#backedUp.delete(connection);
      } else if (watch.isBehind && !connection.isBackend) behind.push(connection);
    }
    if (isNear) for (const connection of mostUnsent(behind)) connection.cut();
  }
}
