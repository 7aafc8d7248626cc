import type { ClientVerdict } from '../../pusher/close-codes';
import type { Clock, Timer } from '../../util/timers';
import { Dispatcher } from '../dispatcher';
import type { Log } from '../log';
import type { Settings } from '../options';
import type { Candidate } from '../transports/candidates';
import type { Established } from './attempt';
import { Connector, PUSHED_BACK_MS } from './connector';
import type { ConnectionError, PusherEvent } from './messages';
import { Session } from './session';

/** States of a connection, by their names in pusher-js. */
export type ConnectionState =
  | 'initialized'
  | 'connecting'
  | 'connected'
  | 'unavailable'
  | 'failed'
  | 'disconnected';

/** State of the connection, with the resources it holds in that state. */
type Phase =
  | { state: 'initialized' | 'failed' | 'disconnected' }
  | {
      state: 'connecting' | 'unavailable';
      connector: Connector | undefined;
      unavailable: Timer | undefined;
    }
  /** `better` looks for a WebSocket while the session runs over HTTP. */
  | { state: 'connected'; session: Session; better: Connector | undefined };

/** The events of `pusher.connection`, in the order and with the data of pusher-js. */
export interface ConnectionEvents {
  state_change: { previous: ConnectionState; current: ConnectionState };
  connecting: undefined;
  connected: { socket_id: string };
  unavailable: undefined;
  failed: undefined;
  disconnected: undefined;
  /** Whole seconds until the next attempt. */
  connecting_in: number;
  /** Every message, also those of the protocol. */
  message: PusherEvent;
  error: ConnectionError;
}

export interface ConnectionParts {
  settings: () => Settings;
  /** The ways to connect, over TLS alone where it is required. */
  candidates: (useTLS: boolean) => Candidate[];
  /** Calls back when the network comes and goes, where the platform tells, until what it returns is called. */
  watchNetwork: (online: () => void, offline: () => void) => () => void;
  clock: Clock;
  log: Log;
}

/** Attempts after a failure: soon, and then more and more rarely; browsers cut at one moment come back spread out. */
const RETRY = { baseMs: 500, maxMs: 15_000 };
/** While HTTP serves, a WebSocket is tried after half a minute to a minute, and then ever more rarely. */
const UPGRADE = { firstMs: 30_000, baseMs: 120_000, maxMs: 600_000 };
/** The first attempt after a connection was lost without a word comes within this time. */
const LOST_MS = 1_000;

/** The connection to the gateway, kept until `disconnect`. */
export class Connection extends Dispatcher<ConnectionEvents & Record<string, unknown>> {
  readonly #parts: ConnectionParts;
  #phase: Phase = { state: 'initialized' };
  #useTLS: boolean;
  #socketId: string | undefined;
  #unwatchNetwork: (() => void) | undefined;

  constructor(parts: ConnectionParts) {
    super();
    this.#parts = parts;
    this.#useTLS = parts.settings().useTLS;
  }

  get state(): ConnectionState {
    return this.#phase.state;
  }

  /**
   * Id of the connection; of the last one while there is none; undefined before the first. The type is that of
   * pusher-js.
   */
  get socket_id(): string {
    return this.#socketId as string;
  }

  /** The present session, null while not connected: `id`, `transport.name`, `activityTimeout`. */
  get connection(): Session | null {
    return this.#phase.state === 'connected' ? this.#phase.session : null;
  }

  /** Silence in ms after which the gateway is asked for a sign of life; undefined while it is not connected. */
  get activityTimeout(): number | undefined {
    return this.connection?.activityTimeout;
  }

