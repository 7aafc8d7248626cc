import { createHmac } from 'node:crypto';
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import type { Test } from 'tap';
import { SECRET } from './start-gateway';
import type { Message } from './test-socket';

/** A whole HTTP answer. */
export interface Answer {
  status: number;
  headers: IncomingMessage['headers'];
  text: string;
}

export interface Asking {
  method?: string;
  body?: string | Buffer;
  headers?: Record<string, string>;
}

/** An HTTP request, on a connection of its own unless an agent keeps them. */
export async function ask(
  port: number,
  path: string,
  { method = 'POST', body = '', headers = {} }: Asking = {},
  agent?: Agent,
): Promise<Answer> {
  const { answer } = open(port, path, { method, body, headers }, agent);
  const response = await answer;
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const { statusCode: status = 0 } = response;
  return { status, headers: response.headers, text: Buffer.concat(chunks).toString() };
}

function open(
  port: number,
  path: string,
  { method = 'POST', body = '', headers = {} }: Asking,
  agent: Agent | false = false,
): { sent: ClientRequest; answer: Promise<IncomingMessage> } {
  const length = { 'Content-Length': Buffer.byteLength(body), 'Content-Type': 'application/json' };
  const options = { host: '127.0.0.1', port, path, method, agent };
  const sent = request({ ...options, headers: { ...length, ...headers } });
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    sent.on('response', resolve);
    sent.on('error', reject);
  });
  answer.catch(() => undefined);
  sent.end(body);
  return { sent, answer };
}

/** A response that is read line by line while it goes on. */
export class LineReader {
  readonly #sent: ClientRequest;
  readonly #answer: Promise<IncomingMessage>;
  readonly #lines: string[] = [];
  #rest = '';
  #over = false;
  #wake: (() => void) | undefined;
  /** Characters that came so far. */
  length = 0;

  constructor(port: number, path: string, asking: Asking = {}) {
    const { sent, answer } = open(port, path, asking);
    this.#sent = sent;
    this.#answer = answer;
    void answer.then(
      (response) => {
        response.setEncoding('utf8');
        response.on('data', (text: string) => this.#read(text));
        response.on('error', () => undefined);
        response.on('close', () => this.#end());
      },
      () => this.#end(),
    );
  }

  async head(): Promise<IncomingMessage> {
    return this.#answer;
  }

  /** True when the response has ended, however it did. */
  get over(): boolean {
    return this.#over;
  }

  /** The next line; undefined when the response ended before one came. */
  async next(): Promise<string | undefined> {
    while (this.#lines.length === 0 && !this.#over) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    return this.#lines.shift();
  }

  /** All lines until the response ends. */
  async all(): Promise<string[]> {
    const lines: string[] = [];
    for (let line = await this.next(); line !== undefined; line = await this.next()) {
      lines.push(line);
    }
    return lines;
  }

  /** Lines that came and were not read yet. */
  get unread(): number {
    return this.#lines.length;
  }

  /** Goes away in the middle, as an aborted XHR does. */
  abort(): void {
    this.#sent.destroy();
  }

  /** Stops reading from the network. */
  async pause(): Promise<void> {
    (await this.#answer).socket.pause();
  }

  #read(text: string): void {
    this.length += text.length;
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    this.#lines.push(...lines);
    this.#wake?.();
  }

  #end(): void {
    this.#over = true;
    this.#wake?.();
  }
}

const PRELUDE = 'h'.repeat(2048);

let sessions = 0;

/** A session of the HTTP fallback, spoken line by line. */
export class FallbackClient {
  readonly port: number;
  /** All but the action. */
  readonly base: string;
  readonly query: string;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #readers: LineReader[] = [];
  id = '';

  constructor(
    t: Pick<Test, 'teardown'>,
    port: number,
    { key = 'key', query = 'protocol=7&client=js&version=8.6.0', session = '' } = {},
  ) {
    this.port = port;
    sessions++;
    const name = session === '' ? `s${String(sessions).padStart(7, '0')}` : session;
    this.base = `/pusher/app/${key}/${sessions % 1000}/${name}`;
    this.query = query;
    t.teardown(() => {
      for (const reader of this.#readers) reader.abort();
      this.#agent.destroy();
    });
  }

  receiver(action: 'xhr' | 'xhr_streaming', asking?: Asking): LineReader {
    const reader = new LineReader(this.port, `${this.base}/${action}?${this.query}`, asking);
    this.#readers.push(reader);
    return reader;
  }

  /** Opens by streaming and reads up to the handshake. */
  async stream(): Promise<LineReader> {
    const reader = this.receiver('xhr_streaming');
    if ((await reader.next()) !== PRELUDE) throw new Error('no prelude');
    if ((await reader.next()) !== 'o') throw new Error('not opened');
    this.#established(await reader.next());
    return reader;
  }

  /** A further streaming receiver of the session, its prelude read. */
  async streamAgain(): Promise<LineReader> {
    const reader = this.receiver('xhr_streaming');
    if ((await reader.next()) !== PRELUDE) throw new Error('no prelude');
    return reader;
  }

  /** Opens by polling and reads the handshake. */
  async connect(): Promise<this> {
    const [opened, established] = await this.poll();
    if (opened !== 'o') throw new Error('not opened');
    this.#established(established);
    return this;
  }

  /** The lines of one poll. */
  async poll(): Promise<string[]> {
    const path = `${this.base}/xhr?${this.query}`;
    const { text } = await ask(this.port, path, {}, this.#agent);
    return text.split('\n').slice(0, -1);
  }

  /** The answer to `xhr_send`. */
  async send(...messages: unknown[]): Promise<number> {
    const body = JSON.stringify(messages.map((message) => JSON.stringify(message)));
    return (await this.post('xhr_send', { body })).status;
  }

  subscribe(channel: string, member?: object): Promise<number> {
    const channelData = member === undefined ? undefined : JSON.stringify(member);
    const subject = [this.id, channel, channelData].filter((part) => part !== undefined).join(':');
    const signature = createHmac('sha256', SECRET).update(subject).digest('hex');
    const auth = /^(private|presence)-/.test(channel) ? `key:${signature}` : '';
    return this.send({
      event: 'pusher:subscribe',
      data: { auth, channel_data: channelData, channel },
    });
  }

  post(action: string, asking?: Asking): Promise<Answer> {
    return ask(this.port, `${this.base}/${action}`, asking, this.#agent);
  }

  #established(line: string | undefined): void {
    const [message] = messagesOf(line);
    if (message?.event !== 'pusher:connection_established') throw new Error(`not up: ${line}`);
    this.id = (JSON.parse(message.data as string) as { socket_id: string }).socket_id;
  }
}

/** The messages of an `a` line. */
export function messagesOf(line: string | undefined): Message[] {
  if (line?.startsWith('a') !== true) throw new Error(`no messages: ${line}`);
  return (JSON.parse(line.slice(1)) as string[]).map((text) => JSON.parse(text) as Message);
}
