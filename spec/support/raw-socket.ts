import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import type { Test } from 'tap';

export interface Frame {
  opcode: number;
  final: boolean;
  payload: Buffer;
}

export interface FrameForm {
  final?: boolean;
  /** Reserved bits, 0 to 7; RSV1 is 4. */
  reserved?: number;
  masked?: boolean;
  /** The four bytes of the mask; random ones unless given. */
  maskingKey?: Buffer;
  /** The length that the header states, when it is not that of the payload. */
  length?: bigint;
}

export const Opcode = { CONTINUATION: 0, TEXT: 1, BINARY: 2, CLOSE: 8, PING: 9, PONG: 10 } as const;

/** The bytes of one frame as a client sends it (RFC 6455, section 5.2), rules kept or broken as asked. */
export function frame(opcode: number, payload: string | Buffer = '', form: FrameForm = {}): Buffer {
  const body = Buffer.from(payload);
  const { final = true, reserved = 0, masked = true, length = BigInt(body.length) } = form;
  const first = (final ? 0x80 : 0) | (reserved << 4) | opcode;
  const mask = masked ? 0x80 : 0;
  let head: Buffer;
  if (length < 126n) head = Buffer.from([first, mask | Number(length)]);
  else if (length < 65536n) {
    head = Buffer.from([first, mask | 126, 0, 0]);
    head.writeUInt16BE(Number(length), 2);
  } else {
    head = Buffer.from([first, mask | 127, 0, 0, 0, 0, 0, 0, 0, 0]);
    head.writeBigUInt64BE(length, 2);
  }
  if (!masked) return Buffer.concat([head, body]);
  const key = form.maskingKey ?? anyKey();
  const bytes = Buffer.concat([head, key, body]);
  const start = head.length + 4;
  for (let i = 0; i < body.length; i++)
    bytes[start + i] = (body[i] as number) ^ (key[i & 3] as number);
  return bytes;
}

/** Any four bytes: floods take too many for those of crypto. */
function anyKey(): Buffer {
  const key = Buffer.alloc(4);
  key.writeUInt32LE(Math.floor(Math.random() * 2 ** 32));
  return key;
}

export function closeFrame(code: number, reason = ''): Buffer {
  const payload = Buffer.alloc(2 + Buffer.byteLength(reason));
  payload.writeUInt16BE(code);
  payload.write(reason, 2);
  return frame(Opcode.CLOSE, payload);
}

/** The request that opens a WebSocket. */
export function upgradeRequest(path: string, headers: Record<string, string> = {}): string {
  const all = {
    Host: '127.0.0.1',
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
    'Sec-WebSocket-Version': '13',
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return `GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
}

/** A TCP connection that sends whatever bytes it is given and reads WebSocket frames after an upgrade. */
export class RawSocket {
  readonly stream: Socket;
  /** Resolves when the connection is gone, however it went. */
  readonly ended: Promise<void>;
  /** The close frame that was received; 1006 without one. */
  close = { code: 1006, reason: '' };
  #bytes: Buffer = Buffer.alloc(0);
  #head: string | undefined;
  #over = false;
  readonly #frames: Frame[] = [];
  #wake: (() => void) | undefined;

  private constructor(stream: Socket) {
    this.stream = stream;
    stream.setNoDelay();
    stream.on('data', (bytes) => this.#read(bytes));
    stream.on('error', () => stream.destroy());
    this.ended = new Promise((resolve) => {
      stream.on('close', () => {
        this.#over = true;
        this.#wake?.();
        resolve();
      });
    });
  }

  static async tcp(port: number): Promise<RawSocket> {
    const stream = connect(port, '127.0.0.1');
    const socket = new RawSocket(stream);
    const connected = new Promise((resolve) => void stream.once('connect', resolve));
    await Promise.race([connected, socket.ended]);
    return socket;
  }

  /** Sends bytes and reads until the gateway ends the connection. */
  static async exchange(
    t: Pick<Test, 'teardown'>,
    port: number,
    bytes: string | Buffer,
  ): Promise<RawSocket> {
    const raw = await RawSocket.tcp(port);
    t.teardown(() => raw.destroy());
    raw.write(bytes);
    await raw.ended;
    return raw;
  }

  /** Opens a WebSocket; `status` is 101 then, or that of the refusal. */
  static async upgrade(
    port: number,
    path = '/app/key?protocol=7',
    headers: Record<string, string> = {},
  ): Promise<RawSocket> {
    const socket = await RawSocket.tcp(port);
    socket.write(upgradeRequest(path, headers));
    while (socket.#head === undefined && !socket.#over) await socket.#more();
    return socket;
  }

  /** All that came before the upgrade was answered, or everything when there was none. */
  get head(): string {
    return this.#head ?? this.#bytes.toString();
  }

  get status(): number {
    return Number(/^HTTP\/1\.1 (\d+)/.exec(this.head)?.[1] ?? 0);
  }

  write(bytes: string | Buffer): void {
    if (this.stream.writable) this.stream.write(bytes);
  }

  send(opcode: number, payload: string | Buffer = '', form: FrameForm = {}): void {
    this.write(frame(opcode, payload, form));
  }

  /** The next frame; undefined when the connection ended before one came. */
  async next(): Promise<Frame | undefined> {
    while (this.#frames.length === 0 && !this.#over) await this.#more();
    return this.#frames.shift();
  }

  /** Waits for the end and tells the close code. */
  async closeCode(): Promise<number> {
    await this.ended;
    return this.close.code;
  }

  destroy(): void {
    this.stream.destroy();
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #read(bytes: Buffer): void {
    this.#bytes = this.#bytes.length === 0 ? bytes : Buffer.concat([this.#bytes, bytes]);
    if (this.#head === undefined) {
      if (this.#bytes.toString('latin1', 9, 12) !== '101') return;
      const end = this.#bytes.indexOf('\r\n\r\n');
      if (end < 0) return;
      this.#head = this.#bytes.toString('latin1', 0, end);
      this.#bytes = this.#bytes.subarray(end + 4);
    }
    for (let found = this.#take(); found !== undefined; found = this.#take()) {
      this.#frames.push(found);
      if (found.opcode === Opcode.CLOSE && found.payload.length >= 2) {
        const reason = found.payload.toString('utf8', 2);
        this.close = { code: found.payload.readUInt16BE(), reason };
      }
    }
    this.#wake?.();
  }

  /** Servers do not mask, so the payload is as it stands. */
  #take(): Frame | undefined {
    const bytes = this.#bytes;
    if (bytes.length < 2) return undefined;
    const short = (bytes[1] as number) & 0x7f;
    const start = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (bytes.length < start) return undefined;
    const length =
      short < 126
        ? short
        : short === 126
          ? bytes.readUInt16BE(2)
          : Number(bytes.readBigUInt64BE(2));
    if (bytes.length < start + length) return undefined;
    const first = bytes[0] as number;
    this.#bytes = bytes.subarray(start + length);
    return {
      opcode: first & 0x0f,
      final: first >= 0x80,
      payload: bytes.subarray(start, start + length),
    };
  }
}
