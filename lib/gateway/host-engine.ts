import cluster, { type Worker } from 'node:cluster';
import type { Broker } from '../brokers/broker';
import { JoinedNode } from '../brokers/joined/node';
import type { Channel } from '../brokers/workers/channel';
import { EngineHost } from '../brokers/workers/engine-host';
import { HostLink } from '../brokers/workers/host-link';
import { StandpipeError } from '../errors';
import type { Clock } from '../util/timers';
import { guardBroker } from './options/guards';
import type { GatewayOptions, GatewaySettings } from './options/options';

/** Variable of the workers' environment that names the process whose engine joins them. */
const HOST = 'STANDPIPE_ENGINE_HOST';

/** Options of `hostEngine`: limits of the events and answers that the engine keeps, and a log of workers that it gives up. */
export type EngineOptions = Pick<GatewayOptions, 'limits' | 'log'>;

/**
 * Hosts an engine in the primary process of `node:cluster`, which joins the gateways of all workers that are forked from now
 * on: browsers, backends and HTTP calls are served by any of them. A worker that ends takes only its own sockets, and the
 * others tell them as closed. Gateways with a `broker` of their own do not use it.
 * @throws StandpipeError `refused` in a worker, and where workers were forked before
 */
export function hostEngine({ limits, log }: EngineOptions = {}): void {
  if (!cluster.isPrimary || Object.keys(cluster.workers ?? {}).length > 0) {
    const message = 'hostEngine() is called in the primary process, before it forks workers';
    throw new StandpipeError('refused', message);
  }
  const host = new EngineHost({ ...(limits && { limits }), ...(log && { log }) });
  // Maps and bytes go as they are.
  cluster.setupPrimary({ serialization: 'advanced' });
  process.env[HOST] = `${process.pid}`;
  cluster.on('fork', (worker) => {
    const ended = host.serve(channelTo(worker), () => worker.process.kill('SIGKILL'));
    worker.process.once('exit', ended);
  });
}

/** The broker of a worker whose primary process hosts an engine; undefined elsewhere. */
export function hostedBroker(settings: GatewaySettings, clock: Clock): Broker | undefined {
  if (!cluster.isWorker || process.env[HOST] !== `${process.ppid}`) return undefined;
  guardBroker({ ...settings, broker: cluster });
  const { limits, log } = settings;
  const { brokerHoldMs: holdMs, brokerLeaseMs: leaseMs, maxBrokerSpoolBytes } = limits;
  const joined = { holdMs, leaseMs, maxSpoolBytes: maxBrokerSpoolBytes };
  return new JoinedNode(new HostLink(CHANNEL_TO_HOST, clock), { clock, log, limits: joined });
}

const CHANNEL_TO_HOST: Channel = {
  send: (message, sent) => void process.send?.(message, undefined, undefined, sent),
  hear: (heard) => void process.on('message', heard),
};

function channelTo(worker: Worker): Channel {
  return {
    // A worker that has just ended is told as ended in a moment.
    send: (message, sent) => void worker.process.send(message, undefined, undefined, sent),
    hear: (heard) => void worker.process.on('message', heard),
  };
}
