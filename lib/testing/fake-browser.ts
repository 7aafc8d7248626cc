import { StandpipeError, asError } from '../errors';
import type { Carrier, CarrierHandler } from '../gateway/core/fanout/carrier';
import { REPLY_EVENT, REQUEST_EVENT } from '../pusher/requests';
import { channelStringToSign, hmacHex, userStringToSign } from '../pusher/signature';
import { deferred, type Deferred } from '../util/deferred';
import { systemClock, type Timer } from '../util/timers';
import { memoryEncoder, textsOf } from './memory-encoder';

/** A message that a fake browser has received. `data` is decoded as pusher-js decodes it. */
export interface BrowserMessage {
  event: string;
  channel: string | undefined;
  data: unknown;
  userId: string | undefined;
}

/** User, or member of a presence channel, that a fake browser is. */
export interface Identity {
  userId: string;
  userInfo?: Record<string, unknown>;
}

/** Answer of an authorization endpoint: to a channel, or to a sign-in where `user_data` is there. */
export interface ChannelAuth {
  auth: string;
  channel_data?: string;
  user_data?: string;
  shared_secret?: string;
}

/** Signs for a channel, or for a sign-in where there is no channel. It rejects to refuse. */
export type Authorize = (request: {
  socketId: string;
  channel: string | undefined;
}) => Promise<ChannelAuth>;

/** Options of a fake browser. */
export interface BrowserOptions {
  /**
   * Signatures of private and presence channels and of sign-ins. By default the fake browser makes them itself. `true`:
   * they are asked of the gateway's `/pusher/auth`, and the backend's `authorize` and `authenticate` decide, as for a
   * page. A function is asked instead, as a `customHandler` of pusher-js.
   */
  authorize?: boolean | Authorize;
  /** Longest wait of `next`, `subscribe` and `signIn`, in real milliseconds. Default: 4000. */
  timeoutMs?: number;
}

/** Options of a wait. */
export interface WaitOptions {
  /** Longest wait, in real milliseconds. Default: that of the browser. */
  timeoutMs?: number;
}

type MessageHandler = (data: unknown, message: BrowserMessage) => void;
type RequestHandler = (data: unknown) => unknown;

/** Messages of an event, on a channel or on any. */
interface Wanted {
  event: string;
  channel?: string | undefined;
}

interface Waiter {
  wanted: readonly Wanted[];
  result: Deferred<BrowserMessage>;
  deadline: Timer;
}

const TIMEOUT_MS = 4_000;
/** Events that a message of a wait that failed names. */
const MAX_NAMED = 20;

/**
 * A browser in the test process, without a network. It speaks the Channels protocol to a real gateway, as pusher-js does.
 */
export class FakeBrowser {
  /** Received messages, in order. */
  readonly received: BrowserMessage[] = [];
  /** Resolves with the close code when the gateway closes the connection. */
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly #credentials: { key: string; secret: string };
  readonly #closed = deferred<{ code: number; reason: string }>();
  readonly #handlers = new Map<string, Set<MessageHandler>>();
  readonly #requestHandlers = new Map<string, RequestHandler>();
  readonly #authorize: Authorize | undefined;
  readonly #timeoutMs: number;
  readonly #waiters: Waiter[] = [];
  #onMessage: (message: BrowserMessage) => void = () => undefined;
  /** Index in `received` up to which `next` has given messages out, by event. */
  readonly #given = new Map<string, number>();
  /** Channel on which backends send to the user who is signed in. */
  #userChannel: string | undefined;
  #session: CarrierHandler | undefined;
  #id = '';

