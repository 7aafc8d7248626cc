import type { Pace } from '../core/fanout/outlet';

/** Unsent bytes of a connection above which it is behind, whatever it has answered. */
const MAX_UNSENT_BYTES = 64 * 1024;
/** A pressed connection is let go when its answers took no longer than its shortest one and so much for a while. */
const PROMPT_MS = 100;
const CALM_MS = 10_000;
/** The shortest round trip becomes longer by so much with each answer, so that a longer way is learnt in time. */
const RISE_MS = 1;
/** Bytes that may be written before the next ping, which goes out before its time then. */
const MAX_UNPROBED_BYTES = 16 * 1024;
/** Pings without an answer, beyond which no more are sent. */
const MAX_OPEN_PINGS = 16;

const PING_FINAL = 0x89;
const PAYLOAD_BYTES = 8;

export interface PaceLimits {
  /** Time between two pings, unless much is written meanwhile. */
  readonly latestCheckMs: number;
  /** Time beyond the shortest round trip after which a ping without an answer means that its connection is behind. */
  readonly latestSlackMs: number;
}

/** A connection as its pace sees it. */
export interface Paced {
  readonly unsentBytes: number;
  /** Bytes written so far, those that are unsent included. */
  readonly writtenBytes: number;
  /** True while its input is not read, so that answers are not heard. */
  readonly paused: boolean;
  /** Runs when unsent bytes have left. */
  onDrain(run: () => void): void;
  /** Called when it may have caught up. */
  caughtUp(): void;
}

/**
 * Pace of a WebSocket. Bytes that a slow network has yet to carry wait in the buffers of two systems and of all between
 * them, where nobody can count them. So pings are written among the messages (RFC 6455 §5.5.2), which browsers answer
 * by themselves: an answer that does not come shows that the messages before it have not arrived either.
 *
 * A connection that was behind once is pressed for a while: everything droppable that is written to it is followed by a
 * ping, and it counts as behind until the answer has come.
 */
export class PingPace implements Pace {
  readonly #connection: Paced;
  readonly #limits: PaceLimits;
  /** Times of the pings without an answer, which they carry. */
  readonly #open: number[] = [];
  /** Shortest round trip so far; Infinity until the first answer: some peers never answer. */
  #leastMs = Infinity;
  #nextPingMs = -Infinity;
  /** Bytes that had been written before the last ping. */
  #probedBytes = 0;
  #isPressed = false;
  /** All answers since then were prompt. */
  #promptSinceMs: number | undefined;
  #waitsForDrain = false;

  constructor(connection: Paced, limits: PaceLimits) {
    this.#connection = connection;
    this.#limits = limits;
  }

  isBehind(nowMs: number): boolean {
    const isFull = this.#connection.unsentBytes > MAX_UNSENT_BYTES;
    if (isFull) this.#awaitDrain();
    if (!isFull && !this.#isLate(nowMs)) return false;
    if (!this.#isPressed) this.#promptSinceMs = undefined;
    this.#isPressed = true;
    return true;
  }

  probe(nowMs: number): Buffer | undefined {
    const open = this.#open;
    const { paused, writtenBytes } = this.#connection;
    const isDue =
      this.#isPressed ||
      nowMs >= this.#nextPingMs ||
      writtenBytes - this.#probedBytes >= MAX_UNPROBED_BYTES;
    if (!isDue) return undefined;
    if (paused || open.length >= MAX_OPEN_PINGS || open.at(-1) === nowMs) return undefined;
    this.#nextPingMs = nowMs + this.#limits.latestCheckMs;
    this.#probedBytes = writtenBytes;
    open.push(nowMs);
    return pingOf(nowMs);
  }

  /** The peer has answered a ping, and with it all before it. Answers to pings that are none of these are passed over. */
  ponged(payload: Buffer, nowMs: number): void {
    if (payload.length !== PAYLOAD_BYTES) return;
    const sentMs = payload.readDoubleBE();
    const place = this.#open.indexOf(sentMs);
    if (place < 0) return;
    this.#open.splice(0, place + 1);
    const tripMs = nowMs - sentMs;
    this.#leastMs = Math.min(tripMs, this.#leastMs + RISE_MS);
    if (!this.#isPressed) return;
    if (tripMs > this.#leastMs + PROMPT_MS) this.#promptSinceMs = undefined;
    else this.#promptSinceMs ??= nowMs;
    if (nowMs - (this.#promptSinceMs ?? nowMs) >= CALM_MS) this.#isPressed = false;
    if (!this.isBehind(nowMs)) this.#connection.caughtUp();
  }

  /** Answers are not heard for a while, so that it is not behind for want of those that are still to come. */
  notHeard(): void {
    this.#open.length = 0;
    if (this.#isPressed) this.#connection.caughtUp();
  }

  #isLate(nowMs: number): boolean {
    const [oldestMs] = this.#open;
    if (oldestMs === undefined || this.#leastMs === Infinity) return false;
    return this.#isPressed || nowMs - oldestMs > this.#leastMs + this.#limits.latestSlackMs;
  }

  #awaitDrain(): void {
    if (this.#waitsForDrain) return;
    this.#waitsForDrain = true;
    this.#connection.onDrain(() => {
      this.#waitsForDrain = false;
      this.#connection.caughtUp();
    });
  }
}

let lastMs: number | undefined;
let lastPing = Buffer.alloc(0);

/** A ping with its time. Pings of one turn are the same bytes. */
function pingOf(nowMs: number): Buffer {
  if (nowMs === lastMs) return lastPing;
  lastMs = nowMs;
  lastPing = Buffer.alloc(2 + PAYLOAD_BYTES);
  lastPing[0] = PING_FINAL;
  lastPing[1] = PAYLOAD_BYTES;
  lastPing.writeDoubleBE(nowMs, 2);
  return lastPing;
}
