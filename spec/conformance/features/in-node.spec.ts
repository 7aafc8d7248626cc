import t from 'tap';
import { certificate } from '../../support/tls';
import { NodeTabs } from '../node-tabs';
import { Site } from '../site';
import { FEATURES, showFeatures, TIMEOUT_MS } from './list';
import { TRANSPORTS } from './world';

t.test('pusher-js in Node', { timeout: TIMEOUT_MS }, async (t) => {
  const cert = await certificate();
  const tabs = NodeTabs.start(t, cert.cert);
  for (const transport of TRANSPORTS) {
    // Over HTTP it makes a connection for each request, which with TLS takes longer than all else here.
    for (const tls of transport === 'ws' ? [undefined, cert] : [undefined]) {
      const way = tls === undefined ? transport : `${transport} and TLS`;
      await t.test(`over ${way} alone`, { timeout: TIMEOUT_MS }, async (t) => {
        const site = await Site.start(t, tls);
        await showFeatures(t, { transport, tls, site, tabs }, FEATURES);
      });
    }
  }
});