  /** Use `TestGateway.browser()`. */
  constructor(
    credentials: { key: string; secret: string },
    open: (carrier: Carrier) => CarrierHandler | undefined,
    {
      authorize,
      timeoutMs = TIMEOUT_MS,
    }: { authorize?: Authorize | false | undefined; timeoutMs?: number } = {},
  ) {
    this.#credentials = credentials;
    this.#authorize = authorize === false ? undefined : authorize;
    this.#timeoutMs = timeoutMs;
    this.closed = this.#closed.promise;
    const carrier: Carrier = {
      encoder: memoryEncoder,
      remoteAddress: '127.0.0.1',
      unsentBytes: 0,
      session: undefined,
      write: (bytes) => {
        // A gateway must never be called back from a write.
        queueMicrotask(() => {
          for (const text of textsOf(bytes)) this.#receive(text);
        });
      },
      sendBinary: () => undefined,
      onDrain: (run) => queueMicrotask(run),
      close: (code, reason) => {
        const words = this.#session?.lastWords?.(code, reason);
        if (words !== undefined) carrier.write(memoryEncoder.encode([words]).bytes);
        queueMicrotask(() => this.#end(code, reason));
      },
    };
    this.#session = open(carrier);
  }

  /** The socket id, as backends see it. */
  get id(): string {
    return this.#id;
  }

  /** Sends an event: to the backend over the back channel, or on a channel it is subscribed to. */
  send(event: string, data?: unknown, channel?: string): this {
    this.#session?.text(JSON.stringify({ event, data, channel }));
    return this;
  }

  /**
   * Subscribes and resolves when the gateway has said so; rejects with `refused` and the reason of the gateway, or of
   * whoever authorizes. Presence channels need an identity, unless that comes with the authorization.
   */
  async subscribe(channel: string, identity?: Identity): Promise<this> {
    // Sign-in has subscribed to it already, and to subscribe twice is an error.
    if (channel === this.#userChannel) return this;
    const signed = /^(private|presence)-/.test(channel)
      ? await this.#signed(channel, identity)
      : undefined;
    const answer = this.#first(
      [
        { event: 'pusher_internal:subscription_succeeded', channel },
        { event: 'pusher:subscription_error', channel },
      ],
      this.#timeoutMs,
    );
    const { auth, channel_data: channelData } = signed ?? {};
    this.send('pusher:subscribe', { channel, auth, channel_data: channelData });
    const { event, data } = await answer;
    if (event === 'pusher_internal:subscription_succeeded') return this;
    const { error, status } = data as { error: string; status: number };
    throw new StandpipeError('refused', error, { status });
  }

  /**
   * Signs in as a user, and subscribes to the channel on which backends send to this user, as pusher-js does. Resolves
   * when the gateway has said so; rejects with `refused` and the reason. With `authorize` the backend says who it is.
   */
  async signIn(userId?: string, userInfo?: Record<string, unknown>): Promise<this> {
    const { auth, user_data: userData } = await this.#signedUser(userId, userInfo);
    const answer = this.#first(
      [{ event: 'pusher:signin_success' }, { event: 'pusher:error' }],
      this.#timeoutMs,
    );
    this.send('pusher:signin', { auth, user_data: userData });
    const { event, data } = await answer;
    if (event === 'pusher:signin_success') {
      const { id } = JSON.parse(userData ?? '{}') as { id: string };
      const channel = `#server-to-user-${id}`;
      await this.subscribe(channel);
      this.#userChannel = channel;
      return this;
    }
    const { code, message } = data as { code: number; message: string };
    throw new StandpipeError('refused', message, { status: code });
  }

