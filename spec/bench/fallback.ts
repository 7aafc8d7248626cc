import { performance } from 'node:perf_hooks';
import { Child, SERVER_CORE } from './support/child';
import { FallbackSocket } from './support/fallback-socket';
import { Numbered } from './support/numbered';
import { payload, standpipe } from './support/peers';
import { openAll, RawSocket } from './support/raw-socket';
import type { Settings } from './support/settings';
import { Part } from './support/table';

const CHANNEL = 'bench';
const PAYLOAD_BYTES = 100;
/** A number of events below the limit of one streaming response. */
const EVENTS = new Map([
  [100, 1_000],
  [1, 300],
]);

/** Fan-out to sockets over `xhr_streaming`, beside the same over WebSockets. */
export async function fallback(settings: Settings): Promise<void> {
  const { n, port } = settings;
  const data = payload(PAYLOAD_BYTES);
  for (const [window, events] of EVENTS) {
    const title = `Fallback fan-out: ${n} subscribers, ${PAYLOAD_BYTES} bytes, ${window} in flight`;
    const part = new Part(title, ['deliveries/s', 'server µs each']);
    for (const carrier of ['WebSocket', 'xhr_streaming']) {
      const server = await Child.start(standpipe.server, SERVER_CORE, { port });
      let delivered = 0;
      let turn: () => void = () => undefined;
      const sockets: Array<{ close(): void }> = [];
      if (carrier === 'WebSocket') {
        const opening = standpipe.opening.bind(standpipe);
        const open = (): RawSocket => new RawSocket(port, standpipe.path, opening([CHANNEL]));
        for (const socket of await openAll(n, open)) {
          const frames = new Numbered(standpipe.event(CHANNEL, data));
          socket.received = (bytes, chunk) => {
            delivered += frames.read(bytes, chunk);
            turn();
          };
          sockets.push(socket);
        }
      } else {
        for (let i = 0; i < n; i += 50) {
          const some = Array.from(
            { length: 50 },
            (_, j) => new FallbackSocket(port, i + j, CHANNEL),
          );
          for (const socket of await Promise.all(some.map(({ ready }) => ready))) {
            socket.received = (messages) => {
              delivered += messages;
              turn();
            };
            sockets.push(socket);
          }
        }
      }
      const publisher = await standpipe.publisher(port, CHANNEL, data);
      const before = await server.ask('cpu');
      const start = performance.now();
      await new Promise<void>((done) => {
        let sent = 0;
        turn = () => {
          const complete = Math.floor(delivered / sockets.length + 1e-6);
          const room = Math.min(window - (sent - complete), events - sent);
          if (room > 0) publisher.publish(room);
          sent += Math.max(0, room);
          if (complete >= events) done();
        };
        turn();
      });
      const seconds = (performance.now() - start) / 1_000;
      const count = events * sockets.length;
      part.row(carrier, [count / seconds, ((await server.ask('cpu')) - before) / count]);
      publisher.close();
      for (const socket of sockets) socket.close();
      await server.stop();
    }
  }
}
