import type { IncomingMessage } from 'node:http';
import type { Socket as NetSocket } from 'node:net';
import { UnsentWatch } from '../core/fanout/unsent-watch';
import { BYTES_PER_UNIT, UNITS_PER_SHARE, type TurnBudget } from '../core/timing/turn-budget';

export interface HttpLimits {
  /** Ticks that the head of a request may take from its first byte on. */
  headTicks: number;
  /** Ticks that all of a request may take. */
  requestTicks: number;
  maxUnsentBytes: number;
  /** Ticks that bytes may wait to be taken by the peer. */
  maxUnsentTicks: number;
}

/** Units of the budget that a request costs, as much as so many messages. Its body costs more, up to one read. */
const REQUEST_UNITS = 16;
const MAX_BODY_UNITS = (64 * 1024) / BYTES_PER_UNIT;
/** Requests of one connection that are handled in one turn: more than clients have on their way. */
const REQUESTS_PER_TURN = 8;

/** Ticks behind which a connection without a request is idle: a client that goes on by itself does so before. */
const MIN_IDLE_TICKS = 5;

/** Requests that may wait on one connection. */
const MAX_WAITING_OF_ONE = 64;

/** Headers of one request: several times as many as clients and the proxies on the way send. */
export const MAX_HEADERS = 200;

/** Pieces in which one body may come. Each costs as much as a small message, and a read holds ten thousand of a byte. */
export const MAX_PIECES = 1_024;
const PIECES_PER_UNIT = 4;
/** Pieces of one turn from which on a connection floods. */
const FLOOD_PIECES = 256;

type Push = (this: IncomingMessage, piece: Buffer | null, encoding?: BufferEncoding) => boolean;

/** Request whose pieces are counted. */
interface PiecedRequest extends IncomingMessage {
  [PIECES]: { connection: HttpConnection; push: Push; ofBody: number };
  /** Function by which Node reads past a body that nobody wanted, which is not in its types. */
  _dump?: () => void;
}

const PIECES = Symbol('pieces of a body');

/** Socket of Node's HTTP server with the parser that is not in its types. */
interface ParsedSocket extends NetSocket {
  parser?: { onIncoming?: (() => number) | null } | null;
}

/** Value with which Node's parser is told that no HTTP follows. */
const IS_UPGRADE = 2;

/** Answer on its way. Answers of one connection leave in the order of their requests. */
export interface Answering {
  readonly writableFinished: boolean;
  readonly destroyed: boolean;
  once(event: 'close', listener: () => void): unknown;
}

interface Waiting {
  request: IncomingMessage;
  response: Answering | undefined;
  run: () => void;
}

/** Queue of the requests of all connections, owned by `HttpConnections`. */
export interface RequestQueue {
  readonly budget: TurnBudget;
  /** A request of the connection has to wait. False when too many wait already. */
  enter(connection: HttpConnection): boolean;
  /** Requests of a connection wait no longer. */
  leave(count: number): void;
  /** No request of the connection waits any more: reads it, after those that wait for that. */
  readOn(connection: HttpConnection): void;
  /** The connection floods: a read of it holds very much. */
  flooded(connection: HttpConnection): void;
  /** A body of the connection comes in too many pieces. Called once. */
  shredded(connection: HttpConnection): void;
}

/**
 * TCP connection while it speaks HTTP: pipelined requests (RFC 9112 §9.3.2) are handled a few a turn, requests have
 * deadlines, answers must be read. A GET, whose answer may be long, waits until all answers before it have left, so that
 * a connection that reads nothing holds one of them. A connection that was opened beforehand and is silent so far has no
 * request that could be late.
 *
 * Node's parser takes the bytes from the socket without a detour through JavaScript, which a listener of `data` would
 * end: requests are therefore counted after they were parsed, and the socket is paused while some of them wait.
 */
export class HttpConnection {
  readonly stream: NetSocket;
  /** Reason for which a connection beyond the limits is refused. */
  readonly surplus: string | undefined;
  readonly #queue: RequestQueue;
  readonly #waiting: Waiting[] = [];
  /** A share of them is in the budget's queue, or comes when the latest answer has left. */
  #isQueued = false;
  /** Answer to the latest request that was handled. */
  #answer: Answering | undefined;
  /** Turn of the budget in which something came last, its requests that were handled, and its pieces of bodies. */
  #turn = -1;
  #handled = 0;
  #pieces = 0;
  #isRefused = false;
  /** The head of an upgrade was read, which waits for its turn: it is not late any more. */
  #isUpgrade = false;
  /** Requests that were dropped, until the stream has closed. */
  readonly #dropped: IncomingMessage[] = [];
  #request: IncomingMessage | undefined;
  /** Bytes read when the connection was last seen between two requests. */
  #bytes = 0;
  /** Bytes read at the end of the latest request; undefined before it. */
  #endBytes: number | undefined;
  /** Ticks since the first byte of a head or of a whole request; undefined between requests. */
  #ticks: number | undefined;
  /** Ticks without a request. */
  #idleTicks = 0;
  #unsent: UnsentWatch | undefined;

