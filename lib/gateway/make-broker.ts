import cluster from 'node:cluster';
import type { Broker } from '../brokers/broker';
import { MemoryEngine } from '../brokers/memory/engine';
import type { redisBroker as RedisBroker } from '../brokers/redis/broker';
import { silent } from '../util/logger';
import type { MemoryWatch } from '../stream/memory-watch';
import type { Clock } from '../util/timers';
import { warningLog } from '../util/warning-log';
import { hostedBroker } from './host-engine';
import type { GatewaySettings } from './options/options';

const WORKER_WARNING =
  'a worker of a cluster without a broker: browsers of other workers on its port hear nothing of this one; set broker, call hostEngine() in the primary process, or run one process';
const SHARED_PORT_WARNING =
  'reusePort without a broker: while two processes share the port, an event published to one reaches no browser of the other; send SIGTERM as soon as the next one listens, or set broker';

/** The broker that joins a gateway to others: as configured, or hosted by the process that started this worker. */
export function joinedBroker(settings: GatewaySettings, clock: Clock): Broker | undefined {
  const { broker, limits, log } = settings;
  if (broker === undefined) return hostedBroker(settings, clock);
  const { brokerHoldMs: holdMs, brokerLeaseMs: leaseMs } = limits;
  const { maxBrokerSpoolBytes: maxSpoolBytes, maxBrokerReplayBytes: maxReplayBytes } = limits;
  // Loaded by gateways that have a broker, which most have not.
  const { redisBroker } = require('../brokers/redis/broker') as { redisBroker: typeof RedisBroker };
  return redisBroker({
    address: broker.redis,
    prefix: broker.prefix,
    clock,
    log,
    limits: { ...limits, holdMs, leaseMs, maxSpoolBytes, maxReplayBytes },
  });
}

/** The broker of a gateway alone. */
export function ownBroker(settings: GatewaySettings, clock: Clock, memory: MemoryWatch): Broker {
  const { limits, log } = settings;
  // Workers of `node:cluster` share their ports, as those of pm2 in its cluster mode do.
  const warn = (text: string): void => (log === silent ? warningLog : log).warn({}, text);
  if (cluster.isWorker) warn(WORKER_WARNING);
  if (settings.reusePort) warn(SHARED_PORT_WARNING);
  return new MemoryEngine({ clock, limits, isAlone: true, memory }).join();
}
