import { CloseCode } from '../../pusher/close-codes';
import { UnsentWatch } from '../core/fanout/unsent-watch';
import type { Carrier, CarrierHandler } from '../core/fanout/carrier';
import type { BytePool } from '../core/timing/byte-pool';
import type { TurnBudget } from '../core/timing/turn-budget';
import type { Encoder, Pace } from '../core/fanout/outlet';
import { closeLine, HEARTBEAT, OPEN } from './frames';
import { MessageQueue } from './message-queue';
import type { Traffic } from '../core/metrics';
import { PostOrder } from './post-order';
import type { Receiver } from './receiver';

/** State shared by all carriers, owned by `SockJsCarriers`. */
export interface CarrierHost {
  readonly maxUnsentBytes: number;
  readonly maxUnsentTicks: number;
  /** Time for which lines may wait for a receiver before their client is behind, in milliseconds. */
  readonly latestSlackMs: number;
  readonly traffic: Traffic;
  /** Milliseconds on a monotonic clock. */
  now(): number;
  /** Counts a carrier that was cut because it did not read. */
  cut(): void;
  /** The gateway itself failed in handling what came in. */
  failed(error: unknown): void;
  endOfTurn(run: () => void): void;
  after(delayMs: number, run: () => void): void;
  readonly budget: TurnBudget;
  /** Posts of all carriers that wait for an earlier one. */
  readonly posts: BytePool;
}

/**
 * Time for which a post waits for an earlier one. That one may travel over a connection which is still being made: over a
 * long way that takes a second, and as long again where its first packet was lost.
 */
export const MAX_WAIT_MS = 1_500;
/**
 * Lines may wait for a receiver up to so many times the limit of unsent bytes. Over a WebSocket a burst lies in the
 * buffers of the system while its browser reads; between two requests there are no such buffers.
 */
const WAITING_SHARE = 4;
/** Messages that may wait when another body comes. A client that is held to its rates never has as many. */
const MAX_WAITING_MESSAGES = 8192;

/** Times of a carrier, in ticks, and how its texts become lines. */
export interface CarrierOptions {
  encoder: Encoder;
  /** Life of a session without a receiver. A closed session tells its close code for the same time. */
  expiryTicks: number;
  /** Silence of the gateway after which it sends a heartbeat. */
  heartbeatTicks: number;
  /** Time without a request after which the client is taken for dead; Infinity where clients may only listen. */
  maxSilentTicks: number;
  /** Close of a session whose stream broke off, so that lines may be lost. Without it the session waits for the next one. */
  interrupted?: { code: number; reason: string };
}

/**
 * A connection made of HTTP requests. Messages wait for a receiver, and receivers come and go. To the protocol above it
 * is a connection like any other.
 */
export class SockJsCarrier implements Carrier, Pace {
  readonly remoteAddress: string;
  session: CarrierHandler | undefined;
  readonly #host: CarrierHost;
  readonly #options: CarrierOptions;
  #receiver: Receiver | undefined;
  /** Whole lines that no receiver has taken yet. */
  #waiting: Buffer[] | undefined = [OPEN];
  #waitingBytes = OPEN.length;
  /** Time since which lines wait. */
  #waitsSinceMs: number | undefined;
  /** Droppable events were held back, since lines had waited for long. */
  #isBehind = false;
  #closed: { code: number; reason: string } | undefined;
  /** Ticks since the last receiver went, the last heartbeat or the close; the present state says which of them. */
  #ticks = 0;
  /** Ticks since the last request. */
  #silentTicks = 0;
  #unsentWatch: UnsentWatch | undefined;
  readonly #order: PostOrder;
  #isWaiting = false;
  readonly #queue: MessageQueue;
  /** Number of the receiver. */
  #number: number | undefined;
  /** Answer of the last poll, until the next one shows that it has arrived. */
  #lastPoll: { number: number; lines: Buffer } | undefined;

