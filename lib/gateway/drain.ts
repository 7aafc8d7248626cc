import type { Clock } from '../util/timers';
import type { Departures } from './core/departures';
import type { Hub } from './core/hub';
import type { PipeProtocol } from './protocols/pipe/protocol';
import type { Protocol } from './protocols/protocol';
import type { PortListener } from './transport/listener';
import type { Webhooks } from './webhooks/webhooks';

/** Time between two waves in which a draining gateway closes its sockets. */
const WAVE_MS = 100;
const LAST_WAVE_MS = 20;
/** Waves of a gateway with few sockets: all are told before the first of them comes back. */
const FEW_WAVES = 5;
const MIN_PER_WAVE = 50;
const MAX_PER_WAVE = 2_000;
/** Time between two looks at what is not acknowledged yet. */
const LOOK_MS = 20;

/** Parts of a gateway that drains. */
export interface Draining {
  readonly departures: Departures;
  readonly listener: PortListener;
  readonly hub: Hub;
  readonly pipes: PipeProtocol;
  readonly protocols: readonly Protocol[];
  readonly webhooks: Webhooks;
  readonly clock: Clock;
  readonly socketCount: number;
  /** Time for all of it. */
  readonly drainMs: number;
}

/** Tells backends and browsers to go, and waits until webhooks and events for backends have left. */
export async function drain(gateway: Draining): Promise<void> {
  const { listener, hub, pipes, protocols, webhooks, clock, drainMs } = gateway;
  const deadlineMs = clock.now() + drainMs;
  webhooks.endGrace();
  for (const protocol of protocols) protocol.drain?.(drainMs);
  await closeInWaves(gateway);
  // A backend that is just reconnecting may come back, and is the only one that is let in.
  if (!pipes.awaited) listener.stopAccepting();
  await webhooks.drain(Math.max(0, deadlineMs - clock.now()));
  // Events caused by the waves are sent to the backends and acknowledged.
  const behind = (): boolean =>
    hub.closesWaiting > 0 || protocols.some((protocol) => protocol.behind);
  while (behind() && clock.now() < deadlineMs) await pause(clock, LOOK_MS);
}

async function closeInWaves(gateway: Draining): Promise<void> {
  const { departures, listener, pipes, clock, socketCount, drainMs } = gateway;
  const most = Math.max(1, Math.floor(drainMs / 2 / WAVE_MS));
  const waves = Math.min(most, Math.max(FEW_WAVES, Math.ceil(socketCount / MAX_PER_WAVE)));
  const perWave = Math.max(MIN_PER_WAVE, Math.ceil(socketCount / waves));
  let isHandedOver = false;
  for (;;) {
    // A backend that is just reconnecting may come back, and only this process has its session.
    if (!isHandedOver && !pipes.awaited) isHandedOver = await listener.handOver();
    const isLast = departures.restart(perWave) < perWave;
    // A short wait at the end leaves the port sooner, and the closes still become events. Where the next process has the
    // port, requests of the last connects still come.
    await pause(clock, isLast && !isHandedOver ? LAST_WAVE_MS : WAVE_MS);
    if (isLast) return;
  }
}

function pause(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => void clock.setTimeout(resolve, delayMs));
}
