import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Test } from 'tap';
import type { Gateway } from '../../../lib/gateway';

/** The requests over which a gateway may send something, where it is not by WebSockets. */
export class Receivers {
  /** Requests since the start. */
  asked = 0;
  /** Posts of browsers since the start. */
  #posted = 0;
  #open = 0;
  #look = (): void => undefined;

  constructor(t: Pick<Test, 'teardown'>, { port, tlsPort }: Gateway) {
    const heard = (message: unknown): void => {
      const { request, response } = message as Exchange;
      const isHere = [port, tlsPort].includes(request.socket.localPort);
      if (!isHere || request.method !== 'POST') return;
      if (/\/xhr_send\?/.test(request.url ?? '')) {
        this.#posted++;
        this.#look();
      }
      if (!/\/xhr(_streaming)?\?/.test(request.url ?? '')) return;
      this.asked++;
      this.#open++;
      this.#look();
      response.on('close', () => this.#open--);
    };
    subscribe('http.server.request.start', heard);
    t.teardown(() => unsubscribe('http.server.request.start', heard));
  }

  /** Waits until there is one, in the turn after it has come. */
  async untilOpen(): Promise<void> {
    await this.#until(() => this.#open > 0);
  }

  /** Waits until browsers have posted so often, and for the turn after it. */
  async untilPosted(count: number): Promise<void> {
    await this.#until(() => this.#posted >= count);
  }

  async #until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => (this.#look = resolve));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
}