  constructor(stream: NetSocket, queue: RequestQueue, surplus: string | undefined) {
    this.stream = stream;
    this.surplus = surplus;
    this.#queue = queue;
    if (surplus !== undefined) this.#ticks = 0;
  }

  /** True when nothing was on its way for some seconds: between two requests, or before the first one. */
  get isIdle(): boolean {
    if (this.#idleTicks <= MIN_IDLE_TICKS || this.#waiting.length > 0) return false;
    return (
      (this.#answer === undefined || this.#answer.writableFinished) && !this.stream.writableLength
    );
  }

  /** A deadline holds from now on, as if the first byte of a request had come. */
  hasBegun(): void {
    this.#ticks ??= 0;
  }

  /** Requests that were read and wait for a later turn. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** An answer is on its way, or requests wait: nothing else may be written to the stream. */
  get isAnswering(): boolean {
    const answer = this.#answer;
    const isOpen = answer !== undefined && !answer.writableFinished && !answer.destroyed;
    return this.#waiting.length > 0 || isOpen;
  }

  /** The head of an upgrade was read to its end. */
  upgrades(): void {
    this.#isUpgrade = true;
  }

  /** A head was read to its end: runs the request now or in a later turn. False when the connection has to be refused. */
  requested(request: IncomingMessage, run: () => void, response?: Answering): boolean {
    // Requests behind the refusal come from the same read.
    if (this.#isRefused) return true;
    this.#isUpgrade = false;
    if (this.#request?.complete === true) this.#ticks = 0;
    this.#ticks ??= 0;
    this.#request = request;
    this.#noteEnd(request);
    const { budget } = this.#queue;
    const isLate = budget.overdrawn;
    budget.spend(unitsOf(request));
    this.#countFrom(budget.turn);
    if (request.headers['transfer-encoding'] !== undefined) this.#countPieces(request);
    const next = { request, response, run };
    // Requests of an overdrawn turn wait, as messages do: the share of each of a thousand connections is a second.
    const most = budget.exhausted ? 1 : REQUESTS_PER_TURN;
    const isInTime = !isLate && this.#handled < most;
    if (this.#waiting.length === 0 && isInTime && this.#mayRun(next)) {
      this.#handled++;
      this.#run(next);
      return true;
    }
    if (this.#waiting.length >= MAX_WAITING_OF_ONE || !this.#queue.enter(this)) {
      this.refuse();
      return false;
    }
    if (this.#waiting.push(next) > 1) return true;
    this.stream.pause();
    this.#goOn();
    return true;
  }

  /** True when a head has more headers than are allowed: the connection has to be refused, and takes nothing more. */
  overflows({ rawHeaders }: IncomingMessage): boolean {
    if (rawHeaders.length <= 2 * MAX_HEADERS || this.#isRefused) return false;
    this.refuse();
    // A head of two thousand headers takes as long to read as fifty requests.
    this.#queue.flooded(this);
    return true;
  }

  /** Takes nothing more: the connection is ended by the caller. */
  refuse(): void {
    this.#isRefused = true;
    this.ended();
    // A read may hold two thousand requests: the parser takes the next one for an upgrade, and stops there.
    const { parser } = this.stream as ParsedSocket;
    if (parser?.onIncoming) parser.onIncoming = () => IS_UPGRADE;
  }

  /** Drops requests that wait: the connection ends. */
  ended(): void {
    const dropped = this.#waiting.splice(0);
    this.#queue.leave(dropped.length);
    this.#dropped.push(...dropped.map(({ request }) => request));
  }

  /**
   * The stream has closed. Node makes an error with a stack for each request without an end, a third of the cost of a
   * flood; requests that nobody has seen are ended before.
   */
  closed(): void {
    this.ended();
    for (const request of this.#dropped.splice(0)) request.destroy();
  }

  /** Tells of a fault at the end of a second. */
  tick(limits: HttpLimits): 'late' | 'stuck' | undefined {
    const { bytesRead } = this.stream;
    if (this.#request?.complete === true) {
      this.#request = undefined;
      this.#ticks = undefined;
      this.#idleTicks = 0;
      if (this.#answer?.writableFinished === true) this.#answer = undefined;
      // The next head may have begun since.
      this.#bytes = this.#endBytes ?? bytesRead;
    }
    if (this.#isStuck(limits)) return 'stuck';
    if (this.#waiting.length > 0 || this.#isUpgrade) return undefined;
    if (bytesRead !== this.#bytes) this.#ticks ??= 0;
    this.#idleTicks = this.#ticks === undefined ? this.#idleTicks + 1 : 0;
    if (this.#ticks === undefined) return undefined;
    const most = this.#request === undefined ? limits.headTicks : limits.requestTicks;
    return ++this.#ticks > most ? 'late' : undefined;
  }

  #countFrom(turn: number): void {
    if (this.#turn === turn) return;
    this.#turn = turn;
    this.#handled = this.#pieces = 0;
  }

  /** Counts the chunks of a body (RFC 9112 §7.1), whose sizes are the client's choice. */
  #countPieces(incoming: IncomingMessage): void {
    const request = incoming as PiecedRequest;
    const { push } = incoming as { push: Push };
    request[PIECES] = { connection: this, push, ofBody: 0 };
    // Node counts nothing any more once the answer is complete.
    request._dump = readPast;
    request.push = HttpConnection.#countPiece;
  }

  /** `push` of all requests whose pieces are counted: closures would keep them from the collection of young objects. */
  static #countPiece(
    this: PiecedRequest,
    piece: Buffer | null,
    encoding?: BufferEncoding,
  ): boolean {
    const pieces = this[PIECES];
    const { connection, push } = pieces;
    const budget = connection.#queue.budget;
    if (piece === null || connection.#isRefused) return piece === null && push.call(this, piece);
    pieces.ofBody++;
    connection.#countFrom(budget.turn);
    if (++connection.#pieces % PIECES_PER_UNIT === 0) budget.spend(1);
    if (connection.#pieces === FLOOD_PIECES) connection.#queue.flooded(connection);
    if (pieces.ofBody <= MAX_PIECES) return push.call(this, piece, encoding);
    connection.#isRefused = true;
    connection.ended();
    connection.#queue.shredded(connection);
    return false;
  }

  /** Handles one share of the waiting requests; true while more are left. */
  readonly #share = (): boolean => {
    this.#isQueued = false;
    const { budget } = this.#queue;
    const end = budget.spent + UNITS_PER_SHARE;
    while (budget.spent < end) {
      const [next] = this.#waiting;
      if (next === undefined || !this.#mayRun(next)) break;
      this.#waiting.shift();
      this.#queue.leave(1);
      budget.spend(unitsOf(next.request));
      this.#run(next);
    }
    const [next] = this.#waiting;
    if (next === undefined) this.#queue.readOn(this);
    else if (this.#mayRun(next)) return (this.#isQueued = true);
    else this.#goOn();
    return false;
  };

  /** Handles the requests that wait in a later turn, or when the answer that the first of them waits for has left. */
  #goOn(): void {
    const [next] = this.#waiting;
    if (this.#isQueued || next === undefined) return;
    this.#isQueued = true;
    if (this.#mayRun(next)) return this.#queue.budget.later(this.#share);
    this.#answer?.once('close', () => {
      this.#isQueued = false;
      this.#goOn();
    });
  }

  #mayRun({ request }: Waiting): boolean {
    if (request.method !== 'GET' || this.#answer === undefined) return true;
    return this.#answer.writableFinished || this.#answer.destroyed;
  }

  #run({ run, response }: Waiting): void {
    this.#answer = response;
    run();
  }

  /** Requests with a body end later than their heads. */
  #noteEnd(request: IncomingMessage): void {
    const { 'content-length': length = '0', 'transfer-encoding': coding } = request.headers;
    this.#endBytes = undefined;
    if (length === '0' && coding === undefined) this.#endBytes = this.stream.bytesRead;
    else {
      request.once('end', () => {
        if (this.#request === request) this.#endBytes = this.stream.bytesRead;
      });
    }
  }

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

function readPast(this: IncomingMessage): void {
  this.resume();
}

function unitsOf({ headers: { 'content-length': length = '0' } }: IncomingMessage): number {
  return REQUEST_UNITS + Math.min(Number(length) / BYTES_PER_UNIT, MAX_BODY_UNITS);
}
