import type { Test } from 'tap';
import { type Attempt, literalOf } from './attempt';
import { attemptsOf } from './entrances';
import { FuzzedGateway } from './fuzzed-gateway';
import { shrunk } from './shrink';

/** Attempts between two looks at the gateway. */
const PER_BATCH = 45;
/** Attempts before the first rest: all code has run, all pools are filled. */
const WARM_UP = 180;
/** Attempts of a failing list are repeated until so many were made: one entry that stays is too little to be seen. */
const LEAK_ATTEMPTS = 400;

export interface FuzzOptions {
  seeds: readonly number[];
  /** Time for all seeds. */
  seconds: number;
  /** Share of one processor that both processes may use together; as much as there is unless given. */
  share?: number;
  /** Environment of the gateway besides. */
  env?: Record<string, string>;
  nodeArgs?: string[];
}

export interface FuzzReport {
  attempts: number;
  /** Rounds of the witness. */
  rounds: number;
  cpuSeconds: number;
  /** Faults with the seed, and the smallest input that shows the first of them. */
  faults: string[];
}

/** Attempts that were made since the gateway was at rest, and the faults that they showed. */
interface Failure {
  seed: number;
  faults: string[];
  attempts: Attempt[];
}

/**
 * Sends wrong input to every entrance of a live gateway, in batches, while a witness has its round trips. After each batch
 * the process must live, the witness must be answered, and all connections must be gone; at the end of a seed all must
 * be as it was at rest.
 */
export async function fuzz(t: Test, options: FuzzOptions): Promise<FuzzReport> {
  const { seeds, seconds, share = Infinity } = options;
  const report: FuzzReport = { attempts: 0, rounds: 0, cpuSeconds: 0, faults: [] };
  const gateway = await FuzzedGateway.start(t, options);
  const startMs = performance.now();
  const usedBefore = ownCpuMs();
  const fail = async (failure: Failure): Promise<FuzzReport> => {
    gateway.stop();
    const { seed, faults, attempts } = failure;
    const smallest = await smallestOf(t, failure, options);
    const input = smallest.map(literalOf).join(',\n');
    report.faults = faults.map((fault) => `seed ${seed}: ${fault}`);
    report.faults.push(`seed ${seed}: of ${attempts.length} attempts these fail alone:\n${input}`);
    return report;
  };
  const warmUp = attemptsOf(0, 0, WARM_UP);
  const early = [...(await gateway.batch(warmUp)).faults, ...(await gateway.rest())];
  // The code runs for the first time, so that turns are long.
  const real = early.filter((fault) => !fault.startsWith('a turn took'));
  if (real.length > 0) return fail({ seed: 0, faults: real, attempts: warmUp });
  for (const [i, seed] of seeds.entries()) {
    const endMs = startMs + (seconds * 1_000 * (i + 1)) / seeds.length;
    const made: Attempt[] = [];
    for (let n = 0; n === 0 || performance.now() < endMs; n += PER_BATCH) {
      const attempts = attemptsOf(seed, n, n + PER_BATCH);
      made.push(...attempts);
      report.attempts += attempts.length;
      const { faults, cpuMs } = await gateway.batch(attempts);
      if (faults.length > 0) return fail({ seed, faults, attempts });
      const usedMs = cpuMs + ownCpuMs() - usedBefore;
      report.cpuSeconds = usedMs / 1_000;
      const nextMs = Math.min(startMs + usedMs / share, endMs);
      const pauseMs = nextMs - performance.now();
      if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    const faults = await gateway.rest();
    report.rounds = gateway.rounds;
    if (faults.length > 0) return fail({ seed, faults, attempts: made });
  }
  gateway.stop();
  return report;
}

/** Fewer attempts that show a fault of the same kind. */
async function smallestOf(
  t: Test,
  { faults, attempts }: Failure,
  options: FuzzOptions,
): Promise<readonly Attempt[]> {
  const kinds = new Set(faults.map(kindOf));
  return shrunk(attempts, async (some) => {
    const gateway = await FuzzedGateway.start(t, options);
    const isLeak = [...kinds].some((kind) => kind.includes('at rest'));
    const found: string[] = [];
    if (isLeak) {
      await gateway.batch(attemptsOf(0, 0, WARM_UP));
      await gateway.rest();
      for (let made = 0; made < LEAK_ATTEMPTS; made += some.length) {
        found.push(...(await gateway.batch(some)).faults);
      }
      found.push(...(await gateway.rest()));
    } else found.push(...(await gateway.batch(some)).faults);
    gateway.stop();
    return found.some((fault) => kinds.has(kindOf(fault)));
  });
}

/** A fault without the figures and names in it. */
function kindOf(fault: string): string {
  return fault.replace(/\d+/g, '').slice(0, 40);
}

function ownCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
