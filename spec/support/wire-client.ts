import { createHmac } from 'node:crypto';
import type { Test } from 'tap';
import { WebSocket } from 'ws';
import { signPipeRequest } from '../../lib/pusher/pipe-signature';
import { FrameDecoder, FrameEncoder } from '../../lib/wire/codec';
import { RuleKind, type Frame, type HelloFrame } from '../../lib/wire/frames';
import { SECRET } from './start-gateway';

type Of<T extends Frame['type']> = Extract<Frame, { type: T }>;

/** A backend that speaks the Pipe frame by frame, and does nothing by itself. */
export class WireClient {
  readonly encoder = new FrameEncoder();
  nonce = '';
  readonly #ws: WebSocket;
  readonly #decoder = new FrameDecoder();
  readonly #frames: Frame[] = [];
  #wake: (() => void) | undefined;
  #close: { code: number; reason: string } | undefined;

  private constructor(ws: WebSocket) {
    this.#ws = ws;
    ws.on('error', () => undefined);
    ws.on('upgrade', ({ headers }) => (this.nonce = String(headers['standpipe-nonce'])));
    ws.on('message', (bytes) => {
      const frame = this.#decoder.decode(bytes as Buffer);
      if (frame !== undefined) this.#frames.push(frame);
      this.#wake?.();
    });
    ws.on('close', (code, reason) => {
      this.#close = { code, reason: reason.toString() };
      this.#wake?.();
    });
  }

  /** Opens a connection, signed with the app of `startGateway`; rejects with the status and body of a refusal. */
  static async open(t: Pick<Test, 'teardown'>, port: number): Promise<WireClient> {
    const timestampS = Math.floor(Date.now() / 1000);
    const signed = signPipeRequest({ key: 'key', secret: SECRET, path: '/pipe/1', timestampS });
    const ws = new WebSocket(`ws://127.0.0.1:${port}/pipe/1`, 'standpipe.v1', {
      headers: { authorization: `Standpipe ${signed}` },
    });
    t.teardown(() => ws.terminate());
    const client = new WireClient(ws);
    await new Promise((resolve, reject) => ws.once('open', resolve).once('error', reject));
    return client;
  }

  /** Opens a connection and a new session on it, of a group of one partition. */
  static async attach(
    t: Pick<Test, 'teardown'>,
    port: number,
    hello: Partial<HelloFrame> = {},
  ): Promise<{ client: WireClient; welcome: Of<'welcome'> }> {
    const client = await WireClient.open(t, port);
    const welcome = await client.hello(hello);
    // A new session gets its partition and is told the truth first.
    await client.expect('assign');
    await client.expect('snapshot');
    return { client, welcome };
  }

  /** Says HELLO, and READY when WELCOME has come. */
  async hello(hello: Partial<HelloFrame> = {}): Promise<Of<'welcome'>> {
    this.send({ ...helloFrame, ...hello });
    const welcome = await this.expect('welcome');
    this.send({ type: 'ready' });
    return welcome;
  }

  /** The proof that a session is this client's. */
  proof(secret: Uint8Array, attempt: number): Uint8Array {
    return createHmac('sha256', secret).update(`${this.nonce}.${attempt}`).digest();
  }

  send(frame: Frame): void {
    this.bytes(this.encoder.encode(frame));
  }

  bytes(bytes: Uint8Array | string): void {
    this.#ws.send(bytes);
  }

  /** The next frame; rejects when the connection has ended. */
  async next(): Promise<Frame> {
    for (;;) {
      const frame = this.#frames.shift();
      if (frame !== undefined) return frame;
      if (this.#close !== undefined) {
        throw new Error(`closed with ${this.#close.code} ${this.#close.reason}`);
      }
      await new Promise<void>((wake) => (this.#wake = wake));
    }
  }

  /** The next frame, which must be of a type. */
  async expect<T extends Frame['type']>(type: T): Promise<Of<T>> {
    const frame = await this.next();
    if (frame.type !== type) throw new Error(`${frame.type} came where ${type} was expected`);
    return frame as Of<T>;
  }

  /** Frames that came until the gateway had answered all sent before. */
  async settled(): Promise<Frame[]> {
    // The answer to a ping does not wait for the end of the turn, so one whole turn is let go by first.
    const frames: Frame[] = [];
    for (let time = 1; time <= 2; time++) {
      this.send({ type: 'ping', time });
      for (;;) {
        const frame = await this.next();
        if (frame.type === 'pong') break;
        frames.push(frame);
      }
    }
    return frames;
  }

  async closed(): Promise<{ code: number; reason: string; frames: Frame[] }> {
    while (this.#close === undefined) await new Promise<void>((wake) => (this.#wake = wake));
    return { ...this.#close, frames: this.#frames };
  }

  terminate(): void {
    this.#ws.terminate();
  }
}

export const helloFrame: HelloFrame = {
  type: 'hello',
  version: 1,
  library: 'spec',
  name: '',
  session: new Uint8Array(),
  proof: new Uint8Array(),
  attempt: 1,
  positions: [],
  nextSeq: 1,
  credit: { messages: 1000, bytes: 1_000_000 },
  rules: [RuleKind.SOCKET, RuleKind.MESSAGE, RuleKind.CHANNEL].map((kind) => ({
    kind,
    channels: [],
    events: [],
  })),
};
