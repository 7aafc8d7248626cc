import { performance } from 'node:perf_hooks';
import { peersOf } from './peers';
import { channelNames, payload, type Peer, type Publisher } from './peers/peer';
import { attempt } from './support/attempt';
import { Child, SERVER_CORE } from './support/child';
import { Numbered, type Order } from './support/numbered';
import { openAll, RawSocket } from './support/raw-socket';
import { rounds, type Figures, type Round } from './support/rounds';
import type { Settings } from './support/settings';
import { Part } from './support/table';

const PAYLOAD_BYTES = 100;
const SATURATED = 100;
const WINDOWS = [SATURATED, 10, 1];
const STEADY_PER_SECOND = 30;
const RATES = ['deliveries/s', 'server µs each'];
const M1_CHANNELS = 10;
const F3_PER_CHANNEL = 10;

/** Sockets of a fan-out: each on all channels, or the same number of them on each. */
export interface Audience {
  sockets: number;
  channels: number;
  each: 'all' | 'one';
  bytes?: number;
}

/** Each event goes to all subscribers of one channel: some events at a time, and at a steady rate. */
export async function fanOut(settings: Settings): Promise<void> {
  const { n } = settings;
  const title = `Fan-out: ${n} subscribers, ${PAYLOAD_BYTES} bytes`;
  const found = new Map<Peer, Figures[]>();
  for (const peer of peersOf(settings)) {
    const figures: Figures[] = [];
    found.set(peer, figures);
    await attempt(`${title}, ${peer.name}`, async () => {
      const audience: Audience = { sockets: n, channels: 1, each: 'all' };
      const { server, load } = await openLoad(settings, peer, audience);
      for (const window of WINDOWS) {
        figures.push(await rounds(settings, server, (seconds) => load.saturated(seconds, window)));
      }
      figures.push(await rounds(settings, server, (seconds) => load.steady(2 * seconds)));
    });
  }
  for (const [i, window] of WINDOWS.entries()) {
    const part = new Part(`${title}, ${window} in flight`, RATES, {
      isCharted: window !== 10,
    });
    for (const [peer, figures] of found) part.row(peer.name, ratesOf(figures[i]));
  }
  const steady = new Part(
    `${title}, ${STEADY_PER_SECOND} events a second, until the last subscriber has it`,
    ['server µs each', 'p50 ms', 'p99 ms'],
  );
  for (const [peer, figures] of found) {
    const last = figures[WINDOWS.length];
    steady.row(peer.name, last && [last.cpuUs, last.p50Ms, last.p99Ms]);
  }
}

/** Events of many channels with a few sockets each (F3), and sockets that all hear the same few channels (M1). */
export async function channels(settings: Settings): Promise<void> {
  const sockets = 2 * settings.sockets;
  const many: Audience = { sockets, channels: sockets / F3_PER_CHANNEL, each: 'one' };
  const few: Audience = { sockets: settings.n, channels: M1_CHANNELS, each: 'all' };
  for (const [title, audience] of [
    [`${sockets} sockets on ${many.channels} channels`, many],
    [`${few.sockets} sockets on the same ${M1_CHANNELS} channels`, few],
  ] as const) {
    const part = new Part(`Fan-out: ${title}, ${SATURATED} events in flight`, RATES, {
      isCharted: true,
    });
    for (const peer of peersOf(settings)) {
      await part.measure(peer.name, async () => {
        return ratesOf(await measureFanOut(settings, peer, audience)) ?? [];
      });
    }
  }
}

/**
 * Figures of one server with many events in flight.
 * @param engine another process whose CPU is told too
 */
export async function measureFanOut(
  settings: Settings,
  peer: Peer,
  audience: Audience,
  engine?: Child,
): Promise<Figures> {
  const { server, load } = await openLoad(settings, peer, audience);
  return rounds(settings, server, async (seconds) => {
    const before = (await engine?.ask('cpu')) ?? NaN;
    const round = await load.saturated(seconds, SATURATED);
    return { ...round, otherCpuUs: ((await engine?.ask('cpu')) ?? NaN) - before };
  });
}

