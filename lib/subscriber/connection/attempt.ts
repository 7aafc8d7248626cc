import type { Clock, Timer } from '../../util/timers';
import type { ClientVerdict } from '../../pusher/close-codes';
import type { Candidate } from '../transports/candidates';
import type { Transport, TransportHandlers, TransportName } from '../transports/transport';
import { type ConnectionError, readGreeting } from './messages';
import { closeError, verdictOf } from './verdict';

/** A transport over which a gateway has greeted. */
export interface Established {
  name: TransportName;
  transport: Transport;
  socketId: string;
  activityTimeoutMs: number;
  /** Hands what the transport tells to its next owner. */
  adopt(handlers: TransportHandlers): void;
}

/** End of an attempt. Without a verdict the gateway was not reached, or its close code asks for nothing. */
export type AttemptOutcome =
  | { kind: 'established'; established: Established }
  | {
      kind: 'failed';
      verdict: ClientVerdict | undefined;
      /** The gateway's error or its fault; undefined when it was not reached. */
      error: ConnectionError | undefined;
      cause: unknown;
    };

/** Time for a connection, its TLS and the first message. */
const ATTEMPT_TIMEOUT_MS = 15_000;

/**
 * An attempt to connect by one transport. It succeeds with the gateway's greeting, not before: an open port proves
 * nothing.
 */
export class Attempt {
  readonly #name: TransportName;
  readonly #clock: Clock;
  readonly #done: (outcome: AttemptOutcome) => void;
  readonly #timer: Timer;
  #transport: Transport | undefined;
  #target: TransportHandlers;
  #cause: unknown;
  #over = false;

  /** `done` is called once, never before the constructor has returned, and not after `abort`. */
  constructor(
    { name, url, open }: Candidate,
    clock: Clock,
    done: (outcome: AttemptOutcome) => void,
  ) {
    this.#name = name;
    this.#clock = clock;
    this.#done = done;
    this.#timer = clock.setTimeout(() => {
      this.#cause ??= new Error(`no greeting within ${ATTEMPT_TIMEOUT_MS} ms`);
      this.#fail(undefined, undefined);
    }, ATTEMPT_TIMEOUT_MS);
    this.#target = {
      opened: () => undefined,
      activity: () => undefined,
      message: (text) => this.#greeted(text),
      failed: (error) => (this.#cause = error),
      closed: (close) => {
        const said = close.code >= 4000 || verdictOf(close.code) !== undefined;
        this.#transport = undefined;
        this.#fail(verdictOf(close.code), said ? wrapped(closeError(close)) : undefined);
      },
    };
    try {
      this.#transport = open(url, {
        opened: () => this.#target.opened(),
        message: (text) => this.#target.message(text),
        activity: () => this.#target.activity(),
        failed: (error) => this.#target.failed(error),
        closed: (close) => this.#target.closed(close),
      });
    } catch (error) {
      // A URL that is none, or a browser that forbids it.
      this.#cause = error;
      this.#clock.setTimeout(() => this.#fail(undefined, undefined), 0);
    }
  }

  abort(): void {
    this.#end();
    this.#transport?.close();
  }

  #greeted(text: string): void {
    const greeting = readGreeting(text);
    if (greeting.kind === 'invalid') {
      return this.#fail('backoff', { type: 'HandshakeError', error: greeting.error });
    }
    if (greeting.kind === 'error') {
      const { data } = greeting;
      // The close frame that follows says nothing new.
      return this.#fail(verdictOf(data.code), wrapped({ type: 'PusherError', data }));
    }
    const transport = this.#transport;
    if (this.#over || transport === undefined) return;
    this.#end();
    const { socketId, activityTimeoutMs } = greeting;
    const adopt = (handlers: TransportHandlers): void => {
      this.#target = handlers;
    };
    this.#done({
      kind: 'established',
      established: { name: this.#name, transport, socketId, activityTimeoutMs, adopt },
    });
  }

  #fail(verdict: ClientVerdict | undefined, error: ConnectionError | undefined): void {
    if (this.#over) return;
    this.#end();
    this.#transport?.close();
    this.#done({ kind: 'failed', verdict, error, cause: this.#cause });
  }

  #end(): void {
    this.#over = true;
    this.#clock.clearTimeout(this.#timer);
  }
}

function wrapped(error: ConnectionError | undefined): ConnectionError | undefined {
  return error && { type: 'WebSocketError', error };
}
