import type { Clock } from '../util/timers';
import { closeInWaves } from './close-in-waves';
import type { Departures } from './core/departures';
import type { Hub } from './core/hub';
import type { Apps } from './core/model/app';
import type { PipeProtocol } from './protocols/pipe/protocol';
import type { Protocol } from './protocols/protocol';
import type { PortListener } from './transport/listener';
import type { Webhooks } from './webhooks/webhooks';

/** Time between two looks at what is not acknowledged yet. */
const LOOK_MS = 20;

/** Parts of a gateway that drains. */
export interface Draining {
  readonly apps: Apps;
  readonly hub: Hub;
  readonly departures: Departures;
  readonly listener: PortListener;
  readonly pipes: PipeProtocol;
  readonly protocols: readonly Protocol[];
  readonly webhooks: Webhooks;
  readonly clock: Clock;
  /** Sockets open now. */
  readonly sockets: () => number;
  /** Time for all of it. */
  readonly drainMs: number;
}

/** Tells backends and browsers to go, and waits until webhooks and events for backends have left. */
export async function drain(gateway: Draining): Promise<void> {
  const { departures, listener, pipes, protocols, webhooks, clock, drainMs } = gateway;
  const deadlineMs = clock.now() + drainMs;
  listener.leave();
  handOn(gateway);
  for (const protocol of protocols) protocol.drain?.(drainMs);
  await closeInWaves(drainMs, {
    sockets: gateway.sockets,
    // A backend that is just reconnecting may come back, and only this process has its session.
    handOver: () => (pipes.awaited ? false : listener.handOver()),
    restart: (most) => departures.restart(most),
    pause: (delayMs) => pause(clock, delayMs),
  });
  // A backend that is just reconnecting may come back, and is the only one that is let in.
  if (!pipes.awaited) listener.stopAccepting();
  await webhooks.drain(Math.max(0, deadlineMs - clock.now()));
  // Events caused by the waves are sent to the backends and acknowledged.
  const behind = (): boolean => departures.pending || protocols.some((protocol) => protocol.behind);
  while (behind() && clock.now() < deadlineMs) await pause(clock, LOOK_MS);
}

/** The other gateways tell from now on of the channels that this one told of. */
function handOn({ apps, hub: { nodes }, webhooks }: Draining): void {
  if (nodes.isAlone) return webhooks.endGrace();
  webhooks.flushGrace();
  for (const app of apps.all()) nodes.leave(app);
}

function pause(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => void clock.setTimeout(resolve, delayMs));
}
