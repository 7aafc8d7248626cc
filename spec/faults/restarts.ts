import type { ChildProcess } from 'node:child_process';
import type { Test } from 'tap';
import { createClient, type PipeClient } from '../../lib/pipe/client';
import { deferred } from '../../lib/util/deferred';
import { faultsOf, sumOf, type Fault, type Line } from '../support/ledger';
import { exited, startChild } from '../support/processes';
import { SECRET } from '../support/start-gateway';
import { TestSocket } from '../support/test-socket';
import { until } from '../support/until';

const APP = { id: '1', key: 'key', secret: SECRET };
/** Pace of a browser, and its wait before it tries to come back. */
const SPEAK_MS = 10;
const RETRY_MS = 10;
/** Events a member has at hand; the others wait in the gateway. */
const CREDIT = { messages: 20 };

export interface RestartReport {
  faults: Fault[];
  /** Messages that the gateway had taken from browsers. */
  taken: number;
  /** Sockets that were open at some time, the closes told for them and how many were told more than once. */
  sockets: number;
  closes: number;
  repeated: number;
  /** Close codes that browsers saw. */
  codes: number[];
  /** The longest time that a browser was away. */
  awayMs: number;
}

/** Browsers that speak, are sent away and come back, and what the ledger knows of them. */
class Speakers {
  /** Counts of handlers. */
  readonly handled: Line[] = [];
  readonly codes = new Set<number>();
  sockets = 0;
  awayMs = 0;
  /** Sockets that are open. */
  open = 0;
  /** The gate that handlers wait for. */
  gate = Promise.resolve();
  readonly #produced: Line[] = [];
  /** The highest number that the gateway has surely taken, by socket. */
  readonly #taken = new Map<string, number>();
  #speaking = true;
  #port = 0;
  readonly #isHeard: () => boolean;

  /**
   * @param isHeard whether backends are connected. A gateway without a store knows of no backend before it has come:
   * messages of browsers until then are for nobody, which the backend's `reset` stands for.
   */
  constructor(isHeard: () => boolean) {
    this.#isHeard = isHeard;
  }

  /** Comes, speaks until it is sent away, and comes again. Resolves when all is over. */
  async live(port: number): Promise<void> {
    this.#port = port;
    let leftAt: number | undefined;
    while (this.#speaking) {
      const socket = await this.#come();
      if (socket === undefined) continue;
      if (leftAt !== undefined) this.awayMs = Math.max(this.awayMs, performance.now() - leftAt);
      this.sockets += 1;
      this.open += 1;
      await this.#speak(socket);
      this.open -= 1;
      leftAt = performance.now();
      if (socket.raw.close.code !== 1006) this.codes.add(socket.raw.close.code);
    }
  }

  end(): void {
    this.#speaking = false;
  }

