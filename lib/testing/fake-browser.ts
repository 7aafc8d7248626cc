import { StandpipeError } from '../errors';
import type { Carrier, CarrierHandler } from '../gateway/core/fanout/carrier';
import { channelStringToSign, hmacHex, userStringToSign } from '../pusher/signature';
import { deferred, type Deferred } from '../util/deferred';
import { memoryEncoder, textsOf } from './memory-encoder';

/** A message that a fake browser has received. `data` is decoded as pusher-js decodes it. */
export interface BrowserMessage {
  event: string;
  channel: string | undefined;
  data: unknown;
  userId: string | undefined;
}

export interface Identity {
  userId: string;
  userInfo?: Record<string, unknown>;
}

type MessageHandler = (data: unknown, message: BrowserMessage) => void;

interface Waiter {
  event: string;
  channel: string | undefined;
  result: Deferred<BrowserMessage>;
}

/**
 * A browser in the test process, without a network. It speaks the Channels protocol to a real gateway, and signs for
 * private and presence channels itself.
 */
export class FakeBrowser {
  /** Received messages, in order. */
  readonly received: BrowserMessage[] = [];
  /** Resolves with the close code when the gateway closes the connection. */
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly #credentials: { key: string; secret: string };
  readonly #closed = deferred<{ code: number; reason: string }>();
  readonly #handlers = new Map<string, Set<MessageHandler>>();
  #waiters: Waiter[] = [];
  /** Index in `received` up to which `next` has given messages out, by event. */
  readonly #given = new Map<string, number>();
  #session: CarrierHandler | undefined;
  #id = '';

  /** Use `TestGateway.browser()`. */
  constructor(
    credentials: { key: string; secret: string },
    open: (carrier: Carrier) => CarrierHandler | undefined,
  ) {
    this.#credentials = credentials;
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
   * Subscribes and resolves when the gateway has said so; rejects with `refused` and the gateway's message. Presence
   * channels need an identity.
   */
  async subscribe(channel: string, identity?: Identity): Promise<this> {
    const data: Record<string, string> = { channel };
    const { key, secret } = this.#credentials;
    if (identity !== undefined) {
      const { userId, userInfo } = identity;
      data['channel_data'] = JSON.stringify({ user_id: userId, user_info: userInfo });
    }
    if (/^(private|presence)-/.test(channel)) {
      const toSign = channelStringToSign(this.#id, channel, data['channel_data']);
      data['auth'] = `${key}:${hmacHex(secret, toSign)}`;
    }
    const done = this.next('pusher_internal:subscription_succeeded', channel);
    const failed = this.next('pusher:subscription_error', channel);
    failed.catch(() => undefined);
    done.catch(() => undefined);
    this.send('pusher:subscribe', data);
    const { event, data: answer } = await Promise.race([done, failed]);
    this.#waiters = this.#waiters.filter((waiter) => waiter.channel !== channel);
    if (event === 'pusher_internal:subscription_succeeded') return this;
    const { error, status } = answer as { error: string; status: number };
    throw new StandpipeError('refused', error, { status });
  }

  /** Signs in as a user and resolves when the gateway has said so; rejects with `refused` and the gateway's message. */
  async signIn(userId: string, userInfo?: Record<string, unknown>): Promise<this> {
    const { key, secret } = this.#credentials;
    const userData = JSON.stringify({ id: userId, user_info: userInfo });
    const auth = `${key}:${hmacHex(secret, userStringToSign(this.#id, userData))}`;
    const answers = [this.next('pusher:signin_success'), this.next('pusher:error')];
    for (const answer of answers) answer.catch(() => undefined);
    this.send('pusher:signin', { auth, user_data: userData });
    const { event, data } = await Promise.race(answers);
    if (event === 'pusher:signin_success') return this;
    const { code, message } = data as { code: number; message: string };
    throw new StandpipeError('refused', message, { status: code });
  }

  unsubscribe(channel: string): this {
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
   * The next message of an event that `next` has not given out yet, received already or still to come. Rejects with
   * `closed` when the connection ends first.
   */
  next(event: string, channel?: string): Promise<BrowserMessage> {
    const key = `${event}\0${channel ?? ''}`;
    for (let i = this.#given.get(key) ?? 0; i < this.received.length; i++) {
      const message = this.received[i] as BrowserMessage;
      if (!matches(message, event, channel)) continue;
      this.#given.set(key, i + 1);
      return Promise.resolve(message);
    }
    this.#given.set(key, this.received.length);
    const result = deferred<BrowserMessage>();
    if (this.#session === undefined) result.reject(new StandpipeError('closed', 'it is closed'));
    else this.#waiters.push({ event, channel, result });
    return result.promise;
  }

  /** Closes the connection, as a closed tab does. */
  close(): void {
    this.#end(1001, '');
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
    const waiter = this.#waiters.find((each) => matches(message, each.event, each.channel));
    if (waiter !== undefined) {
      this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
      this.#given.set(`${waiter.event}\0${waiter.channel ?? ''}`, this.received.length);
      waiter.result.resolve(message);
    }
    for (const handler of this.#handlers.get(message.event) ?? []) handler(message.data, message);
  }

  #end(code: number, reason: string): void {
    const session = this.#session;
    if (session === undefined) return;
    this.#session = undefined;
    session.closed(code, reason);
    this.#closed.resolve({ code, reason });
    const error = new StandpipeError('closed', `the connection was closed with ${code} ${reason}`);
    for (const { result } of this.#waiters.splice(0)) result.reject(error);
  }
}

function matches(message: BrowserMessage, event: string, channel: string | undefined): boolean {
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
