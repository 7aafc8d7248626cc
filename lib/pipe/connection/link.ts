import type { IncomingHttpHeaders } from 'node:http';
import { type ErrorCode, StandpipeError, asError } from '../../errors';
import type { Dial, Socket } from '../../net/dial';
import { backoff } from '../../util/backoff';
import { deferred } from '../../util/deferred';
import { closeReason } from '../../util/close-reason';
import type { Clock, Timer } from '../../util/timers';
import { CLOSE_CODES, closeCode } from '../../wire/close-codes';
import { CodecError, FrameDecoder, FrameEncoder } from '../../wire/codec';
import type { Frame, HelloFrame, WelcomeFrame } from '../../wire/frames';
import { Heartbeat } from '../../util/heartbeat';
import { MIN_PING_MS, type Settings } from '../options';
import { connectFailed, explained, handshake, readRefusal, retryAfterMs } from './handshake';
import type { DisconnectedInfo, PipeState } from '../types';

/** State of the link. Each state carries exactly what exists in it. */
type LinkState =
  | { name: 'idle' | 'closed' | 'failed' }
  | { name: 'dialing'; socket: Socket; deadline: Timer }
  | { name: 'greeting'; socket: Socket; deadline: Timer; codec: Codec }
  | { name: 'open'; socket: Socket; heartbeat: Heartbeat; healthy: Timer; codec: Codec }
  | { name: 'waiting'; retry: Timer }
  | { name: 'closing'; socket: Socket; deadline: Timer };

/**
 * Codec of one connection. Names travel as numbers that hold for one connection only, so each has its own pair.
 */
interface Codec {
  encoder: FrameEncoder;
  decoder: FrameDecoder;
}

export interface LinkOwner {
  /** The first frame of a connection; `nonce` came with the 101 answer. */
  hello(nonce: string): HelloFrame;
  /**
   * The answer to HELLO. False when the session that it begins is not wanted: the link says goodbye and is closed.
   * Throws a StandpipeError when the answer breaks the protocol.
   */
  welcome(frame: WelcomeFrame): boolean;
  /** Every later frame. Throws a StandpipeError when it breaks the protocol. */
  frame(frame: Frame): void;
  entered(state: PipeState, previous: PipeState): void;
  /** A connection that was welcomed is over. */
  lost(info: DisconnectedInfo): void;
  /** An attempt to connect failed; another one follows. */
  attemptFailed(error: StandpipeError): void;
  /** The link has failed, and no attempt follows. */
  failed(error: StandpipeError): void;
}

/** Close code of a connection that ended without a close frame (RFC 6455, section 7.1.5). */
const ABNORMAL_CLOSURE = 1006;
/** Errors of the close codes that end a client for good; the others are `closed`. */
const FINAL_ERRORS = new Map<number, ErrorCode>([
  [CLOSE_CODES.key_revoked.code, 'bad_credentials'],
  [CLOSE_CODES.bad_group.code, 'bad_option'],
]);
/** Age of a welcomed connection from which on the waits start small again. */
const HEALTHY_MS = 10_000;
/** Time that the other side has to answer a close. */
const CLOSE_MS = 2_000;
/** Longest wait before a connection that the gateway asks to be made anew at once. */
const NOW_MS = 1_000;
/** Longest wait that a gateway may ask for. */
const MAX_RETRY_AFTER_MS = 600_000;

/**
 * The client's connection, kept alive over many sockets: dials, greets, watches, waits, dials again. It knows HELLO,
 * WELCOME and PING; the meaning of other frames is its owner's business.
 */
export class Link {
  readonly #settings: Settings;
  readonly #clock: Clock;
  readonly #dial: Dial;
  readonly #owner: LinkOwner;
  #state: LinkState = { name: 'idle' };
  #settled = deferred<void>();
  /** Attempts and connections that ended before they were healthy. */
  #failures = 0;
  /** The gateway's clock against this one, where it has said that they differ. */
  #skewMs = 0;

  constructor(settings: Settings, clock: Clock, dial: Dial, owner: LinkOwner) {
    this.#settings = settings;
    this.#clock = clock;
    this.#dial = dial;
    this.#owner = owner;
  }

  get state(): PipeState {
    return this.#state.name;
  }

  /** True while there is a connection or one is tried. */
  get isLive(): boolean {
    const { name } = this.#state;
    return name === 'dialing' || name === 'greeting' || name === 'open' || name === 'waiting';
  }

