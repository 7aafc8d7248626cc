import { performance } from 'node:perf_hooks';
import { Child, SERVER_CORE } from './support/child';
import { Numbered, type Shape } from './support/numbered';
import { peersOf } from './support/other-peers';
import { payload, type Peer, type Publisher } from './support/peers';
import { openAll, RawSocket } from './support/raw-socket';
import { rounds, type Figures, type Round } from './support/rounds';
import type { Settings } from './support/settings';
import { Part } from './support/table';

const CHANNEL = 'bench';
const PAYLOAD_BYTES = 100;
const SATURATED = 100;

/** Each event goes to all subscribers; `window` events may be on their way to some of them. */
export async function fanOut(settings: Settings): Promise<void> {
  for (const window of [SATURATED, 1]) {
    const title = `Fan-out: ${settings.n} subscribers, ${PAYLOAD_BYTES} bytes, ${window} in flight`;
    const part = new Part(title, ['deliveries/s', 'server µs each', 'p50 ms', 'p99 ms']);
    for (const peer of peersOf(settings.peers)) {
      const figures = await measureFanOut(settings, peer, { window, bytes: PAYLOAD_BYTES });
      part.row(peer.name, [figures.perSecond, figures.cpuUs, figures.p50Ms, figures.p99Ms]);
    }
  }
}

/** Figures of one server; `settings.n` is the number of subscribers. */
export async function measureFanOut(
  settings: Settings,
  peer: Peer,
  { window, bytes }: { window: number; bytes: number },
): Promise<Figures> {
  const { n, port, plant } = settings;
  const data = payload(bytes);
  const server = await Child.start(peer.server, SERVER_CORE, { port, plant, ...peer.options });
  const open = (): RawSocket => new RawSocket(port, peer.path, peer.opening([CHANNEL]));
  const sockets = await openAll(n, open);
  const publisher = await peer.publisher(port, CHANNEL, data);
  const load = new Load(sockets, publisher, { window, shape: peer.event(CHANNEL, data) });
  const figures = await rounds(settings, server, (seconds) => load.run(seconds));
  publisher.close();
  for (const socket of sockets) socket.close();
  await server.stop();
  return figures;
}

/**
 * Keeps a number of events in flight. An event is complete when as many deliveries came as it and the events before it
 * have subscribers: each socket gets them in order, or the run fails.
 */
class Load {
  readonly #subscribers: number;
  readonly #publisher: Publisher;
  readonly #window: number;
  #seen = 0;
  #awake = false;
  #turn: () => void = () => undefined;

  constructor(
    sockets: readonly RawSocket[],
    publisher: Publisher,
    { window, shape }: { window: number; shape: Shape },
  ) {
    this.#subscribers = sockets.length;
    this.#publisher = publisher;
    this.#window = window;
    for (const socket of sockets) {
      const frames = new Numbered(shape);
      socket.received = (bytes, chunk) => this.#received(frames.read(bytes, chunk));
    }
  }

  run(seconds: number): Promise<Round> {
    const sentAt: number[] = [];
    const latenciesMs: number[] = [];
    const start = performance.now();
    this.#seen = 0;
    return new Promise((resolve) => {
      this.#turn = () => {
        const now = performance.now();
        const complete = Math.floor(this.#seen / this.#subscribers);
        while (latenciesMs.length < complete) {
          latenciesMs.push(now - (sentAt[latenciesMs.length] ?? NaN));
        }
        const over = now - start >= seconds * 1_000;
        const room = over ? 0 : this.#window - (sentAt.length - complete);
        for (let i = 0; i < room; i += 1) sentAt.push(now);
        if (room > 0) this.#publisher.publish(room);
        if (!over || complete < sentAt.length) return;
        const count = this.#seen;
        if (count !== sentAt.length * this.#subscribers) throw new Error(`${count} deliveries`);
        resolve({ count, seconds: (now - start) / 1_000, latenciesMs });
      };
      this.#turn();
    });
  }

  #received(deliveries: number): void {
    this.#seen += deliveries;
    if (this.#awake) return;
    this.#awake = true;
    setImmediate(() => {
      this.#awake = false;
      this.#turn();
    });
  }
}
