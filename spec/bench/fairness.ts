import { performance } from 'node:perf_hooks';
import { frame, Opcode } from '../support/raw-socket';
import type { Flood } from './flooder';
import { APP } from './support/app';
import { Child, LOADER_CORE, mayPrefer, SERVER_CORE } from './support/child';
import { percentile, short } from './support/figures';
import { RawSocket, type Opening } from './support/raw-socket';
import type { Settings } from './support/settings';

const CASES: ReadonlyArray<[flood: Flood | undefined, sockets: number]> = [
  [undefined, 0],
  ['itself', 50],
  ['empty frames', 50],
  ['no JSON', 50],
  ['pings', 50],
  ['pipelined requests', 200],
  ['joins and leaves', 20],
  ['sign-ins', 20],
  ['slow readers', 3_000],
  ['slow readers', 8_000],
];
/** Sockets of one process that floods: more would be slower than the gateway. */
const MAX_PER_FLOODER = 4_000;
const PAUSE_MS = 5;
/** The witness goes before the floods on the core that they share; then its delays are those of the gateway. */
const WITNESS_PRIORITY = -15;

function* handshake(): Opening {
  yield [];
}

/**
 * Round trips of one browser that asks now and then, alone and beside floods of others. The gateway's part of a delay is
 * told in its own CPU time, which does not grow with other processes: of its turns, and of each time that the browser
 * waits. The flood of a process by itself tells the part of the machine.
 */
export async function fairness({ port, seconds, rounds }: Settings): Promise<void> {
  const isPreferred = mayPrefer(process.pid, WITNESS_PRIORITY);
  console.log(
    '\nFairness: round trips of a browser beside floods, and turns of the gateway, in ms',
  );
  console.log(`The browser ${isPreferred ? 'goes before' : 'shares its core with'} the floods.`);
  const cpu = ['CPU p50', 'CPU p99', 'turn p50', 'turn p99', 'longest turn'];
  print(['beside', 'p50', 'p99', 'worst', 'of', ...cpu]);
  for (const [flood, sockets] of CASES) {
    print(await beside(flood, sockets, { port, seconds: seconds * rounds }));
  }
  mayPrefer(process.pid, 0);
}

function print([name = '', ...cells]: string[]): void {
  console.log(name.padEnd(34) + cells.map((cell) => cell.padStart(13)).join(''));
}

async function beside(
  flood: Flood | undefined,
  sockets: number,
  { port, seconds }: { port: number; seconds: number },
): Promise<string[]> {
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
  const browser = await new RawSocket(port, `/app/${APP.key}?protocol=7`, handshake()).ready;
  await roundTrips(browser, server, 0.5);
  for (const flooder of flooders) await flooder.ask('begin');
  await server.ask('watch');
  const { tripsMs, cpuMs } = await roundTrips(browser, server, seconds);
  const turnsMs: number[] = [];
  for (const share of [0.5, 0.99, 1]) turnsMs.push(await server.ask('turn', share));
  browser.close();
  for (const child of [...flooders, server]) await child.stop();
  const [p50, p99, worst] = [0.5, 0.99, 1].map((share) => short(percentile(tripsMs, share)));
  const name = flood === undefined ? 'nothing' : `${flood}, ${sockets} sockets`;
  const cpu = [0.5, 0.99].map((share) => short(percentile(cpuMs, share)));
  return [name, `${p50}`, `${p99}`, `${worst}`, `${tripsMs.length}`, ...cpu, ...turnsMs.map(short)];
}

/** Times of round trips, and CPU times of the gateway meanwhile. */
async function roundTrips(
  browser: RawSocket,
  server: Child,
  seconds: number,
): Promise<{ tripsMs: number[]; cpuMs: number[] }> {
  const ping = frame(Opcode.TEXT, '{"event":"pusher:ping"}');
  const tripsMs: number[] = [];
  const cpuMs: number[] = [];
  const end = performance.now() + seconds * 1_000;
  while (performance.now() < end) {
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
