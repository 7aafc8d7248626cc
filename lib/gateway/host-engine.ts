import type { StdioOptions } from 'node:child_process';
import cluster from 'node:cluster';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Broker } from '../brokers/broker';
import { JoinedNode } from '../brokers/joined/node';
import { Channel } from '../brokers/workers/channel';
import { EngineHost } from '../brokers/workers/engine-host';
import { HostLink } from '../brokers/workers/host-link';
import { StandpipeError } from '../errors';
import type { Clock } from '../util/timers';
import { guardBroker } from './options/guards';
import type { GatewayOptions, GatewaySettings } from './options/options';

/** Variable of the workers' environment that names the process whose engine joins them. */
const HOST = 'STANDPIPE_ENGINE_HOST';
/** Variable that tells a worker which of its open files leads to that process. */
const WAY = 'STANDPIPE_ENGINE_FD';

/**
 * Options of `hostEngine`: limits of the events and answers that the engine keeps, and a log of workers that it gives up.
 * @interface
 */
export type EngineOptions = Pick<GatewayOptions, 'limits' | 'log'>;

/**
 * Hosts an engine in the primary process of `node:cluster`, which joins the gateways of all workers that are forked from now
 * on: browsers, backends and HTTP calls are served by any of them. A worker that ends takes only its own sockets, and the
 * others tell them as closed. Gateways with a `broker` of their own do not use it. Workers get one more open file, behind those
 * that `cluster.setupPrimary()` was told of before.
 * @throws StandpipeError `refused` in a worker, and where workers were forked before
 */
export function hostEngine({ limits, log }: EngineOptions = {}): void {
  if (!cluster.isPrimary || Object.keys(cluster.workers ?? {}).length > 0) {
    const message = 'hostEngine() is called in the primary process, before it forks workers';
    throw new StandpipeError('refused', message);
  }
  const host = new EngineHost({ ...(limits && { limits }), ...(log && { log }) });
  const stdio = stdioOfWorkers();
  cluster.setupPrimary({ stdio: [...stdio, 'pipe'] });
  process.env[HOST] = `${process.pid}`;
  process.env[WAY] = `${stdio.length}`;
  cluster.on('fork', (worker) => {
    // Absent where setupPrimary() was called with other stdio since: then the gateway of the worker says so.
    const way = worker.process.stdio[stdio.length] as Duplex | null | undefined;
    if (way === null || way === undefined) return;
    const ended = host.serve(new Channel(way), () => worker.process.kill('SIGKILL'));
    worker.process.once('exit', ended);
  });
}

/** Open files of workers as the program has set them up, as a list. */
function stdioOfWorkers(): Exclude<StdioOptions, string> {
  const { stdio, silent } = cluster.settings as { stdio?: StdioOptions; silent?: boolean };
  if (Array.isArray(stdio)) return stdio;
  const each = stdio ?? (silent === true ? 'pipe' : 'inherit');
  return [each, each, each, 'ipc'] as Exclude<StdioOptions, string>;
}

/** The broker of a worker whose primary process hosts an engine; undefined elsewhere. */
export function hostedBroker(settings: GatewaySettings, clock: Clock): Broker | undefined {
  if (!cluster.isWorker || process.env[HOST] !== `${process.ppid}`) return undefined;
  guardBroker({ ...settings, broker: cluster });
  const { limits, log } = settings;
  const { brokerHoldMs: holdMs, brokerLeaseMs: leaseMs, maxBrokerSpoolBytes } = limits;
  const joined = { holdMs, leaseMs, maxSpoolBytes: maxBrokerSpoolBytes };
  channelToHost ??= openChannel();
  return new JoinedNode(new HostLink(channelToHost, clock), { clock, log, limits: joined });
}

/** The channel of this worker to its host. Gateways that follow each other in one process share it. */
let channelToHost: Channel | undefined;

function openChannel(): Channel {
  let way: Socket;
  try {
    way = new Socket({ fd: Number(process.env[WAY]), readable: true, writable: true });
  } catch (error) {
    const message =
      'the process that hosts the engine left no way to it: call cluster.setupPrimary() before hostEngine(), not after it';
    throw new StandpipeError('broker_unavailable', message, { cause: error });
  }
  // The process ends with its gateway.
  way.unref();
  return new Channel(way);
}
