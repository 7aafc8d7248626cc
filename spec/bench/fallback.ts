import { performance } from 'node:perf_hooks';
import { payload } from './peers/peer';
import { standpipe } from './peers/standpipe';
import { Child, SERVER_CORE } from './support/child';
import { FallbackSocket } from './support/fallback-socket';
import { Numbered } from './support/numbered';
import { openAll, RawSocket } from './support/raw-socket';
import type { Settings } from './support/settings';
import { Part } from './support/table';

const CHANNEL = 'bench';
const PAYLOAD_BYTES = 100;
const AT_ONCE = 50;
/** A number of events below the limit of one streaming response. */
const EVENTS = new Map([
  [100, 1_000],
  [1, 300],
]);
const CARRIERS = new Map([
  ['WebSocket', openWebSockets],
  ['xhr_streaming', openFallback],
]);

type Heard = (messages: number) => void;

/** Fan-out to sockets over `xhr_streaming`, beside the same over WebSockets. */
export async function fallback(settings: Settings): Promise<void> {
  const { n } = settings;
  for (const [window, events] of EVENTS) {
    const title = `Fallback: ${n} subscribers, ${PAYLOAD_BYTES} bytes, ${window} in flight`;
    const part = new Part(title, ['deliveries/s', 'server µs each']);
    for (const [carrier, open] of CARRIERS) {
      await part.measure(carrier, () => measure(settings, open, { window, events }));
    }
  }
}

async function measure(
  { n, port }: Settings,
  open: (port: number, count: number, heard: Heard) => Promise<void>,
  { window, events }: { window: number; events: number },
): Promise<number[]> {
  const server = await Child.start(standpipe.server, SERVER_CORE, { port });
  let delivered = 0;
  let turn: () => void = () => undefined;
  await open(port, n, (messages) => {
    delivered += messages;
    turn();
  });
  const publisher = await standpipe.publisher(port, [CHANNEL], payload(PAYLOAD_BYTES));
  const before = await server.ask('cpu');
  const start = performance.now();
  await new Promise<void>((done) => {
    let sent = 0;
    turn = () => {
      const complete = Math.floor(delivered / n);
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
