import type { Child } from './child';
import { median, percentile } from './figures';
import type { Settings } from './settings';

/** Time after the end of a round in which its last messages must come. */
const PATIENCE_MS = 30_000;

/** Result of a round. */
export interface Round {
  count: number;
  seconds: number;
  latenciesMs?: readonly number[];
  /** CPU of another process that takes part, such as the sender. */
  otherCpuUs?: number;
}

/** Medians over the rounds; CPU is for each of `count`. NaN where it was not measured. */
export interface Figures {
  perSecond: number;
  cpuUs: number;
  otherCpuUs: number;
  p50Ms: number;
  p99Ms: number;
}

/**
 * Rounds that warm up end when this many in a row have not used a tenth less CPU time for each than the best before, and the
 * server has done so many in all, of earlier loads too: much code is compiled over seconds where it answers few. A run with
 * fewer subscribers needs fewer.
 */
const MAX_NO_BETTER = 2;
const BETTER = 0.9;
const MIN_WARM_EACH = 20;
const MAX_WARM_ROUNDS = 20;
/** CPU time after which a server is warm in any case: rounds of a slow one are long. */
const MAX_WARM_CPU_US = 2_000_000;
/** Counts of all rounds of a server so far. */
const done = new WeakMap<Child, number>();

/** Runs a load a few times, after shorter ones that warm everything up. `cpuUs` is that of the server. */
export async function rounds(
  settings: Settings,
  server: Child,
  load: (seconds: number) => Promise<Round>,
): Promise<Figures> {
  const run = (seconds: number): Promise<Round> => patiently(load, seconds);
  await warm(server, MIN_WARM_EACH * settings.n, () => run(settings.seconds / 2));
  const all: Figures[] = [];
  for (let i = 0; i < settings.rounds; i += 1) {
    const before = await server.ask('cpu');
    const { count, seconds, latenciesMs = [], otherCpuUs = NaN } = await run(settings.seconds);
    done.set(server, (done.get(server) ?? 0) + count);
    all.push({
      perSecond: count / seconds,
      cpuUs: ((await server.ask('cpu')) - before) / count,
      otherCpuUs: otherCpuUs / count,
      p50Ms: percentile(latenciesMs, 0.5),
      p99Ms: percentile(latenciesMs, 0.99),
    });
  }
  const middle = (name: keyof Figures): number => median(all.map((figures) => figures[name]));
  return {
    perSecond: middle('perSecond'),
    cpuUs: middle('cpuUs'),
    otherCpuUs: middle('otherCpuUs'),
    p50Ms: middle('p50Ms'),
    p99Ms: middle('p99Ms'),
  };
}

async function warm(server: Child, least: number, run: () => Promise<Round>): Promise<void> {
  let [best, noBetter, all] = [Infinity, 0, done.get(server) ?? 0];
  const start = await server.ask('cpu');
  let before = start;
  for (let i = 0; i < MAX_WARM_ROUNDS && before - start < MAX_WARM_CPU_US; i += 1) {
    if (noBetter >= MAX_NO_BETTER && all >= least) break;
    const { count } = await run();
    const after = await server.ask('cpu');
    const cpuUs = (after - before) / count;
    before = after;
    noBetter = cpuUs < best * BETTER ? 0 : noBetter + 1;
    best = Math.min(best, cpuUs);
    all += count;
  }
  done.set(server, all);
}

/** Fails when a round does not end: some of its messages were lost. */
async function patiently(
  load: (seconds: number) => Promise<Round>,
  seconds: number,
): Promise<Round> {
  let timer: NodeJS.Timeout | undefined;
  const lost = new Promise<never>((_, reject) => {
    const fail = (): void => reject(new Error('Lost: the last messages of a round did not come'));
    timer = setTimeout(fail, seconds * 1_000 + PATIENCE_MS);
  });
  return await Promise.race([load(seconds), lost]).finally(() => clearTimeout(timer));
}
