import { performance } from 'node:perf_hooks';
import type { Dial, Socket } from '../../lib/net/dial';
import { dialWebSocket } from '../../lib/net/web-socket';
import { createClient, type PipeClient } from '../../lib/pipe/client';
import { EVENT, payload, type Payload } from './peers/peer';
import { standpipe } from './peers/standpipe';
import { APP } from './support/app';
import { atEnd } from './support/attempt';
import { Child, SERVER_CORE } from './support/child';
import { median } from './support/figures';
import { maskedFrame } from './support/frames';
import { FIRST, renumbered } from './support/numbered';
import { RawSocket } from './support/raw-socket';
import type { Settings } from './support/settings';
import { Part } from './support/table';

const MISSED = 10_000;
const PAYLOAD_BYTES = 100;

/**
 * A backend is cut off while a browser speaks, and comes back (R1): time from its connection until it has handled all that
 * it missed, in order. The first round, of code that has not run before, does not count.
 */
export async function replay({ port, rounds }: Settings): Promise<void> {
  const part = new Part(`Replay of ${MISSED} missed events`, [
    'events/s',
    'server µs each',
    'ms until handled',
  ]);
  await part.measure('standpipe', async () => {
    const server = await Child.start(standpipe.server, SERVER_CORE, { port });
    const line = new Line();
    const client = backend(port, line.dial);
    let next = FIRST;
    let handled: (count: number) => void = () => undefined;
    client.sockets.on(`event:${EVENT}`, (_id, data) => {
      const { n } = data as Payload;
      if (n !== next) throw new Error(`Lost or out of order: ${n} came where ${next} was due`);
      next += 1;
      handled(next - FIRST);
    });
    await client.connect();
    let [connectedMs, cut] = [0, (): void => undefined];
    client.on('connected', () => (connectedMs = performance.now()));
    client.on('disconnected', () => cut());
    const browser = await new RawSocket(port, standpipe.path([]), standpipe.opening([])).ready;
    const [tookMs, cpus]: [number[], number[]] = [[], []];
    for (let round = 0; round <= rounds; round += 1) {
      const isCut = new Promise<void>((resolve) => (cut = resolve));
      line.cut();
      await isCut;
      await miss(browser, round * MISSED);
      const all = new Promise<void>((resolve) => {
        handled = (count) => count === (round + 1) * MISSED && resolve();
      });
      const before = await server.ask('cpu');
      line.away = false;
      await all;
      tookMs.push(performance.now() - connectedMs);
      cpus.push((await server.ask('cpu')) - before);
    }
    const [ms, cpu] = [median(tookMs.slice(1)), median(cpus.slice(1))];
    return [(MISSED / ms) * 1_000, cpu / MISSED, ms];
  });
}

function backend(port: number, dial: Dial): PipeClient {
  const options = { key: APP.key, secret: APP.secret, appId: APP.id, port };
  const client = createClient({ ...options, backoff: { baseMs: 1, maxMs: 5 } }, { dial });
  atEnd(() => client.disconnect());
  client.subscribe(['socket_message']);
  client.on('error', () => undefined);
  return client;
}

/** Messages of a browser, all of which the gateway has taken when it answers a ping. */
async function miss(browser: RawSocket, from: number): Promise<void> {
  const frame = maskedFrame(`{"event":"${EVENT}","data":${payload(PAYLOAD_BYTES)}}`);
  const pong = new Promise<void>((resolve) => (browser.received = () => resolve()));
  browser.write(
    Buffer.concat(Array.from({ length: MISSED }, (_, i) => renumbered(frame, from + i))),
  );
  browser.write(maskedFrame('{"event":"pusher:ping"}'));
  await pong;
}

/** A way to the gateway that can be taken away. */
class Line {
  away = false;
  #sockets: Socket[] = [];

  readonly dial: Dial = (url, options, handlers) => {
    if (this.away) throw new Error('away');
    const socket = dialWebSocket(url, options, handlers);
    this.#sockets.push(socket);
    return socket;
  };

  cut(): void {
    this.away = true;
    for (const socket of this.#sockets.splice(0)) socket.terminate();
  }
}
