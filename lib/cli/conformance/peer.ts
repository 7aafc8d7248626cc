import type { WebSocket } from 'ws';
import { CodecError, FrameDecoder, FrameEncoder } from '../../wire/codec';
import {
  EventKind,
  type Command,
  type CommandAck,
  type Frame,
  type HelloFrame,
  type PipeEvent,
  type PartitionPosition,
  type Run,
  type SnapshotFrame,
  type WelcomeFrame,
} from '../../wire/frames';
import { WIRE_LIMITS } from '../../wire/limits';
import { sessionProof } from '../../wire/opening';

/** The breach of the protocol that a script has found; its message is for the author of the client. */
export class Fault extends Error {}

/** The session that a trial keeps over connections, as a gateway would. */
export interface TrialSession {
  id: Uint8Array;
  secret: Uint8Array;
  attempt: number;
  /** The seq that is expected next. */
  nextSeq: number;
  /** By partition, the highest offset ever sent in its present epoch. */
  sent: Map<number, number>;
  /** By partition, the last position that the client has told. */
  told: Map<number, PartitionPosition>;
}

/** Receives the events of a peer: the trial it belongs to. */
export interface PeerOwner {
  readonly session: TrialSession;
  /** A command that is new in this session. */
  command(command: Command, seq: number): void;
  fault(message: string): void;
  wake(): void;
}

const NOTHING = new Uint8Array();

/** The gateway's end of one connection: it answers pings and commands by itself, and finds breaches as they come. */
export class Peer {
  /** Frames that have come, HELLO first. */
  readonly frames: Frame[] = [];
  closed: { code: number; reason: string } | undefined;
  answersPings = true;
  /** False: commands are left unread, as if they were still on their way. */
  takesCommands = true;
  /** False: commands are applied, but the outcome is kept back. */
  acknowledges = true;
  /** The code with which a command is refused; undefined applies it. */
  refuses: (command: Command) => number | undefined = () => undefined;
  readonly #ws: WebSocket;
  readonly #owner: PeerOwner;
  readonly #nonce: string;
  readonly #encoder = new FrameEncoder();
  readonly #decoder = new FrameDecoder();
  #welcomed = false;
  #isReady = false;
  #saidBye = false;

