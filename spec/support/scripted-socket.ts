import type { IncomingHttpHeaders } from 'node:http';
import type { Dial, DialOptions, Socket, SocketHandlers } from '../../lib/net/dial';
import { fitsCloseReason } from '../../lib/util/close-reason';
import { FrameDecoder, FrameEncoder } from '../../lib/wire/codec';
import {
  EventKind,
  type Assignment,
  type Command,
  type CommandAck,
  type Credit,
  type Frame,
  type HelloFrame,
  type PipeEvent,
  type Run,
  type SnapshotFrame,
  type WelcomeFrame,
} from '../../lib/wire/frames';

/** The acknowledgement of commands that were all applied. */
export function commandAck(applied: number, credit?: Credit): CommandAck {
  return { applied, refused: [], receipts: [], credit };
}

/** A connection of a client under test, with the spec in the place of the gateway. */
export class ScriptedSocket implements Socket {
  readonly bufferedBytes = 0;
  readonly url: string;
  readonly options: DialOptions;
  /** Frames the client has sent. */
  readonly sent: Frame[] = [];
  closed: { code: number; reason: string } | undefined;
  terminated = false;
  readonly #handlers: SocketHandlers;
  readonly #encoder = new FrameEncoder();
  readonly #decoder = new FrameDecoder();
  #offset = 0;

  constructor(url: string, options: DialOptions, handlers: SocketHandlers) {
    this.url = url;
    this.options = options;
    this.#handlers = handlers;
  }

  /** All commands the client has sent. */
  get commands(): Command[] {
    return this.sent.flatMap((frame) => (frame.type === 'commands' ? frame.commands : []));
  }

  get hello(): HelloFrame {
    return this.find('hello');
  }

  /** The last frame of a type. Throws when there is none. */
  find<T extends Frame['type']>(type: T): Extract<Frame, { type: T }> {
    const found = this.sent.findLast((frame) => frame.type === type);
    if (found === undefined) throw new Error(`the client sent no ${type}`);
    return found as Extract<Frame, { type: T }>;
  }

  count(type: Frame['type']): number {
    return this.sent.filter((frame) => frame.type === type).length;
  }

  // ---- what the client does

  send(bytes: Uint8Array): void {
    const frame = this.#decoder.decode(bytes);
    if (frame !== undefined) this.sent.push(frame);
  }

  close(code: number, reason: string): void {
    // Longer reasons throw in a real one.
    if (!fitsCloseReason(reason)) throw new RangeError('the close reason is above 123 bytes');
    this.closed ??= { code, reason };
  }

  terminate(): void {
    this.terminated = true;
  }

  // ---- what the gateway does

  accept(nonce = 'nonce'): this {
    this.#handlers.open({ 'standpipe-nonce': nonce });
    return this;
  }

  refuse(status: number, body = '', headers: IncomingHttpHeaders = {}): void {
    this.#handlers.refused(status, body, headers);
  }

  fail(message: string): void {
    this.#handlers.close(1006, '', new Error(message));
  }

  drop(code = 1006, reason = ''): void {
    this.#handlers.close(code, reason);
  }

  say(...frames: Frame[]): this {
    for (const frame of frames) this.#handlers.message(this.#encoder.encode(frame));
    return this;
  }

  sayBytes(bytes: Uint8Array): void {
    this.#handlers.message(bytes);
  }

  welcome(change: Partial<WelcomeFrame> = {}): this {
    return this.say({
      type: 'welcome',
      version: 1,
      verdict: 'new',
      reason: '',
      session: new Uint8Array(16).fill(7),
      secret: new Uint8Array(32).fill(9),
      nextSeq: 1,
      commandAck: commandAck(0, { messages: 32_768, bytes: 8 * 1024 * 1024 }),
      limits: {
        frameBytes: 1_048_576,
        batch: 1024,
        dataBytes: 10_240,
        pingMs: 10_000,
        deadMs: 25_000,
      },
      partitions: 1,
      assigned: [{ partition: 0, generation: 1, epoch: 1, firstOffset: 1 }],
      node: 'node-1',
      windowMs: 0,
      graceMs: 5_000,
      unhandled: 0,
      stream: 'stream-1',
      ...change,
    });
  }

  /** Accepts and welcomes. */
  open(): this {
    return this.accept().welcome();
  }

  /** Sends events of partition 0, with the next offsets. */
  events(...events: Array<Partial<PipeEvent>>): this {
    const firstOffset = this.#offset + 1;
    this.#offset += events.length;
    return this.eventsFrom(firstOffset, ...events);
  }

  eventsFrom(firstOffset: number, ...events: Array<Partial<PipeEvent>>): this {
    return this.run({ firstOffset }, ...events);
  }

  /** Sends consecutive events of any partition. */
  run(change: Partial<Omit<Run, 'events'>>, ...events: Array<Partial<PipeEvent>>): this {
    const full = events.map((event) => ({
      kind: EventKind.MESSAGE,
      socketId: '1.1',
      time: 1_700_000_000_000,
      ...event,
    }));
    return this.say({
      type: 'events',
      runs: [{ partition: 0, generation: 1, epoch: 1, firstOffset: 1, ...change, events: full }],
    });
  }

  /** Sends a whole snapshot, unless `change` makes it a piece of one. */
  snapshot(
    sockets: string[],
    channels: string[] = [],
    change: Partial<Omit<SnapshotFrame, 'type'>> = {},
  ): this {
    return this.say({
      type: 'snapshot',
      partition: 0,
      epoch: 1,
      offset: 0,
      begin: true,
      end: true,
      coversSockets: true,
      coversChannels: true,
      sockets: sockets.map((id) => ({ id, channels: [] })),
      channels: channels.map((name) => ({ name, subscriptions: 1, members: [] })),
      ...change,
    });
  }

  assign(...assigned: Assignment[]): this {
    return this.say({ type: 'assign', assigned });
  }

  revoke(partition: number, generation: number): this {
    return this.say({ type: 'revoke', partition, generation, deadlineMs: 10_000 });
  }

  lost(partition: number, generation: number): this {
    return this.say({ type: 'lost', partition, generation });
  }

  applied(applied: number): this {
    return this.say({ type: 'commandAck', ...commandAck(applied) });
  }
}

/** A `dial` that keeps every connection for the spec to look at. */
export class ScriptedGateway {
  readonly sockets: ScriptedSocket[] = [];
  readonly dial: Dial = (url, options, handlers) => {
    const socket = new ScriptedSocket(url, options, handlers);
    this.sockets.push(socket);
    return socket;
  };

  /** The newest connection. */
  get socket(): ScriptedSocket {
    const socket = this.sockets.at(-1);
    if (socket === undefined) throw new Error('the client has not dialled');
    return socket;
  }
}
