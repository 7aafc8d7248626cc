import { performance } from 'node:perf_hooks';
import { frame, Opcode } from '../support/raw-socket';
import type { Flood } from './flooder';
import { APP } from './support/app';
import { Child, LOADER_CORE, SERVER_CORE } from './support/child';
import { percentile, short } from './support/figures';
import { RawSocket, type Opening } from './support/raw-socket';
import type { Settings } from './support/settings';

const FLOODS: ReadonlyArray<[flood: Flood, sockets: number]> = [
  ['empty frames', 50],
  ['no JSON', 50],
  ['pings', 50],
  ['pipelined requests', 200],
];
const PAUSE_MS = 5;

function* handshake(): Opening {
  yield [];
}

/** Round trips of one browser that asks now and then, alone and beside floods of others. */
export async function fairness({ port, seconds, rounds, sockets }: Settings): Promise<void> {
  console.log('\nFairness: round trips of a browser beside floods, in ms');
  const cases: ReadonlyArray<[Flood | undefined, number]> = [
    [undefined, 0],
    ...FLOODS,
    ['slow readers', sockets],
  ];
  for (const [flood, count] of cases) {
    const server = await Child.start('servers/standpipe', SERVER_CORE, { port });
    const options = { port, flood, sockets: count };
    const flooder =
      flood === undefined ? undefined : await Child.start('flooder', LOADER_CORE, options);
    const browser = await new RawSocket(port, `/app/${APP.key}?protocol=7`, handshake()).ready;
    await roundTrips(browser, 0.5);
    await flooder?.ask('begin');
    const latenciesMs = await roundTrips(browser, seconds * rounds);
    const [p50, p99, worst] = [0.5, 0.99, 1].map((share) => percentile(latenciesMs, share));
    const name = flood === undefined ? 'quiet' : `${flood}, ${count} sockets`;
    console.log(
      `${name.padEnd(34)} p50 ${short(p50 as number)}  p99 ${short(p99 as number)}  worst ${short(worst as number)}  of ${latenciesMs.length}`,
    );
    browser.close();
    await flooder?.stop();
    await server.stop();
  }
}

async function roundTrips(browser: RawSocket, seconds: number): Promise<number[]> {
  const ping = frame(Opcode.TEXT, '{"event":"pusher:ping"}');
  const latenciesMs: number[] = [];
  const end = performance.now() + seconds * 1_000;
  while (performance.now() < end) {
    const asked = performance.now();
    const answered = new Promise<void>((resolve) => (browser.received = () => resolve()));
    browser.write(ping);
    await answered;
    latenciesMs.push(performance.now() - asked);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  return latenciesMs;
}
