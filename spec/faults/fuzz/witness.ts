import type { Test } from 'tap';
import { createClient, type PipeClient } from '../../../lib/pipe/client';
import { silent } from '../../../lib/util/logger';
import { SECRET } from '../../support/start-gateway';
import { type Message, TestSocket } from '../../support/test-socket';

const ROOM = 'room-of-the-witness';

/**
 * A browser and a backend that behave: the browser speaks, its backend answers on a channel, and the next round begins.
 * They tell when a round is lost, comes twice, or does not end.
 */
export class Witness {
  readonly #browser: TestSocket;
  readonly #client: PipeClient;
  #rounds = 0;
  #isOver = false;
  #fault: string | undefined;
  readonly #running: Promise<void>;

  private constructor(browser: TestSocket, client: PipeClient) {
    this.#browser = browser;
    this.#client = client;
    this.#running = this.#run().catch((error: unknown) => {
      this.#fault ??= `the witness lost its browser after ${this.#rounds} rounds: ${String(error)}`;
    });
  }

  static async start(t: Pick<Test, 'teardown'>, port: number): Promise<Witness> {
    const options = { appId: '1', key: 'key', secret: SECRET, port, log: silent };
    const client = createClient({ ...options, backoff: { baseMs: 20, maxMs: 100 } });
    t.teardown(() => client.disconnect());
    client.subscribe('socket_message', { events: ['asked'] });
    client.sockets.on('event:asked', (_id, data) => {
      void client.channel(ROOM).trigger('answered', data);
    });
    client.on('error', () => undefined);
    await client.connect();
    const browser = await TestSocket.connect(t, port);
    await browser.subscribe(ROOM);
    return new Witness(browser, client);
  }

  get rounds(): number {
    return this.#rounds;
  }

  /** A fault, unless another round comes to its end within a time that no working gateway needs. */
  async check(): Promise<string | undefined> {
    const before = this.#rounds;
    for (let waitedMs = 0; waitedMs < 10_000 && this.#fault === undefined; waitedMs += 5) {
      if (this.#rounds >= before + 2) return undefined;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return this.#fault ?? `the witness has had no answer after ${this.#rounds} rounds`;
  }

  async leave(): Promise<void> {
    this.#isOver = true;
    await this.#client.disconnect();
    this.#browser.drop();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      this.#browser.send({ event: 'asked', data: { n: this.#rounds } });
      const { event, data } = await this.#answer();
      if (event !== 'answered' || data !== JSON.stringify({ n: this.#rounds })) {
        throw new Error(`round ${this.#rounds} was answered with ${event} ${String(data)}`);
      }
      this.#rounds++;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** The next message but for counts of subscriptions. */
  async #answer(): Promise<Message> {
    for (;;) {
      const message = await this.#browser.next();
      if (message.event !== 'pusher_internal:subscription_count') return message;
    }
  }
}
