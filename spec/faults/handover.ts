import { spawn } from 'node:child_process';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import Pusher from 'pusher-js';
import type { Test } from 'tap';
import { sharesPorts } from '../../lib/gateway/options/guards';
import { hasBrowser, startBrowser } from '../support/browser';
import { main } from '../support/command';
import { SECRET } from '../support/start-gateway';
import { until } from '../support/until';

/**
 * Ways from one gateway to the next: a socket that a parent passes on to both, while both run or to one after the other
 * (`systemctl restart`); a port that both share; a port that the next one waits for; a port that the next one takes when
 * the first has ended.
 */
export type Way =
  | 'passed on'
  | 'passed on, one after the other'
  | 'shared'
  | 'waited for'
  | 'one after the other';

export interface HandoverReport {
  sockets: number;
  /** Connects that a bystander tried in the meantime, and those that failed. */
  connects: number;
  refused: number;
  /** Transports of the sockets after their return. */
  transports: string[];
  /** The time that a socket was away: the median, and the longest. */
  medianAwayMs: number;
  maxAwayMs: number;
}

/** The reason why a way is not open on this machine; undefined when it is. */
function closedWay(way: Way): string | undefined {
  if (way !== 'shared' || sharesPorts(process.versions.node)) return undefined;
  return `Node ${process.versions.node} shares no ports; Node 22.12 does`;
}

/** Browsers of one kind, which know when they went and when they were back. */
interface Visitors {
  /** Resolves when so many are connected. */
  open(count: number): Promise<void>;
  /** Number of those that are connected anew. */
  back(): Promise<number>;
  /** Times away, and transports. */
  report(): Promise<{ awayMs: number[]; transports: string[] }>;
}

/** Unmodified pusher-js takes part in a handover, in this process or in Chromium. */
export async function handOver(
  t: Test,
  { way, sockets, where }: { way: Way; sockets: number; where: 'node' | 'chromium' },
): Promise<HandoverReport> {
  const parent = await Parent.start(t, way);
  const { port } = parent;
  const first = await parent.gateway();
  const visitors = await (where === 'node' ? inNode(t, port) : inChromium(t, port));
  await visitors.open(sockets);
  const bystander = new Bystander(port);
  if (way === 'passed on' || way === 'shared') await parent.gateway();
  const next = way === 'waited for' ? parent.gateway() : undefined;
  // The next process is there and looks at the port.
  if (next !== undefined) await until(() => parent.waits);
  process.kill(first, 'SIGTERM');
  await next;
  if (way.endsWith('one after the other')) {
    await until(() => !isAlive(first));
    await parent.gateway();
  }
  while ((await visitors.back()) < sockets) await new Promise((wake) => setTimeout(wake, 20));
  await until(() => !isAlive(first));
  const { connects, refused } = await bystander.end();
  const { awayMs, transports } = await visitors.report();
  awayMs.sort((a, b) => a - b);
  return {
    ...{ sockets, connects, refused, transports: [...new Set(transports)] },
    medianAwayMs: Math.round(awayMs[awayMs.length >> 1] ?? NaN),
    maxAwayMs: Math.round(awayMs.at(-1) ?? NaN),
  };
}

/** A shell that starts gateways, and that passes a listening socket on to them without taking connections itself. */
export class Parent {
  readonly port: number;
  readonly #start: () => void;
  readonly #listening: number[] = [];
  #taken = 0;
  /** A gateway has said that it waits for the port. */
  waits = false;

  private constructor(t: Test, way: Way, { port, server, folder }: Setting) {
    this.port = port;
    const config = join(folder, 'config.json');
    const command = `exec ${process.execPath} ${main} serve --config ${config} --port ${port}`;
    const child =
      server !== undefined
        ? `LISTEN_FDS=1 LISTEN_PID=$$ ${command}`
        : way === 'shared'
          ? `${command} --reuse-port`
          : `${command} --port-wait-ms 60000`;
    const shell = spawn('sh', ['-c', `while read line; do (sh -c '${child}'; true) & done; wait`], {
      env: { ...process.env, NODE_OPTIONS: '' },
      stdio: ['pipe', 'pipe', 'inherit', server === undefined ? 'ignore' : descriptorOf(server)],
    });
    server?.close();
    let output = '';
    shell.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const lines = output.split('\n');
      output = lines.pop() ?? '';
      for (const line of lines) {
        const { msg, pid } = JSON.parse(line) as { msg: string; pid: number };
        this.waits ||= msg === 'waits for a port in use';
        if (msg === 'standpipe listens') this.#listening.push(pid);
      }
    });
    this.#start = () => void shell.stdin?.write('start\n');
    t.teardown(() => {
      shell.kill('SIGKILL');
      for (const pid of this.#listening) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
    });
  }

  static async start(t: Test, way: Way): Promise<Parent> {
    const server = createServer();
    await new Promise<void>((done) =>
      server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, done),
    );
    const { port } = server.address() as AddressInfo;
    const apps = [{ id: '1', key: 'key', secret: SECRET }];
    const folder = t.testdir({ 'config.json': JSON.stringify({ apps }) });
    if (way.startsWith('passed on')) return new Parent(t, way, { port, server, folder });
    await new Promise((closed) => server.close(closed));
    return new Parent(t, way, { port, server: undefined, folder });
  }

  /** Starts a gateway; resolves with its process id when it listens. */
  async gateway(): Promise<number> {
    this.#start();
    const number = this.#taken++;
    await until(() => this.#listening.length > number);
    return this.#listening[number] as number;
  }
}