function ratesOf(figures: Figures | undefined): number[] | undefined {
  return figures && [figures.perSecond, figures.cpuUs];
}

async function openLoad(
  { port, plant }: Settings,
  peer: Peer,
  { sockets: count, channels: channelCount, each, bytes = PAYLOAD_BYTES }: Audience,
): Promise<{ server: Child; load: Load }> {
  const data = payload(bytes);
  const names = channelNames(channelCount);
  const server = await Child.start(peer.server, SERVER_CORE, { port, plant, ...peer.options });
  const shape = peer.event(names[0] ?? '', data);
  const heard = (i: number): string[] =>
    each === 'all' ? names : names.slice(i % channelCount, (i % channelCount) + 1);
  const order = (i: number): Order =>
    each === 'all' ? { first: 0, step: 1 } : { first: i % channelCount, step: channelCount };
  const sockets = await openAll(
    count,
    (i) => new RawSocket(port, peer.path?.(heard(i)), peer.opening(heard(i))),
  );
  const publisher = await peer.publisher(port, names, data);
  const load = new Load(publisher, each === 'all' ? count : count / channelCount);
  for (const [i, socket] of sockets.entries()) load.hear(socket, new Numbered(shape, order(i)));
  return { server, load };
}

/**
 * Publishes and waits. An event is complete when as many deliveries came as it and the events before it have
 * subscribers: each socket gets them in order, or the run fails.
 */
class Load {
  readonly #publisher: Publisher;
  readonly #subscribers: number;
  #seen = 0;
  #awake = false;
  #turn: () => void = () => undefined;

  /** @param subscribers of each event */
  constructor(publisher: Publisher, subscribers: number) {
    this.#publisher = publisher;
    this.#subscribers = subscribers;
  }

  hear(socket: RawSocket, frames: Numbered): void {
    socket.received = (bytes, chunk) => this.#received(frames.read(bytes, chunk));
  }

  /** Keeps `window` events on their way to some of their subscribers. */
  saturated(seconds: number, window: number): Promise<Round> {
    return this.#round(seconds, (_, open) => window - open);
  }

  /** Events on a schedule; latencies count from the time that each was due, to its last delivery. */
  async steady(seconds: number): Promise<Round> {
    const timer = setInterval(() => this.#turn(), 1);
    const everyMs = 1_000 / STEADY_PER_SECOND;
    try {
      return await this.#round(
        seconds,
        (ms, _, sent) => Math.floor(ms / everyMs) + 1 - sent,
        (i) => i * everyMs,
      );
    } finally {
      clearInterval(timer);
    }
  }

  /**
   * @param room events that may be sent: at a time of the round, with so many on their way, after so many
   * @param dueMs time of the round that an event is due; without it there are no latencies
   */
  #round(
    seconds: number,
    room: (ms: number, open: number, sent: number) => number,
    dueMs?: (event: number) => number,
  ): Promise<Round> {
    const latenciesMs: number[] = [];
    const start = performance.now();
    let [sent, complete] = [0, 0];
    this.#seen = 0;
    return new Promise((resolve) => {
      this.#turn = () => {
        const ms = performance.now() - start;
        const before = complete;
        complete = Math.floor(this.#seen / this.#subscribers);
        for (let i = before; dueMs !== undefined && i < complete; i += 1) {
          latenciesMs.push(ms - dueMs(i));
        }
        const over = ms >= seconds * 1_000;
        const more = over ? 0 : Math.max(0, room(ms, sent - complete, sent));
        sent += more;
        if (more > 0) this.#publisher.publish(more);
        if (!over || complete < sent) return;
        const count = this.#seen;
        if (count !== sent * this.#subscribers) throw new Error(`${count} deliveries`);
        this.#turn = () => undefined;
        resolve({ count, seconds: (performance.now() - start) / 1_000, latenciesMs });
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
