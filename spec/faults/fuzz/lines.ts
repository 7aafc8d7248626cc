import { connect, type Socket } from 'node:net';
import { type Attempt, signed } from './attempt';

export interface Ports {
  port: number;
  pushyPort: number;
  metricsPort: number;
}

/** So long an answer is waited for: some bytes have none. */
const ANSWER_MS = 60;
/** So long a connection may take to end after it was ended from here. */
const END_MS = 200;
/** Received text that is kept, to find the id of a socket. */
const KEPT_LENGTH = 4_096;

const SOCKET_ID = /socket_?[iI]d[\\"]*:[\\"]*([\w.-]+)/;
const INTERNAL = /Internal error|HTTP\/1\.1 500 /;

/** A TCP connection of an attempt. */
class Line {
  readonly #socket: Socket;
  /** The latest text that came. */
  text = '';
  #heard = false;
  #wake: (() => void) | undefined;
  over = false;

  constructor(port: number) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('error', () => undefined);
    this.#socket.on('data', (bytes: Buffer) => {
      this.text = (this.text + bytes.toString('latin1')).slice(-KEPT_LENGTH);
      this.#heard = true;
      this.#wake?.();
    });
    this.#socket.on('close', () => {
      this.over = true;
      this.#wake?.();
    });
  }

  async write(bytes: Buffer, isAnswered: boolean): Promise<void> {
    this.#heard = false;
    if (this.#socket.writable) this.#socket.write(bytes);
    if (isAnswered) await this.#wait(() => this.#heard, ANSWER_MS);
  }

  async end(how: Attempt['end']): Promise<void> {
    if (how === 'reset') this.#socket.resetAndDestroy();
    else {
      this.#socket.end();
      await this.#wait(() => false, END_MS);
      this.#socket.destroy();
    }
  }

  async #wait(holds: () => boolean, mostMs: number): Promise<void> {
    const until = performance.now() + mostMs;
    for (;;) {
      const leftMs = until - performance.now();
      if (this.over || holds() || leftMs <= 0) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
}

/** Sends what an attempt sends. Resolves with a fault that the gateway has answered with, if any. */
export async function play(attempt: Attempt, ports: Ports): Promise<string | undefined> {
  const port =
    attempt.port === 'pushy'
      ? ports.pushyPort
      : attempt.port === 'metrics'
        ? ports.metricsPort
        : ports.port;
  const lines = new Map<number, Line>();
  let fault: string | undefined;
  const look = (line: Line): void => {
    if (INTERNAL.test(line.text)) fault = `the gateway answered ${line.text}`;
  };
  let socketId = '';
  for (const { line: at, bytes, answered = false } of attempt.writes) {
    const line = lines.get(at) ?? new Line(port);
    lines.set(at, line);
    await line.write(signed(bytes, socketId), answered);
    if (socketId === '') socketId = SOCKET_ID.exec(line.text)?.[1] ?? '';
    look(line);
  }
  // The last bytes are on their way.
  await new Promise((resolve) => setTimeout(resolve, 10));
  await Promise.all([...lines.values()].map((line) => line.end(attempt.end)));
  for (const line of lines.values()) look(line);
  return fault;
}