  unsubscribe(channel: string): this {
    if (channel === this.#userChannel) this.#userChannel = undefined;
    return this.send('pusher:unsubscribe', { channel });
  }

  /** Calls the handler for each message of an event, on any channel and outside of them. */
  on(event: string, handler: MessageHandler): this {
    const handlers = this.#handlers.get(event);
    if (handlers === undefined) this.#handlers.set(event, new Set([handler]));
    else handlers.add(handler);
    return this;
  }

  off(event: string, handler: MessageHandler): this {
    this.#handlers.get(event)?.delete(handler);
    return this;
  }

  /**
   * Answers requests of this name that a backend makes with `client.socket(id).request(…)`: with what the handler returns
   * or resolves with, or with the message of its error. Requests without a handler are refused, as by the back channel.
   */
  onRequest(event: string, handler: RequestHandler): this {
    this.#requestHandlers.set(event, handler);
    return this;
  }

  /**
   * The next message of an event that `next` has not given out yet, received already or still to come. Rejects with
   * `closed` when the connection ends first, and with `timeout` when it does not come in time.
   */
  next(
    event: string,
    channel?: string,
    { timeoutMs = this.#timeoutMs }: WaitOptions = {},
  ): Promise<BrowserMessage> {
    const key = keyOf({ event, channel });
    for (let i = this.#given.get(key) ?? 0; i < this.received.length; i++) {
      const message = this.received[i] as BrowserMessage;
      if (!matches(message, { event, channel })) continue;
      this.#given.set(key, i + 1);
      return Promise.resolve(message);
    }
    this.#given.set(key, this.received.length);
    return this.#first([{ event, channel }], timeoutMs);
  }

  /** Calls the handler for each message, from now on. */
  onMessage(handler: (message: BrowserMessage) => void): this {
    this.#onMessage = handler;
    return this;
  }

  /** Closes the connection, as a closed tab does, or with another code. */
  close(code = 1001): void {
    this.#end(code, '');
  }

  #signed(channel: string, identity: Identity | undefined): Promise<ChannelAuth> {
    if (this.#authorize !== undefined) return this.#authorize({ socketId: this.#id, channel });
    const { key, secret } = this.#credentials;
    const channelData =
      identity && JSON.stringify({ user_id: identity.userId, user_info: identity.userInfo });
    const auth = `${key}:${hmacHex(secret, channelStringToSign(this.#id, channel, channelData))}`;
    return Promise.resolve(
      channelData === undefined ? { auth } : { auth, channel_data: channelData },
    );
  }

  #signedUser(userId: string | undefined, userInfo: object | undefined): Promise<ChannelAuth> {
    if (this.#authorize !== undefined) {
      return this.#authorize({ socketId: this.#id, channel: undefined });
    }
    const { key, secret } = this.#credentials;
    const userData = JSON.stringify({ id: userId, user_info: userInfo });
    const auth = `${key}:${hmacHex(secret, userStringToSign(this.#id, userData))}`;
    return Promise.resolve({ auth, user_data: userData });
  }

  /** The first message from now on that is one of these. */
  #first(wanted: readonly Wanted[], timeoutMs: number): Promise<BrowserMessage> {
    const result = deferred<BrowserMessage>();
    // A wait that nobody awaits any more must not end the process.
    result.promise.catch(() => undefined);
    if (this.#session === undefined) {
      result.reject(new StandpipeError('closed', 'it is closed'));
      return result.promise;
    }
    const names = wanted.map(({ event, channel }) =>
      channel === undefined ? event : `${event} on ${channel}`,
    );
    const waiter: Waiter = {
      wanted,
      result,
      deadline: systemClock.setTimeout(() => {
        this.#stopWaiting(waiter);
        const came = this.received.slice(-MAX_NAMED).map(({ event }) => event);
        const message = `waited ${timeoutMs} ms for ${names.join(' or ')}; received so far: ${came.join(', ')}`;
        result.reject(new StandpipeError('timeout', message));
      }, timeoutMs),
    };
    this.#waiters.push(waiter);
    return result.promise;
  }

  #stopWaiting(waiter: Waiter): void {
    systemClock.clearTimeout(waiter.deadline);
    this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
  }

  async #answer({ id, event, data }: Request): Promise<void> {
    const handler = this.#requestHandlers.get(event);
    try {
      if (handler === undefined) throw new Error(`nothing here answers ${event}`);
      this.send(REPLY_EVENT, { id, data: await handler(data) });
    } catch (error) {
      this.send(REPLY_EVENT, { id, error: asError(error).message });
    }
  }

  #receive(text: string): void {
    const frame = JSON.parse(text) as Record<string, unknown>;
    const message: BrowserMessage = {
      event: String(frame['event']),
      channel: frame['channel'] as string | undefined,
      data: decoded(frame['data']),
      userId: frame['user_id'] as string | undefined,
    };
    if (message.event === 'pusher:connection_established') {
      this.#id = (message.data as { socket_id: string }).socket_id;
    }
    this.received.push(message);
    this.#onMessage(message);
    for (const waiter of this.#waiters) {
      const wanted = waiter.wanted.find((each) => matches(message, each));
      if (wanted === undefined) continue;
      this.#given.set(keyOf(wanted), this.received.length);
      this.#stopWaiting(waiter);
      waiter.result.resolve(message);
      break;
    }
    if (message.event === REQUEST_EVENT) void this.#answer(message.data as Request);
    for (const handler of this.#handlers.get(message.event) ?? []) handler(message.data, message);
  }

  #end(code: number, reason: string): void {
    const session = this.#session;
    if (session === undefined) return;
    this.#session = undefined;
    session.closed(code, reason);
    this.#closed.resolve({ code, reason });
    const error = new StandpipeError('closed', `the connection was closed with ${code} ${reason}`);
    for (const waiter of [...this.#waiters]) {
      this.#stopWaiting(waiter);
      waiter.result.reject(error);
    }
  }
}

interface Request {
  id: string;
  event: string;
  data: unknown;
}

function keyOf({ event, channel }: Wanted): string {
  return `${event}\0${channel ?? ''}`;
}

function matches(message: BrowserMessage, { event, channel }: Wanted): boolean {
  return message.event === event && (channel === undefined || message.channel === channel);
}

/** The data of a message is JSON in a string; other text stays a string, as in pusher-js. */
function decoded(data: unknown): unknown {
  if (typeof data !== 'string') return data;
  try {
    return JSON.parse(data);
  } catch {
    return data;
  }
}