  /** Messages of a socket up to here were taken. */
  took(key: string, n: number): void {
    for (let i = (this.#taken.get(key) ?? 0) + 1; i <= n; i++) {
      const sum = sumOf(JSON.stringify({ n: i }));
      this.#produced.push({ type: 'produced', key, n: i, sum });
      this.#taken.set(key, i);
    }
  }

  get taken(): number {
    return this.#produced.length;
  }

  /** The ledger. Lines of sends stand before lines of handling, in any order of arrival here. */
  get lines(): Line[] {
    return [...this.#produced, ...this.handled];
  }

  async #come(): Promise<TestSocket | undefined> {
    try {
      await until(this.#isHeard);
      return await TestSocket.connect({ teardown: () => undefined }, this.#port);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      return undefined;
    }
  }

  /** A message that a ping follows was taken when the ping is answered. */
  async #speak(socket: TestSocket): Promise<void> {
    let n = 0;
    const speaking = setInterval(() => {
      n += 1;
      socket.send({ event: 'say', data: { n } });
      socket.send({ event: 'pusher:ping', data: {} });
      if (!this.#speaking) socket.drop();
    }, SPEAK_MS);
    let pongs = 0;
    try {
      for (;;) {
        const { event } = await socket.next();
        if (event === 'pusher:pong') this.took(socket.id, (pongs += 1));
      }
    } catch {
      clearInterval(speaking);
      socket.drop();
    }
  }
}

/** A gateway is restarted gently, again and again, while browsers speak to two members of a group and a loner. */
export async function rollingRestart(
  t: Test,
  { restarts, browsers, drainMs }: { restarts: number; browsers: number; drainMs: number },
): Promise<RestartReport> {
  const limits = { drainMs, maxBackChannelEventsPerSecond: 1e6 };
  const start = async (port: number): Promise<{ child: ChildProcess; said: { port: number } }> =>
    startChild(t, 'gateway', { port, apps: [APP], limits });
  const first = await start(0);
  const { port } = first.said;
  let { child } = first;
  const heard = (): boolean => clients.every(({ state }) => state === 'open');
  const speakers = new Speakers(heard);
  const closes = new Map<string, number>();
  const clients = ['group', 'group', undefined].map((group, i) => {
    const options = { appId: '1', key: 'key', secret: SECRET, port, group };
    const client = createClient<{ say: { n: number } }>({
      ...options,
      backoff: { baseMs: 10, maxMs: 50 },
      credit: CREDIT,
    });
    t.teardown(() => client.disconnect());
    client.subscribe(['socket_existence', 'socket_message']);
    // The loner hears everything for itself: it counts the closes, and the group handles the messages.
    if (group !== undefined) handle(client, `member ${i}`, speakers);
    else client.sockets.on('close', (id) => void closes.set(id, (closes.get(id) ?? 0) + 1));
    client.on('error', () => undefined);
    return client;
  });
  await Promise.all(clients.map((client) => client.connect()));
  const lives = Array.from({ length: browsers }, () => speakers.live(port));
  for (let i = 0; i < restarts; i++) {
    const before = speakers.taken;
    await until(() => speakers.taken > before + browsers * 20);
    // Handlers stand still until all browsers were sent away, so that the gateway has something left to wait for.
    const gate = deferred<void>();
    speakers.gate = gate.promise;
    child.kill('SIGTERM');
    await until(() => speakers.open === 0);
    gate.resolve();
    await exited(child);
    ({ child } = await start(port));
    await until(heard);
  }
  const before = speakers.taken;
  await until(() => speakers.taken > before + browsers * 20);
  speakers.end();
  await Promise.all(lives);
  await until(() => closes.size >= speakers.sockets);
  await until(() => missing(speakers.lines) === 0);
  return {
    faults: faultsOf(speakers.lines),
    taken: speakers.taken,
    sockets: speakers.sockets,
    closes: closes.size,
    repeated: [...closes.values()].filter((count) => count > 1).length,
    codes: [...speakers.codes].sort(),
    awayMs: Math.round(speakers.awayMs),
  };
}

/** A member that handles messages and keeps the ledger. It announces nothing: no restart may be an excuse. */
function handle(
  client: PipeClient<{ say: { n: number } }>,
  name: string,
  speakers: Speakers,
): void {
  client.sockets.on('event:say', async (key, data, { redelivered }) => {
    const { n } = data;
    const what = { process: name, key, n };
    const sum = sumOf(JSON.stringify(data));
    speakers.handled.push({ type: 'began', ...what, sum, redelivered });
    speakers.took(key, n);
    await speakers.gate;
    speakers.handled.push({ type: 'ended', ...what });
  });
}

/** Number of messages that no handler has finished. */
function missing(lines: readonly Line[]): number {
  const names = (type: Line['type']): Set<string> =>
    new Set(
      lines.flatMap((line) =>
        'key' in line && line.type === type ? [`${line.key}/${line.n}`] : [],
      ),
    );
  const ended = names('ended');
  return [...names('produced')].filter((name) => !ended.has(name)).length;
}
