import type { Test } from 'tap';
import type { Broker } from '../../../lib/brokers/broker';
import { AppServer } from '../app-server';
import type { Clock } from '../../../lib/util/timers';
import type { Features } from './environment';
import { JoinedNodes } from '../joined-nodes';
import { NodeTabs } from '../node-tabs';
import { showFeatures } from './list';

/**
 * Shows features with the browsers of each spread over two gateways.
 * @param start makes an engine for one feature, and answers what joins it
 */
export async function showJoined(
  t: Test,
  features: Features,
  start: (t: Test, clock: Clock) => Promise<() => Broker>,
): Promise<void> {
  const tabs = NodeTabs.start(t, '');
  const appServer = await AppServer.start(t, undefined);
  const joined = async (t: Test, clock: Clock): Promise<JoinedNodes> =>
    new JoinedNodes(await start(t, clock));
  await showFeatures(t, { transport: 'ws', tls: undefined, appServer, tabs, joined }, features);
}
