import cluster, { type Worker } from 'node:cluster';
import type { Logger } from 'pino';
import { StandpipeError } from '../../errors';
import { type GatewayOptions, hostEngine } from '../../gateway';
import { placeOf } from '../../gateway/neighbours';
import { checkGatewayOptions } from '../../gateway/options/options';
import { endWhatWasHandedOver } from './handed-over';
import { socketFolder } from './socket-folder';

/** Variable that tells a worker its number, from 1. */
const NUMBER = 'STANDPIPE_WORKER';
/** Message of a worker whose gateway has started. */
const LISTENS = 'standpipe listens';
/** Wait before a worker that has ended is replaced. */
const AGAIN_MS = 1_000;
/** Time beyond that of a drain after which a worker that has not ended stands still, and is killed. */
const STUCK_MS = 5_000;
const MAX_WORKERS = 256;
const MAX_PORT = 65_535;

/** Number of this process among the workers of `--workers`; undefined in any other process. */
export function workerNumber(
  env: Readonly<Record<string, string | undefined>>,
): number | undefined {
  return cluster.isWorker && env[NUMBER] !== undefined ? Number(env[NUMBER]) : undefined;
}

/** Tells the process that started this worker that its gateway has started. */
export function sayListening(): void {
  process.send?.(LISTENS);
}

/** Options of a worker: each has ports of its own for its metrics and its console, from the configured ones on. */
export function optionsOfWorker(options: GatewayOptions, number: number): GatewayOptions {
  const { metrics, console } = options;
  return {
    ...options,
    ...(metrics && { metrics: { ...metrics, port: metrics.port + number - 1 } }),
    ...(console?.port !== undefined && {
      console: { ...console, port: console.port + number - 1 },
    }),
  };
}

/** Refuses a number of workers that cannot be, or that leaves no ports for their metrics and consoles. */
export function requireWorkers(count: number, options: GatewayOptions): void {
  const { metrics, console, port, reusePort, tls } = options;
  if (count < 1 || count > MAX_WORKERS) {
    throw new StandpipeError('bad_option', `--workers: must be a number from 1 to ${MAX_WORKERS}`);
  }
  if (count === 1) return;
  if (reusePort === true && (port === 0 || tls?.port === 0)) {
    const message = '--reuse-port: each worker would take a free port of its own: set a port';
    throw new StandpipeError('bad_option', message);
  }
  requireRoom('--metrics-port', metrics?.port, count);
  requireRoom('--console-port', console?.port, count);
}

function requireRoom(flag: string, port: number | undefined, count: number): void {
  if (port === undefined || (port > 0 && port + count - 1 <= MAX_PORT)) return;
  const message = `${flag}: each worker takes one port from there on: must be from 1 to ${MAX_PORT - count + 1}`;
  throw new StandpipeError('bad_option', message);
}

/**
 * Processes that serve the same ports, each with a gateway of its own, on the configured broker or on an engine of this
 * process. A worker that ends is replaced, again and again. At the start, before all have listened, all end with it.
 */
export class Workers {
  readonly #log: Logger;
  readonly #count: number;
  readonly #listening = new Set<Worker>();
  /** Folder of the sockets over which workers pass requests on. */
  readonly #folder: string | undefined;
  #drainMs: number;
  #state: 'starting' | 'running' | 'stopping' = 'starting';

  constructor(log: Logger, count: number, options: GatewayOptions) {
    const { broker, limits } = options;
    this.#log = log;
    this.#count = count;
    this.#drainMs = drainMsOf(options);
    this.#folder = socketFolder(log);
    if (broker === undefined) hostEngine({ log, ...(limits && { limits }) });
  }

  /** Resolves when all listen. */
  start(): Promise<void> {
    const count = this.#count;
    return new Promise((resolve) => {
      cluster.on('message', (worker, message) => {
        if (message !== LISTENS) return;
        this.#listening.add(worker);
        if (this.#state !== 'starting' || this.#listening.size < count) return;
        this.#state = 'running';
        resolve();
      });
      for (let number = 1; number <= count; number++) this.#fork(number);
    });
  }

  /** Tells each to read the configuration again, which has these options. */
  reload(options: GatewayOptions): void {
    this.#drainMs = drainMsOf(options);
    for (const worker of this.#all()) worker.process.kill('SIGHUP');
  }

  /** Drains all, and waits until they have ended. Workers that stand still are killed. */
  async drain(): Promise<void> {
    this.#state = 'stopping';
    await Promise.all(
      this.#all().map(async (worker) => {
        const ended = new Promise((resolve) => worker.process.once('exit', resolve));
        worker.process.kill('SIGTERM');
        const stuck = setTimeout(() => {
          this.#log.error({ pid: worker.process.pid }, 'a worker does not end: it is killed');
          worker.process.kill('SIGKILL');
        }, this.#drainMs + STUCK_MS);
        await ended;
        clearTimeout(stuck);
      }),
    );
  }

  #all(): Worker[] {
    return Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
  }

  #fork(number: number): void {
    const worker = cluster.fork({
      [NUMBER]: `${number}`,
      ...(this.#folder !== undefined && placeOf(number, this.#count, this.#folder)),
    });
    endWhatWasHandedOver(worker.process);
    // node:cluster may answer a worker that has just died; without a listener that ends this process, and all workers with it.
    worker.on('error', (err) => this.#log.warn({ worker: number, err }, 'a worker is not there'));
    worker.process.once('exit', (code, signal) => {
      const hasListened = this.#listening.delete(worker);
      if (this.#state === 'stopping') return;
      const how = { worker: number, pid: worker.process.pid, code, signal };
      if (this.#state === 'starting') {
        this.#log.error(how, 'a worker ended before all listened: all end');
        process.exitCode = 1;
        void this.drain().then(() => process.exit(1));
        return;
      }
      const what = hasListened ? 'has ended' : 'ended before it listened';
      this.#log.error(how, `a worker ${what}, and is replaced`);
      setTimeout(() => {
        if (this.#state !== 'stopping') this.#fork(number);
      }, AGAIN_MS);
    });
  }
}

function drainMsOf(options: GatewayOptions): number {
  const { drainDelayMs, drainMs } = checkGatewayOptions(options).limits;
  return drainDelayMs + drainMs;
}
