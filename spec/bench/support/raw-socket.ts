import { connect, type Socket } from 'node:net';
import { atEnd, stillRuns } from './attempt';
import { textsIn } from './frames';

/**
 * The opening dialogue of a client: takes each text of the server, gives the text to send in answer, and is done when
 * the client is connected and subscribed.
 */
export type Opening = Generator<Buffer[], void, string>;

/** Buffer that all sockets read into: bytes are looked at before the next read. */
const shared = Buffer.allocUnsafe(256 * 1024);
const AT_ONCE = 64;
const AGAIN_MS = 500;
const HEAD_END = '\r\n\r\n';

/**
 * A WebSocket that shakes hands, says its opening, and from then on only hands on the bytes it gets: cheap enough for
 * thousands in a process that must not be slower than the server. Without a path, a connection over bare TCP, whose
 * opening takes what it gets in pieces.
 */
export class RawSocket {
  /** Resolves when the opening is done. */
  readonly ready: Promise<this>;
  /** Gets the number of bytes of every read after that, and the buffer that begins with them. */
  received: (bytes: number, chunk: Buffer) => void = () => undefined;
  readonly #socket: Socket;
  readonly #callOff: () => void;
  #opening: Opening | undefined;
  #unread = '';
  readonly #isBare: boolean;
  #head = true;
  #resolve: (socket: this) => void = () => undefined;

  constructor(port: number, path: string | undefined, opening: Opening) {
    this.#opening = opening;
    this.#isBare = path === undefined;
    this.#callOff = atEnd(() => this.close());
    this.#socket = connect({
      port,
      host: '127.0.0.1',
      noDelay: true,
      onread: { buffer: shared, callback: (bytes: number) => this.#read(bytes) },
    });
    this.ready = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#socket.once('error', reject);
      this.#socket.once('close', () =>
        reject(new Error(`${path ?? 'a connection'} was closed in its opening`)),
      );
    });
    if (path === undefined) {
      this.#socket.once('connect', () => this.#say(opening.next()));
      return;
    }
    const lines = [
      `GET ${path} HTTP/1.1`,
      `Host: 127.0.0.1:${port}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
    ];
    this.#socket.write(lines.join('\r\n') + HEAD_END);
  }

  /** Writes finished frames. */
  write(frames: Buffer): void {
    this.#socket.write(frames);
  }

  close(): void {
    this.#callOff();
    this.#socket.destroy();
  }

  #read(bytes: number): boolean {
    if (this.#opening === undefined) this.received(bytes, shared);
    else if (this.#isBare) this.#say(this.#opening.next(shared.toString('latin1', 0, bytes)));
    else this.#open(this.#opening, shared.toString('latin1', 0, bytes));
    return true;
  }

  #open(opening: Opening, text: string): void {
    this.#unread += text;
    if (this.#head) {
      const end = this.#unread.indexOf(HEAD_END);
      if (end < 0) return;
      const status = this.#unread.slice(0, this.#unread.indexOf('\r\n'));
      if (!status.includes(' 101 ')) return void this.#socket.destroy(new Error(status));
      this.#unread = this.#unread.slice(end + HEAD_END.length);
      this.#head = false;
      this.#say(opening.next());
    }
    const { texts, end } = textsIn(Buffer.from(this.#unread, 'latin1'));
    this.#unread = this.#unread.slice(end);
    for (const each of texts) this.#say(opening.next(each));
  }

  #say(said: IteratorResult<Buffer[], void>): void {
    if (said.done === true) {
      this.#opening = undefined;
      this.#resolve(this);
    } else {
      for (const frame of said.value) this.write(frame);
    }
  }
}

/**
 * Opens `count` sockets, some at a time, as a listening queue is short. A server that refuses new ones for a moment, because
 * it has too much work, is asked again.
 */
export async function openAll(
  count: number,
  open: (index: number) => RawSocket,
): Promise<RawSocket[]> {
  const sockets: RawSocket[] = [];
  const runs = stillRuns();
  let next = 0;
  const opening = async (): Promise<void> => {
    while (next < count && runs()) {
      const index = next++;
      sockets[index] = await opened(() => open(index), runs);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, opening));
  return sockets;
}

async function opened(open: () => RawSocket, runs: () => boolean): Promise<RawSocket> {
  for (;;) {
    const socket = open();
    try {
      return await socket.ready;
    } catch (error) {
      if (!runs() || !(error instanceof Error && error.message.includes(' 503 '))) throw error;
      socket.close();
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      if (!runs()) throw error;
    }
  }
}
