import type { Broker } from '../brokers/broker';
import { MemoryEngine } from '../brokers/memory/engine';
import { redisBroker } from '../brokers/redis/broker';
import type { Clock } from '../util/timers';
import type { GatewaySettings } from './options/options';

/** The broker that a configuration asks for: an engine that all gateways share, or one of this gateway alone. */
export function makeBroker(settings: GatewaySettings, clock: Clock): Broker {
  const { broker, limits, log } = settings;
  if (broker === undefined) return new MemoryEngine({ clock, limits, isAlone: true }).join();
  const { brokerHoldMs: holdMs, brokerLeaseMs: leaseMs, maxBrokerSpoolBytes } = limits;
  return redisBroker({
    address: broker.redis,
    prefix: broker.prefix,
    clock,
    log,
    limits: { ...limits, holdMs, leaseMs, maxSpoolBytes: maxBrokerSpoolBytes },
  });
}
