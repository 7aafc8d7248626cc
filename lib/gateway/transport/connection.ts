import type { Duplex } from 'node:stream';
import type { Socket as NetSocket } from 'node:net';
import type { RawData, WebSocket } from 'ws';
import type { UnsentWatch } from '../core/fanout/unsent-watch';
import type { Carrier, CarrierHandler } from '../core/fanout/carrier';
import type { Traffic } from '../core/metrics';
import type { Encoder, Pace } from '../core/fanout/outlet';
import { type FrameHandler, FrameReader } from '../../net/frame-reader';
import { SocketWriter } from '../../net/socket-writer';
import { closeReason } from '../../util/close-reason';
import type { Intake, IntakeOwner } from './intake';
import { PingPace, type PaceLimits } from './pace';
import { webSocketEncoder } from './web-socket-encoder';

/** Limits and duties of every connection; owned by `KeepAlive`. */
export interface ConnectionWatch {
  readonly maxUnsentBytes: number;
  readonly traffic: Traffic;
  /** Limits in force. */
  readonly paceLimits: PaceLimits;
  /** Milliseconds on a monotonic clock. */
  now(): number;
  /** Called when written bytes have not left yet. */
  backedUp(connection: Connection): void;
  /** The peer does not read: `endCut` is due in one of the next turns. */
  cut(connection: Connection): void;
  gone(connection: Connection): void;
  /** The gateway itself failed in handling what came in. */
  failed(error: unknown, connection: Connection): void;
  /** The peer broke a rule of the transport, or was reset. */
  peerFailed(error: unknown): void;
}

/** A WebSocket that knows its connection, so that all of them share their listeners. */
interface OwnedSocket extends WebSocket {
  owner: Connection;
}

// As of `util/timers`: false timers of a test leave it alone.
const { setImmediate } = globalThis;

function ownerOf(ws: WebSocket): Connection {
  return (ws as OwnedSocket).owner;
}

/** Pings that a peer has answered in one tick of the keep-alive. Further ones are heard, not answered. */
const MAX_PONGS_PER_TICK = 5;

/** Parts of a connection beside its WebSocket. */
export interface ConnectionParts {
  /** Close code for a peer that does not read. */
  slowCode: number;
  isBackend?: boolean;
  remoteAddress: string;
  /** Largest message that `ws` takes of the peer. */
  maxPayloadBytes: number;
  intake: Intake;
}

type State = 'open' | 'closing' | 'closed';

const SLOW = 'This connection does not read what it is sent';
const UNFINISHED = 'The gateway has no memory left for messages that come slowly';

/**
 * A WebSocket of the gateway, and the only place that writes to a WebSocket.
 *
 * A `FrameReader` reads what is ordinary of the input, and `ws` the rest; `ws` makes the control frames. Finished frames go
 * to the socket under it directly, because one buffer may hold the frames of a whole turn. Both only ever write whole
 * frames, so they cannot cut into each other.
 */
export class Connection implements Carrier, FrameHandler, IntakeOwner {
  readonly encoder: Encoder = webSocketEncoder;
  /** Ticks of the keep-alive since something came in. */
  silentTicks = 0;
  /** Pings answered in this tick of the keep-alive. */
  pongs = 0;
  unsentWatch: UnsentWatch | undefined;
  readonly remoteAddress: string;
  /** Backends are not cut for want of memory. */
  readonly isBackend: boolean;
  readonly #intake: Intake;
  readonly #reader: FrameReader;
  readonly #ws: WebSocket;
  readonly #stream: NetSocket;
  readonly #writer: SocketWriter;
  readonly #watch: ConnectionWatch;
  /** Handler of the input. Without a handler input is dropped. */
  session: CarrierHandler | undefined;
  readonly #slowCode: number;
  /** Messages that had been read before the connection was paused: fewer bytes than Node reads at once. */
  #held: Array<string | Buffer> | undefined;
  #state: State = 'open';
  /** Made when the first droppable event is for it. */
  #pace: PingPace | undefined;
  /** Reason of a cut. */
  #cutReason: string | undefined;
  /** All that was read is handled now, and the connection is not paused again meanwhile. */
  #isLeaving = false;
  /** The close that this side ordered. The connection ended so, whether the peer still learnt of it or not. */
  #ordered: { code: number; reason: string } | undefined;