  constructor(ws: WebSocket, nonce: string, owner: PeerOwner) {
    this.#ws = ws;
    this.#nonce = nonce;
    this.#owner = owner;
    ws.on('error', () => undefined);
    ws.on('message', (bytes, isBinary) => {
      if (!isBinary) owner.fault('sent a text message; the Pipe carries binary messages only');
      else this.#received(bytes as Buffer);
      owner.wake();
    });
    ws.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString() };
      owner.wake();
    });
  }

  get hello(): HelloFrame | undefined {
    const [first] = this.frames;
    return first?.type === 'hello' ? first : undefined;
  }

  /** True when HELLO goes on with the session of the trial. */
  get resumes(): boolean {
    return Buffer.from(this.hello?.session ?? NOTHING).equals(this.#owner.session.id);
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  all<T extends Frame['type']>(type: T): Array<Extract<Frame, { type: T }>> {
    return this.frames.filter((frame): frame is Extract<Frame, { type: T }> => frame.type === type);
  }

  send(...frames: Frame[]): void {
    for (const frame of frames) this.bytes(this.#encoder.encode(frame));
  }

  bytes(bytes: Uint8Array): void {
    if (this.closed === undefined) this.#ws.send(bytes);
  }

  /** Sends WELCOME; with verdict `new`, which is the default, of a new session. */
  welcome(change: Partial<WelcomeFrame> = {}): void {
    const { session } = this.#owner;
    const resumed = change.verdict === 'resumed';
    if (!resumed) {
      session.id = Uint8Array.from({ length: 16 }, (_, i) => session.id[i] ?? i).map((n) => n + 1);
      session.secret = Uint8Array.from({ length: 32 }, (_, i) => i + (session.id[0] ?? 0));
      session.attempt = this.hello?.attempt ?? 1;
      session.nextSeq = 1;
      session.sent.clear();
      session.told.clear();
    }
    this.#welcomed = true;
    this.send({
      type: 'welcome',
      version: 1,
      verdict: 'new',
      reason: '',
      session: session.id,
      secret: resumed ? NOTHING : session.secret,
      nextSeq: session.nextSeq,
      commandAck: applied(session.nextSeq - 1, { credit: { messages: 1_000, bytes: 1_000_000 } }),
      limits: {
        frameBytes: WIRE_LIMITS.maxFrameBytes,
        batch: WIRE_LIMITS.maxBatch,
        dataBytes: 10_240,
        pingMs: WIRE_LIMITS.pingMs,
        deadMs: WIRE_LIMITS.deadMs,
      },
      partitions: 1,
      assigned: [],
      node: 'conformance',
      windowMs: 120_000,
      graceMs: 5_000,
      unhandled: 0,
      stream: 'stream-1',
      ...change,
    });
  }

  /** Sends consecutive events of a partition, by default of partition 0. */
  events(of: Partial<Omit<Run, 'events'>>, ...events: Array<Partial<PipeEvent>>): void {
    const run: Run = {
      ...{ partition: 0, generation: 1, epoch: 1, firstOffset: 1, ...of },
      events: events.map((event) => ({
        ...{ kind: EventKind.MESSAGE, socketId: '1.1', time: 1.7e12, ...event },
      })),
    };
    const { sent } = this.#owner.session;
    const last = run.firstOffset + events.length - 1;
    sent.set(run.partition, Math.max(sent.get(run.partition) ?? 0, last));
    this.send({ type: 'events', runs: [run] });
  }

  /** Sends a snapshot of partition 0 in one frame, unless `change` makes it a piece. */
  snapshot(offset: number, sockets: string[], change: Partial<SnapshotFrame> = {}): void {
    this.send({
      ...{ type: 'snapshot', partition: 0, epoch: 1, offset, begin: true, end: true },
      ...{ coversSockets: true, coversChannels: true, channels: [] },
      sockets: sockets.map((id) => ({ id, channels: [] })),
      ...change,
    });
  }

  /** Cuts the connection, as a broken link would. */
  cut(): void {
    this.#ws.terminate();
  }

  close(code: number, reason: string): void {
    this.#ws.close(code, reason);
  }

  #received(bytes: Buffer): void {
    let frame: Frame | undefined;
    try {
      frame = this.#decoder.decode(bytes);
    } catch (error) {
      if (!(error instanceof CodecError)) throw error;
      return this.#owner.fault(`sent a frame that must be refused: ${error.message}`);
    }
    if (frame === undefined) return;
    this.frames.push(frame);
    if (this.frames.length === 1) this.#opening(frame);
    else this.#later(frame);
  }

  #opening(frame: Frame): void {
    if (frame.type !== 'hello') return this.#owner.fault(`began with ${frame.type}, not HELLO`);
    const { session } = this.#owner;
    if (frame.session.length === 0) return;
    if (frame.session.length !== 16) {
      this.#owner.fault(`named a session of ${frame.session.length} bytes, not 16`);
    } else if (this.resumes) {
      const proof = sessionProof(session.secret, this.#nonce, frame.attempt);
      if (!proof.equals(frame.proof)) this.#owner.fault('sent a proof that does not fit');
      if (frame.attempt <= session.attempt) {
        this.#owner.fault(`used attempt ${frame.attempt} after attempt ${session.attempt}`);
      }
      session.attempt = Math.max(session.attempt, frame.attempt);
    }
  }

  #later(frame: Frame): void {
    const fault = (message: string): void => this.#owner.fault(message);
    if (!this.#welcomed) return fault(`sent ${frame.type} between HELLO and WELCOME`);
    if (this.#saidBye) return fault(`sent ${frame.type} behind BYE`);
    if (!this.#isReady && frame.type !== 'ready' && frame.type !== 'bye') {
      return fault(`sent ${frame.type} as its first frame after WELCOME, not READY`);
    }
    switch (frame.type) {
      case 'ready':
        if (this.#isReady) fault('sent READY twice');
        this.#isReady = true;
        return;
      case 'bye':
        this.#saidBye = true;
        return;
      case 'ping':
        if (this.answersPings) this.send({ type: 'pong', time: frame.time });
        return;
      case 'ack':
        return this.#acknowledged(frame.positions);
      case 'returned':
        return this.#acknowledged([frame.position]);
      case 'commands':
        if (frame.ack !== undefined) this.#acknowledged(frame.ack.positions);
        return this.#commands(frame.firstSeq, frame.commands);
      case 'pong':
      case 'subscribe':
      case 'query':
      case 'reply':
      case 'error':
        return;
      default:
        // Frames that only a gateway sends.
        fault(`sent ${frame.type}, which is not for a client to send`);
    }
  }

  #acknowledged(positions: readonly PartitionPosition[]): void {
    const { session } = this.#owner;
    for (const position of positions) {
      const { partition, offset, finished } = position;
      const last = finished?.at(-1)?.last ?? offset;
      const sent = session.sent.get(partition) ?? 0;
      if (last > sent) {
        this.#owner.fault(
          `acknowledged offset ${last} of partition ${partition}, which was sent up to ${sent}`,
        );
      }
      session.told.set(partition, position);
    }
  }

  #commands(firstSeq: number, commands: readonly Command[]): void {
    const { session } = this.#owner;
    if (!this.takesCommands) return;
    if (firstSeq > session.nextSeq) {
      this.#owner.fault(`sent command ${firstSeq} where ${session.nextSeq} was expected`);
    } else if (firstSeq < session.nextSeq) {
      this.#owner.fault(
        `sent command ${firstSeq} again, though next_seq of WELCOME was ${session.nextSeq}`,
      );
    }
    const refused: CommandAck['refused'] = [];
    const receipts: CommandAck['receipts'] = [];
    commands.forEach((command, i) => {
      const seq = firstSeq + i;
      if (seq < session.nextSeq) return;
      session.nextSeq = seq + 1;
      const code = this.refuses(command);
      if (code !== undefined) refused.push({ seq, code, message: 'refused by the script' });
      else if (command.receipt === 'delivered') receipts.push({ seq, sockets: 1 });
      this.#owner.command(command, seq);
    });
    if (!this.acknowledges) return;
    this.send({ type: 'commandAck', applied: session.nextSeq - 1, refused, receipts });
  }
}

export function applied(seq: number, more: Partial<CommandAck> = {}): CommandAck {
  return { applied: seq, refused: [], receipts: [], ...more };
}