  /** Begins to connect; does nothing where it is connected, or tries to be. */
  connect(): void {
    if (this.#phase.state !== 'connected' && !('connector' in this.#phase)) this.#connect(0);
  }

  /** Ends the connection; only `connect` brings it back. */
  disconnect(): void {
    this.#release();
    this.#enter({ state: 'disconnected' });
  }

  /** Connects anew with the settings as they are now. */
  reconnect(): void {
    this.#release();
    this.#useTLS = this.#parts.settings().useTLS;
    this.#connect(0);
  }

  /** Sends a text as it is. False when it could not be sent. */
  send(text: string): boolean {
    return this.connection?.send(text) ?? false;
  }

  /** Sends an event. False when it could not be sent. */
  send_event(event: string, data: unknown, channel?: string): boolean {
    this.#parts.log.debug('Event sent', { event, data, channel });
    return this.connection?.send_event(event, data, channel) ?? false;
  }

  isUsingTLS(): boolean {
    return this.#useTLS;
  }

  /** Tries all ways, the first attempt after `firstMs`. The phase before holds nothing any more. */
  #connect(firstMs: number): void {
    const { candidates, clock, settings } = this.#parts;
    const before = this.#phase;
    const ways = candidates(this.#useTLS);
    if (ways.length === 0) return this.#enter({ state: 'failed' });
    this.#watchNetwork();
    if (firstMs > 0) this.emit('connecting_in', Math.round(firstMs / 1000));
    // A handler may have disconnected.
    if (this.#phase !== before) return;
    const connector = new Connector(ways, { ...RETRY, firstMs }, clock, {
      established: (established) => this.#established(established),
      refused: (verdict) => this.#ended(verdict),
      error: (error) => this.emit('error', error),
      retrying: (delayMs, told) => this.#retrying(delayMs, told),
    });
    const unavailable = clock.setTimeout(
      () => this.#enter({ state: 'unavailable', connector, unavailable: undefined }),
      settings().unavailableTimeout,
    );
    this.#enter({ state: 'connecting', connector, unavailable });
  }

  #established(established: Established): void {
    const { candidates, clock, settings } = this.#parts;
    this.#release();
    const { activityTimeout, pongTimeout: pongTimeoutMs } = settings();
    const activityTimeoutMs = Math.min(activityTimeout, established.activityTimeoutMs);
    const ways = candidates(this.#useTLS);
    const isFallback = ways.some((way) => way.isFallback && way.name === established.name);
    const better = isFallback ? ways.filter((way) => !way.isFallback) : [];
    const session = new Session(established, { activityTimeoutMs, pongTimeoutMs }, clock, {
      message: (event) => this.#message(event),
      error: (error) => this.emit('error', error),
      lost: (verdict) => {
        if (this.connection === session) this.#ended(verdict);
      },
    });
    this.#socketId = session.id;
    const data = { socket_id: session.id };
    this.#enter({ state: 'connected', session, better: this.#lookFor(better) }, data);
  }

  /** Looks for a WebSocket in the background; why there is none is nobody's concern. */
  #lookFor(ways: Candidate[]): Connector | undefined {
    if (ways.length === 0) return undefined;
    const { clock, log } = this.#parts;
    const firstMs = UPGRADE.firstMs * (1 + clock.random());
    return new Connector(ways, { ...UPGRADE, firstMs }, clock, {
      established: (established) => {
        log.debug('A better transport was found', { transport: established.name });
        this.#release();
        // To everybody else this is a reconnection.
        this.#enter({ state: 'connecting', connector: undefined, unavailable: undefined });
        if (this.#phase.state === 'connecting') this.#established(established);
        else established.transport.close();
      },
      refused: ignore,
      error: ignore,
      retrying: ignore,
    });
  }

  #message(event: PusherEvent): void {
    this.#parts.log.debug('Event recd', event);
    this.emit('message', event);
  }

  /** Acts on the end of a session, or on a gateway's verdict at an attempt. */
  #ended(verdict: ClientVerdict | undefined): void {
    this.#release();
    if (verdict === 'never') return this.#enter({ state: 'disconnected' });
    if (verdict === 'tls') this.#useTLS = true;
    const { clock } = this.#parts;
    const delayMs =
      verdict === 'backoff'
        ? PUSHED_BACK_MS * (1 + clock.random())
        : verdict
          ? 0
          : LOST_MS * clock.random();
    this.#parts.log.debug('Connecting again', { delayMs });
    this.#connect(delayMs);
  }

  #retrying(delayMs: number, told: boolean): void {
    this.#parts.log.debug('Connecting again', { delayMs });
    if (told && delayMs > 0) this.emit('connecting_in', Math.round(delayMs / 1000));
  }

  /** Ends all that the phase holds; the phase after it is entered next. */
  #release(): void {
    const phase = this.#phase;
    if (phase.state === 'connected') {
      phase.session.close();
      phase.better?.abort();
    } else if ('connector' in phase) {
      phase.connector?.abort();
      if (phase.unavailable !== undefined) this.#parts.clock.clearTimeout(phase.unavailable);
    }
  }

  #watchNetwork(): void {
    this.#unwatchNetwork ??= this.#parts.watchNetwork(
      () => {
        if ('connector' in this.#phase) this.#phase.connector?.hurry();
      },
      () => this.connection?.check(),
    );
  }

  #enter(phase: Phase, data?: { socket_id: string }): void {
    const { state: previous } = this.#phase;
    this.#phase = phase;
    const { state: current } = phase;
    if (current === 'disconnected') {
      this.#unwatchNetwork?.();
      this.#unwatchNetwork = undefined;
    }
    if (previous === current) return;
    this.#parts.log.debug('State changed', { previous, current, ...data });
    this.emit('state_change', { previous, current });
    this.emit(current, data);
  }
}

function ignore(): void {
  // A session runs: other attempts change nothing.
}
