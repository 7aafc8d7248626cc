import type { IncomingMessage } from 'node:http';
import type { Socket as NetSocket } from 'node:net';
import { UnsentWatch } from '../core/fanout/unsent-watch';
import type { TurnBudget } from '../core/timing/turn-budget';
import { Intake } from './intake';

export interface HttpLimits {
  /** Ticks that the head of a request may take from its first byte on. */
  headTicks: number;
  /** Ticks that all of a request may take. */
  requestTicks: number;
  maxUnsentBytes: number;
  /** Ticks that bytes may wait to be taken by the peer. */
  maxUnsentTicks: number;
}

/** Messages that cost as much as a request. */
const REQUEST_UNITS = 16;
/** Requests are read in pieces of at most so many bytes. */
const MAX_PIECE_BYTES = 16 * 1024;

/**
 * One TCP connection while it speaks HTTP: its input is budgeted, requests have deadlines, answers must be read. A
 * connection that was opened beforehand and is silent so far has no request that could be late.
 */
export class HttpConnection {
  readonly stream: NetSocket;
  readonly intake: Intake;
  /** Why there was no place for it when it came; it takes none. */
  readonly surplus: string | undefined;
  #request: IncomingMessage | undefined;
  /** Ticks since the first byte of a head or of a whole request; undefined between requests. */
  #ticks: number | undefined;
  #unsent: UnsentWatch | undefined;

  constructor(stream: NetSocket, budget: TurnBudget, surplus: string | undefined) {
    this.stream = stream;
    this.surplus = surplus;
    if (surplus !== undefined) this.#ticks = 0;
    this.intake = new Intake(stream, budget, MAX_PIECE_BYTES);
    // Before the parser: it may find the end of this very head.
    stream.prependListener('data', this.#heard);
  }

  /** A head was read to its end. */
  requested(request: IncomingMessage): void {
    this.intake.count(REQUEST_UNITS);
    this.#request = request;
    this.#ticks ??= 0;
  }

  /** Leaves the stream to another protocol; gives back the bytes that nobody has parsed. */
  release(): Buffer | undefined {
    this.stream.off('data', this.#heard);
    return this.intake.release();
  }

  /** A second has gone by: what is wrong with this connection now? */
  tick(limits: HttpLimits): 'late' | 'stuck' | undefined {
    if (this.#request?.complete === true) {
      this.#request = undefined;
      this.#ticks = undefined;
    }
    if (this.#isStuck(limits)) return 'stuck';
    if (this.#ticks === undefined || this.intake.behind) return undefined;
    const most = this.#request === undefined ? limits.headTicks : limits.requestTicks;
    return ++this.#ticks > most ? 'late' : undefined;
  }

  readonly #heard = (): void => {
    if (this.#request?.complete === true) {
      this.#request = undefined;
      this.#ticks = undefined;
    }
    this.#ticks ??= 0;
  };

  #isStuck({ maxUnsentBytes, maxUnsentTicks: maxLooks }: HttpLimits): boolean {
    const unsentBytes = this.stream.writableLength;
    if (this.#unsent === undefined && unsentBytes === 0) return false;
    const sentBytes = this.stream.bytesWritten - unsentBytes;
    this.#unsent ??= new UnsentWatch();
    const limits = { maxUnsentBytes, maxLooks };
    const found = this.#unsent.look({ unsentBytes, sentBytes }, limits, undefined);
    if (found === 'empty') this.#unsent = undefined;
    return found === 'stuck';
  }
}
