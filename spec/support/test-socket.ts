import { createHmac } from 'node:crypto';
import type { Test } from 'tap';
import { Opcode, RawSocket } from './raw-socket';
import { SECRET } from './start-gateway';

/** A message of the gateway as it came; `data` is a string but for errors. */
export interface Message {
  event: string;
  channel?: string;
  data?: unknown;
  user_id?: string;
}

export interface ConnectOptions {
  /** The part of the path before the key. */
  path?: string;
  key?: string;
  /** The query as it stands after `?`. */
  query?: string;
  headers?: Record<string, string>;
  /** False leaves pings unanswered. */
  pongs?: boolean;
}

/** A browser that speaks the Channels protocol word by word, and asks nothing by itself. */
export class TestSocket {
  readonly raw: RawSocket;
  id = '';
  readonly #pongs: boolean;

  private constructor(raw: RawSocket, pongs: boolean) {
    this.raw = raw;
    this.#pongs = pongs;
  }

  /** Opens a socket and leaves every message, the handshake too, to be read. */
  static async open(
    t: Pick<Test, 'teardown'>,
    port: number,
    {
      path = '/app/',
      key = 'key',
      query = 'protocol=7',
      headers,
      pongs = true,
    }: ConnectOptions = {},
  ): Promise<TestSocket> {
    const raw = await RawSocket.upgrade(port, `${path}${key}?${query}`, headers);
    t.teardown(() => raw.destroy());
    return new TestSocket(raw, pongs);
  }

  /** Opens a socket and reads its handshake. */
  static async connect(
    t: Pick<Test, 'teardown'>,
    port: number,
    options?: ConnectOptions,
  ): Promise<TestSocket> {
    const socket = await TestSocket.open(t, port, options);
    const { event, data } = await socket.next();
    if (event !== 'pusher:connection_established') throw new Error(`not established: ${event}`);
    socket.id = (JSON.parse(data as string) as { socket_id: string }).socket_id;
    return socket;
  }

  /** The text of the next message. Rejects when the connection closed before one came. */
  async nextText(): Promise<string> {
    for (;;) {
      const frame = await this.raw.next();
      if (frame === undefined || frame.opcode === Opcode.CLOSE) {
        throw new Error(`closed with ${this.raw.close.code} ${this.raw.close.reason}`);
      }
      if (frame.opcode === Opcode.PING && this.#pongs) this.raw.send(Opcode.PONG, frame.payload);
      if (frame.opcode === Opcode.TEXT) return frame.payload.toString();
    }
  }

  async next(): Promise<Message> {
    return JSON.parse(await this.nextText()) as Message;
  }

  /** Messages that came until the gateway had answered all sent before. */
  async settled(): Promise<Message[]> {
    this.send({ event: 'pusher:ping', data: {} });
    const messages: Message[] = [];
    for (;;) {
      const message = await this.next();
      if (message.event === 'pusher:pong') return messages;
      messages.push(message);
    }
  }

  /** Reads until the connection ends; the messages of that time and the close code. */
  async closed(): Promise<{ code: number; reason: string; messages: Message[] }> {
    const messages: Message[] = [];
    for (;;) {
      const frame = await this.raw.next();
      if (frame === undefined) return { ...this.raw.close, messages };
      if (frame.opcode === Opcode.PING && this.#pongs) this.raw.send(Opcode.PONG, frame.payload);
      if (frame.opcode === Opcode.TEXT) messages.push(JSON.parse(frame.payload.toString()));
      if (frame.opcode === Opcode.CLOSE) this.raw.send(Opcode.CLOSE, frame.payload);
    }
  }

  text(text: string): void {
    this.raw.send(Opcode.TEXT, text);
  }

  send(message: unknown): void {
    this.text(JSON.stringify(message));
  }

  /** Subscribes, signed where the channel asks for it, and answers with the next message. */
  async subscribe(channel: string, member?: object): Promise<Message> {
    this.askFor(channel, member);
    return this.next();
  }

  askFor(channel: string, member?: object): void {
    const channelData = member === undefined ? undefined : JSON.stringify(member);
    const auth = /^(private|presence)-/.test(channel) ? this.auth(channel, channelData) : '';
    const data = { auth, channel_data: channelData, channel };
    this.send({ event: 'pusher:subscribe', data });
  }

  /** Signs in as a user and answers with the next message. */
  async signIn(user: object): Promise<Message> {
    this.askToSignIn(user);
    return this.next();
  }

  askToSignIn(user: object): void {
    const userData = JSON.stringify(user);
    const toSign = `${this.id}::user::${userData}`;
    const auth = `key:${createHmac('sha256', SECRET).update(toSign).digest('hex')}`;
    this.send({ event: 'pusher:signin', data: { auth, user_data: userData } });
  }

  /** The `<key>:<signature>` of a subscription of this socket. */
  auth(channel: string, channelData?: string): string {
    const subject = [this.id, channel, channelData].filter((part) => part !== undefined).join(':');
    return `key:${createHmac('sha256', SECRET).update(subject).digest('hex')}`;
  }

  /** Goes without a close frame, as a lost connection does. */
  drop(): void {
    this.raw.destroy();
  }
}
