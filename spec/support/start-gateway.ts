import type { Test } from 'tap';
import type { Broker } from '../../lib/brokers/broker';
import { Gateway } from '../../lib/gateway/gateway';
import type { GatewayOptions } from '../../lib/gateway/options/options';
import type { ManualClock } from './manual-clock';

export const SECRET = 'a-secret-of-the-specs';

type App = GatewayOptions['apps'][number];

export interface StartOptions extends Partial<GatewayOptions> {
  /** Settings of the one app, which has clientEvents otherwise. */
  app?: Partial<App>;
  /** Time for the keep-alive, rates and drains; the real one when absent. */
  clock?: ManualClock;
  /** Joins it with other gateways. */
  joinedBy?: Broker;
}

/** A gateway on a free port of 127.0.0.1 that stops when the test ends. */
export async function startGateway(
  t: Pick<Test, 'teardown'>,
  { app, clock, joinedBy, ...options }: StartOptions = {},
): Promise<Gateway> {
  const one = { id: '1', key: 'key', secret: SECRET, clientEvents: true, ...app };
  const gateway = new Gateway({ port: 0, apps: [one], ...options }, clock, joinedBy);
  t.teardown(() => stopped(gateway, clock));
  return gateway.start();
}

/** Stops a gateway; a clock turned by hand is turned until it has. */
async function stopped(gateway: Gateway, clock: ManualClock | undefined): Promise<void> {
  const turning = clock && setInterval(() => clock.advance(100), 1);
  await gateway.stop();
  clearInterval(turning);
}
