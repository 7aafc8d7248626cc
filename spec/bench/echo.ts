import { performance } from 'node:perf_hooks';
import { peersOf } from './peers';
import { payload, type Peer } from './peers/peer';
import { standpipe } from './peers/standpipe';
import { attempt } from './support/attempt';
import { Child, LOADER_CORE, SERVER_CORE } from './support/child';
import { Numbered, renumbered } from './support/numbered';
import { openAll, RawSocket } from './support/raw-socket';
import { rounds, type Figures, type Round } from './support/rounds';
import type { Settings } from './support/settings';
import { Part } from './support/table';

const PAYLOAD_BYTES = 100;
const MAX_SOCKETS = 200;
const STEADY_PER_SECOND = 5_000;

/**
 * A message of a browser is answered: by the server itself, or with standpipe by a backend in a process of its own, at
 * the other end of a Pipe. Servers that relay only are left out.
 */
export async function echo(settings: Settings): Promise<void> {
  const title = `Echo: ${socketsOf(settings)} sockets, ${PAYLOAD_BYTES} bytes`;
  const found = new Map<string, { steady?: Figures; saturated?: Figures }>();
  for (const peer of peersOf(settings)) {
    if (peer.echo === undefined) continue;
    const figures: { steady?: Figures; saturated?: Figures } = {};
    found.set(peer.name, figures);
    await attempt(`${title}, ${peer.name}`, async () => {
      Object.assign(figures, await measureEcho(settings, peer));
    });
  }
  const cpu = 'server µs each';
  const steady = new Part(`${title}, ${STEADY_PER_SECOND} a second`, [cpu, 'p50 ms', 'p99 ms']);
  for (const [name, { steady: each }] of found) {
    steady.row(name, each && [each.cpuUs, each.p50Ms, each.p99Ms]);
  }
  const all = new Part(`${title}, as many as each socket can`, ['round trips/s', cpu], {
    isCharted: true,
  });
  for (const [name, { saturated: each }] of found) {
    all.row(name, each && [each.perSecond, each.cpuUs]);
  }
}

/** Figures of one server: with questions on a schedule, and with as many as each socket can. */
export async function measureEcho(
  settings: Settings,
  peer: Peer,
): Promise<{ steady: Figures; saturated: Figures }> {
  const { server, load } = await openLoad(settings, peer);
  // The saturated load first: it warms the server up in a fraction of the time.
  const saturated = await rounds(settings, server, (seconds) => load.saturated(seconds));
  const steady = await rounds(settings, server, (seconds) => load.steady(seconds));
  return { steady, saturated };
}

async function openLoad(settings: Settings, peer: Peer): Promise<{ server: Child; load: Load }> {
  const { port } = settings;
  const server = await Child.start(peer.server, SERVER_CORE, { port, ...peer.options });
  if (peer.opening === standpipe.opening) await Child.start('backends/echo', LOADER_CORE, { port });
  const sockets = await openAll(
    socketsOf(settings),
    () => new RawSocket(port, peer.path?.([]), peer.opening([])),
  );
  return { server, load: new Load(sockets, peer) };
}

function socketsOf({ n }: Settings): number {
  return Math.min(n, MAX_SOCKETS);
}

/** Asks and waits for the answers, which come in order on each socket. */
class Load {
  readonly #sockets: readonly RawSocket[];
  readonly #question: Buffer;
  /** Times of the questions that a socket has yet to get an answer to, oldest first. */
  readonly #askedAt: number[][];
  /** Questions so far, by socket. */
  readonly #asked: number[];
  #latenciesMs: number[] = [];
  #open = 0;
  #asking = false;
  #answered: (socket: number) => void = () => undefined;
  #done: () => void = () => undefined;

  constructor(sockets: readonly RawSocket[], peer: Peer) {
    const dialogue = peer.echo?.(payload(PAYLOAD_BYTES));
    if (dialogue === undefined) throw new Error(`${peer.name} answers nothing`);
    const { question, answer } = dialogue;
    this.#sockets = sockets;
    this.#question = question;
    this.#askedAt = sockets.map(() => []);
    this.#asked = sockets.map(() => 0);
    sockets.forEach((socket, i) => {
      const answers = new Numbered(answer);
      socket.received = (bytes, chunk) => {
        for (let left = answers.read(bytes, chunk); left > 0; left -= 1) this.#answer(i);
      };
    });
  }

  /** Questions on a schedule, with or without answers; latencies count from the time that each was due. */
  steady(seconds: number): Promise<Round> {
    this.#answered = () => undefined;
    let asked = 0;
    return this.#round(seconds, (start) => {
      const timer = setInterval(() => {
        const due = ((performance.now() - start) / 1_000) * STEADY_PER_SECOND;
        for (; asked < due && this.#asking; asked += 1) {
          const dueAt = start + (asked / STEADY_PER_SECOND) * 1_000;
          this.#ask(asked % this.#sockets.length, dueAt);
        }
        if (!this.#asking) clearInterval(timer);
      }, 1);
    });
  }

  /** Each socket asks again when it was answered. */
  saturated(seconds: number): Promise<Round> {
    this.#answered = (socket) => {
      if (this.#asking) this.#ask(socket);
    };
    return this.#round(seconds, () => {
      for (let i = 0; i < this.#sockets.length; i += 1) this.#ask(i);
    });
  }

  async #round(seconds: number, begin: (start: number) => void): Promise<Round> {
    this.#latenciesMs = [];
    this.#asking = true;
    const start = performance.now();
    const done = new Promise<void>((resolve) => (this.#done = resolve));
    setTimeout(() => {
      this.#asking = false;
      if (this.#open === 0) this.#done();
    }, seconds * 1_000);
    begin(start);
    await done;
    const latenciesMs = this.#latenciesMs;
    return { count: latenciesMs.length, seconds: (performance.now() - start) / 1_000, latenciesMs };
  }

  #ask(socket: number, dueAt = performance.now()): void {
    this.#open += 1;
    this.#askedAt[socket]?.push(dueAt);
    const number = this.#asked[socket] ?? 0;
    this.#asked[socket] = number + 1;
    this.#sockets[socket]?.write(renumbered(this.#question, number));
  }

  #answer(socket: number): void {
    const askedAt = this.#askedAt[socket]?.shift();
    if (askedAt === undefined) throw new Error('an answer without a question');
    this.#open -= 1;
    this.#latenciesMs.push(performance.now() - askedAt);
    this.#answered(socket);
    if (this.#open === 0 && !this.#asking) this.#done();
  }
}
