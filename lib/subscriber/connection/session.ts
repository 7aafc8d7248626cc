import type { ClientVerdict } from '../../pusher/close-codes';
import { isObject } from '../../pusher/json';
import { Dispatcher } from '../dispatcher';
import type { Clock, Timer } from '../../util/timers';
import type { TransportClose } from '../transports/transport';
import type { Established } from './attempt';
import {
  type ConnectionError,
  decodeMessage,
  encodeMessage,
  errorData,
  type PusherEvent,
} from './messages';
import { closeError, verdictOf } from './verdict';

export interface SessionHandlers {
  message(event: PusherEvent): void;
  error(error: ConnectionError): void;
  /** The connection is gone; the last thing told. */
  lost(verdict: ClientVerdict | undefined): void;
}

/**
 * A connection that was greeted, as long as it lasts: it reads messages, asks for a sign of life after silence, and is
 * lost when none comes (Channels protocol, "ping and pong").
 */
export class Session extends Dispatcher {
  readonly #established: Established;
  readonly #activityTimeoutMs: number;
  readonly #pongTimeoutMs: number;
  readonly #clock: Clock;
  readonly #handlers: SessionHandlers;
  #timer: Timer;
  #heardAtMs: number;
  #state: 'open' | 'asked' | 'over' = 'open';

  constructor(
    established: Established,
    timeouts: { activityTimeoutMs: number; pongTimeoutMs: number },
    clock: Clock,
    handlers: SessionHandlers,
  ) {
    super();
    this.#established = established;
    this.#activityTimeoutMs = timeouts.activityTimeoutMs;
    this.#pongTimeoutMs = timeouts.pongTimeoutMs;
    this.#clock = clock;
    this.#handlers = handlers;
    this.#heardAtMs = clock.now();
    this.#timer = clock.setTimeout(() => this.#silent(), this.#activityTimeoutMs);
    established.adopt({
      opened: () => undefined,
      message: (text) => this.#message(text),
      activity: () => {
        this.#heard();
        this.emit('activity');
      },
      failed: (error) => handlers.error({ type: 'WebSocketError', error }),
      closed: (close) => this.#closed(close),
    });
  }

  get id(): string {
    return this.#established.socketId;
  }

  /** The transport's name, where pusher-js has it. */
  get transport(): { name: string } {
    return { name: this.#established.name };
  }

  get activityTimeout(): number {
    return this.#activityTimeoutMs;
  }

  send(text: string): boolean {
    return this.#state !== 'over' && this.#established.transport.send(text);
  }

  send_event(event: string, data: unknown, channel?: string): boolean {
    return this.send(encodeMessage(event, data, channel));
  }

  /** Asks for a sign of life now; without one in time the connection is lost. */
  check(): void {
    if (this.#state === 'over') return;
    this.#state = 'asked';
    if (!this.#established.transport.ping()) this.send_event('pusher:ping', {});
    this.#wait(this.#pongTimeoutMs);
  }

  close(): void {
    this.#end();
    this.#established.transport.close();
  }

  #message(text: string): void {
    this.#heard();
    let event: PusherEvent;
    try {
      event = decodeMessage(text);
    } catch (error) {
      return this.#handlers.error({ type: 'MessageParseError', error, data: text });
    }
    if (event.event === 'pusher:error') {
      const data = isObject(event.data) ? event.data : {};
      this.#handlers.error({ type: 'PusherError', data: errorData(data) });
    } else if (event.event === 'pusher:ping') {
      this.send_event('pusher:pong', {});
    }
    this.#handlers.message(event);
  }

  /** Notes the time only: to set a timer for every message would cost more than the message. */
  #heard(): void {
    this.#heardAtMs = this.#clock.now();
    if (this.#state !== 'asked') return;
    this.#state = 'open';
    this.#wait(this.#activityTimeoutMs);
  }

  #silent(): void {
    if (this.#state === 'asked') {
      this.close();
      return this.#handlers.lost('now');
    }
    const silentMs = this.#clock.now() - this.#heardAtMs;
    if (silentMs >= this.#activityTimeoutMs) this.check();
    else this.#wait(this.#activityTimeoutMs - silentMs);
  }

  #closed(close: TransportClose): void {
    if (this.#state === 'over') return;
    this.#end();
    const error = closeError(close);
    const verdict = verdictOf(close.code);
    if (error !== undefined) {
      this.#handlers.error(error);
      // A close that decides what follows is told once more in the shape of a failed attempt, as pusher-js does.
      if (verdict !== undefined) this.#handlers.error({ type: 'WebSocketError', error });
    }
    this.#handlers.lost(verdict);
  }

  #wait(ms: number): void {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = this.#clock.setTimeout(() => this.#silent(), ms);
  }

  #end(): void {
    this.#state = 'over';
    this.#clock.clearTimeout(this.#timer);
  }
}
