import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { BrowserContext } from 'playwright-core';
import type { Options } from 'pusher-js';
import type { Test } from 'tap';
import { type WebSocket, WebSocketServer } from 'ws';
import { type Answer, Calls } from '../calls';
import { Tab, type TabHost } from '../tab';

/** Makes a page evaluate what comes over a WebSocket, and tell what that resolves with. */
const hostAt = (port: number): string => `
  const probes = [];
  const control = new WebSocket('ws://127.0.0.1:${port}');
  control.onmessage = ({ data }) => {
    const { id, code } = JSON.parse(data);
    const tell = (answer) => control.send(JSON.stringify({ id, ...answer }));
    new Promise((done) => done((0, eval)(code))).then(
      (value) => tell({ value }),
      (error) => tell({ error: String(error?.stack ?? error) }),
    );
  };
`;

/**
 * Tabs that share one page of a real browser: to load a page takes longer than most of what is shown on it. As the tabs of
 * one user they share a storage and, over HTTP/1.1, six connections to a server. They are driven over a WebSocket, which
 * costs a tenth of what the browser's own debugging protocol does.
 */
export class PageTabs implements TabHost {
  /** Errors on the console. */
  readonly complaints: string[];
  readonly #calls: Calls;
  #opened = 0;

  private constructor(control: WebSocket, complaints: string[]) {
    this.complaints = complaints;
    this.#calls = new Calls((call) => control.send(JSON.stringify(call)));
    control.on('message', (text: Buffer) =>
      this.#calls.answer(JSON.parse(text.toString()) as Answer),
    );
    control.on('close', () => this.#calls.abandon());
  }

  static async start(
    t: Pick<Test, 'teardown'>,
    context: BrowserContext,
    appUrl: string,
  ): Promise<PageTabs> {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    t.teardown(() => server.close());
    await once(server, 'listening');
    const complaints: string[] = [];
    const page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    await page.goto(appUrl);
    const { port } = server.address() as AddressInfo;
    const connected = once(server, 'connection') as Promise<[WebSocket]>;
    await page.addScriptTag({ content: hostAt(port) });
    const [control] = await connected;
    return new PageTabs(control, complaints);
  }

  async open(key: string, options: Options): Promise<Tab> {
    const probe = `probes[${this.#opened++}]`;
    const args = `${JSON.stringify(key)}, ${JSON.stringify(options)}`;
    await this.#calls.evaluate(
      `${probe} = makeProbe(Pusher, attachBackChannel, ${args}), undefined`,
    );
    return new Tab((code) => this.#calls.evaluate(code), probe);
  }
}