/** Descriptor of a listening socket, which Node does not tell otherwise. */
function descriptorOf(server: Server): number {
  return (server as unknown as { _handle: { fd: number } })._handle.fd;
}

interface Setting {
  port: number;
  server: Server | undefined;
  folder: string;
}

/** Connects again and again, asks for health and counts what is not answered. */
class Bystander {
  connects = 0;
  refused = 0;
  #goesOn = true;
  readonly #ended: Promise<void>;

  constructor(port: number) {
    this.#ended = this.#run(port);
  }

  async end(): Promise<this> {
    this.#goesOn = false;
    await this.#ended;
    return this;
  }

  async #run(port: number): Promise<void> {
    while (this.#goesOn) {
      this.connects++;
      if (!(await answers(port))) this.refused++;
      await new Promise((wake) => setTimeout(wake, 5));
    }
  }
}

/** A request over a connection of its own is answered, in whatever time. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(port, '127.0.0.1');
    socket.on('data', (chunk) => (text += chunk.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(text.startsWith('HTTP/1.1 200')));
    socket.write('GET /livez HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n\r\n');
  });
}

/** The part of pusher-js that is used here, whether it runs in Node or on a page. */
interface Watched {
  away: number[];
  pushers: Pusher[];
}

/** Opens connections and notes when they go and come back. It is sent to pages as its source text. */
function watch(Client: typeof Pusher, port: number, count: number): Watched {
  const watched: Watched = { away: [], pushers: [] };
  for (let n = 0; n < count; n++) {
    const pusher = new Client('key', {
      ...{ wsHost: '127.0.0.1', wsPort: port, httpHost: '127.0.0.1', httpPort: port },
      ...{ cluster: '', forceTLS: false },
    });
    let leftAt: number | undefined;
    let isOpen = false;
    // A connection that is closed is said to be connected until its wait is over.
    pusher.connection.bind('connecting_in', () => (leftAt ??= performance.now()));
    pusher.connection.bind('connecting', () => (leftAt ??= performance.now()));
    pusher.connection.bind('connected', () => {
      if (isOpen && leftAt !== undefined) watched.away.push(performance.now() - leftAt);
      leftAt = undefined;
      isOpen = true;
    });
    watched.pushers.push(pusher);
  }
  return watched;
}

async function inNode(t: Test, port: number): Promise<Visitors> {
  let watched: Watched = { away: [], pushers: [] };
  t.teardown(() => {
    for (const pusher of watched.pushers) pusher.disconnect();
  });
  return Promise.resolve({
    open: (count) => {
      watched = watch(Pusher, port, count);
      return until(() =>
        watched.pushers.every(({ connection }) => connection.state === 'connected'),
      );
    },
    back: () => Promise.resolve(watched.away.length),
    report: () =>
      Promise.resolve({
        awayMs: watched.away,
        transports: watched.pushers.map(({ connection }) => connection.connection.transport.name),
      }),
  });
}

async function inChromium(t: Test, port: number): Promise<Visitors> {
  const chromium = await startBrowser(t);
  const page = await chromium.newPage();
  await page.addScriptTag({ path: require.resolve('pusher-js/dist/web/pusher.min.js') });
  const read = (code: string): Promise<unknown> => page.evaluate(code);
  return {
    open: async (count) => {
      await read(`watched = (${watch.toString()})(Pusher, ${port}, ${count}), undefined`);
      const all = 'watched.pushers.every(({ connection }) => connection.state === "connected")';
      await page.waitForFunction(all);
    },
    back: async () => Number(await read('watched.away.length')),
    report: async () => {
      const names = 'watched.pushers.map(({ connection }) => connection.connection.transport.name)';
      return (await read(`({ awayMs: watched.away, transports: ${names} })`)) as {
        awayMs: number[];
        transports: string[];
      };
    },
  };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Unmodified pusher-js from one gateway to the next, by every way of this machine, in Node and in Chromium. */
export async function handOverEveryWay(test: Test, timeout: number): Promise<object[]> {
  const ways: readonly Way[] = [
    'passed on',
    'shared',
    'waited for',
    'passed on, one after the other',
  ];
  const places = [
    ...([['node', 1] as const, ['node', 1_000] as const] as const),
    ...(hasBrowser() ? ([['chromium', 1] as const, ['chromium', 30] as const] as const) : []),
  ];
  const results: object[] = [];
  for (const way of ways) {
    const closed = closedWay(way);
    if (closed !== undefined) {
      // No tool is missing: an older Node has no such way.
      results.push({ way, skipped: closed });
      continue;
    }
    for (const [where, sockets] of places) {
      await test.test(`${way}, ${where}, ${sockets}`, { timeout }, async (t) => {
        const report = await handOver(t, { way, sockets, where });
        t.same(report.transports, ['ws']);
        // A port that is waited for is closed for a moment; a shared one may lose what came as the old one closed it.
        if (way.startsWith('passed on')) t.equal(report.refused, 0);
        results.push({ way, where, ...report });
      });
    }
  }
  return results;
}