  /** Resolves when there is a connection, or when none will be tried any more. */
  async settled(): Promise<void> {
    if (this.isLive && this.#state.name !== 'open') await this.#settled.promise;
  }

  /** Begins to connect; does nothing when that has begun already. */
  start(): void {
    const { name } = this.#state;
    if (name === 'idle' || name === 'closed' || name === 'failed') this.#connect();
  }

  /** Sends a frame. Returns false when there is no connection to send it on. */
  send(frame: Frame): boolean {
    const state = this.#state;
    if (state.name !== 'open') return false;
    try {
      state.socket.send(state.codec.encoder.encode(frame));
    } catch (thrown) {
      this.#abandon(thrown);
      return false;
    }
    state.heartbeat.sent();
    return true;
  }

  /** Says goodbye and closes. The state is `closed` when the other side has answered, or soon after. */
  stop(reason: string): void {
    const state = this.#state;
    if (state.name === 'open' || state.name === 'greeting') {
      if (state.name === 'open') this.send({ type: 'bye', reason });
      state.socket.close(CLOSE_CODES.bye.code, reason);
      const deadline = this.#clock.setTimeout(() => {
        state.socket.terminate();
        this.#enter({ name: 'closed' });
      }, CLOSE_MS);
      this.#enter({ name: 'closing', socket: state.socket, deadline });
      if (state.name === 'open') this.#lost(CLOSE_CODES.bye.code, reason, false, undefined);
    } else if (state.name !== 'closing' && state.name !== 'closed') {
      if (state.name === 'dialing') state.socket.terminate();
      this.#enter({ name: 'closed' });
    }
  }

  #connect(): void {
    const { connectTimeoutMs } = this.#settings;
    const { url, options } = handshake(this.#settings, this.#clock.wall() + this.#skewMs);
    let socket: Socket;
    try {
      socket = this.#dial(url, options, {
        open: (headers) => this.#holds(socket) && this.#opened(headers),
        message: (bytes) => this.#holds(socket) && this.#received(bytes),
        close: (code, reason, error) => this.#holds(socket) && this.#closed(code, reason, error),
        refused: (status, body, headers) =>
          this.#holds(socket) && this.#refused(status, body, headers),
      });
    } catch (thrown) {
      return this.#retry(connectFailed(asError(thrown).message, thrown));
    }
    const deadline = this.#clock.setTimeout(() => {
      socket.terminate();
      this.#retry(connectFailed(`no connection within ${connectTimeoutMs} ms`));
    }, connectTimeoutMs);
    this.#enter({ name: 'dialing', socket, deadline });
  }

  /** Callbacks of a socket that was given up must not touch the present one. */
  #holds(socket: Socket): boolean {
    return 'socket' in this.#state && this.#state.socket === socket;
  }

  #opened(headers: IncomingHttpHeaders): void {
    const state = this.#state;
    if (state.name !== 'dialing') return;
    const nonce = headers['standpipe-nonce'];
    const codec = { encoder: new FrameEncoder(), decoder: new FrameDecoder() };
    const { socket, deadline } = state;
    socket.send(codec.encoder.encode(this.#owner.hello(typeof nonce === 'string' ? nonce : '')));
    this.#enter({ name: 'greeting', socket, deadline, codec });
  }

  #received(bytes: Uint8Array): void {
    const state = this.#state;
    if (state.name !== 'open' && state.name !== 'greeting') return;
    try {
      const frame = state.codec.decoder.decode(bytes);
      if (frame === undefined) {
        // A frame of a later version is a sign of life and nothing more.
        if (state.name === 'open') state.heartbeat.heard();
      } else if (state.name === 'open') {
        state.heartbeat.heard();
        this.#owner.frame(frame);
      } else if (frame.type === 'welcome') {
        this.#welcomed(frame, state);
      } else if (frame.type !== 'error') {
        throw new StandpipeError('protocol_error', `expected a welcome, not ${frame.type}`);
      }
    } catch (thrown) {
      this.#abandon(thrown);
    }
  }

  #welcomed(frame: WelcomeFrame, { socket, codec }: { socket: Socket; codec: Codec }): void {
    if (!this.#owner.welcome(frame)) {
      const reason = 'disconnect';
      socket.send(codec.encoder.encode({ type: 'bye', reason }));
      return this.stop(reason);
    }
    const asked = frame.limits.pingMs === 0 ? this.#settings.pingMs : frame.limits.pingMs;
    const pingMs = Math.max(MIN_PING_MS, Math.min(this.#settings.pingMs, asked));
    const deadMs = Math.min(this.#settings.deadMs, frame.limits.deadMs || Infinity);
    const heartbeat = new Heartbeat(
      this.#clock,
      { pingMs, deadMs },
      {
        ping: () => this.send({ type: 'ping', time: Math.floor(this.#clock.now()) }),
        dead: () => {
          socket.terminate();
          this.#closed(ABNORMAL_CLOSURE, `nothing heard for ${deadMs} ms`);
        },
      },
    );
    const healthy = this.#clock.setTimeout(() => (this.#failures = 0), HEALTHY_MS);
    this.#enter({ name: 'open', socket, codec, heartbeat, healthy });
  }

  /** Gives up a connection on which the other side, or a bug here, broke the protocol. */
  #abandon(thrown: unknown): void {
    const state = this.#state;
    if (!('socket' in state)) return;
    const error =
      thrown instanceof StandpipeError
        ? thrown
        : new StandpipeError('protocol_error', asError(thrown).message, { cause: thrown });
    const { code } = CLOSE_CODES.protocol_error;
    const closeWith = thrown instanceof CodecError ? thrown.closeCode : code;
    state.socket.close(closeWith, closeReason(error.message));
    this.#closed(code, error.message, error);
  }

  #closed(code: number, reason: string, cause?: Error): void {
    const { name } = this.#state;
    if (name === 'closing') return this.#enter({ name: 'closed' });
    const meaning = name === 'dialing' ? undefined : closeCode(code);
    const told = reason === '' ? (meaning?.name ?? `closed with ${code}`) : reason;
    const extra = { status: code, ...(cause && { cause }) };
    if (meaning?.retry === 'never') {
      const final = FINAL_ERRORS.get(code) ?? 'closed';
      return this.#fail(new StandpipeError(final, told, extra), code, told);
    }
    if (name !== 'open') {
      return this.#retry(connectFailed(explained(told, this.#settings), cause, code));
    }
    const error = new StandpipeError('connection_lost', told, extra);
    // A gateway that closes its backends one after the other is hurried to once.
    const hurried = meaning?.retry === 'now' && this.#failures === 0;
    this.#wait(0, hurried ? NOW_MS : undefined);
    this.#lost(code, told, true, error);
  }

  #refused(status: number, body: string, headers: IncomingHttpHeaders): void {
    const wallMs = this.#clock.wall();
    const { error, final, skewMs } = readRefusal(status, body, headers, wallMs);
    if (final) return this.#fail(error, status, error.message);
    this.#skewMs = skewMs ?? this.#skewMs;
    this.#retry(error, Math.min(retryAfterMs(headers['retry-after'], wallMs), MAX_RETRY_AFTER_MS));
  }

  #fail(error: StandpipeError, code: number, reason: string): void {
    const wasOpen = this.#state.name === 'open';
    this.#enter({ name: 'failed' });
    if (wasOpen) this.#lost(code, reason, false, error);
    this.#owner.failed(error);
  }

  #retry(error: StandpipeError, atLeastMs = 0): void {
    this.#wait(atLeastMs);
    this.#owner.attemptFailed(error);
  }

  #wait(atLeastMs: number, withinMs = this.#settings.backoff.maxMs): void {
    this.#failures += 1;
    const random = (): number => this.#clock.random();
    const { baseMs, maxMs } = this.#settings.backoff;
    const limits = { baseMs, maxMs: Math.min(withinMs, maxMs), random };
    const delayMs = atLeastMs + backoff(this.#failures, limits);
    const retry = this.#clock.setTimeout(() => this.#connect(), delayMs);
    this.#enter({ name: 'waiting', retry });
  }

  #lost(
    code: number,
    reason: string,
    willReconnect: boolean,
    error: StandpipeError | undefined,
  ): void {
    this.#owner.lost({ code, reason, willReconnect, error });
  }

  /**
   * The only writer of the state. Timers of the state before end here, unless the next one keeps them.
   */
  #enter(next: LinkState): void {
    const previous = this.#state;
    this.#state = next;
    if ('deadline' in previous && !('deadline' in next && next.deadline === previous.deadline)) {
      this.#clock.clearTimeout(previous.deadline);
    }
    if (previous.name === 'waiting') this.#clock.clearTimeout(previous.retry);
    if (previous.name === 'open') {
      previous.heartbeat.stop();
      this.#clock.clearTimeout(previous.healthy);
    }
    this.#owner.entered(next.name, previous.name);
    if (next.name !== 'open' && next.name !== 'closed' && next.name !== 'failed') return;
    this.#settled.resolve();
    this.#settled = deferred<void>();
  }
}
