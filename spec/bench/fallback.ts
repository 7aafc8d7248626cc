import { performance } from 'node:perf_hooks';
import { payload } from './peers/peer';
import { standpipe } from './peers/standpipe';
import { attempt } from './support/attempt';
import { Child, SERVER_CORE } from './support/child';
import { FallbackSocket } from './support/fallback-socket';
import { Numbered } from './support/numbered';
import { openAll, RawSocket } from './support/raw-socket';
import type { Settings } from './support/settings';
import { Part } from './support/table';

const CHANNEL = 'bench';
const PAYLOAD_BYTES = 100;
const AT_ONCE = 50;
/** Events by how many are in flight; with those of the warm-up they are below the limit of one streaming response. */
const EVENTS = new Map([
  [100, 900],
  [1, 200],
]);
const WARM = 100;
const CARRIERS = new Map([
  ['WebSocket', openWebSockets],
  ['xhr_streaming', openFallback],
]);

type Heard = (messages: number) => void;

/** Fan-out to sockets over `xhr_streaming`, beside the same over WebSockets. */
export async function fallback(settings: Settings): Promise<void> {
  const title = `Fallback: ${settings.n} subscribers, ${PAYLOAD_BYTES} bytes`;
  const found = new Map<string, number[][]>();
  for (const [carrier, open] of CARRIERS) {
    const figures: number[][] = [];
    found.set(carrier, figures);
    await attempt(`${title}, ${carrier}`, async () => {
      const measure = await openLoad(settings, open);
      await measure(WARM, WARM);
      for (const [window, events] of EVENTS) figures.push(await measure(window, events));
    });
  }
  for (const [i, window] of [...EVENTS.keys()].entries()) {
    const part = new Part(`${title}, ${window} in flight`, ['deliveries/s', 'server µs each']);
    for (const [carrier, figures] of found) part.row(carrier, figures[i]);
  }
}

/** Figures of so many events, of which so many are in flight. */
type Measure = (window: number, events: number) => Promise<number[]>;

async function openLoad(
  { n, port }: Settings,
  open: (port: number, count: number, heard: Heard) => Promise<void>,
): Promise<Measure> {
  const server = await Child.start(standpipe.server, SERVER_CORE, { port });
  let delivered = 0;
  let turn: () => void = () => undefined;
  await open(port, n, (messages) => {
    delivered += messages;
    turn();
  });
  const publisher = await standpipe.publisher(port, [CHANNEL], payload(PAYLOAD_BYTES));
  return async (window, events) => {
    const before = await server.ask('cpu');
    const start = performance.now();
    const first = delivered;
    await new Promise<void>((done) => {
      let sent = 0;
      turn = () => {
        const complete = Math.floor((delivered - first) / n);
        const room = Math.max(0, Math.min(window - (sent - complete), events - sent));
        sent += room;
        if (room > 0) publisher.publish(room);
        if (complete >= events) done();
      };
      turn();
    });
    const seconds = (performance.now() - start) / 1_000;
    const count = events * n;
    return [count / seconds, ((await server.ask('cpu')) - before) / count];
  };
}

async function openWebSockets(port: number, count: number, heard: Heard): Promise<void> {
  const shape = standpipe.event(CHANNEL, payload(PAYLOAD_BYTES));
  const open = (): RawSocket =>
    new RawSocket(port, standpipe.path([]), standpipe.opening([CHANNEL]));
  for (const socket of await openAll(count, open)) {
    const frames = new Numbered(shape);
    socket.received = (bytes, chunk) => heard(frames.read(bytes, chunk));
  }
}

async function openFallback(port: number, count: number, heard: Heard): Promise<void> {
  for (let i = 0; i < count; i += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - i) }, (_, j) => {
      return new FallbackSocket(port, i + j, CHANNEL).ready;
    });
    for (const socket of await Promise.all(some)) socket.received = heard;
  }
}
