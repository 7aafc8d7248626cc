import { connect, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { rawRequest } from '../support/api-client';
import { peersOf } from './peers';
import { atEnd, attempt } from './support/attempt';
import { Child, LOADER_CORE, SERVER_CORE } from './support/child';
import { requestOf } from './support/publish-request';
import { rounds, type Round } from './support/rounds';
import type { Settings } from './support/settings';
import { Part } from './support/table';

const CONNECTIONS = 16;
const CASES = [
  { title: 'one event a request', events: 1 },
  { title: 'batches of 10', events: 10 },
];
const OWN = 'standpipe, its API without HTTP';

/** Publishing over kept-alive connections, beside bare `node:http`, which reads the same bodies, and the API without HTTP. */
export async function http(settings: Settings): Promise<void> {
  const { port } = settings;
  const servers: Array<{ name: string; server: string; options?: object }> = [
    { name: 'bare node:http', server: 'servers/bare-http' },
    ...peersOf(settings).filter(({ name }) => name === 'soketi' || name === 'standpipe'),
  ];
  const found = new Map<string, number[][]>();
  const measureEach = async (
    name: string,
    begin: () => Promise<(events: number) => Promise<number[]>>,
  ): Promise<void> => {
    const figures: number[][] = [];
    found.set(name, figures);
    await attempt(`HTTP publish, ${name}`, async () => {
      const measured = await begin();
      for (const { events } of CASES) figures.push(await measured(events));
    });
  };
  for (const { name, server: file, options } of servers) {
    await measureEach(name, async () => {
      const server = await Child.start(file, SERVER_CORE, { port, ...options });
      return (events) => measure(settings, server, events);
    });
  }
  await measureEach(OWN, async () => {
    const child = await Child.start('backends/rest-own', LOADER_CORE);
    return async (events) => [NaN, (await child.ask('own', events)) / events];
  });
  for (const [i, { title }] of CASES.entries()) {
    const part = new Part(`HTTP publish: ${title}, ${CONNECTIONS} connections`, [
      'events/s',
      'server µs each',
    ]);
    for (const [name, figures] of found) part.row(name, figures[i]);
  }
}

async function measure(settings: Settings, server: Child, events: number): Promise<number[]> {
  const { port } = settings;
  const text = rawRequest(requestOf(events));
  const answerBytes = await probe(port, text);
  let answers = 0;
  let isOver = true;
  let ended: () => void = () => undefined;
  let open = 0;
  const requesters = Array.from({ length: CONNECTIONS }, () => {
    return new Requester(port, text, answerBytes, () => {
      answers += 1;
      if (!isOver) return true;
      open -= 1;
      if (open === 0) ended();
      return false;
    });
  });
  const run = async (seconds: number): Promise<Round> => {
    answers = 0;
    isOver = false;
    const start = performance.now();
    open = requesters.length;
    const over = new Promise<void>((resolve) => (ended = resolve));
    for (const requester of requesters) requester.ask();
    setTimeout(() => (isOver = true), seconds * 1_000);
    await over;
    return { count: answers * events, seconds: (performance.now() - start) / 1_000 };
  };
  const { perSecond, cpuUs } = await rounds(settings, server, run);
  return [perSecond, cpuUs];
}

/** Requests one after the other, over one connection unless the server closes it. */
class Requester {
  readonly #port: number;
  readonly #request: Buffer;
  readonly #answerBytes: number;
  readonly #answered: () => boolean;
  #socket: Socket | undefined;
  /** All answers are equally long: bytes are counted. */
  #bytes = 0;

  /** @param answered tells whether to ask again */
  constructor(port: number, text: string, answerBytes: number, answered: () => boolean) {
    this.#port = port;
    this.#request = Buffer.from(text);
    this.#answerBytes = answerBytes;
    this.#answered = answered;
    atEnd(() => this.#socket?.destroy());
  }

  ask(): void {
    this.#socket ??= connect({ port: this.#port, host: '127.0.0.1', noDelay: true }).on(
      'data',
      (chunk) => this.#read(chunk),
    );
    this.#socket.write(this.#request);
  }

  #read(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#answerBytes) throw new Error(`an answer too long: ${String(chunk)}`);
    if (this.#bytes < this.#answerBytes) return;
    this.#bytes = 0;
    if (chunk.includes('Connection: close')) {
      this.#socket?.destroy();
      this.#socket = undefined;
    }
    if (this.#answered()) this.ask();
  }
}

/** Length of one answer; rejects when it is no 200. */
function probe(port: number, text: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.once('error', reject);
    socket.once('data', (bytes) => {
      socket.destroy();
      const answer = bytes.toString();
      if (answer.startsWith('HTTP/1.1 200')) resolve(bytes.length);
      else reject(new Error(answer));
    });
  });
}
