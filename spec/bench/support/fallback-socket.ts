import { connect, type Socket } from 'node:net';
import { APP } from './app';
import { atEnd } from './attempt';

const shared = Buffer.allocUnsafe(256 * 1024);
/** Stands once in every line of messages, and in nothing else that comes here: one byte is never cut in two. */
const CLOSING = ']'.charCodeAt(0);

/**
 * A socket over `xhr_streaming` that counts the messages it gets. It never changes its request, so it must not be sent
 * more than the 256 KiB that one response carries.
 */
export class FallbackSocket {
  /** Resolves when it is subscribed. */
  readonly ready: Promise<this>;
  received: (messages: number) => void = () => undefined;
  readonly #stream: Socket;

  constructor(port: number, index: number, channel: string) {
    const path = `/pusher/app/${APP.key}/${index % 1000}/${String(index).padStart(8, '0')}`;
    this.#stream = connect({
      port,
      host: '127.0.0.1',
      onread: { buffer: shared, callback: (bytes) => this.#read(bytes) },
    });
    atEnd(() => this.#stream.destroy());
    this.ready = new Promise((resolve, reject) => {
      this.#stream.once('error', reject);
      let messages = 0;
      this.received = (count) => {
        // The greeting, then the answer to the subscription.
        const before = messages;
        messages += count;
        const data = { event: 'pusher:subscribe', data: { auth: '', channel } };
        if (before === 0) {
          const body = JSON.stringify([JSON.stringify(data)]);
          fetch(`http://127.0.0.1:${port}${path}/xhr_send`, { method: 'POST', body }).catch(reject);
        }
        if (messages >= 2) resolve(this);
      };
    });
    const head = `POST ${path}/xhr_streaming?protocol=7&client=bench HTTP/1.1`;
    this.#stream.write(`${head}\r\nHost: 127.0.0.1:${port}\r\nContent-Length: 0\r\n\r\n`);
  }

  #read(bytes: number): boolean {
    let count = 0;
    for (let at = shared.indexOf(CLOSING); at >= 0 && at < bytes; count += 1) {
      at = shared.indexOf(CLOSING, at + 1);
    }
    if (count > 0) this.received(count);
    return true;
  }
}