  constructor(host: CarrierHost, remoteAddress: string, options: CarrierOptions) {
    this.#host = host;
    this.#options = options;
    this.remoteAddress = remoteAddress;
    this.#order = new PostOrder(host.posts);
    this.#queue = new MessageQueue(host.budget, { handle: (text) => this.#text(text) });
  }

  get encoder(): Encoder {
    return this.#options.encoder;
  }

  get unsentBytes(): number {
    return this.#waitingBytes + (this.#receiver?.unsentBytes ?? 0);
  }

  get pace(): Pace {
    return this;
  }

  isBehind(nowMs: number): boolean {
    const sinceMs = this.#waitsSinceMs;
    this.#isBehind = sinceMs !== undefined && nowMs - sinceMs > this.#host.latestSlackMs;
    return this.#isBehind;
  }

  /** Nothing is asked of a client over HTTP: its next request is the answer. */
  probe(): undefined {
    return undefined;
  }

  /** True while it takes messages. */
  get open(): boolean {
    return this.#closed === undefined;
  }

  /**
   * Sends to this receiver from now on. The earlier receiver is told so and ended: a second client that uses the same
   * session must not wait for ever.
   */
  attach(receiver: Receiver, number?: number): void {
    // Browsers repeat a request by themselves when its answer was lost on the way.
    if (number !== undefined && number === this.#lastPoll?.number) {
      receiver.write(this.#lastPoll.lines);
      return;
    }
    this.#lastPoll = undefined;
    this.#number = number;
    this.#arrive(number);
    const former = this.#receiver;
    former?.end(closeLine(2010, 'Another connection has taken this session over'));
    this.#receiver = receiver;
    this.#unsentWatch?.restart();
    this.#silentTicks = 0;
    if (this.#closed === undefined) this.#ticks = 0;
    else if (this.#waiting === undefined) this.#wait(closeLineOf(this.#closed));
    // With the turn, so that the answer to a new session holds its first message too.
    this.#host.endOfTurn(() => {
      former?.destroyUnsent();
      this.#flush();
    });
  }

  /** A receiver is over. */
  gone(receiver: Receiver): void {
    if (this.#receiver !== receiver) return;
    this.#receiver = undefined;
    if (this.#closed !== undefined) return;
    this.#ticks = 0;
    const { interrupted } = this.#options;
    if (interrupted === undefined || !receiver.interrupted) return;
    // Nothing may follow a hole.
    this.#waiting = undefined;
    this.#waitingBytes = 0;
    this.close(interrupted.code, interrupted.reason);
  }

  /** Lines have waited for a second to be taken. */
  get isUnread(): boolean {
    if (this.#closed !== undefined) return false;
    if (this.#receiver === undefined) return this.#waitingBytes > 0 && this.#ticks > 1;
    return this.#unsentWatch?.isBehind === true;
  }

  /** Handles the messages of one `xhr_send`, after those of the posts before it. */
  receive(texts: readonly string[], number?: number): void {
    this.#silentTicks = 0;
    this.#arrive(number, texts);
  }

  #arrive(number: number | undefined, texts?: readonly string[]): void {
    this.#handle(this.#order.arrive(number, texts));
    if (!this.#order.waits || this.#isWaiting) return;
    this.#isWaiting = true;
    this.#host.after(MAX_WAIT_MS, () => {
      this.#isWaiting = false;
      this.#handle(this.#order.skip());
    });
  }

  #handle(texts: readonly string[]): void {
    if (this.#queue.size <= MAX_WAITING_MESSAGES) return this.#queue.push(texts);
    this.#queue.end();
    this.close(CloseCode.OVER_CAPACITY, 'Too many messages wait to be handled');
  }

  #text(text: string): void {
    try {
      this.session?.text(text);
    } catch (error) {
      this.#host.failed(error);
      this.#queue.end();
      this.close(CloseCode.RECONNECT, 'Internal error');
    }
  }

  write(lines: Buffer): void {
    if (this.#closed !== undefined) return;
    if (this.unsentBytes > WAITING_SHARE * this.#host.maxUnsentBytes) return this.cut();
    this.#wait(lines);
    this.#flush();
  }

  close(code: number, reason: string): void {
    if (this.#closed !== undefined) return;
    const words = this.session?.lastWords?.(code, reason);
    this.#closed = { code, reason };
    this.#ticks = 0;
    if (words !== undefined) this.#wait(this.encoder.encode([words]).bytes);
    this.#wait(closeLineOf(this.#closed));
    this.#flush();
    this.#host.endOfTurn(() => this.#tellSession());
  }

  /** A second has gone by. False when the session is over and to be forgotten. */
  tick(): boolean {
    this.#ticks++;
    this.#silentTicks++;
    const receiver = this.#receiver;
    if (this.#closed !== undefined || receiver === undefined) {
      if (this.#ticks <= this.#options.expiryTicks) return true;
      this.#expire();
      return false;
    }
    if (this.#silentTicks >= this.#options.maxSilentTicks) {
      this.close(CloseCode.PONG_TIMEOUT, 'Pong reply not received');
    } else if (this.#isStuck(receiver)) {
      this.cut();
    } else if (this.#ticks >= this.#options.heartbeatTicks) {
      this.#ticks = 0;
      receiver.write(HEARTBEAT);
    }
    return true;
  }

  sendBinary(): void {
    throw new Error('SockJS has no binary messages');
  }

  onDrain(run: () => void): void {
    this.#host.endOfTurn(run);
  }

  #wait(lines: Buffer): void {
    this.#waitsSinceMs ??= this.#host.now();
    (this.#waiting ??= []).push(lines);
    this.#waitingBytes += lines.length;
  }

  #flush(): void {
    const receiver = this.#receiver;
    const waiting = this.#waiting;
    if (receiver === undefined || receiver.full || waiting === undefined) return;
    const lines = waiting.length === 1 ? (waiting[0] as Buffer) : Buffer.concat(waiting);
    const taken = receiver.write(lines);
    this.#host.traffic.sentBytes += taken;
    if (!receiver.streaming && this.#number !== undefined) {
      this.#lastPoll = { number: this.#number, lines: lines.subarray(0, taken) };
    }
    this.#waitingBytes = lines.length - taken;
    this.#waiting = taken === lines.length ? undefined : [lines.subarray(taken)];
    if (this.#waiting !== undefined) return;
    this.#waitsSinceMs = undefined;
    if (this.#closed !== undefined) receiver.end(NOTHING);
    else if (this.#isBehind) this.#host.endOfTurn(() => this.session?.caughtUp?.());
    this.#isBehind = false;
  }

  #isStuck(receiver: Receiver): boolean {
    if (this.#unsentWatch === undefined && receiver.unsentBytes === 0) return false;
    this.#unsentWatch ??= new UnsentWatch();
    const { maxUnsentBytes, maxUnsentTicks: maxLooks } = this.#host;
    const found = this.#unsentWatch.look(receiver, { maxUnsentBytes, maxLooks }, this.session);
    if (found === 'empty') this.#unsentWatch = undefined;
    return found === 'stuck';
  }

  /** Ends a connection that does not read: the close is tried, then the receiver's connection is broken off. */
  cut(): void {
    const receiver = this.#receiver;
    this.#host.cut();
    this.#waiting = undefined;
    this.#waitingBytes = 0;
    this.close(CloseCode.OVER_CAPACITY, 'This connection does not read what it is sent');
    this.#host.endOfTurn(() => receiver?.destroyUnsent());
  }

  #expire(): void {
    this.#receiver?.destroy();
    if (this.#closed !== undefined) return;
    this.#closed = { code: 1006, reason: '' };
    this.#tellSession();
  }

  #tellSession(): void {
    const { code, reason } = this.#closed ?? { code: 1006, reason: '' };
    const session = this.session;
    this.session = undefined;
    this.#queue.end();
    this.#order.end();
    try {
      session?.closed(code, reason);
    } catch (error) {
      this.#host.failed(error);
    }
  }
}

const NOTHING = Buffer.alloc(0);

function closeLineOf({ code, reason }: { code: number; reason: string }): Buffer {
  return closeLine(code, reason);
}
