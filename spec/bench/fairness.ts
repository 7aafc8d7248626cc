import { performance } from 'node:perf_hooks';
import { frame, Opcode } from '../support/raw-socket';
import type { Flood } from './flooder';
import { standpipe } from './peers/standpipe';
import { Child, LOADER_CORE, mayPrefer, SERVER_CORE } from './support/child';
import { percentile } from './support/figures';
import { RawSocket } from './support/raw-socket';
import type { Settings } from './support/settings';
import { Part } from './support/table';

const CASES: ReadonlyArray<[flood: Flood | undefined, sockets: number]> = [
  [undefined, 0],
  ['itself', 50],
  ['empty frames', 50],
  ['no JSON', 50],
  ['pings', 50],
  ['pipelined requests', 200],
  ['joins and leaves', 20],
  ['sign-ins', 20],
  ['slow readers', 8_000],
];
/** Sockets of one process that floods: more would be slower than the gateway. */
const MAX_PER_FLOODER = 4_000;
const PAUSE_MS = 5;
/** Round trips of a row: of fewer than some hundreds, the worst or the one before it would be the 99th percentile. */
const MIN_TRIPS = 500;
/** A gateway that hardly answers ends a row all the same. */
const MAX_SECONDS = 60;
/** The witness goes before the floods on the core that they share; then its delays are those of the gateway. */
const WITNESS_PRIORITY = -15;

/**
 * Round trips of one browser that asks now and then, alone and beside floods of others. The gateway's part of a delay is
 * told in its own CPU time, which does not grow with other processes: of its turns, and of each time that the browser
 * waits. The flood of a process by itself tells the part of the machine.
 */
export async function fairness({ port, seconds, rounds }: Settings): Promise<void> {
  const isPreferred = mayPrefer(process.pid, WITNESS_PRIORITY);
  const part = new Part('Fairness: a browser that asks beside floods', [
    ...['p50 ms', 'p99 ms', 'worst ms', 'round trips'],
    ...['its CPU p50 ms', 'its CPU p99 ms', 'turn p50 ms', 'turn p99 ms', 'longest turn ms'],
  ]);
  for (const [flood, sockets] of CASES) {
    const name = flood === undefined ? 'nothing' : `${flood}, ${sockets} sockets`;
    await part.measure(name, () => beside(flood, sockets, { port, seconds: seconds * rounds }));
  }
  part.note(`The browser ${isPreferred ? 'goes before' : 'shares its core with'} the floods.`);
  mayPrefer(process.pid, 0);
}

async function beside(
  flood: Flood | undefined,
  sockets: number,
  { port, seconds }: { port: number; seconds: number },
): Promise<number[]> {
  const server = await Child.start('servers/standpipe', SERVER_CORE, { port });
  server.setPriority(0);
  const flooders: Child[] = [];
  for (let left = sockets; flood !== undefined && left > 0; left -= MAX_PER_FLOODER) {
    const options = { port, flood, sockets: Math.min(left, MAX_PER_FLOODER) };
    const publishes = left <= MAX_PER_FLOODER;
    const flooder = await Child.start('flooder', LOADER_CORE, { ...options, publishes });
    flooder.setPriority(0);
    flooders.push(flooder);
  }
  const browser = await new RawSocket(port, standpipe.path([]), standpipe.opening([])).ready;
  await roundTrips(browser, server, 0.5, 1);
  for (const flooder of flooders) await flooder.ask('begin');
  await server.ask('watch');
  const { tripsMs, cpuMs } = await roundTrips(browser, server, seconds, MIN_TRIPS);
  const turnsMs: number[] = [];
  for (const share of [0.5, 0.99, 1]) turnsMs.push(await server.ask('turn', share));
  const trips = [0.5, 0.99, 1].map((share) => percentile(tripsMs, share));
  const cpu = [0.5, 0.99].map((share) => percentile(cpuMs, share));
  return [...trips, tripsMs.length, ...cpu, ...turnsMs];
}

/** Times of round trips, and CPU times of the gateway meanwhile. */
async function roundTrips(
  browser: RawSocket,
  server: Child,
  seconds: number,
  minTrips: number,
): Promise<{ tripsMs: number[]; cpuMs: number[] }> {
  const ping = frame(Opcode.TEXT, '{"event":"pusher:ping"}');
  const tripsMs: number[] = [];
  const cpuMs: number[] = [];
  const start = performance.now();
  const goesOn = (): boolean => {
    const passed = (performance.now() - start) / 1_000;
    return passed < seconds || (tripsMs.length < minTrips && passed < MAX_SECONDS);
  };
  while (goesOn()) {
    const cpuBefore = server.cpuMs();
    const asked = performance.now();
    const answered = new Promise<void>((resolve) => (browser.received = () => resolve()));
    browser.write(ping);
    await answered;
    tripsMs.push(performance.now() - asked);
    cpuMs.push(server.cpuMs() - cpuBefore);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  return { tripsMs, cpuMs };
}
