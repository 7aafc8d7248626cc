import type { Message, TestSocket } from './test-socket';
import { until } from './until';

/** A browser that reads on by itself. */
export class Reader {
  readonly socket: TestSocket;
  readonly messages: Message[] = [];
  closed: number | undefined;

  constructor(socket: TestSocket) {
    this.socket = socket;
    void this.#read();
  }

  /** Waits for an event, and takes it and all before it. */
  async next(event: string): Promise<Message> {
    const find = (): number => this.messages.findIndex((each) => each.event === event);
    await until(() => find() >= 0);
    return this.messages.splice(0, find() + 1).at(-1) as Message;
  }

  /** Names of the events that came, and were not taken. */
  get rest(): string[] {
    return this.messages.map(({ event }) => event);
  }

  async #read(): Promise<void> {
    try {
      for (;;) this.messages.push(await this.socket.next());
    } catch {
      this.closed = this.socket.raw.close.code;
    }
  }
}