  /** `ws` must leave pings to be answered here. */
  constructor(
    ws: WebSocket,
    stream: Duplex,
    watch: ConnectionWatch,
    { slowCode, isBackend = false, remoteAddress, maxPayloadBytes, intake }: ConnectionParts,
  ) {
    this.remoteAddress = remoteAddress;
    this.#intake = intake;
    this.#ws = ws;
    (ws as OwnedSocket).owner = this;
    this.#stream = stream as NetSocket;
    this.#writer = new SocketWriter(this.#stream);
    this.#watch = watch;
    this.#slowCode = slowCode;
    this.isBackend = isBackend;
    this.#reader = new FrameReader(this, intake, maxPayloadBytes);
    intake.owner = this;
    ws.on('error', Connection.#errored);
    ws.on('message', Connection.#messaged);
    ws.on('ping', Connection.#pinged);
    ws.on('pong', Connection.#ponged);
    ws.on('close', Connection.#ended);
  }

  get unsentBytes(): number {
    return this.#writer.unsentBytes;
  }

  get writtenBytes(): number {
    return this.#writer.writtenBytes;
  }

  /** Bytes that have left for the network so far. */
  get sentBytes(): number {
    return this.#writer.writtenBytes - this.#writer.unsentBytes;
  }

  /** Writes finished frames. */
  write(bytes: Buffer): void {
    if (this.#state !== 'open' || this.#cutReason !== undefined || !this.#mayWrite) return;
    if (this.unsentBytes > this.#watch.maxUnsentBytes) {
      this.cut();
      return;
    }
    this.#watch.traffic.sentBytes += bytes.length;
    this.#writer.write(bytes);
    if (this.unsentBytes > 0) this.#watch.backedUp(this);
  }

  sendBinary(bytes: Uint8Array): void {
    if (this.#state !== 'open' || this.#cutReason !== undefined) return;
    if (this.unsentBytes > this.#watch.maxUnsentBytes) {
      this.cut();
      return;
    }
    this.#watch.traffic.sentBytes += bytes.length;
    this.#ws.send(bytes, { binary: true });
    if (this.unsentBytes > 0) this.#watch.backedUp(this);
  }

  get pace(): Pace {
    return (this.#pace ??= new PingPace(this, this.#watch.paceLimits));
  }

  /** The peer may be behind no more. */
  caughtUp(): void {
    if (this.#state === 'open') this.session?.caughtUp?.();
  }

  /** True while droppable events are not written to it. */
  isBehind(nowMs: number): boolean {
    return this.#pace?.isBehind(nowMs) === true;
  }

  onDrain(run: () => void): void {
    this.#writer.onDrain(run);
  }

  ping(): void {
    if (this.#state === 'open') this.#ws.ping();
  }

  /** Input of it was read and waits to be handled. */
  get behind(): boolean {
    return this.#intake.behind;
  }

  /** The peer is not read. */
  get paused(): boolean {
    return this.#held !== undefined;
  }

  pause(): void {
    if (this.#state !== 'open' || this.paused || this.#isLeaving) return;
    this.#held = [];
    this.#pace?.notHeard();
    this.#intake.pause();
    this.#ws.pause();
  }

  resume(isLeaving = false): void {
    const held = this.#held;
    if (held === undefined) return;
    this.#held = undefined;
    this.#isLeaving = isLeaving;
    // A held message may pause the connection again; the rest is then held again.
    for (const data of held) this.message(data);
    if (this.paused) return;
    this.#ws.resume();
    this.#intake.resume();
    if (isLeaving) this.#intake.flush();
    this.#isLeaving = false;
  }

  close(code: number, reason: string): void {
    // Messages that were held back had been read before; and the answer to the close frame has to be read.
    this.resume(true);
    if (this.#state !== 'open') return;
    const words = this.session?.lastWords?.(code, reason);
    if (words !== undefined && this.#mayWrite) {
      this.#writer.write(this.encoder.encode([words]).bytes);
    }
    this.#state = 'closing';
    this.#ordered = { code, reason };
    this.#ws.close(code, closeReason(reason));
    // Gone from now on, whether the peer answers or not; but nothing may call back from a close.
    setImmediate(() => this.#tell(code, reason));
  }

  /** Closes a connection whose peer is taken for dead: its session is not left to wait for an answer. */
  giveUp(code: number, reason: string): void {
    this.close(code, reason);
    this.#tell(code, reason);
  }

  /** Ends a connection that does not read, soon: cuts of many are spread over turns. Nothing more is written to it. */
  cut(reason = SLOW): void {
    if (this.#state !== 'open' || this.#cutReason !== undefined) return;
    this.#cutReason = reason;
    this.#watch.cut(this);
  }

  /** Ends a connection whose message takes memory that is needed, and reads no more of it. */
  cutUnfinished(): void {
    this.#intake.pause();
    this.cut(UNFINISHED);
  }

  /** A second is over. True when one message has been on its way for all of it. */
  tick(): boolean {
    return this.#intake.tick();
  }

  /** The end of a connection that was cut: the close frame is tried, then the socket is destroyed. */
  endCut(): void {
    if (this.#state !== 'open') return;
    this.close(this.#slowCode, this.#cutReason ?? SLOW);
    this.#intake.resume();
    this.#watch.gone(this);
    // The peer's buffers are full, so the close frame is not going to be answered; and nothing may call back from a
    // write.
    setImmediate(() => this.#ws.terminate());
  }

  terminate(): void {
    this.#ws.terminate();
  }

  /** No data may follow a close frame (RFC 6455 §5.5.1), and ws has answered the peer's by itself. */
  get #mayWrite(): boolean {
    return this.#ws.readyState === this.#ws.OPEN && this.#stream.writable;
  }

  /** Takes a piece of the input. */
  read(piece: Buffer): void {
    this.#reader.read(piece);
  }

  message(data: string | Buffer): void {
    this.silentTicks = 0;
    this.#intake.count();
    if (this.#state !== 'open' || this.session === undefined) return;
    if (this.#held !== undefined) return void this.#held.push(data);
    try {
      if (typeof data === 'string') this.session.text(data);
      else this.session.binary(data);
    } catch (error) {
      this.#watch.failed(error, this);
      this.close(4200, 'Internal error');
    }
  }

  static #messaged(this: WebSocket, data: RawData, isBinary: boolean): void {
    ownerOf(this).message(isBinary ? (data as Buffer) : (data as Buffer).toString());
  }

  static #errored(this: WebSocket, error: Error): void {
    // ws closes the connection after an error of the peer (bad frame, too large, reset); 'close' follows.
    ownerOf(this).#watch.peerFailed(error);
  }

  static #pinged(this: WebSocket, payload: Buffer): void {
    ownerOf(this).pinged(payload);
  }

  static #ponged(this: WebSocket, payload: Buffer): void {
    ownerOf(this).ponged(payload);
  }

  static #ended(this: WebSocket, code: number, reason: Buffer): void {
    ownerOf(this).#onClose(code, reason.toString());
  }

  /** Not every ping needs its pong (RFC 6455 §5.5.3), and a flood of them must not fill the buffers. */
  pinged(payload: Buffer): void {
    this.silentTicks = 0;
    this.#intake.count();
    if (this.#state !== 'open' || this.pongs >= MAX_PONGS_PER_TICK) return;
    this.pongs++;
    this.#ws.pong(payload);
    if (this.unsentBytes > 0) this.#watch.backedUp(this);
  }

  ponged(payload: Buffer): void {
    this.silentTicks = 0;
    this.#intake.count();
    this.#pace?.ponged(payload, this.#watch.now());
  }

  #onClose(code: number, reason: string): void {
    // The message was sent before the close.
    for (const data of this.#held ?? []) {
      this.#held = undefined;
      this.message(data);
    }
    this.#held = undefined;
    this.#state = 'closed';
    this.#watch.gone(this);
    this.#tell(this.#ordered?.code ?? code, this.#ordered?.reason ?? reason);
  }

  #tell(code: number, reason: string): void {
    const session = this.session;
    this.session = undefined;
    try {
      session?.closed(code, reason);
    } catch (error) {
      this.#watch.failed(error, this);
    }
  }
}
