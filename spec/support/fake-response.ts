import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { Receiver } from '../../lib/gateway/sockjs/receiver';

/** An HTTP response without a network: it keeps what is written, and sends as much of it as it is told to. */
export class FakeResponse extends EventEmitter {
  readonly req = { socket: new EventEmitter() };
  /** Bytes that have not left. */
  writableLength = 0;
  text = '';
  ended = false;
  destroyed = false;
  /** While true, nothing that is written leaves. */
  blocked = false;

  writeHead(): this {
    return this;
  }

  write(bytes: Buffer): void {
    if (this.ended) throw new Error('written after its end');
    this.text += bytes.toString();
    if (this.blocked) this.writableLength += bytes.length;
  }

  end(bytes: Buffer): void {
    this.write(bytes);
    this.ended = true;
  }

  destroy(): void {
    this.destroyed = true;
  }

  receiver(streaming: boolean, gone: (receiver: Receiver) => void = () => undefined): Receiver {
    const how = { streaming, headers: {} };
    return new Receiver(this as unknown as ServerResponse, how, gone);
  }
}
