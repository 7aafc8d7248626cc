import { payload } from './peers/peer';
import { standpipe } from './peers/standpipe';
import { Child, LOADER_CORE, SERVER_CORE } from './support/child';
import { Numbered } from './support/numbered';
import { openAll, RawSocket } from './support/raw-socket';
import { rounds, type Round } from './support/rounds';
import type { Settings } from './support/settings';
import { Part } from './support/table';

const HZ = 30;
const VIEW_BYTES = 600;

/**
 * A game: every socket gets a view of its own 30 times a second, from a backend at the other end of a Pipe. Latencies run
 * from the time that the tick was due; a tick takes 33 ms.
 */
export async function game(settings: Settings): Promise<void> {
  const { n, port } = settings;
  const title = `Game: ${n} sockets, ${HZ} views a second each, ${VIEW_BYTES} bytes`;
  const part = new Part(title, ['views/s', 'server µs each', 'p50 ms', 'p99 ms']);
  let skipped = 0;
  await part.measure('standpipe', async () => {
    const server = await Child.start(standpipe.server, SERVER_CORE, { port });
    const options = { port, hz: HZ, bytes: VIEW_BYTES };
    const backend = await Child.start('backends/game', LOADER_CORE, options);
    const open = (): RawSocket => new RawSocket(port, standpipe.path([]), standpipe.opening([]));
    const sockets = await openAll(n, open);
    while ((await backend.ask('players')) < n) await new Promise(setImmediate);
    const load = new Load(sockets, backend);
    const figures = await rounds(settings, server, (seconds) => load.run(seconds));
    skipped = await backend.ask('skipped');
    return [figures.perSecond, figures.cpuUs, figures.p50Ms, figures.p99Ms];
  });
  if (skipped > 0) part.note(`${skipped} ticks of the last round were skipped.`);
}

/** Counts the views of each socket, which come in the order of the ticks. */
class Load {
  readonly #sockets: readonly RawSocket[];
  readonly #backend: Child;
  /** Times of the views, by socket. */
  #seenMs: number[][] = [];
  #seen = 0;
  #wanted = Infinity;
  #done: () => void = () => undefined;

  constructor(sockets: readonly RawSocket[], backend: Child) {
    this.#sockets = sockets;
    this.#backend = backend;
    const { answer } = standpipe.echo(payload(VIEW_BYTES));
    sockets.forEach((socket, i) => {
      const views = new Numbered(answer);
      socket.received = (bytes, chunk) => {
        for (let left = views.read(bytes, chunk); left > 0; left -= 1) this.#see(i);
      };
    });
  }

  async run(seconds: number): Promise<Round> {
    this.#seenMs = this.#sockets.map(() => []);
    this.#seen = 0;
    this.#wanted = Infinity;
    const done = new Promise<void>((resolve) => (this.#done = resolve));
    const ticks = await this.#backend.ask('play', seconds);
    this.#wanted = ticks * this.#sockets.length;
    if (this.#seen < this.#wanted) await done;
    const ticksMs: number[] = [];
    for (let i = 0; i < ticks; i += 1) ticksMs.push(await this.#backend.ask('tickMs', i));
    const latenciesMs = this.#seenMs.flatMap((times) =>
      times.map((atMs, i) => atMs - (ticksMs[i] ?? NaN)),
    );
    const lastMs = Math.max(...this.#seenMs.map((times) => times.at(-1) ?? 0));
    return { count: this.#seen, seconds: (lastMs - (ticksMs[0] ?? NaN)) / 1_000, latenciesMs };
  }

  #see(socket: number): void {
    this.#seenMs[socket]?.push(Number(process.hrtime.bigint()) / 1e6);
    this.#seen += 1;
    if (this.#seen >= this.#wanted) this.#done();
  }
}
